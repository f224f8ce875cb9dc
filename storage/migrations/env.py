"""Runs the migrations on the connection that `storage.schema` hands over."""

from typing import Literal

from alembic import context

from storage import schema
from storage.database import Base, Moment, Secret

TABLES = schema.TABLES  # every model is known


def render(kind: str, thing: object, _: object) -> str | Literal[False]:
    """Our own column types by their plain names, so that a migration does not change when they do."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Secret):
        return "sa.Text()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
