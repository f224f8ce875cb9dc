"""Links to files: without an account, not to be guessed, for as long as what was said is kept, and no longer."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from email.message import Message
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select

from bot.links import LIFE, PLACE, Links
from handlers import cards
from handlers.chat import Attachment, Card, Picture
from storage import outbox, people
from storage.database import new_key
from storage.outbox import CardBody, Letter
from tests.world import KEY, World

FILE = Attachment("meeting-7.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Räume\r\nEND:VCALENDAR\r\n")
PICTURE = Picture(b"\x89PNG\r\n\x1a\nnot really", "Five of eight came")
BROWSER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def told(world: World, card: Card) -> str:
    """Write Amina a letter that says this. Returns the id under which delivery sends it."""
    with world.turn() as turn:
        account = people.meet(
            turn.session,
            turn.organisation.id,
            platform="sandbox",
            workspace="sandbox",
            user="U0AMINA",
            name="Amina",
            time_zone="Europe/London",
            now=turn.now,
        )
        outbox.reply(
            turn.session,
            account,
            card_id=outbox.add_card(turn.session, cards.dump(card), now=turn.now),
            key="k",
            now=turn.now,
        )
        letter = turn.session.scalars(select(Letter)).one()
        return f"{turn.organisation.ref}-{letter.id}"


def links(world: World, *, keys: tuple[str, ...] = (KEY,), base: str = "", late: float = 0.0) -> Links:
    return Links(
        world.database, world.app.threads, keys=keys, base_url=base or world.url, clock=lambda: time.time() + late
    )


def get(url: str) -> tuple[int, Message, bytes]:
    try:
        with BROWSER.open(url, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read()


def test_a_file_comes_as_it_was_said_and_asks_for_nothing(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    status, headers, body = get(links(one_world).to(letter, FILE))
    assert (status, body.decode()) == (200, FILE.content)
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == 'attachment; filename="meeting-7.ics"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_picture_comes_as_one(one_world: World) -> None:
    letter = told(one_world, Card("See", picture=PICTURE, attachment=FILE))
    status, headers, body = get(links(one_world).to(letter, PICTURE))
    assert (status, body, headers["Content-Type"]) == (200, PICTURE.png, "image/png")
    assert headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/javascript", "text/calendar\r\nX: y"])
def test_a_file_of_another_kind_is_never_shown_as_a_page(one_world: World, media_type: str) -> None:
    odd = Attachment('a"b\r\nc/../d.html', media_type, "<script>")
    status, headers, _ = get(links(one_world).to(told(one_world, Card("See", attachment=odd)), odd))
    assert (status, headers["Content-Type"]) == (200, "application/octet-stream")
    assert headers["Content-Disposition"] == 'attachment; filename="a-b-c-..-d.html"'


def test_nothing_in_a_link_tells_whose_it_is_and_no_two_are_alike(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    one, other = links(one_world).to(letter, FILE), links(one_world).to(letter, FILE)
    assert one != other
    token = urlsplit(one).path.removeprefix(PLACE)
    assert letter not in one
    assert not {*"/?#&=%."} & {*token}
    assert "ics" not in one
    assert len(one) < 250


@pytest.mark.parametrize("base", ["https://bot.example.org", "https://bot.example.org/", "https://example.org/bot"])
def test_a_link_stands_on_our_public_address(one_world: World, base: str) -> None:
    assert links(one_world, base=base).to("x-1", FILE).startswith(f"{base.rstrip('/')}{PLACE}")


def test_a_link_ends(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    assert get(links(one_world, late=-LIFE + 60).to(letter, FILE))[0] == 200
    status, headers, body = get(links(one_world, late=-LIFE - 60).to(letter, FILE))
    assert (status, headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert body.startswith(b"This link does not work\n")


def test_a_link_that_is_not_ours_leads_nowhere(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    url = links(one_world).to(letter, FILE)
    token = urlsplit(url).path.removeprefix(PLACE)
    stranger = urlsplit(links(one_world, keys=(new_key(),)).to(letter, FILE)).path.removeprefix(PLACE)
    stored = Fernet(KEY).encrypt(f"attachment:{letter}".encode()).decode()
    changed = f"{token[:60]}{'A' if token[60] != 'A' else 'B'}{token[61:]}"
    for wrong in ("x", letter, stranger, stored, changed, token[:-4], token + "AAAA", "A" * 5000, "%00", "%C3%A9"):
        assert get(f"{one_world.url}{PLACE}{wrong}")[0] == 404, wrong
    assert get(f"{one_world.url}{PLACE}")[0] == 404
    assert get(url)[0] == 200


def test_a_link_of_another_database_finds_nothing(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    number = letter.partition("-")[2]
    assert get(links(one_world).to(f"another-{number}", FILE))[0] == 410


def test_an_old_key_still_opens_what_it_closed(one_world: World) -> None:
    letter, newest = told(one_world, Card("Here it is", attachment=FILE)), new_key()
    url = links(one_world).to(letter, FILE)
    both = links(one_world, keys=(newest, KEY))
    assert both._opened(urlsplit(url).path.removeprefix(PLACE)) == ("attachment", letter)


def test_when_what_was_said_is_deleted_its_links_say_so(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    url = links(one_world).to(letter, FILE)
    with one_world.turn() as turn:
        turn.session.execute(delete(CardBody))
    status, _, body = get(url)
    assert (status, body.splitlines()[0]) == (410, b"This file is deleted")


def test_a_part_that_was_never_said_is_not_there(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    assert get(links(one_world).to(letter, PICTURE))[0] == 410


def test_without_the_database_a_link_is_to_be_tried_later(one_world: World) -> None:
    letter = told(one_world, Card("Here it is", attachment=FILE))
    url = links(one_world).to(letter, FILE)
    with one_world.database.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE cards RENAME TO moved")
        connection.commit()
    status, headers, _ = get(url)
    assert (status, headers["Retry-After"]) == (503, "60")
