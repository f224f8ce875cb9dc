"""The words of being installed in a Slack workspace, and of being taken out of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.chat import Card
from handlers.texts.dates import day

_AGAIN = "Please open the page to install me again."


def removed(workspaces: Sequence[str], erased_on: date, page: str) -> Card:
    """For administrators: these workspaces, or this Grid, took us out.

    ``page``: where they can let us in again, as a whole address or as its path alone; empty where there is none.
    """
    again = "Please open the page below" if page else "Please ask the people who run me"
    known = "://" in page
    return Card(
        "I was removed from Slack",
        f"I cannot write to anyone there. Messages wait until I am installed again. {again} to install me again.\n\n"
        "If nobody does, I will forget which Slack account belongs to whom. The date is below.",
        (
            ("Workspace" if len(workspaces) == 1 else "Workspaces", ", ".join(workspaces)),
            *([("Link", page) if known else ("Page", f"The one whose address ends in {page}")] if page else []),
            ("Accounts are forgotten on", day(erased_on)),
        ),
    )


def installed(workspace: str, administrator: str) -> Card:
    """On the page after the installation. ``administrator``: the account to name, where there is none yet."""
    text = 'Now go to Slack. Find me under Apps, and write "help" to me.'
    if not administrator:
        return Card("I am installed", text, (("Workspace", workspace),))
    return Card(
        "I am installed",
        "One step is left, because nobody is an administrator yet.\n\n"
        "Add the account below to the setting ADMIN_ACCOUNTS, and start the program again.\n\n"
        f"{text}",
        (("Workspace", workspace), ("Your account", administrator)),
    )


def unknown_workspace(workspace: str) -> Card:
    """On the page: the workspace belongs to no organisation, so nothing was kept."""
    return Card(
        "This workspace belongs to no organisation yet",
        "I have kept nothing. First, run the command below on the server, with the name of the organisation.\n\n"
        f"Then do this once more. {_AGAIN}",
        (("Workspace", workspace), ("Command", f'pag organisation add "NAME" --slack {workspace}')),
    )


def stale() -> Card:
    """On the page: the way back from Slack was too slow, used before, or not begun here."""
    return Card("This link does not work any more", f"It works once, for 10 minutes, in one browser. {_AGAIN}")


def declined() -> Card:
    """On the page: somebody chose not to install."""
    return Card("I am not installed", f"You chose not to install me. If that was a slip, that is fine. {_AGAIN}")


def refused(code: str) -> Card:
    """On the page: Slack did not hand out a token."""
    return Card(
        "Slack did not let me in",
        f"Please check the client id and the client secret in the settings. {_AGAIN}",
        (("Slack says", code),),
    )


def try_later() -> Card:
    """On the page: the database, or Slack, did not answer."""
    return Card("This did not work just now", f"I have kept nothing. Please wait a minute. {_AGAIN}")
