"""What is said before any feature has a say: first contact, slips, refusals and mistakes."""

from __future__ import annotations

from handlers.chat import Button, Card

MEANT = "inbox.meant"
NOT_MEANT = "inbox.not_meant"
_SEE = Button("See what I can do", "help.show")


def someone() -> str:
    """The name of somebody whose name the platform does not tell."""
    return "Someone new"


def unknown_workspace() -> str:
    """The workspace belongs to no organisation here."""
    return "Round Table is not set up for this workspace. Please ask your administrator."


def not_open_yet() -> Card:
    """Before the organisation's contacts are set, only administrators and `help now` are answered."""
    return Card(
        "Not open yet",
        "The people who run this service are still setting it up. Please try again later.",
        note='Nobody reads messages here yet. Write "help now" in a message to see who to call if you need help.',
    )


def silenced(pals: str) -> Card:
    """To an account for which everything was stopped: neutral, for whoever holds the phone now."""
    return Card(
        "Messages from here are stopped",
        f"To start them again, please contact: {pals.rstrip('.')}.",
        note='Write "help now" in a message to see who to call if you need help.',
    )


def answered_in_direct_message() -> str:
    """Shown only to the person, where they asked."""
    return "I have answered you in a direct message."


def answered_here() -> str:
    """Shown for a moment under the button that was pressed."""
    return "I have answered you here."


def please_write_in_private() -> str:
    """Shown only to the person, who wrote where others can see."""
    return "I have not kept that, because others can see it here. Please write to me in a direct message."


def did_you_mean(phrase: str, rest: str, text: str) -> Card:
    """A slip of the fingers, perhaps."""
    meant = f"{phrase} {rest}".strip()
    return Card(
        "Did you mean this?",
        f'You wrote something close to "{phrase}".',
        buttons=(
            Button(f'Yes, "{phrase}"', MEANT, meant, "primary"),
            Button("No, I meant what I wrote", NOT_MEANT, text),
        ),
        note="Reply with yes or no.",
    )


def unknown_button() -> Card:
    """A button or form that is no longer there."""
    return Card("That button no longer works", "Nothing has changed.", buttons=(_SEE,))


def our_mistake() -> Card:
    """Something of ours broke."""
    return Card(
        "Something went wrong",
        "The mistake is ours. What you just sent is not saved, and nothing has changed. "
        "Please try again in a few minutes.",
        note='Reply "help now" to see who to call if you need help.',
    )


def for_coordinators() -> Card:
    """A word for coordinators."""
    return Card("This is for coordinators", "You do not coordinate a group, so nothing has changed.", buttons=(_SEE,))


def account_closed(name: str) -> Card:
    """To the coordinators of somebody whose account the platform closed."""
    return Card(
        f"{name} can no longer be reached here",
        "I can no longer write to them in chat. I put what they need to hear on the call list.",
        buttons=(Button("Show the call list", "calls.list"),),
    )


def for_administrators() -> Card:
    """A word for administrators."""
    return Card("This is for administrators", "You are not one here, so nothing has changed.", buttons=(_SEE,))


def needs_attention() -> Card:
    """To coordinators, when a signpost was shown: no content and no name."""
    return Card(
        "A message may need attention",
        "Somebody wrote to me, and I showed them who to call.\n\n"
        "What they wrote may be in the comments. They may also have kept it to themselves. Then you find nothing new.",
        buttons=(Button("Show comments", "feedback.comments"),),
    )
