"""Teams' Adaptive Cards: every card and form of ours as Teams is given it, within its limits and Microsoft's schema."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.translate import cards, forms, marks, replies
from handlers.chat import Answer, Attachment, Button, Card, Field, Form, Option, Picture
from handlers.texts import surfaces
from tests import card_schema, extremes
from tests.connector_limits import MOST_BYTES, faults_of_activity, faults_of_card, size_of
from tests.test_table import TEXTS, every_card, questions
from tests.test_texts import Text

Json = dict[str, Any]

CARD = Card(
    title="Your group meets soon",
    text="We meet on Tuesday.\n\nPlease bring:\n- a pen\n- 2. your ideas",
    facts=(("When", "6pm to 7:30pm"), ("Link", "https://example.org/a?b=c"), ("Where", "Room 1\nMain Street")),
    buttons=(
        Button("Yes, I am coming", "rsvp.answer", "12 yes", style="primary"),
        Button("No, I cannot come", "rsvp.answer", "12 no", style="danger"),
        Button("Not sure yet", "rsvp.answer", "12 not_sure"),
    ),
    note="You can change your answer later.",
    picture=Picture(b"png", "Two people at a table"),
    attachment=Attachment("meeting-1.ics", "text/calendar", "BEGIN:VCALENDAR"),
)
FORM = Form(
    action="joining.ask",
    value="3",
    title="Join a group",
    intro="A person reads what you send.",
    fields=(
        Field("name", "What should we call you?", longest=60, initial="Ada"),
        Field("old_enough", "Are you aged 16 or over?", "yes_no"),
        Field(
            "who", "You are", "choice", (Option("patient", "A patient"), Option("carer", "A carer")), initial="carer"
        ),
        Field("about", "Anything else?", "text", required=False, hint="You do not need to tell us."),
        Field("topic", "Which topic?", "choice", (Option("a", "A"),), narrows=True),
        Field("more", "More of it", required=True, asked_if=("topic", "a")),
        Field(
            "help", "What would help?", "choices", (Option("a,b", "A break"), Option("c%", "A call")), initial=("c%",)
        ),
    ),
)


def link_for(what: Picture | Attachment) -> str:
    return "https://pag.example/files/picture" if isinstance(what, Picture) else "https://pag.example/files/file"


def faults(content: Json) -> list[str]:
    return [*faults_of_card(content), *card_schema.faults(content)]


def parts(content: Json, kind: str) -> list[Json]:
    """Every element or action of a kind, in order; what stands in for an action is not counted."""
    found = [content] if content.get("type") == kind else []
    for name in ("body", "actions", "items"):
        for part in content.get(name, ()):
            found += parts(part, kind)
    return found


def actions(content: Json) -> list[Json]:
    return [action for row in parts(content, "ActionSet") for action in row["actions"]]


def lines(content: Json) -> list[str]:
    """What can be read above and below the inputs and buttons, line by line."""
    return [
        part["text"] if part["type"] == "TextBlock" else "".join(run["text"] for run in part["inlines"])
        for part in content["body"]
        if part["type"] in ("TextBlock", "RichTextBlock")
    ]


def inputs(content: Json) -> dict[str, Json]:
    return {part["label"]: part for part in content["body"] if part["type"].startswith("Input.")}


# Every card and form of the program


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_the_longest_and_the_most_fit_into_teams(text: Text) -> None:
    for made in extremes.made(text):
        if isinstance(made, Form):
            for content in (forms.shown(made), forms.form_card(made), forms.dialog(made)["card"]["content"]):
                assert faults(content) == []
                assert cards.size(content) < MOST_BYTES
            shown = list(questions(made))
        else:
            shown = [made]
        for card in shown:
            message = cards.message(card, letter="letter-of-26-signs-or-so-1", link_for=link_for)
            assert [*faults_of_activity(message), *card_schema.faults(message["attachments"][0]["content"])] == []
            assert size_of(message) <= MOST_BYTES
            assert surfaces.TOO_LONG not in str(message), f"{len(card.text)} characters: show a few at a time"


def test_every_card_says_all_of_itself_on_it_and_beside_it() -> None:
    for name, card in every_card():
        message = cards.message(card, letter="")
        content = message["attachments"][0]["content"]
        facts = [f"{fact}: {value}".strip() for fact, value in card.facts]
        choices = [
            surfaces.numbered(number, button.label) if card.numbered else button.label
            for number, button in enumerate(card.buttons, 1)
        ]
        for said in (message["summary"], content["fallbackText"]):
            at = 0
            for part in filter(None, (card.title.strip(), card.text.strip(), *facts, *choices, card.note.strip())):
                at = said.find(part, at)
                assert at >= 0, f"{name}: {part!r} is not in the text, or not in its place"
                at += len(part)
        seen = " ".join(lines(content)).split()
        told = " ".join([card.title, card.text, *facts, card.note]).split()
        assert [word for word in seen if word != "•"] == [word for word in told if word != "-"], name
        assert [one["title"] for one in actions(content) if one["type"] == "Action.Execute"] == [
            button.label for button in card.buttons
        ]


def test_the_schema_and_the_limits_see_what_is_wrong() -> None:
    good = cards.card(CARD, link_for=link_for)
    assert faults(good) == []
    for number, wrong in enumerate(({"type": "TextBlok"}, {"size": "huge"}, {"wibble": 1})):
        content = copy.deepcopy(good)
        content["body"][0] |= wrong
        assert card_schema.faults(content), number
    content = copy.deepcopy(good)
    content["body"].append({"type": "Input.Text", "id": "a"})
    assert faults_of_card(content) == ["Input.Text without label"]


# Cards


def test_a_card_is_drawn_in_order() -> None:
    content = cards.card(CARD, link_for=link_for)
    assert lines(content) == [
        "Your group meets soon",
        "We meet on Tuesday.",
        "Please bring:",
        "• a pen",
        "2. your ideas",
        "When: 6pm to 7:30pm",
        "Link: https://example.org/a?b=c",
        "Where: Room 1",
        "Main Street",
        "You can change your answer later.",
    ]
    assert content["body"][0]["style"] == "heading"
    (image,) = parts(content, "Image")
    assert (image["url"], image["altText"]) == ("https://pag.example/files/picture", "Two people at a table")
    assert [(one["type"], one["title"], one.get("url")) for one in actions(content)[:2]] == [
        ("Action.OpenUrl", "Open the link", "https://example.org/a?b=c"),
        ("Action.OpenUrl", "Open the file meeting-1.ics", "https://pag.example/files/file"),
    ]


def test_a_button_is_answered_in_place_and_by_older_clients_as_a_message() -> None:
    yes, no, unsure = (one for one in actions(cards.card(CARD)) if one["type"] == "Action.Execute")
    assert (yes["verb"], yes["style"], no["style"]) == ("rsvp.answer", "positive", "destructive")
    assert "style" not in unsure
    for button, value in ((yes, "12 yes"), (no, "12 no"), (unsure, "12 not_sure")):
        older = button["fallback"]
        assert (older["type"], older["title"], older["data"]) == ("Action.Submit", button["title"], button["data"])
        assert marks.read(button["data"]) == marks.Mark("press", "rsvp.answer", value)


def test_without_links_a_picture_is_told_in_words_and_a_file_is_left_out() -> None:
    content = cards.card(CARD)
    assert "Picture: Two people at a table" in lines(content)
    assert "meeting-1.ics" not in str(content)


def test_what_holds_a_link_is_made_anew_each_time() -> None:
    addresses = iter(f"https://pag.example/{at}" for at in "aabb")
    made = [cards.message(CARD, letter="1", link_for=lambda _: next(addresses)) for _ in range(2)]
    assert "https://pag.example/a" in str(made[0])
    assert "https://pag.example/b" in str(made[1])


def test_the_letter_goes_along_unseen() -> None:
    message = cards.message(CARD, letter="org-17")
    assert message["channelData"] == {"letter": "org-17"}
    assert "org-17" not in str(message["attachments"]) + message["summary"]
    assert "channelData" not in cards.message(CARD, letter="")


def test_only_an_address_that_can_be_seen_is_opened() -> None:
    for value in ("Room 1", "http://example.org", "javascript:alert(1)"):
        assert actions(cards.card(Card("A", facts=(("Link", value),)))) == []
    two = cards.card(Card("A", facts=(("Link", "https://a.example"), ("Link", "https://b.example"))))
    assert [one["title"] for one in actions(two)] == ["Open the link", "Open the link 2"]


def test_long_labels_have_rows_of_their_own() -> None:
    labels = ("Yes", "No", "Maybe", "Later", "A label that is rather long for a phone", "Stop")
    rows = parts(cards.card(Card("A", buttons=tuple(Button(label, "a.b") for label in labels))), "ActionSet")
    assert [[one["title"] for one in row["actions"]] for row in rows] == [
        ["Yes", "No", "Maybe"],
        ["Later"],
        ["A label that is rather long for a phone"],
        ["Stop"],
    ]


@pytest.mark.parametrize(
    "title", ["*a*", "a_b", "[a](b)", "# a", "1. a", "12) a", "- a", "> a", "<b>", "`a`", "~~a~~", "a&amp;b", "a\\b"]
)
def test_a_title_that_could_be_markup_is_no_text_block(title: str) -> None:
    content = cards.card(Card(title))
    assert parts(content, "TextBlock") == []
    assert lines(content) == [title]


@pytest.mark.parametrize("title", ["Meeting 2: our meeting", "You & me", "F-27 (new)", "2027 was good. So is this"])
def test_any_other_title_is_a_heading(title: str) -> None:
    (block,) = parts(cards.card(Card(title)), "TextBlock")
    assert (block["text"], block["style"]) == (title, "heading")


def test_no_client_puts_a_date_in_the_place_of_words() -> None:
    typed = "{{DATE(2027-03-02T10:00:00Z, SHORT)}} and {{ TIME(x)}} and {{x}}"
    asked = Form("a.b", typed, (Field("a", typed, hint=typed), Field("b", "B", "choice", (Option("a", typed),))))
    for content in (cards.card(Card(typed, typed, ((typed, typed),), note=typed)), forms.form_card(asked)):
        shown = json.dumps(content["body"], ensure_ascii=False)
        shown = shown.replace(json.dumps(typed), "")  # a form's own title, which its button brings back
        assert "{{DATE" not in shown
        assert "{{ TIME" not in shown
        assert "{{x}}" in shown


@pytest.mark.parametrize(
    "card",
    [
        Card("x", "字" * 40_000),
        Card("x", "\\\"'\n" * 9_000),
        Card("x", "a\n" * 9_000),
        Card("字" * 40_000),
        Card("x", facts=tuple((f"n{n}", "字" * 300) for n in range(60)), buttons=(Button("Go", "a.b"),)),
    ],
)
def test_what_is_too_long_is_cut_and_says_so_and_keeps_its_choices(card: Card) -> None:
    message = cards.message(card, letter="1")
    assert faults_of_activity(message) == []
    assert size_of(message) <= MOST_BYTES
    assert surfaces.TOO_LONG in str(message) or len(card.title) > 1
    assert len(actions(message["attachments"][0]["content"])) == len(card.buttons)
    for button in card.buttons:
        assert f"1. {button.label}" in message["summary"]


def test_what_teams_could_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="larger than Teams allows"):
        cards.message(Card("x", buttons=tuple(Button(f"b{n}", "a.b", "v" * 1900) for n in range(12))), letter="")
    with pytest.raises(ValueError, match="larger than Teams allows"):
        forms.form_card(Form("a.b", "A", tuple(Field(f"f{n}", "Why? " * 100) for n in range(100))))


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
_BUTTON = st.builds(Button, _TEXT.filter(str.strip), st.just("a.b"), _TEXT, st.sampled_from(["", "primary", "danger"]))


@given(
    st.builds(
        Card,
        _TEXT,
        _TEXT,
        st.lists(st.tuples(_TEXT, _TEXT), max_size=4).map(tuple),
        st.lists(_BUTTON, max_size=8).map(tuple),
        _TEXT,
    )
)
def test_whatever_a_card_holds_teams_takes_it(card: Card) -> None:
    message = cards.message(card, letter="1")
    assert faults_of_activity(message) == []
    assert size_of(message) <= MOST_BYTES


# Forms


def test_a_form_has_its_questions_and_no_narrowing_one() -> None:
    content = forms.form_card(FORM)
    assert faults(content) == []
    asked = inputs(content)
    assert list(asked) == [
        field.label if field.required else f"{field.label} (optional)" for field in FORM.fields if not field.narrows
    ]
    name, sure, who = asked["What should we call you?"], asked["Are you aged 16 or over?"], asked["You are"]
    assert (name["maxLength"], name["value"], name["isMultiline"]) == (60, "Ada", False)
    assert [choice["value"] for choice in sure["choices"]] == ["yes", "no"]
    assert (who["style"], who["value"]) == ("expanded", "carer")
    assert asked["Anything else? (optional)"]["isMultiline"]
    assert "You do not need to tell us." in lines(content)
    required = {label: part["errorMessage"] for label, part in asked.items() if part.get("isRequired")}
    assert required == {
        "What should we call you?": "Please write an answer.",
        "Are you aged 16 or over?": "Please choose an answer.",
        "You are": "Please choose an answer.",
        "What would help?": "Please choose an answer.",
    }


def test_what_is_chosen_comes_back_as_it_was() -> None:
    content = forms.form_card(FORM)
    (submit,) = actions(content)
    stands = {part["id"]: part["value"] for part in content["body"] if part.get("value")}
    ticked = inputs(content)["What would help?"]
    stands[ticked["id"]] = ",".join(choice["value"] for choice in ticked["choices"])
    answers: dict[str, Answer] = {"name": "Ada", "who": "carer", "help": ("a,b", "c%")}
    for data in (submit["data"], submit["fallback"]["data"]):
        assert marks.read({**data, **stands}) == marks.Mark("form", "joining.ask", "3", "Join a group", answers)


def test_after_a_try_what_was_typed_stays_and_the_words_stand_beside_it() -> None:
    content = forms.form_card(
        FORM,
        errors={"name": "That name is taken.", "topic": "Choose a topic.", "": "Nothing was kept."},
        answers={"about": "All of it", "help": ("a,b",)},
    )
    assert faults(content) == []
    asked = inputs(content)
    stands = {label: part["value"] for label, part in asked.items() if "value" in part}
    assert stands == {"Anything else? (optional)": "All of it", "What would help?": "a%2Cb"}
    said = lines(content)
    assert said[2:5] == ["There is a problem", "Choose a topic.", "Nothing was kept."]
    place = content["body"].index(asked["What should we call you?"])
    beside = content["body"][place + 1]["inlines"][0]
    assert (beside["text"], beside["color"]) == ("That name is taken.", "Attention")


def test_a_short_form_stands_in_the_chat_and_a_long_one_opens() -> None:
    assert forms.is_short(FORM)
    assert forms.shown(FORM, errors={"name": "No."}) == forms.form_card(FORM, errors={"name": "No."})
    long = Form("support.choose", "Support", tuple(Field(f"f{n}", f"Question {n}?") for n in range(7)), value="7")
    assert not forms.is_short(long)
    content = forms.shown(long)
    assert faults(content) == []
    (opens,) = actions(content)
    assert (opens["type"], opens["data"]["msteams"]) == ("Action.Submit", {"type": "task/fetch"})
    assert marks.read(opens["data"]) == marks.Mark("dialog", "support.choose", "7")
    dialog = forms.dialog(long)
    assert dialog["title"] == "Support"
    inside = dialog["card"]["content"]
    assert faults(inside) == []
    assert len(inputs(inside)) == 7
    assert "Support" not in lines(inside)
    (sends,) = actions(inside)
    assert sends["type"] == "Action.Submit"
    assert marks.read(sends["data"]) == marks.Mark("form", "support.choose", "7", "Support")


def test_many_choices_are_a_menu_and_grouped_ones_have_their_headings() -> None:
    many = tuple(Option(str(n), f"Number {n}", group=f"Tens {n // 10}") for n in range(20))
    fields = (
        Field("any", "Any?", "choice", many),
        Field("chosen", "Chosen?", "choice", many, initial="7"),
        Field("marked", "Marked?", "choice", (Option("a", "*A*"), Option("b", "B"))),
        Field("ticked", "Ticked?", "choices", many, initial=("3", "12")),
    )
    content = forms.form_card(Form("a.b", "A", fields))
    assert faults(content) == []
    asked = inputs(content)
    # Beside a button a title would be read as Markdown.
    assert [asked[label]["style"] for label in ("Any?", "Chosen?", "Marked?")] == ["compact", "compact", "compact"]
    assert asked["Chosen?"]["value"] == "7"
    assert asked["Any?"]["choices"][13] == {"title": "Tens 1: Number 13", "value": "13"}
    assert "Ticked?" in lines(content)
    assert (asked["Tens 0"]["value"], asked["Tens 1"]["value"]) == ("3", "12")
    assert not asked["Tens 0"].get("isRequired")


# What goes back at once


def test_what_goes_back_at_once() -> None:
    content = cards.card(CARD)
    assert replies.replaced(content) == {"statusCode": 200, "type": cards.CONTENT_TYPE, "value": content}
    assert replies.said("Noted.") == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Noted.",
    }
    assert replies.dialog(forms.dialog(FORM))["task"]["type"] == "continue"
    assert replies.closed() == {}
    assert replies.closed("Noted.") == {"task": {"type": "message", "value": "Noted."}}
    assert faults_of_activity(replies.line("*Noted*")) == []
    assert replies.line("*Noted*")["textFormat"] == "plain"


@pytest.mark.parametrize(("title", "line"), [("Ask to join", "Sent: Ask to join"), ("", "Sent"), ("*" * 900, None)])
def test_a_form_that_was_sent_leaves_a_line(title: str, line: str | None) -> None:
    content = replies.sent(title)["value"]
    assert faults(content) == []
    (said,) = lines(content)
    assert said == line or (line is None and len(said) < 120)


@given(st.lists(st.text("abc-", min_size=1, max_size=20), min_size=1, max_size=20), st.integers(60, 75))
def test_what_is_too_long_is_cut_between_words(words: list[str], longest: int) -> None:
    text = " ".join(words)
    cut = surfaces.shortened(text, longest)
    assert len(cut) <= longest
    assert cut == text or (cut[-1] == "…" and text.startswith(f"{cut[:-1]} ") and len(cut) > longest // 2)


def test_one_huge_word_is_cut_all_the_same() -> None:
    assert surfaces.shortened("a" * 80, 75) == "a" * 74 + "…"
