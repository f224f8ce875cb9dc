"""What the bot does: the table of contents."""

from handlers import (
    administration,
    announcements,
    calls,
    checklist,
    comments,
    digests,
    feedback,
    help,
    home,
    installations,
    joining,
    meetings,
    moving,
    on_behalf,
    pausing,
    planning,
    privacy,
    reminding,
    rsvp,
    settings,
    silence,
    support,
)
from handlers.router import join

router = join(
    (
        help.router,
        home.router,
        joining.router,
        meetings.router,
        rsvp.router,
        planning.router,
        moving.router,
        reminding.router,
        support.router,
        checklist.router,
        on_behalf.router,
        calls.router,
        feedback.router,
        comments.router,
        announcements.router,
        digests.router,
        pausing.router,
        silence.router,
        privacy.router,
        administration.router,
        settings.router,
        installations.router,
    )
)
