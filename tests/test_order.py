"""The order of letters: what waits for what, and what a newer letter makes needless."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers import cards
from handlers.chat import Card
from storage import channels, order, outbox
from storage.channels import IN_CHANNEL
from storage.outbox import Letter
from storage.people import Account
from tests.world import World


def replied(world: World, key: str, *, replaces: str) -> None:
    """An answer waits for Amina that takes the place of a message."""
    with world.turn() as turn:
        account = turn.session.scalars(select(Account)).one()
        card_id = outbox.add_card(turn.session, cards.dump(Card(f"This is {key}")), now=turn.now)
        outbox.reply(turn.session, account, card_id=card_id, key=key, now=turn.now, replaces=replaces)


def became(world: World) -> dict[str, str]:
    """What became of each letter, by its key."""
    with world.turn() as turn:
        return {one.key: one.why or one.state for one in turn.session.scalars(select(Letter).order_by(Letter.id))}


def test_of_letters_that_replace_one_message_only_the_newest_goes(one_world: World) -> None:
    amina = one_world.member("Amina", of=one_world.group("Radiotherapy volunteers"))
    replied(one_world, "first", replaces="m-1")
    replied(one_world, "other", replaces="m-2")
    replied(one_world, "second", replaces="m-1")
    replied(one_world, "none", replaces="")
    replied(one_world, "none again", replaces="")
    one_world.settle()
    assert became(one_world) == {
        "first": "replaced by a newer one",
        **dict.fromkeys(("other", "second", "none", "none again"), "sent"),
    }
    shown = amina.screen()
    assert "This is first" not in shown
    assert shown.index("This is other") < shown.index("This is second") < shown.index("This is none")


def test_a_newer_letter_that_may_not_go_makes_none_needless(one_world: World) -> None:
    one_world.member("Amina", of=one_world.group("Radiotherapy volunteers"))
    replied(one_world, "first", replaces="m-1")
    replied(one_world, "second", replaces="m-1")
    with one_world.turn() as turn:
        second = turn.session.scalars(select(Letter).where(Letter.key == "second")).one()
        second.state = "failed"
    one_world.settle()
    assert became(one_world)["first"] == "sent"


def test_letters_to_one_channel_go_one_at_a_time_in_their_order(one_world: World) -> None:
    group = one_world.group("Radiotherapy volunteers")
    one_world.coordinator("Cara", of=group)
    with one_world.turn() as turn:
        person = turn.session.scalars(select(Account)).one().person
        ids = [
            channels.ask(
                turn.session,
                turn.organisation.id,
                platform="sandbox",
                workspace="sandbox",
                conversation=name,
                by=person,
            ).id
            for name in ("channel:one", "channel:two")
        ]
        for number, channel in enumerate((ids[0], ids[0], ids[1])):
            turn.session.add(
                Letter(
                    organisation_id=turn.organisation.id,
                    key=f"c{number}",
                    recipient=f"c{channel}",
                    kind=IN_CHANNEL,
                    channel_id=channel,
                    state="waiting",
                    why="",
                    unasked=True,
                    urgent=False,
                    needs="",
                    due_at=turn.now - timedelta(minutes=1),
                    replaces="",
                    message="",
                    tries=0,
                    owner="",
                    created_at=turn.now,
                )
            )
        turn.session.flush()

        def free() -> list[str]:
            found = turn.session.execute(select(Letter.key).where(~order.behind("channel_id", turn.now)))
            return [key for (key,) in found]

        assert free() == ["c0", "c2"]
        turn.session.scalars(select(Letter).where(Letter.key == "c0")).one().state = "sending"
        turn.session.flush()
        assert free() == ["c0", "c2"]
        turn.session.scalars(select(Letter).where(Letter.key == "c0")).one().state = "sent"
        turn.session.flush()
        assert free() == ["c0", "c1", "c2"]
