"""Every word, button and form that there is, gone through one by one: answered, whole, within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

import handlers
from bot.inbox import Inbox
from bot.slack.manifest import MENU, manifest
from bot.slack.translate import blocks, modals
from bot.slack.translate.payloads import understand
from handlers import cards
from handlers.chat import Account, Card, Event, Form, Reply, Said
from handlers.router import Handler, Router
from handlers.texts import forms as form_texts
from handlers.texts import inbox as inbox_texts
from handlers.texts import surfaces
from handlers.turn import Turn
from handlers.words import Match, find
from storage import outbox, people
from storage.people import Person
from tests import extremes
from tests.fake_slack import TEAM
from tests.slack_limits import Json, faults_of_message, faults_of_view
from tests.test_texts import Text, every_text
from tests.world import World, user

TEXTS = list(every_text())
OF_THE_INBOX = {form_texts.ANSWER, form_texts.LEAVE, inbox_texts.MEANT, inbox_texts.NOT_MEANT}
"""Buttons that are answered before any feature is asked."""
MOST_BUTTONS = 20
SEEN_OF_A_LABEL = 40
"""Characters of a button that a narrow phone shows (`make gallery`). Slack says "may truncate with ~30 characters"."""


def every_card() -> Iterator[tuple[str, Card]]:
    """Each card of the collector, and each question of each form for people who type."""
    for text in TEXTS:
        for made in text.made():
            if isinstance(made, Card):
                yield text.name, made
            else:
                yield from ((text.name, question) for question in questions(made))


def questions(form: Form) -> Iterator[Card]:
    """The form as it is asked of people who type."""
    for number, field in enumerate(form.fields):
        yield form_texts.question(form, field, left=len(form.fields) - number, first=number == 0)


# Words


@pytest.mark.parametrize("phrase", [phrase for phrase in handlers.router.words if phrase])
def test_every_word_does_the_same_as_a_command_and_in_a_direct_message(phrase: str) -> None:
    who: Json = {"team_id": TEAM, "user_id": "U1", "trigger_id": "1.2.3", "channel_id": "D1"}
    (command,) = manifest("")["features"]["slash_commands"]
    message = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": phrase, "ts": "1.1"}
    for payload in (
        {"command": command["command"], "text": phrase, **who},
        {"type": "event_callback", "event_id": "Ev1", "team_id": TEAM, "event": message},
    ):
        heard = understand(payload)
        assert heard
        assert heard.event
        assert isinstance(heard.event.what, Said)
        match = find(heard.event.what.text, handlers.router.words)
        assert isinstance(match, Match)
        assert match.word.answer == handlers.router.words[phrase].answer


def test_what_the_manifest_offers_is_a_word() -> None:
    features = manifest("")["features"]
    offered = {command["usage_hint"] for command in features["slash_commands"]}
    offered |= {one["callback_id"] for one in features["shortcuts"] if one["type"] == "global"}
    assert MENU in offered
    assert offered <= handlers.router.words.keys()


# Buttons


def test_every_button_is_answered() -> None:
    answered = handlers.router.presses.keys() | OF_THE_INBOX
    assert {
        (name, button.action) for name, card in every_card() for button in card.buttons if button.action not in answered
    } == set()


def test_every_form_is_taken() -> None:
    forms = [made for text in TEXTS for made in text.made() if isinstance(made, Form)]
    # The collector's own form stands in where any form will do.
    actions = {form.action for form in forms} - {"a.b"}
    assert actions <= handlers.router.submissions.keys() & handlers.router.presses.keys()


def test_no_two_buttons_look_alike_where_a_label_is_cut() -> None:
    alike = set()
    for name, card in every_card():
        heads = [button.label[:SEEN_OF_A_LABEL] for button in card.buttons]
        alike |= {(name, head) for head in heads if heads.count(head) > 1}
    assert alike == set()


def test_a_reply_of_2_presses_the_second_choice(one_world: World) -> None:
    pressed: list[tuple[str, str]] = []

    def noting(action: str) -> Handler:
        def answer(turn: Turn, person: Person, value: str) -> Reply:
            pressed.append((action, value))
            return Card("Noted")

        return answer

    router = Router(
        words={phrase: replace(word, answer=noting(phrase)) for phrase, word in handlers.router.words.items()},
        presses={action: noting(action) for action in handlers.router.presses},
    )
    inbox = Inbox(router, frozenset(), b"pepper")
    group = one_world.group("Ward group")
    one_world.coordinator("Cara", group)
    who = Account(one_world.platform, one_world.workspace, user("Cara"))
    tried = set()
    for name, card in every_card():
        # A question is answered by its own numbers; `test_inbox` tells that story.
        if len(card.buttons) < 2 or card.buttons[-1].action == form_texts.LEAVE or card in tried:
            continue
        tried.add(card)
        second = card.buttons[1]
        with one_world.turn() as turn:
            account = people.account_of(turn.session, who.platform, who.workspace, who.user)
            assert account
            body = outbox.add_card(turn.session, cards.dump(card), now=turn.now)
            outbox.reply(turn.session, account, card_id=body, key=f"table:{len(tried)}", now=turn.now)
        pressed.clear()
        inbox.receive(one_world.database, Event(f"table-{len(tried)}", who, Said("2")), now=one_world.now)
        wanted = {inbox_texts.NOT_MEANT: ""}.get(second.action, second.action)
        if second.action not in (form_texts.ANSWER, inbox_texts.MEANT, "help.now"):
            assert pressed == [(wanted, second.value)], name
    assert len(tried) > 200


# Messages


def test_every_message_says_all_of_itself_in_its_text() -> None:
    for name, card in every_card():
        said = blocks.message(card)["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        facts = [f"{fact}: {value}".strip() for fact, value in card.facts]
        choices = [
            surfaces.numbered(number, button.label) if card.numbered else button.label
            for number, button in enumerate(card.buttons, 1)
        ]
        at = 0
        for part in filter(None, (card.title.strip(), card.text.strip(), *facts, *choices, card.note.strip())):
            at = said.find(part, at)
            assert at >= 0, f"{name}: {part!r} is not in the text, or not in its place"
            at += len(part)


def test_the_way_into_a_meeting_can_be_pressed() -> None:
    linked = 0
    for _, card in every_card():
        for fact, value in card.facts:
            if value.startswith("https://"):
                linked += 1
                assert f"'url': {value!r}" in str(blocks.message(card)["blocks"]), fact
    assert linked > 10


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_the_longest_and_the_most_fit_into_slack(text: Text) -> None:
    for made in extremes.made(text):
        if isinstance(made, Form):
            assert faults_of_view(modals.modal(made)) == []
            shown = list(questions(made))
        else:
            shown = [made]
        for card in shown:
            message = blocks.message(card)
            assert faults_of_message(message["text"], message["blocks"]) == []
            assert len(card.buttons) <= MOST_BUTTONS, "a wall of buttons: a long list shows a few at a time"
            assert len({button.label for button in card.buttons}) == len(card.buttons)
            assert surfaces.TOO_LONG not in str(message["blocks"]), f"{len(card.text)} characters: show a few at a time"


def test_many_groups_are_shown_a_few_at_a_time(one_world: World) -> None:
    for number in range(1, 8):
        one_world.group(f"Group {number}")
    dev = one_world.someone("Dev")
    dev.say("groups")
    assert "Group 5" in dev.last()
    assert "Group 6" not in dev.last()
    dev.press("Show more groups (2)")
    assert "Group 7" in dev.last()
    assert "Show more" not in dev.last()
