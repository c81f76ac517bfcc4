"""What was expected where a digit was read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; of the corrections before nobody knows."""
    op.add_column("corrections", sa.Column("expect", sa.JSON))
