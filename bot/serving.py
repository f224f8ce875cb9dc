"""Serving: `pag run`, with every platform that is configured."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from aiohttp import web
from sqlalchemy import make_url

from bot.app import App
from bot.now import Now
from bot.only_one import AnotherIsRunning, only_one
from bot.pace import Paces
from bot.platform import Undeliverable
from bot.settings import VAR, Settings
from bot.slack.connect import Slack
from bot.slack.connect.installing import INSTALL, Installing
from bot.slack.installed import Installed
from storage import organisations, references, schema
from storage.database import Database, open_database


@dataclass(frozen=True)
class Served:
    """One platform that is being served.

    ``said`` tells the operator where, given the address of the web server; ``listening`` takes in what does not come
    over HTTP.
    """

    routes: Sequence[web.RouteDef]
    said: Callable[[str], list[str]]
    listening: AbstractAsyncContextManager[None] = field(default_factory=contextlib.nullcontext)


async def serve(settings: Settings) -> None:
    """Serve until asked to stop. Raises click.ClickException with a plain line when it cannot."""
    with _alone(settings):
        database = open_data(settings)
        clock = Now(file=settings.pag_clock_file)
        app = App(
            database,
            clock,
            keys=settings.keys,
            admins=settings.admin_accounts,
            var=VAR,
            base_url=settings.base_url,
        )
        try:
            async with contextlib.AsyncExitStack() as opened:
                served = [
                    await opened.enter_async_context(platform(app, settings)) for platform in configured(settings)
                ]
                await opened.enter_async_context(app.running())
                for one in served:
                    await opened.enter_async_context(one.listening)
                site = app.web([route for one in served for route in one.routes])
                port = await opened.enter_async_context(serving(site, settings.host, settings.port))
                at = f"http://{settings.host}:{port}"
                for line in (*(line for one in served for line in one.said(at)), f"Health: {at}/health/ready"):
                    click.echo(line, err=True)
                await until_stopped()
                app.delivery.stop()
        finally:
            app.close()


def configured(settings: Settings) -> list[Callable[[App, Settings], AbstractAsyncContextManager[Served]]]:
    """What serves each platform that the settings name."""
    return [
        *([_slack] if settings.slack_bot_token or settings.slack_client_id else []),
        *([_teams] if settings.teams_app_id or settings.teams_allow_unauthenticated else []),
    ]


@contextlib.asynccontextmanager
async def _slack(app: App, settings: Settings) -> AsyncIterator[Served]:
    page = f"{settings.base_url.rstrip('/')}{INSTALL}" if settings.slack_client_id else ""
    installed = Installed(app.database, app.threads, app.now, own_token=settings.slack_bot_token, install_page=page)
    slack = Slack(
        token_for=installed.token_for,
        changed=installed.changed,
        channel_changed=app.channels.changed,
        signing_secret=settings.slack_signing_secret,
        app_token=settings.slack_app_token,
        receive=app.receive,
        api_url=settings.slack_api_url,
    )
    await slack.start()
    try:
        await _own_token(app.database, settings, slack, installed)
        app.platforms["slack"] = slack
        app.pace["slack"] = Paces(
            settings.slack_max_sends_per_second, clock=asyncio.get_running_loop().time, closed=installed.closed
        )
        app.watched.append(lambda: slack.wrong)
        async with installed.kept_fresh():
            yield Served(
                [*slack.routes(), *_installing(settings, slack, installed)],
                lambda at: [
                    *(["Serving Slack by Socket Mode"] if settings.slack_app_token else []),
                    *([f"Serving Slack on {at}/slack/events"] if settings.slack_signing_secret else []),
                    *([f"To install it in a workspace: {page}"] if page else []),
                ],
                slack.listening(),
            )
    finally:
        await slack.close()


async def _own_token(database: Database, settings: Settings, slack: Slack, installed: Installed) -> None:
    """Take up the token of the settings, if there is one. One that is no good stops a program that has no other."""
    if not settings.slack_bot_token:
        return
    try:
        workspace = await slack.workspace()
    except Undeliverable as why:
        said = f"Slack does not take SLACK_BOT_TOKEN ({why.code})."
        if not settings.slack_client_id:
            raise click.ClickException(said) from None
        click.echo(f"{said} Going on with the workspaces that installed the app.", err=True)
        return
    _own(database, settings, "slack", workspace)
    await installed.own(workspace)


def _installing(settings: Settings, slack: Slack, installed: Installed) -> list[web.RouteDef]:
    if not settings.slack_client_id:
        return []
    return Installing(
        installed,
        client=slack.client,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        base_url=settings.base_url,
        api_url=settings.slack_api_url,
    ).routes()


@contextlib.asynccontextmanager
async def _teams(app: App, settings: Settings) -> AsyncIterator[Served]:
    # Whoever has Slack alone need not wait for Microsoft's SDK, nor hold it in memory.
    from bot.hosts import SERVICE_HOSTS
    from bot.teams.connect import OPENID_URL, TOKEN_URL, Teams
    from bot.teams.known import Known

    teams = Teams(
        app_id=settings.teams_app_id,
        password=settings.teams_app_password,
        tenant=settings.teams_tenant_id,
        receive=app.receive,
        references=Known(app.database, app.threads),
        allowed_hosts=settings.teams_service_hosts or SERVICE_HOSTS,
        allow_unauthenticated=settings.teams_allow_unauthenticated,
        openid_url=settings.teams_openid_url or OPENID_URL,
        token_url=settings.teams_token_url or TOKEN_URL,
        link_for=app.links.to if settings.base_url else None,
        channel_changed=app.channels.changed,
    )
    if settings.teams_tenant_id:
        _own(app.database, settings, "teams", settings.teams_tenant_id)
    with app.database.transaction() as session:
        references.release(session)
    await teams.start()
    try:
        app.platforms["teams"] = teams
        app.pace["teams"] = Paces(
            settings.teams_max_sends_per_second, clock=asyncio.get_running_loop().time, closed=teams.closed
        )
        app.watched.append(lambda: teams.wrong)
        yield Served(teams.routes(), lambda at: [f"Serving Teams on {at}/teams/messages"])
    finally:
        await teams.close()


def _own(database: Database, settings: Settings, platform: str, workspace: str) -> None:
    """The first organisation is made from the settings, and owns the workspace or tenant that they name."""
    with database.transaction() as session:
        if organisations.owner_of(session, platform, workspace) is not None:
            return
        known = organisations.all_organisations(session)
        if known:
            organisation = known[0]
        else:
            organisation = organisations.add_organisation(
                session, "Our organisation", nation=settings.nation, time_zone=settings.time_zone, now=datetime.now(UTC)
            )
            organisation.quiet_hours = settings.quiet_hours
            organisation.helpline, organisation.pals = settings.helpline, settings.pals
            organisation.safeguarding_contact = settings.safeguarding_contact
        organisations.own_workspace(session, organisation, platform, workspace)


def open_data(settings: Settings) -> Database:
    """The database of the settings, brought to this version of the program."""
    if file := _file(settings):
        file.parent.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url, settings.keys)
    schema.upgrade(database)
    return database


def _file(settings: Settings) -> Path | None:
    """The SQLite file, or None where the database is another."""
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    file = _file(settings)
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with only_one(file):
            yield
    except AnotherIsRunning:
        raise click.ClickException(
            f"Another `pag run` uses {file}. For several at once, use PostgreSQL: see DATABASE_URL in .env.example."
        ) from None


@contextlib.asynccontextmanager
async def serving(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve over HTTP for as long as the block lasts, which gets the port."""
    # No platform compresses what it sends, and a small packed body can hold a huge one.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def until_stopped() -> None:
    """Wait until somebody presses Ctrl and C, or asks the process to end."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
