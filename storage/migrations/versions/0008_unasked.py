"""An index of the letters that nobody asked for"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_letters_unasked",
        "letters",
        ["account_id", "id"],
        sqlite_where=sa.text("unasked"),
        postgresql_where=sa.text("unasked"),
    )


def downgrade() -> None:
    op.drop_index("ix_letters_unasked", table_name="letters")
