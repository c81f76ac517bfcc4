"""Versions of the model, and which was served when."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "model_versions",
        sa.Column("version", sa.String(100), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.Column("data_sha256", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "promotions",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column(
            "version", sa.String(100), sa.ForeignKey("model_versions.version"), nullable=False
        ),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone", sa.DateTime(timezone=True)),
        sqlite_autoincrement=True,
    )
