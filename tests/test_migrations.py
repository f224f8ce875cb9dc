"""The migrations bring an empty database to just what the models say."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from storage import schema
from storage.database import new_key, open_database
from tests.world import KEY, TUESDAY, Template


def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/fresh.db", [new_key()])
    schema.upgrade(database)
    assert schema.is_current(database)
    assert schema.drift(database) == []
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
    assert schema.drift(database)
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
