"""Delivery: claims letters that are due, asks whether they are still true, sends them, records what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot.now import Now
from bot.pace import Pace
from bot.platform import Address, Platform, Sent, Undeliverable
from bot.threads import Threads
from handlers import cards
from handlers.chat import Card
from handlers.truth import Drop, Hold, verdict
from storage import outbox
from storage.database import Database
from storage.outbox import Claim, Result

log = logging.getLogger("pag.delivery")

IN_FLIGHT = 16
LEASE = timedelta(seconds=60)
# A send's own limit is shorter than a lease, so that a letter is never under way when its lease runs out.
SEND_TIMEOUT = 10.0
LONGEST_WAIT = 600.0
AN_HOUR = 3600.0


@dataclass(frozen=True)
class _Outcome:
    letter: Claim
    result: Result
    sent: Sent | None = None
    gone: bool = False


class Delivery:
    """The one place that sends. Several may run on one PostgreSQL; on SQLite there is one."""

    def __init__(
        self,
        database: Database,
        threads: Threads,
        platforms: Mapping[str, Platform],
        now: Now,
        pace: Mapping[str, Pace],
    ) -> None:
        self._database = database
        self._threads = threads
        self._platforms = platforms
        self._now = now
        self._pace = pace
        self._owner = secrets.token_hex(12)
        self._cards: OrderedDict[int, Card] = OrderedDict()
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self.sent = 0
        self.failing = ""

    def wake(self) -> None:
        """There is something new to send."""
        self._wake.set()

    async def run(self, *, every: float = 1.0) -> None:
        """Deliver until cancelled: when woken, and at least every so many seconds."""
        while True:
            try:
                await self.deliver_due()
                self.failing = ""
            except Exception as mistake:  # noqa: BLE001 (the database may be away; it is looked for again)
                self.failing = type(mistake).__name__
                log.error("delivery failed: %s", type(mistake).__name__)
                await asyncio.sleep(every)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), every)
            self._wake.clear()

    async def deliver_due(self) -> int:
        """Send all that is due now, look up what is in doubt, and return how many letters were dealt with."""
        async with self._one_at_a_time:
            dealt_with = await self._resolve_doubts()
            outcomes: list[_Outcome] = []
            under_way: set[asyncio.Task[_Outcome]] = set()
            try:
                while True:
                    room = IN_FLIGHT - len(under_way)
                    if room >= IN_FLIGHT // 2:
                        lease = time.monotonic() + LEASE.total_seconds()
                        letters = await self._threads.run(self._exchange, tuple(outcomes), room)
                        dealt_with += len(outcomes)
                        outcomes.clear()
                        under_way |= {asyncio.create_task(self._send(*letter, lease=lease)) for letter in letters}
                        if not under_way:
                            return dealt_with
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    outcomes += [task.result() for task in done]
            finally:
                # Stopped in the middle: what was begun is finished and written down.
                if under_way or outcomes:
                    rest = await asyncio.gather(*under_way)
                    await self._threads.run(self._exchange, (*outcomes, *rest), 0)

    def _exchange(self, outcomes: tuple[_Outcome, ...], room: int) -> list[tuple[Claim, Card]]:
        """In one transaction: write down what came of letters, and claim as many as there is room for."""
        now, real = self._now(), datetime.now(UTC)
        with self._database.transaction() as session:
            outbox.record(session, [outcome.result for outcome in outcomes], owner=self._owner, now=now)
            for outcome in outcomes:
                account = outcome.letter.account_id
                if account is None:
                    continue
                if outcome.gone:
                    outbox.mark_gone(session, account)
                if outcome.sent and outcome.sent.conversation != outcome.letter.conversation:
                    outbox.know_conversation(session, account, outcome.sent.conversation)
            letters: list[tuple[Claim, Card]] = []
            while len(letters) < room:
                claimed = outbox.claim(
                    session,
                    now=now,
                    real=real,
                    owner=self._owner,
                    lease_until=real + LEASE,
                    limit=room - len(letters),
                )
                if not claimed:
                    break
                dropped: list[Result] = []
                for letter in claimed:
                    match verdict(letter, now=now):
                        case Drop(state=state, why=why):
                            dropped.append(Result(letter.id, state, why))
                        case Hold(until=until):
                            outbox.hold(session, letter.id, until=until)
                        case _:
                            letters.append((letter, self._card(session, letter)))
                outbox.record(session, dropped, owner=self._owner, now=now)
            return letters

    def _card(self, session: Session, letter: Claim) -> Card:
        card_id = letter.card_id or 0
        card = self._cards.get(card_id)
        if card is None:
            card = self._cards[card_id] = cards.load(outbox.card_body(session, card_id) or '{"title": ""}')
            if len(self._cards) > 64:
                self._cards.popitem(last=False)
        return card

    async def _send(self, letter: Claim, card: Card, *, lease: float) -> _Outcome:
        platform = self._platforms.get(letter.platform or "")
        pace = self._pace.get(letter.platform or "")
        if platform is None:
            return _Outcome(letter, _again(letter, AN_HOUR, "platform not configured"))
        address = _address(letter)
        if pace is not None and not letter.replaces:
            await pace.turn(address.platform, address.workspace)
        if time.monotonic() > lease - SEND_TIMEOUT:
            # It waited too long for its turn, and another worker may take it: it was not begun, so it goes back.
            return _Outcome(letter, _again(letter, 0.0, "lease"))
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                if letter.replaces:
                    sent = await platform.update(address, letter.replaces, card, letter=letter.ref)
                else:
                    sent = await platform.send(address, card, letter=letter.ref)
        except TimeoutError:
            return await self._ambiguous(platform, letter, "timeout")
        except Undeliverable as problem:
            if problem.kind == "ambiguous":
                return await self._ambiguous(platform, letter, problem.code)
            if problem.retry_after and pace is not None:
                pace.rest(address.platform, address.workspace, problem.retry_after)
            return _classified(letter, problem)
        self.sent += 1
        return _Outcome(letter, Result(letter.id, "sent", message=sent.message), sent)

    async def _ambiguous(self, platform: Platform, letter: Claim, code: str) -> _Outcome:
        """Nobody knows whether it went. Replacing a card twice does no harm; a new message is looked up first."""
        if letter.replaces:
            return _Outcome(letter, _again(letter, _backoff(letter), code))
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                since = (letter.sent_from or datetime.now(UTC)) - 2 * LEASE
                sent = await platform.find(_address(letter), letter=letter.ref, since=since.timestamp())
        except (TimeoutError, Undeliverable):
            return _Outcome(letter, Result(letter.id, "unknown", code))
        if sent is None:
            return _Outcome(letter, _again(letter, _backoff(letter), code))
        self.sent += 1
        return _Outcome(letter, Result(letter.id, "sent", code, message=sent.message), sent)

    async def _resolve_doubts(self, *, all_of_them: bool = False) -> int:
        """Look up the letters of workers that died while sending."""
        resolved = 0
        while True:
            letters = await self._threads.run(self._take_doubtful, all_of_them)
            if not letters:
                return resolved
            outcomes = []
            for letter in letters:
                platform = self._platforms.get(letter.platform or "")
                if platform is None:
                    outcomes.append(_Outcome(letter, Result(letter.id, "unknown", "platform not configured")))
                else:
                    outcomes.append(await self._ambiguous(platform, letter, "worker died"))
            await self._threads.run(self._exchange, tuple(outcomes), 0)
            resolved += len(outcomes)

    def _take_doubtful(self, all_of_them: bool) -> list[Claim]:
        real = datetime.now(UTC)
        with self._database.transaction() as session:
            return outbox.doubtful(
                session,
                real=real,
                owner=self._owner,
                lease_until=real + LEASE,
                limit=IN_FLIGHT,
                all_of_them=all_of_them,
            )

    async def take_over(self) -> int:
        """After a start on SQLite, where there is one process: whoever was sending before is dead."""
        return await self._resolve_doubts(all_of_them=self._database.single)


def _address(letter: Claim) -> Address:
    return Address(letter.platform or "", letter.workspace or "", letter.user or "", letter.conversation or "")


def _classified(letter: Claim, problem: Undeliverable) -> _Outcome:
    if problem.kind == "gone":
        return _Outcome(letter, Result(letter.id, "needs_call", problem.code), gone=True)
    if problem.kind == "mistake":
        log.error("a card was refused: %s (%s)", problem.code, letter.kind)
        return _Outcome(letter, Result(letter.id, "failed", problem.code))
    if problem.kind == "held":
        log.error("a workspace is closed to us: %s", problem.code)
        return _Outcome(letter, _again(letter, AN_HOUR, problem.code))
    return _Outcome(letter, _again(letter, problem.retry_after or _backoff(letter), problem.code))


def _backoff(letter: Claim) -> float:
    return min(2.0 ** min(letter.tries, 12), LONGEST_WAIT)


def _again(letter: Claim, seconds: float, why: str) -> Result:
    return Result(letter.id, "waiting", why[:60], not_before=datetime.now(UTC) + timedelta(seconds=seconds))
