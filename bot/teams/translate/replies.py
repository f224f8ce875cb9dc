"""What goes back at once for something that Teams waits for an answer to.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards
and https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from __future__ import annotations

from typing import Any

from bot.teams.translate import cards
from bot.teams.translate.words import heading, shortened
from handlers.texts import surfaces

Body = dict[str, Any]

MOST_OF_A_TITLE = 100


def replaced(content: Body) -> Body:
    """To ``execute``: this Adaptive Card takes the place of the pressed one."""
    return {"statusCode": 200, "type": cards.CONTENT_TYPE, "value": content}


def sent(title: str) -> Body:
    """To ``execute``: a line that a form of this title was sent takes the form's place."""
    words = surfaces.sent(shortened(title, MOST_OF_A_TITLE))
    return replaced(cards.adaptive(list(heading(words)), words))


def said(text: str) -> Body:
    """To ``execute``: nothing is replaced; `text`, if there is any, is shown for a moment."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def dialog(task: Body) -> Body:
    """To ``fetch`` and ``submit``: show what `forms.dialog` made."""
    return {"task": {"type": "continue", "value": task}}


def closed(text: str = "") -> Body:
    """To ``submit``: the dialog closes. To ``fetch`` and ``submit`` with `text`: it shows that instead of a form."""
    return {"task": {"type": "message", "value": text}} if text else {}


def line(text: str) -> Body:
    """One plain line as an activity, for a channel."""
    return {"type": "message", "text": text, "textFormat": "plain"}
