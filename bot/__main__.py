"""The command line: `pag`, also `python -m bot`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.sandbox.run import Rehearsal
from bot.serving import configured, open_data, serve, serving, until_stopped
from bot.settings import WrongSettings, read_settings
from bot.slack.manifest import manifest as slack_manifest
from bot.teams import manifest as teams_manifest
from storage import organisations
from storage.database import new_key
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
    async with Rehearsal.opened(file) as rehearsal, serving(rehearsal.web(), "127.0.0.1", port) as at:
        click.echo(f"The sandbox is open at http://127.0.0.1:{at}/sandbox")
        click.echo("Pick who to be on the page. Press Ctrl and C here to stop.")
        await until_stopped()


@pag.command()
def run() -> None:
    """Serve every platform that is configured."""
    settings = read_settings()
    if not configured(settings):
        raise click.ClickException(
            "No platform is configured. For Slack, set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET. "
            "For Teams, set TEAMS_APP_ID and TEAMS_APP_PASSWORD. See .env.example."
        )
    logs.set_up(production=settings.pag_env == "production" or not sys.stderr.isatty())
    asyncio.run(serve(settings))


@pag.group()
def organisation() -> None:
    """Organisations, and the workspaces they own."""


@organisation.command("add")
@click.argument("name")
@click.option("--slack", metavar="TEAM", help="The id of a Slack workspace it owns, such as T012AB3C4.")
@click.option("--teams", metavar="TENANT", help="The id of a tenant of Microsoft Teams that it owns.")
def add_organisation(name: str, slack: str | None, teams: str | None) -> None:
    """Add an organisation, or give one that is there a workspace or a tenant."""
    settings = read_settings()
    if len(name) > LONGEST_NAME:
        raise click.UsageError(f"A name has at most {LONGEST_NAME} characters.")
    with contextlib.closing(open_data(settings)) as database, database.transaction() as session:
        found = organisations.named(session, name) or organisations.add_organisation(
            session, name, nation=settings.nation, time_zone=settings.time_zone, now=datetime.now(UTC)
        )
        if slack and not organisations.own_workspace(session, found, "slack", slack):
            raise click.ClickException(f"The workspace {slack} belongs to another organisation.")
        if teams and not organisations.own_workspace(session, found, "teams", teams.lower()):
            raise click.ClickException(f"The tenant {teams} belongs to another organisation.")
    click.echo(f"{name}: added.")


@organisation.command("list")
def list_organisations() -> None:
    """List the organisations and what they own."""
    with contextlib.closing(open_data(read_settings())) as database, database.transaction() as session:
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


@manifest.command("teams")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
def write_teams_package(out: Path) -> None:
    """Write the app's package for Teams, a zip to upload. It needs TEAMS_APP_ID and BASE_URL."""
    settings = read_settings()
    try:
        made = teams_manifest.package(settings.teams_app_id, settings.base_url)
    except teams_manifest.CannotMake as why:
        raise click.ClickException(str(why)) from None
    out.write_bytes(made)
    click.echo(f"{out}: written. Upload it to Teams under Apps, Manage your apps, Upload an app.")


@pag.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version of the program."""
    with contextlib.closing(open_data(read_settings())):
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
    with contextlib.closing(open_data(read_settings())) as database:
        click.echo(f"Encrypted anew: {database.rotate()}.")


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
