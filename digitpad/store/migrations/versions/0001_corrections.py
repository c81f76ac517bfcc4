"""Writers and their corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "keys",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(100), nullable=False),
    )
    op.create_table(
        "writers",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("token_sha256", sa.String(64), unique=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "corrections",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False, unique=True),
        sa.Column(
            "writer_id",
            sa.Uuid(),
            sa.ForeignKey("writers.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("ink", sa.JSON()),
        sa.Column("raster", sa.LargeBinary()),
        sa.Column("label", sa.String(1)),
        sa.Column("predicted", sa.String(1), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(ink IS NULL) <> (raster IS NULL)", name="one_drawing"),
        sa.CheckConstraint("state IN ('pending', 'accepted', 'rejected')", name="known_state"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_writer", "corrections", ["writer_id", "number"])
    op.create_index("ix_corrections_state", "corrections", ["state"])
    op.create_index("ix_corrections_created", "corrections", ["created"])
