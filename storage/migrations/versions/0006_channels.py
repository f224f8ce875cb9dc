"""Groups' channels"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=10), nullable=False),
        sa.Column("workspace", sa.String(length=100), nullable=False),
        sa.Column("conversation", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("names", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_channels_asked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_channels_group_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_channels_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("group_id", name=op.f("uq_channels_group_id")),
        sa.UniqueConstraint(
            "platform", "workspace", "conversation", name=op.f("uq_channels_platform_workspace_conversation")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channels_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "channel_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("first_start", sa.DateTime(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_posts_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_channel_posts_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_posts")),
        sa.UniqueConstraint("channel_id", "meeting_id", name=op.f("uq_channel_posts_channel_id_meeting_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("channel_posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_posts_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "channel_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_channel_invitations_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_invitations_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_invitations")),
        sa.UniqueConstraint("channel_id", "account_id", name=op.f("uq_channel_invitations_channel_id_account_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("channel_invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_invitations_account_id"), ["account_id"], unique=False)

    # SQLite copies the table for a foreign key; ids must not be given out again in the copy either.
    with op.batch_alter_table("letters", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("channel_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_letters_channel_id"), "channels", ["channel_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(
            "ix_letters_channel",
            ["channel_id", "meeting_id", "id"],
            unique=False,
            sqlite_where=sa.text("channel_id IS NOT NULL"),
            postgresql_where=sa.text("channel_id IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("letters", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index("ix_letters_channel")
        batch_op.drop_constraint(batch_op.f("fk_letters_channel_id"), type_="foreignkey")
        batch_op.drop_column("channel_id")

    op.drop_table("channel_invitations")
    op.drop_table("channel_posts")
    op.drop_table("channels")
