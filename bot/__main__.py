"""The command line: `pag`, also `python -m bot`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from aiohttp import web
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.app import App
from bot.now import Now
from bot.only_one import AnotherIsRunning, only_one
from bot.pace import Pace
from bot.platform import Undeliverable
from bot.sandbox.run import Rehearsal
from bot.settings import VAR, Settings, WrongSettings, read_settings
from bot.slack.connect import Slack
from bot.slack.connect.installing import INSTALL, Installing
from bot.slack.installed import Installed
from bot.slack.manifest import manifest as slack_manifest
from storage import organisations, schema
from storage.database import Database, new_key, open_database
from storage.organisations import LONGEST_NAME

Back = TypeVar("Back")


@click.group()
def pag() -> None:
    """Round Table: a chatbot for patient advisory groups."""


@pag.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="On 127.0.0.1 only.")
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), help="Keep the data in this SQLite file.")
def sandbox(port: int, database: Path | None) -> None:
    """The whole product in a browser, with invented people. No account, no network."""
    logs.set_up(production=False)
    asyncio.run(_sandbox(port, database))


async def _sandbox(port: int, file: Path | None) -> None:
    async with Rehearsal.opened(file) as rehearsal, _serving(rehearsal.web(), "127.0.0.1", port) as at:
        click.echo(f"The sandbox is open at http://127.0.0.1:{at}/sandbox")
        click.echo("Pick who to be on the page. Press Ctrl and C here to stop.")
        await _until_stopped()


@pag.command()
def run() -> None:
    """Serve every platform that is configured."""
    settings = read_settings()
    if not (settings.slack_bot_token or settings.slack_client_id):
        raise click.ClickException(
            "No platform is configured. For Slack, set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET; "
            "see .env.example."
        )
    logs.set_up(production=settings.pag_env == "production" or not sys.stderr.isatty())
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    with _alone(settings):
        await _serve(settings)


async def _serve(settings: Settings) -> None:
    database = _open(settings)
    app = App(
        database,
        Now(file=settings.pag_clock_file),
        keys=settings.keys,
        admins=settings.admin_accounts,
        var=VAR,
    )
    installed = Installed(database, app.threads, app.now, own_token=settings.slack_bot_token)
    slack = Slack(
        token_for=installed.token_for,
        changed=installed.changed,
        signing_secret=settings.slack_signing_secret,
        app_token=settings.slack_app_token,
        receive=app.receive,
        api_url=settings.slack_api_url,
    )
    await slack.start()
    try:
        await _own_token(database, settings, slack, installed)
        app.platforms["slack"] = slack
        app.pace["slack"] = Pace(
            settings.slack_max_sends_per_second, clock=asyncio.get_running_loop().time, closed=installed.closed
        )
        app.watched.append(lambda: slack.wrong)
        web_app = app.web([*slack.routes(), *_installing(settings, slack, installed)])
        async with (
            installed.kept_fresh(),
            app.running(),
            slack.listening(),
            _serving(web_app, settings.host, settings.port) as port,
        ):
            if settings.slack_app_token:
                click.echo("Serving Slack by Socket Mode", err=True)
            if settings.slack_signing_secret:
                click.echo(f"Serving Slack on http://{settings.host}:{port}/slack/events", err=True)
            if settings.slack_client_id:
                click.echo(f"To install it in a workspace: {settings.base_url.rstrip('/')}{INSTALL}", err=True)
            click.echo(f"Health: http://{settings.host}:{port}/health/ready", err=True)
            await _until_stopped()
            app.delivery.stop()
    finally:
        await slack.close()
        app.close()


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
    _own(database, settings, workspace=workspace)
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


def _own(database: Database, settings: Settings, *, workspace: str) -> None:
    """The first organisation is made from the settings and owns the workspace of the bot's token."""
    with database.transaction() as session:
        if organisations.owner_of(session, "slack", workspace) is not None:
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
        organisations.own_workspace(session, organisation, "slack", workspace)


@pag.group()
def organisation() -> None:
    """Organisations, and the workspaces they own."""


@organisation.command("add")
@click.argument("name")
@click.option("--slack", metavar="TEAM", help="The id of a Slack workspace it owns, such as T012AB3C4.")
def add_organisation(name: str, slack: str | None) -> None:
    """Add an organisation, or give one that is there a workspace."""
    settings = read_settings()
    if len(name) > LONGEST_NAME:
        raise click.UsageError(f"A name has at most {LONGEST_NAME} characters.")
    with contextlib.closing(_open(settings)) as database, database.transaction() as session:
        found = organisations.named(session, name) or organisations.add_organisation(
            session, name, nation=settings.nation, time_zone=settings.time_zone, now=datetime.now(UTC)
        )
        if slack and not organisations.own_workspace(session, found, "slack", slack):
            raise click.ClickException(f"The workspace {slack} belongs to another organisation.")
    click.echo(f"{name}: added.")


@organisation.command("list")
def list_organisations() -> None:
    """List the organisations and what they own."""
    with contextlib.closing(_open(read_settings())) as database, database.transaction() as session:
        for found in organisations.all_organisations(session):
            owned = [f"{each.platform}:{each.workspace}" for each in organisations.workspaces_of(session, found)]
            click.echo(f"{found.name}: {', '.join(owned) or 'no workspace yet'}")


@pag.group()
def manifest() -> None:
    """What a platform needs to know of the app."""


@manifest.command("slack")
def print_slack_manifest() -> None:
    """Print the app's manifest for Slack. Without BASE_URL it is for Socket Mode."""
    click.echo(json.dumps(slack_manifest(read_settings().base_url), indent=2))


@pag.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version of the program."""
    with contextlib.closing(_open(read_settings())):
        click.echo("The database is up to date.")


@pag.group()
def keys() -> None:
    """The keys that sensitive text is encrypted with."""


@keys.command("new")
def make_key() -> None:
    """Print a fresh key for DATA_KEYS."""
    click.echo(new_key())


@keys.command("rotate")
def rotate() -> None:
    """Encrypt everything anew with the first key of DATA_KEYS; then the old keys can be taken out."""
    with contextlib.closing(_open(read_settings())) as database:
        click.echo(f"Encrypted anew: {database.rotate()}.")


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


def _open(settings: Settings) -> Database:
    if file := _file(settings):
        file.parent.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url, settings.keys)
    schema.upgrade(database)
    return database


@contextlib.asynccontextmanager
async def _serving(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    # No platform compresses what it sends, and a small packed body can hold a huge one.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


def _plainly(work: Callable[[], Back]) -> Back:
    """Do the work; what goes wrong is one plain line on standard error, without a traceback."""
    try:
        return work()
    except WrongSettings as wrong:
        sys.exit(f"The settings need attention. {wrong}")
    except SQLAlchemyError as wrong:
        sys.exit(f"The database does not answer ({type(wrong).__name__}). Please check DATABASE_URL.")
    except OSError as wrong:
        sys.exit(f"This did not work: {wrong.strerror or type(wrong).__name__}.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Exit codes: 0 done, 1 it failed, 2 wrong use."""
    _plainly(lambda: pag.main(args=arguments, prog_name="pag"))


if __name__ == "__main__":
    main()
