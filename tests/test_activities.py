"""Teams' activities, as its clients send them, and what we understand of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.translate import marks
from bot.teams.translate.activities import Heard, Malformed, Reference, understand
from handlers.chat import Account, Answer, Changed, Event, Opened, Pressed, Said, Submitted

Json = dict[str, Any]

APP = "00000000-0000-4000-8000-000000000b07"
TENANT = "00000000-0000-4000-8000-0000000000a1"
ADA = "00000000-0000-4000-8000-0000000000aa"
CONTACT = "29:1Qe5k-Ada_longer"
CHAT = "a:1pL6i0oY2C0K1oAj8"
CHANNEL = "19:0b7f32667e064dd9b25d7969801541f4@thread.tacv2"
SERVICE = "https://smba.trafficmanager.net/uk/00000000-0000-4000-8000-0000000000a1/"

ACCOUNT = Account("teams", TENANT, ADA)
MENTION = {
    "type": "mention",
    "mentioned": {"id": f"28:{APP}", "name": "Round Table"},
    "text": "<at>Round Table</at>",
}
CLIENT = {
    "type": "clientInfo",
    "locale": "en-GB",
    "country": "GB",
    "platform": "Windows",
    "timezone": "Europe/London",
}
PRESS = marks.data("press", "rsvp.answer", "12 yes")
FORM = {
    **marks.data("form", "joining.ask", "3", title="Ask to join"),
    "field_name": "  Ada  ",
    "field_sure": "yes",
    "field_empty": " ",
    "choices0_help": "a%2Cb,c%25",
    "choices1_help": "d,c%25",
    "choices0_none": "",
    "something": {"else": 1},
}
OPEN = {**marks.data("dialog", "support.choose", "7"), "msteams": {"type": "task/fetch"}}


def activity(**changes: Any) -> Json:
    """A message as Teams sends it; what is changed to None is left out."""
    whole: Json = {
        "type": "message",
        "id": "1700000000001",
        "timestamp": "2027-03-02T10:00:00.1234567Z",
        "localTimestamp": "2027-03-02T10:00:00.1234567+00:00",
        "localTimezone": "Europe/London",
        "serviceUrl": SERVICE,
        "channelId": "msteams",
        "from": {"id": CONTACT, "name": "Ada Lovelace", "aadObjectId": ADA.upper()},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": CHAT},
        "recipient": {"id": f"28:{APP}", "name": "Round Table"},
        "textFormat": "plain",
        "locale": "en-GB",
        "text": "meetings",
        "entities": [CLIENT],
        "channelData": {"tenant": {"id": TENANT}},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def in_channel(**changes: Any) -> Json:
    """The same in a thread of a channel, where the bot is mentioned."""
    return activity(
        **{
            "conversation": {
                "conversationType": "channel",
                "isGroup": True,
                "tenantId": TENANT,
                "id": f"{CHANNEL};messageid=1700000000000",
            },
            "text": "<at>Round Table</at> meetings\n",
            "entities": [MENTION, CLIENT],
            "channelData": {"tenant": {"id": TENANT}, "team": {"id": CHANNEL}, "channel": {"id": CHANNEL}},
            **changes,
        }
    )


def invoke(name: str, value: Any, **changes: Any) -> Json:
    """What Teams waits for an answer to."""
    return activity(type="invoke", name=name, value=value, text=None, replyToId="1699999999999", **changes)


def execute(data: Json, **changes: Any) -> Json:
    action = {"type": "Action.Execute", "id": "button-1", "verb": "any", "data": data}
    return invoke("adaptiveCard/action", {"action": action, "trigger": "manual"}, **changes)


def heard(given: Json) -> Heard:
    return understand(given, app_id=APP)


def event(given: Json) -> Event:
    found = heard(given).event
    assert found
    return found


# Words


def test_a_message_in_a_personal_chat() -> None:
    found = heard(activity())
    assert found.event == Event(
        f"{CHAT}:1700000000001", ACCOUNT, Said("meetings"), name="Ada Lovelace", time_zone="Europe/London"
    )
    assert found.kind == "message"
    assert found.reference == Reference(TENANT, ADA, CONTACT, CHAT, SERVICE)


def test_who_somebody_is_is_written_one_way() -> None:
    shouted = activity(conversation={"id": CHAT, "tenantId": TENANT.upper()}, channelData=None)
    assert event(shouted).account == event(activity()).account


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("  meetings ", "meetings"),
        ("a &amp; b &lt;c&gt; &quot;d&quot; it&#39;s&nbsp;e", 'a & b <c> "d" it\'s e'),
        ("&amp;lt;", "&lt;"),
        ("2 < 3 & 4 > 1 &notes", "2 < 3 & 4 > 1 &notes"),
        ("tell <at>Bob Smith</at> please", "tell @Bob Smith please"),
        ("half \ud800 and\0 nothing", "half ? and nothing"),
        ("", ""),
    ],
)
def test_what_was_typed(typed: str, said: str) -> None:
    assert event(activity(text=typed)).what == Said(said)


def test_a_picture_without_words_says_nothing() -> None:
    picture = {"contentType": "image/*", "contentUrl": "https://example.org/a.png"}
    assert event(activity(text=None, attachments=[picture])).what == Said("")


def test_the_time_zone_stands_in_one_of_two_places() -> None:
    assert event(activity(localTimezone=None)).time_zone == "Europe/London"
    assert event(activity(localTimezone=None, entities=None)).time_zone == ""


# What others can see


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("<at>Round Table</at> meetings\n", "meetings"),
        ("please <at>Round Table</at>, meetings", "please , meetings"),
        ("<at>Round Table</at> <at>Round Table</at> and Round Table", "@Round Table and Round Table"),
        ("Round Table, meetings <at>Round Table</at>", "Round Table, meetings"),
        ("<at>Round Table</at>", ""),
    ],
)
def test_our_mention_is_taken_out_once_and_nothing_else(typed: str, said: str) -> None:
    found = event(in_channel(text=typed))
    assert found.what == Said(said)
    assert (found.place, found.channel, found.shows_forms) == ("channel", CHANNEL, False)


def test_a_mention_that_is_not_in_the_text_takes_nothing_out() -> None:
    for entity in ({**MENTION, "text": "<at>Another name</at>"}, {**MENTION, "text": None}):
        assert event(in_channel(text="meetings", entities=[entity])).what == Said("meetings")


def test_in_a_channel_only_what_mentions_us_is_for_us() -> None:
    other = {**MENTION, "mentioned": {"id": "29:bob", "name": "Bob"}, "text": "<at>Bob</at>"}
    for entities in ([other], [CLIENT], None):
        found = heard(in_channel(text="<at>Bob</at> meetings", entities=entities))
        assert found.event is None
        assert found.reference == Reference(TENANT, "", "", CHANNEL, SERVICE)


def test_a_group_chat_is_a_channel_without_threads() -> None:
    chat = {"conversationType": "groupChat", "isGroup": True, "tenantId": TENANT, "id": "19:abc@thread.v2"}
    found = heard(in_channel(conversation=chat))
    assert found.event
    assert (found.event.what, found.event.channel) == (Said("meetings"), "19:abc@thread.v2")
    assert found.reference == Reference(TENANT, "", "", "19:abc@thread.v2", SERVICE)


@pytest.mark.parametrize("as_message", [True, False])
def test_a_press_in_a_channel_is_answered_in_private_and_replaces_nothing(as_message: bool) -> None:
    place = {name: in_channel()[name] for name in ("conversation", "channelData")}
    given = activity(value=PRESS, text=None, replyToId="17", **place) if as_message else execute(PRESS, **place)
    found = event(given)
    assert found.what == Pressed("rsvp.answer", "12 yes", message="")
    assert (found.place, found.channel, found.shows_forms) == ("direct", CHANNEL, False)


# Buttons and forms


def test_a_press_that_teams_waits_for() -> None:
    found = heard(execute(PRESS))
    assert found.kind == "execute"
    assert found.event
    assert found.event.what == Pressed("rsvp.answer", "12 yes", message="1699999999999")
    assert found.event.shows_forms


def test_a_press_that_comes_as_a_message() -> None:
    found = heard(activity(value=PRESS, text=None, replyToId="1699999999999"))
    assert found.kind == "message"
    assert found.event
    assert found.event.what == Pressed("rsvp.answer", "12 yes", message="1699999999999")
    assert found.event.shows_forms


@pytest.mark.parametrize("kind", ["execute", "submit", "message"])
def test_a_form_that_was_sent(kind: str) -> None:
    given = {
        "execute": execute(FORM),
        "submit": invoke("task/submit", {"data": FORM, "context": {"theme": "default"}}),
        "message": activity(value=FORM, text=None),
    }[kind]
    found = heard(given)
    assert (found.kind, found.title) == (kind, "Ask to join")
    assert found.event
    answers: dict[str, Answer] = {"name": "  Ada  ", "sure": "yes", "help": ("a,b", "c%", "d")}
    assert found.event.what == Submitted("joining.ask", "3", answers)
    assert found.event.shows_forms


def test_opening_a_dialog() -> None:
    found = heard(invoke("task/fetch", {"data": OPEN, "context": {"theme": "default"}}))
    assert found.kind == "fetch"
    assert found.event
    assert found.event.what == Pressed("support.choose", "7", message="1699999999999")
    assert found.event.shows_forms


def test_a_client_without_dialogs_is_asked_one_question_at_a_time() -> None:
    found = event(activity(value=OPEN, text=None, replyToId="1699999999999"))
    assert found.what == Pressed("support.choose", "7", message="1699999999999")
    assert not found.shows_forms


def test_a_card_never_says_who_somebody_is() -> None:
    lies = {
        **PRESS,
        "user": "someone-else",
        "aadObjectId": "someone-else",
        "from": {"aadObjectId": "someone-else"},
        "tenant": "another",
    }
    for told in (execute(lies), activity(value=lies, text=None)):
        assert event(told).account == ACCOUNT


def test_what_is_sent_again_is_the_same_event() -> None:
    unnumbered = invoke("task/submit", {"data": FORM}, id=None)
    for told in (activity(), execute(PRESS), execute(PRESS, id=None), unnumbered):
        again = json.loads(json.dumps(told))
        assert event(told).id == event(again).id
    other = execute(marks.data("press", "rsvp.answer", "12 no"), id=None)
    assert event(execute(PRESS, id=None)).id != event(other).id
    elsewhere = activity(conversation={"conversationType": "personal", "id": "a:other"})
    assert event(activity()).id != event(elsewhere).id


@given(st.text(min_size=1), st.lists(st.text(min_size=1), unique=True, min_size=1))
def test_whatever_an_options_value_is_it_comes_back(name: str, values: list[str]) -> None:
    data = marks.data("form", "a.b", "")
    halves = (values[: len(values) // 2], values[len(values) // 2 :])
    brought = {
        marks.input_id(name, several=number): ",".join(map(marks.encoded, half)) for number, half in enumerate(halves)
    }
    answers = marks.read({**data, **brought}).answers
    assert answers == {name.replace("\0", ""): tuple(dict.fromkeys(value.replace("\0", "") for value in values))}


# Coming and going


def test_being_installed_for_somebody_opens_the_conversation_by_both_activities() -> None:
    added = activity(type="conversationUpdate", text=None, membersAdded=[{"id": f"28:{APP}"}, {"id": CONTACT}])
    installed = activity(type="installationUpdate", action="add", text=None, id="f:2")
    for told in (added, installed):
        found = heard(told)
        assert found.event
        assert found.event.what == Opened()
        assert found.event.account == ACCOUNT
        assert found.reference == Reference(TENANT, ADA, CONTACT, CHAT, SERVICE)


def test_being_taken_away_is_a_change_of_the_account() -> None:
    found = event(activity(type="installationUpdate", action="remove", text=None))
    assert found.what == Changed(datetime(2027, 3, 2, 10, 0, 0, 123456, tzinfo=UTC), active=False)


QUIET: dict[str, Json] = {
    "another member": activity(type="conversationUpdate", text=None, membersAdded=[{"id": "29:bob"}]),
    "member left": activity(type="conversationUpdate", text=None, membersRemoved=[{"id": "29:bob"}]),
    "upgrade": activity(type="installationUpdate", action="add-upgrade", text=None),
    "added to a team": in_channel(
        type="conversationUpdate",
        text=None,
        membersAdded=[{"id": f"28:{APP}"}],
        conversation={"conversationType": "channel", "id": CHANNEL, "isGroup": True, "tenantId": TENANT},
    ),
    "installed in a team": in_channel(type="installationUpdate", action="add", text=None),
    "reaction": activity(type="messageReaction", reactionsAdded=[{"type": "like"}], text=None, replyToId="1"),
    "edit": activity(type="messageUpdate", channelData={"eventType": "editMessage", "tenant": {"id": TENANT}}),
    "deleted": activity(type="messageDelete", text=None),
    "typing": activity(type="typing", text=None),
    "read": activity(type="event", name="application/vnd.microsoft.readReceipt", text=None, value={}),
    "new kind": activity(type="somethingNew", text=None),
    "search": invoke("composeExtension/query", {"commandId": "search"}),
    "sign-in": invoke("signin/verifyState", {"state": "1"}),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
def test_nothing_to_answer_but_how_they_are_reached_is_known(name: str) -> None:
    found = heard(QUIET[name])
    assert found.event is None
    assert found.kind == "other"
    assert found.reference
    assert found.reference.service_url == SERVICE


@pytest.mark.parametrize(
    "sender",
    [
        {"id": f"28:{APP}", "name": "Round Table"},
        {"id": "28:another-bot", "name": "Another bot"},
        {"id": "x", "role": "bot"},
    ],
)
def test_what_a_bot_says_is_not_answered(sender: Json) -> None:
    assert heard(activity(**{"from": sender})) == Heard(kind="message")


def test_without_authentication_the_directorys_id_may_be_left_out() -> None:
    bare = activity(**{"from": {"id": CONTACT, "name": "Ada"}}, recipient={"id": "bot"})
    found = understand(bare, app_id="")
    assert found.event
    assert found.event.account.user == CONTACT
    with pytest.raises(Malformed):
        heard(bare)


# What Teams does not send

MALFORMED: dict[str, Any] = {
    "nothing": {},
    "no type": activity(type=None),
    "type is a number": activity(type=1),
    "no conversation": activity(conversation=None),
    "conversation is text": activity(conversation=CHAT),
    "conversation without id": activity(conversation={"tenantId": TENANT}),
    "conversation id with a space": activity(conversation={"id": "a b", "tenantId": TENANT}),
    "conversation id too long": activity(conversation={"id": "a" * 501, "tenantId": TENANT}),
    "no tenant": activity(conversation={"id": CHAT}, channelData=None),
    "tenant with a slash too many": activity(channelData={"tenant": {"id": "a b"}}),
    "tenant is a list": activity(channelData={"tenant": {"id": [TENANT]}}),
    "channelData is text": activity(channelData="tenant"),
    "no sender": activity(**{"from": None}),
    "sender is text": activity(**{"from": "ada"}),
    "sender without directory id": activity(**{"from": {"id": CONTACT}}),
    "sender without contact": activity(**{"from": {"aadObjectId": ADA}}),
    "directory id with a space": activity(**{"from": {"id": CONTACT, "aadObjectId": "a b"}}),
    "name is a number": activity(**{"from": {"id": CONTACT, "aadObjectId": ADA, "name": 7}}),
    "message without id": activity(id=None),
    "id is a number": activity(id=17),
    "text is a list": activity(text=["meetings"]),
    "entities is an object": activity(entities={"type": "mention"}),
    "an entity is text": activity(entities=["mention"]),
    "mention of nobody": in_channel(entities=[{**MENTION, "mentioned": "Round Table"}]),
    "service url is an object": activity(serviceUrl={}),
    "value that is not ours and no words": activity(value={"action": "rsvp.answer"}, text=None),
    "value is a list and no words": activity(value=[1], text=None),
    "mark of no kind": activity(value={**PRESS, marks.MARK: "other"}, text=None),
    "mark without action": activity(value={marks.MARK: "press"}, text=None),
    "action is a number": activity(value={**PRESS, "action": 5}, text=None),
    "value of a button is an object": activity(value={**PRESS, "value": {}}, text=None),
    "an answer is a number": activity(value={**FORM, "field_name": 5}, text=None),
    "choices are a list": activity(value={**FORM, "choices0_help": ["a"]}, text=None),
    "invoke without name": activity(type="invoke", value={}),
    "execute without value": invoke("adaptiveCard/action", None),
    "half a character in the conversation's id": execute(PRESS, conversation={"id": "a:\ud800", "tenantId": "t"}),
    "execute without action": invoke("adaptiveCard/action", {"trigger": "manual"}),
    "execute of another kind": invoke("adaptiveCard/action", {"action": {"type": "Action.OpenUrl", "data": PRESS}}),
    "execute without data": invoke("adaptiveCard/action", {"action": {"type": "Action.Execute", "verb": "a"}}),
    "fetch without data": invoke("task/fetch", {"context": {}}),
    "submit that is not ours": invoke("task/submit", {"data": {"name": "Ada"}}),
    "submit is text": invoke("task/submit", "data"),
    "members are text": activity(type="conversationUpdate", membersAdded="bot"),
    "installation without action": activity(type="installationUpdate"),
    "removed at no time": activity(type="installationUpdate", action="remove", timestamp=None),
    "removed in no zone": activity(type="installationUpdate", action="remove", timestamp="2027-03-02T10:00:00"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(name: str) -> None:
    with pytest.raises(Malformed):
        heard(MALFORMED[name])


GOOD = [
    activity(),
    in_channel(),
    execute(FORM),
    execute(PRESS, id=None),
    invoke("task/fetch", {"data": OPEN}),
    invoke("task/submit", {"data": FORM}),
    activity(value=FORM, text=None),
    activity(type="conversationUpdate", text=None, membersAdded=[{"id": f"28:{APP}"}]),
    activity(type="installationUpdate", action="remove", text=None),
    *QUIET.values(),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["add", "remove", CHAT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: what holds it, and under which name or number."""
    names = part.keys() if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
    for name in names:
        yield part, name
        yield from _places(part[name])


@given(st.sampled_from(GOOD), st.data())
def test_whatever_is_changed_it_is_understood_or_malformed(good: Json, data: st.DataObject) -> None:
    changed = copy.deepcopy(good)
    holder, name = data.draw(st.sampled_from(list(_places(changed))))
    holder[name] = data.draw(ANYTHING)
    try:
        found = heard(changed)
    except Malformed:
        return
    if found.event:
        assert found.event.account.platform == "teams"
        assert found.reference


def test_what_is_nested_without_end_is_malformed() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Malformed):
        heard(execute({**PRESS, "more": deep}, id=None))
