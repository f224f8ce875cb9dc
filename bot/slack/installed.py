"""Where we are installed: the tokens of the workspaces, kept in memory, and what changes them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.slack.translate.installations import Change
from bot.threads import Threads
from handlers import installations as feature
from handlers.turn import Turn
from storage import conversations, installations, organisations, people
from storage.database import Database
from storage.installations import Installation
from storage.organisations import Organisation

log = logging.getLogger("pag.slack")

KEPT = 10.0
"""Seconds after which the tokens are read again: another process may have let a workspace in or taken one out."""


@dataclass(frozen=True)
class Grant:
    """What Slack handed out. ``team`` is empty for a whole Grid; ``teams`` are then its workspaces that let us in."""

    enterprise: str
    team: str
    token: str
    bot_user: str
    scopes: str
    teams: tuple[str, ...] = ()

    @property
    def workspace(self) -> str:
        """The id that an organisation owns."""
        return self.team or self.enterprise


class Installed:
    """The tokens by workspace. What is asked while an event is answered is answered from memory.

    ``own_token`` is the one of the settings, for the one workspace that `own` names. ``install_page`` is the address of
    the page that installs us, or empty. ``now`` is the program's time, ``real`` the machine's.
    """

    def __init__(
        self,
        database: Database,
        threads: Threads,
        now: Callable[[], datetime],
        *,
        own_token: str = "",
        install_page: str = "",
        real: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._threads = threads
        self._now = now
        self._real = real
        self._own_token = own_token
        self._install_page = install_page
        self._own_team = ""
        self._tokens: Mapping[str, str] = MappingProxyType({})
        self._closed: frozenset[str] = frozenset()
        self._one_at_a_time = asyncio.Lock()

    def token_for(self, workspace: str) -> str | None:
        """The bot token of this workspace; that of the settings for the empty one. None where we are not installed."""
        return self._tokens.get(workspace) if workspace else self._own_token or None

    def closed(self) -> frozenset[str]:
        """The workspaces that took us out: their letters wait."""
        return self._closed

    @contextlib.asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Read the tokens now, and every few seconds for as long as the block lasts."""
        await self.refresh()
        reading = asyncio.create_task(self._keep_fresh())
        try:
            yield
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def refresh(self) -> None:
        """Read the tokens now."""
        # Else what was read earlier could be taken up later.
        async with self._one_at_a_time:
            self._take_up(await self._threads.run(self._read))

    def _take_up(self, rows: Sequence[Installation]) -> None:
        standing = [row for row in rows if row.revoked_at is None]
        tokens = {row.team: row.token for row in standing if row.team and row.token}
        closed = frozenset(row.team for row in rows if row.team) - {row.team for row in standing}
        # A token of the settings is revoked like any other.
        if self._own_team and self._own_team not in closed:
            tokens.setdefault(self._own_team, self._own_token)
        self._tokens, self._closed = tokens, closed

    async def own(self, team: str) -> None:
        """The token of the settings is good, and is this workspace's."""
        self._own_team = team
        given = Grant("", team, "", "", "")
        await self._threads.run(self._install, given)
        await self.refresh()

    async def first_use(self, mark: str) -> bool:
        """Whether nobody, in any process, has used this before. Raises what the database raises."""
        return await self._threads.run(self._first_use, mark)

    async def add(self, grant: Grant) -> tuple[bool, bool]:
        """Keep what Slack handed out. Says whether an organisation owns the workspace, and whether that has an
        administrator; without an owner nothing is kept. Raises what the database raises."""
        kept = await self._threads.run(self._install, grant)
        await self.refresh()
        return kept

    async def changed(self, change: Change) -> bool:
        """Take up what Slack tells. False when the database could not: Slack tells it again."""
        try:
            await self._threads.run(self._change, change)
            await self.refresh()
        except SQLAlchemyError as mistake:
            log.error("that we were %s was not written down: %s", change.kind, type(mistake).__name__)
            return False
        log.warning("Slack says that we were %s: %d workspaces", change.kind, len(change.teams))
        return True

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(KEPT)
            try:
                await self.refresh()
            except Exception as mistake:  # noqa: BLE001 (what was read before serves until the database is back)
                log.warning("the installations were not read: %s", type(mistake).__name__)

    # In the database's thread

    def _read(self) -> Sequence[Installation]:
        with self._database.transaction() as session:
            return installations.all_installations(session)

    def _first_use(self, mark: str) -> bool:
        with self._database.transaction() as session:
            return conversations.first_time(session, conversations.SeenEvent, mark, now=self._now())

    def _install(self, grant: Grant) -> tuple[bool, bool]:
        with self._database.transaction() as session:
            owner = organisations.owner_of(session, "slack", grant.workspace)
            if owner is None:
                return False, False
            installations.install(
                session,
                enterprise=grant.enterprise,
                team=grant.team,
                token=grant.token or None,
                bot_user=grant.bot_user,
                scopes=grant.scopes,
                installed_at=self._real(),
            )
            for team in grant.teams:
                self._share(session, owner, grant.enterprise, team)
            return True, bool(people.administrators(session, owner.id))

    def _share(self, session: Session, owner: Organisation, enterprise: str, team: str) -> None:
        """A workspace of a Grid. Where no organisation owns it by itself, the Grid's owner does."""
        if organisations.owner_of(session, "slack", team) is None:
            organisations.own_workspace(session, owner, "slack", team)
        installations.share(session, enterprise, team)

    def _change(self, change: Change) -> None:
        now = self._now()
        with self._database.transaction() as session:
            if change.kind == "added":
                owner = organisations.owner_of(session, "slack", change.enterprise)
                if owner is not None:
                    for team in change.teams:
                        self._share(session, owner, change.enterprise, team)
                return
            rows = installations.revoke(
                session,
                enterprise=change.enterprise,
                teams=change.teams,
                at=datetime.fromtimestamp(change.at, UTC),
                now=now,
                erase_at=now + feature.KEPT,
            )
            owners: dict[int, tuple[Organisation, list[Installation]]] = {}
            for row in rows:
                owner = organisations.owner_of(session, "slack", row.team or row.enterprise)
                if owner is not None:
                    owners.setdefault(owner.id, (owner, []))[1].append(row)
            for owner, theirs in owners.values():
                feature.removed(Turn(session, now, owner), theirs, self._install_page)
