"""What the bot does: the table of contents."""

from handlers import joining
from handlers.router import join

router = join((joining.router,))
