"""The words of the page that says what the program is, for whoever looks it up before they use it."""

from __future__ import annotations

from handlers.chat import Card


def what_it_is() -> Card:
    """What it does, and what it is not for."""
    return Card(
        "About Round Table",
        "Round Table is a computer program. It helps to run patient advisory groups. "
        "In these groups patients, carers and staff work together to make a health service better.\n\n"
        "It tells members about meetings, asks who is coming, and asks what support each person needs. "
        "It passes on what members think, and tells them what came of it.\n\n"
        'Write "help" to the bot to see what it can do for you.',
        note='Messages to the bot are not read straight away. Write "help now" to the bot to see who to call.',
    )


def privacy() -> Card:
    """What is kept, and how to see and delete it."""
    return Card(
        "Your data",
        "The organisation that runs your group looks after your data. The bot names it in its first message to you.\n\n"
        "The bot keeps your name, your groups, your answers, your feedback and the support you ask for. "
        "It keeps the messages themselves for at most 30 days.\n\n"
        "- Coordinators of your groups can read what you write, with your name.\n"
        "- Administrators can read what is about no group.\n"
        "- The people who run Slack or Teams for your organisation can get copies, even of direct messages.\n\n"
        'Write "my data" to the bot to see all that is kept. '
        'Write "delete my data" to delete it, or "complain about my data" to complain.',
    )


def terms() -> Card:
    """How it may be used."""
    return Card(
        "Using it",
        "You do not have to use the bot to be in a group. You can ask your coordinator to phone you instead.\n\n"
        "It is not for medical advice or emergencies, and it is no part of your care record. "
        'Write "help now" to the bot to see who to call.\n\n'
        "The program is free software, under the MIT licence. It comes without a warranty.",
    )


def no_such_link() -> Card:
    """A link that is old, or that is none of ours."""
    return Card(
        "This link does not work", 'A link to a file works for 30 days. Write "meetings" to the bot to start again.'
    )


def file_is_gone() -> Card:
    """What the file was part of is no longer kept."""
    return Card(
        "This file is deleted", 'It was part of a message that is deleted. Write "meetings" to the bot to start again.'
    )
