"""The words of help, and one sentence for every word that people can type."""

from __future__ import annotations

from handlers.chat import Button, Card

WORDS: dict[str, str] = {
    "help": "Shows what you can do here.",
    "help now": "Shows who to call now. It works everywhere, at any time.",
    "groups": "Shows every group, and how to join.",
    "my groups": "Shows the groups you are in.",
    "join": "Asks to join the group you name.",
    "leave": "Leaves the group you name. You do not need to say why.",
    "meetings": "Shows the meetings of your groups.",
    "yes": "Answers the invitation that waits: you are coming.",
    "no": "Answers the invitation that waits: you are not coming.",
    "not sure": "Answers the invitation that waits: you do not know yet.",
    "support": "Asks for support to take part.",
    "feedback": "Saves what you think and passes it to a coordinator.",
    "my feedback": "Shows what you sent, and what came of it.",
    "status": "Shows what came of one piece of feedback, such as F-27.",
    "pause": "Stops messages until the day you choose.",
    "come back": "Ends your pause.",
    "catch up": "Shows what you missed.",
    "quiet hours": "Sets the hours when I do not write to you.",
    "my data": "Shows everything that is kept about you.",
    "change my data": "Changes your name, your language and what you agreed to.",
    "delete my data": "Deletes what is kept about you, after asking you once.",
    "complain about my data": "Sends a complaint about your data to an administrator.",
    "stop": "Stops every message you did not ask for, until you write start.",
    "start": "Lets me write to you again after stop.",
    "cancel": "Drops a form that is half filled in.",
    "requests": "Shows who asked to join your groups.",
    "new meeting": "Sets up a meeting.",
    "meeting": "Shows one meeting, by its number.",
    "who is coming": "Shows who is coming to the next meeting.",
    "checklist": "Shows what to book for the next meetings, and by when.",
    "announce": "Writes to everyone in a group.",
    "comments": "Shows the feedback that waits for an answer.",
    "service comments": "Shows feedback about the service as a whole, and data complaints.",
    "call list": "Shows who to reach by phone, post, text or email.",
    "answer for": "Answers an invitation for somebody without chat.",
    "stop everything for": "Stops every message to a person, at once.",
    "report": "Makes a report about your group.",
    "new group": "Sets up a group.",
    "coordinators": "Shows and changes who coordinates a group.",
    "settings": "Changes the organisation's name, contacts, nation and quiet hours.",
}
"""What each typed word does, in one plain sentence."""
