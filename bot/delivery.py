"""Delivery: claims letters that are due, asks whether they are still true, sends them, records what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from bot import bars
from bot.ahead import Ahead
from bot.claimed import read_cards, sorted_out
from bot.deadline import Deadline
from bot.logs import where
from bot.now import Now
from bot.outcomes import Outcomes
from bot.pace import Paces
from bot.platform import Address, CanTell, Platform, Sent, Undeliverable
from bot.threads import Threads
from handlers.chat import Card
from handlers.truth import TWICE_IS_BETTER
from storage import channels, sending
from storage.database import Database
from storage.sending import Claim, Result

log = logging.getLogger("pag.delivery")

IN_FLIGHT = 16

DOUBTS = 32
"""How many letters in doubt are looked up at once."""

FLUSH = 0.02
"""Seconds after which results are written down even when they are fewer."""

LEASE = timedelta(seconds=60)
SEND_TIMEOUT = 8.0
"""Seconds. Shorter than what is left of a lease when a send begins, so that none is under way when its lease ends."""

PATIENCE = 1.0
"""Seconds a letter may wait for its turn. Longer, and it goes back, so that no other waits behind it."""

LONGEST_WAIT = 600.0
MOST_TRIES = 20
"""After so many, over two hours, a letter of doubtful fate is let go: what comes after it must not wait for ever."""

AN_HOUR = 3600.0

DATABASE_AWAY = 30.0
"""Seconds for which what was sent is kept to be written down, while the database is away. Then it is in doubt."""


# Tuples, since thousands are made each second.


class _Outcome(NamedTuple):
    letter: Claim
    result: Result
    sent: Sent | None = None
    gone: bool = False


class _Ready(NamedTuple):
    letter: Claim
    card: Card
    lease: float


class Delivery:
    """The one place that sends. Any number may run on one PostgreSQL; on SQLite there is one.

    ``pace``: for each platform how fast it may be sent to. ``real`` and ``monotonic`` are the machine's
    clocks, by which leases end. ``dealt_with`` hears to which accounts letters went, or did not, once that is written
    down.
    """

    def __init__(
        self,
        database: Database,
        threads: Threads,
        platforms: Mapping[str, Platform],
        now: Now,
        pace: Mapping[str, Paces],
        *,
        dealt_with: Callable[[Iterable[int | None]], None] = lambda _: None,
        real: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._threads = threads
        self._platforms = platforms
        self._now = now
        self._pace = pace
        self._dealt_with = dealt_with
        self._real = real
        self._monotonic = monotonic
        self._owner = secrets.token_hex(12)
        self._cards: OrderedDict[int, Card] = OrderedDict()
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._stopping = False
        self.sent = 0
        self.failing = ""

    def wake(self) -> None:
        """There is something new to send."""
        self._wake.set()

    def stop(self) -> None:
        """Begin no more sends. What is under way is finished and written down; then `run` returns."""
        self._stopping = True
        self._wake.set()

    async def run(self, *, every: float = 1.0) -> None:
        """Deliver until stopped: when woken, and at least every so many seconds."""
        while not self._stopping:
            self._wake.clear()
            try:
                await self.deliver_due()
                self.failing = ""
            except Exception as mistake:  # noqa: BLE001 (the database may be away; it is looked for again)
                self.failing = type(mistake).__name__
                log.error("delivery failed: %s", where(mistake))
                await asyncio.sleep(every)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), every)

    async def take_over(self) -> None:
        """After a start on SQLite, where there is one process: whoever was sending before is dead."""
        if self._database.single:
            await self._threads.run(self._expire_leases)

    async def deliver_due(self) -> int:
        """Send all that is due now, look up what is in doubt, and return how many letters were dealt with."""
        async with self._one_at_a_time:
            return await self._resolve_doubts() + await self._send_all()

    async def _send_all(self) -> int:
        ready: asyncio.Queue[_Ready] = asyncio.Queue()
        outcomes: Outcomes[_Outcome] = Outcomes(self._monotonic)
        ahead = Ahead(self._monotonic)
        workers: list[asyncio.Task[None]] = []
        held = unsure = dealt_with = 0
        try:
            while True:
                group = min(ahead.letters, IN_FLIGHT) if unsure else ahead.letters
                room = 0 if self._stopping else min(group, IN_FLIGHT + group - held + len(outcomes))
                written = outcomes.take()
                unsure -= self._unsure(written)
                # Where nobody can look a letter up, only what is begun at once is marked, to leave no other in doubt.
                claimed = await self._exchange_surely(written, room, IN_FLIGHT - unsure)
                for letter in claimed:
                    ready.put_nowait(letter)
                unsure += self._unsure(claimed)
                held += len(claimed) - len(written)
                dealt_with += len(written)
                ahead.went(len(written))
                self._dealt_with(outcome.letter.account_id for outcome in written)
                if not held:
                    return dealt_with
                if not workers:
                    workers = [asyncio.create_task(self._work(ready, outcomes)) for _ in range(IN_FLIGHT)]
                # Half a group waits ready while the database works, so that nobody is idle meanwhile.
                if len(claimed) < group or held >= IN_FLIGHT + group // 2:
                    await outcomes.some(min(group, held + 1) // 2, within=FLUSH)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, ready: asyncio.Queue[_Ready], outcomes: Outcomes[_Outcome]) -> None:
        with contextlib.closing(Deadline(SEND_TIMEOUT)) as deadline:
            while True:
                letter = await ready.get()
                try:
                    outcome = await self._send(letter, deadline)
                except Exception as mistake:  # noqa: BLE001 (one letter's fault must never stop another)
                    log.error("a letter could not be sent: %s", where(mistake))
                    outcome = _Outcome(letter.letter, Result(letter.letter.id, "unknown", type(mistake).__name__))
                outcomes.add(outcome)

    async def _exchange_surely(self, outcomes: tuple[_Outcome, ...], room: int = 0, unsure: int = 0) -> list[_Ready]:
        """Exchange. While the database is away, what was sent waits here to be written down."""
        give_up_at = self._monotonic() + DATABASE_AWAY
        while True:
            try:
                return await self._threads.run(self._exchange, outcomes, room, unsure)
            except Exception as mistake:
                if not outcomes or self._monotonic() > give_up_at:
                    raise
                self.failing = type(mistake).__name__
                log.error("what was sent could not be written down yet: %s", where(mistake))
            await asyncio.sleep(1)

    def _cannot_tell(self) -> set[str]:
        return {name for name, platform in self._platforms.items() if not isinstance(platform, CanTell)}

    def _unsure(self, letters: Sequence[_Ready | _Outcome]) -> int:
        """How many of them cannot be looked up."""
        cannot_tell = self._cannot_tell()
        return sum(one.letter.platform in cannot_tell for one in letters) if cannot_tell else 0

    # In the database's thread

    def _exchange(self, outcomes: tuple[_Outcome, ...], room: int, unsure: int) -> list[_Ready]:
        """In one transaction: write down what came of letters, and claim ``room``, ``unsure`` where nobody can tell."""
        now, real, lease = self._now(), self._real(), self._monotonic() + LEASE.total_seconds()
        with self._database.transaction() as session:
            sending.record(session, [outcome.result for outcome in outcomes], owner=self._owner, now=now)
            self._learn(session, outcomes)
            ready: list[_Ready] = []
            while len(ready) < room:
                claimed = sending.claim(
                    session,
                    now=now,
                    real=real,
                    owner=self._owner,
                    lease_until=real + LEASE,
                    limit=room - len(ready),
                    resting=[(name, place) for name, pace in self._pace.items() for place in pace.resting()],
                    cannot_tell=self._cannot_tell(),
                    most_unsure=unsure - self._unsure(ready),
                )
                if not claimed:
                    break
                true, not_now = sorted_out(claimed, now)
                sending.record(session, not_now, owner=self._owner, now=now)
                ready += self._with_cards(session, true, lease, now)
            return ready

    def _learn(self, session: Session, outcomes: tuple[_Outcome, ...]) -> None:
        opened: dict[int, str] = {}
        gone: set[int] = set()
        refused: dict[int, str] = {}
        for outcome in outcomes:
            account = outcome.letter.account_id
            if outcome.gone and outcome.letter.channel_id is not None:
                channels.close(session, outcome.letter.channel_id, code=outcome.result.why)
            if account is None:
                continue
            if outcome.result.why:
                refused[account] = outcome.result.why
            if outcome.gone:
                gone.add(account)
            if outcome.sent and outcome.sent.conversation != outcome.letter.conversation:
                opened[account] = outcome.sent.conversation
        sending.know_conversations(session, opened)
        sending.mark_gone(session, gone)
        bars.note(session, refused, now=self._now())

    def _with_cards(self, session: Session, letters: list[Claim], lease: float, now: datetime) -> list[_Ready]:
        wanted = {letter.card_id for letter in letters if letter.card_id is not None} - self._cards.keys()
        unreadable: list[Result] = []
        found = read_cards(session, wanted)
        self._cards.update((card_id, card) for card_id, card in found.items() if card is not None)
        ready = []
        for letter in letters:
            card = self._cards.get(letter.card_id or 0)
            if card is not None:
                ready.append(_Ready(letter, card, lease))
            elif letter.card_id in found:
                unreadable.append(Result(letter.id, "failed", "unreadable", begun=False))
            else:
                unreadable.append(Result(letter.id, "not_needed", "deleted", begun=False))
        sending.record(session, unreadable, owner=self._owner, now=now)
        while len(self._cards) > 256:
            self._cards.popitem(last=False)
        return ready

    def _take_doubtful(self) -> list[Claim]:
        real = self._real()
        with self._database.transaction() as session:
            return sending.doubtful(session, real=real, owner=self._owner, lease_until=real + LEASE, limit=DOUBTS)

    def _expire_leases(self) -> None:
        with self._database.transaction() as session:
            sending.expire_leases(session, owner=self._owner, real=self._real())

    # On the wire

    async def _send(self, ready: _Ready, deadline: Deadline) -> _Outcome:
        letter = ready.letter
        platform, pace = self._platforms.get(letter.platform or ""), self._pace.get(letter.platform or "")
        if platform is None:
            return _Outcome(letter, self._back(letter, AN_HOUR, "platform not configured"))
        if self._stopping:
            return _Outcome(letter, self._back(letter, 0.0, "stopping"))
        address = _address(letter)
        if pace is not None:
            if (wait := pace.wait(address)) > PATIENCE:
                return _Outcome(letter, self._back(letter, wait, "not its turn yet"))
            await pace.turn(address)
        if self._monotonic() > ready.lease - SEND_TIMEOUT:
            # It waited so long that another worker may take it. It was not begun, so it simply goes back.
            return _Outcome(letter, self._back(letter, 0.0, "lease"))
        try:
            with deadline:
                if letter.replaces:
                    sent = await platform.update(address, letter.replaces, ready.card, letter=letter.ref)
                else:
                    sent = await platform.send(address, ready.card, letter=letter.ref)
        except TimeoutError:
            return await self._look_up(platform, letter, "timeout")
        except Undeliverable as problem:
            if problem.kind == "ambiguous":
                return await self._look_up(platform, letter, problem.code)
            if problem.retry_after and pace is not None:
                pace.rest(address, problem.retry_after)
            return self._classified(letter, problem)
        except Exception as mistake:  # noqa: BLE001 (one letter's fault must never stop another)
            log.error("a letter could not be sent: %s", where(mistake))
            return await self._look_up(platform, letter, type(mistake).__name__)
        self.sent += 1
        return _Outcome(letter, Result(letter.id, "sent", message=sent.message), sent)

    async def _look_up(self, platform: Platform, letter: Claim, code: str) -> _Outcome:
        """Nobody knows whether it went. Replacing a card twice does no harm; a new message is looked up first.

        Where the platform cannot tell, it goes again only if twice is better than never. Where it cannot tell just
        now, it stays in doubt and is looked up again.
        """
        if letter.tries >= MOST_TRIES:
            return _Outcome(letter, Result(letter.id, "unknown", code))
        if letter.replaces:
            return _Outcome(letter, self._again(letter, code))
        if not isinstance(platform, CanTell):
            return _Outcome(letter, self._never_known(letter, code))
        since = (letter.claimed_at or self._real()) - LEASE
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                sent = await platform.find(_address(letter), letter=letter.ref, since=since.timestamp())
        except Undeliverable as problem:
            if problem.kind in ("passing", "held"):
                return _Outcome(letter, self._in_doubt(letter, code, problem.retry_after))
            return _Outcome(letter, self._never_known(letter, code))
        except Exception as mistake:  # noqa: BLE001 (one letter's fault must never stop another)
            log.error("a letter could not be looked up: %s", where(mistake))
            return _Outcome(letter, self._in_doubt(letter, code))
        if sent is None:
            return _Outcome(letter, self._again(letter, code))
        self.sent += 1
        return _Outcome(letter, Result(letter.id, "sent", code, message=sent.message), sent)

    async def _resolve_doubts(self) -> int:
        """Look up the letters of workers that died while sending."""
        resolved = 0
        while not self._stopping and (letters := await self._threads.run(self._take_doubtful)):
            outcomes = await asyncio.gather(*(self._resolve(letter) for letter in letters))
            await self._exchange_surely(tuple(outcomes))
            resolved += len(outcomes)
        return resolved

    async def _resolve(self, letter: Claim) -> _Outcome:
        platform = self._platforms.get(letter.platform or "")
        if platform is None:
            return _Outcome(letter, Result(letter.id, "unknown", "platform not configured"))
        return await self._look_up(platform, letter, "worker died")

    def _classified(self, letter: Claim, problem: Undeliverable) -> _Outcome:
        if problem.kind == "gone":
            state = "needs_call" if letter.channel_id is None else "not_needed"
            return _Outcome(letter, Result(letter.id, state, problem.code), gone=True)
        if problem.kind == "mistake":
            log.error("a card was refused: %s (%s)", problem.code, letter.kind)
            return _Outcome(letter, Result(letter.id, "failed", problem.code))
        if problem.kind == "held":
            log.error("a workspace is closed to us: %s", problem.code)
            return _Outcome(letter, self._again(letter, problem.code, AN_HOUR))
        return _Outcome(letter, self._again(letter, problem.code, problem.retry_after))

    def _again(self, letter: Claim, why: str, seconds: float = 0.0) -> Result:
        """It was tried, and goes again later."""
        return Result(letter.id, "waiting", why, not_before=self._later(letter, seconds))

    def _back(self, letter: Claim, seconds: float, why: str) -> Result:
        """It was never begun."""
        return Result(letter.id, "waiting", why, not_before=self._real() + timedelta(seconds=seconds), begun=False)

    def _in_doubt(self, letter: Claim, why: str, seconds: float = 0.0) -> Result:
        """It was tried, and is looked up again later."""
        return Result(letter.id, "sending", why, not_before=letter.claimed_at, look_at=self._later(letter, seconds))

    def _never_known(self, letter: Claim, why: str) -> Result:
        """It was tried, and nobody will ever say whether it went."""
        return self._again(letter, why) if letter.kind in TWICE_IS_BETTER else Result(letter.id, "unknown", why)

    def _later(self, letter: Claim, seconds: float) -> datetime:
        """So many seconds from now; where nobody says how many, the more the more often it was tried."""
        return self._real() + timedelta(seconds=seconds or min(2.0 ** min(letter.tries, 12), LONGEST_WAIT))


def _address(letter: Claim) -> Address:
    return Address(letter.platform or "", letter.workspace or "", letter.user or "", letter.conversation or "")
