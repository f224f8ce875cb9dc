"""The migrations bring an empty database to just what the models say."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage import schema
from storage.database import Base, Database, new_key, open_database
from tests.world import KEY, TUESDAY, Template


def drift(database: Database) -> list[object]:
    """What differs between the database and the models; empty when the migrations are complete."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/fresh.db", [new_key()])
    schema.upgrade(database)
    with database.engine.connect() as connection:
        (version,) = connection.execute(text("SELECT version_num FROM alembic_version")).one()
    assert version == ScriptDirectory.from_config(schema.config()).get_current_head()
    assert drift(database) == []
    database.close()


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/fresh.db", [new_key()])
    schema.upgrade(database)
    with database.engine.connect() as connection:
        before = connection.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all()
    schema.upgrade(database)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all() == before
    database.close()


def test_drift_is_found(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/fresh.db", [new_key()])
    schema.upgrade(database)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE needs"))
    assert drift(database)
    database.close()


def test_secrets_are_unreadable_in_the_file_and_survive_a_change_of_keys(tmp_path: Path, template: Template) -> None:
    file = tmp_path / "secrets.db"
    database = template.copy(file)
    from storage import organisations, people

    with database.transaction() as session:
        organisation = organisations.add_organisation(
            session, "One", nation="ENG", time_zone="Europe/London", now=TUESDAY
        )
        person = people.add_person(session, organisation.id, name="Amina", time_zone="Europe/London", now=TUESDAY)
        person.contact = "a very private number"
    database.close()
    assert all(b"a very private number" not in part.read_bytes() for part in tmp_path.glob("secrets.db*"))

    newer = new_key()
    both = open_database(f"sqlite:///{file}", [newer, KEY])
    assert both.rotate() == 1
    both.close()
    only_newer = open_database(f"sqlite:///{file}", [newer])
    with only_newer.transaction() as session:
        (found,) = people.people_named(session, 1, "Amina")
        assert found.contact == "a very private number"
    only_newer.close()
