"""How often a key may call."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("keys", sa.Column("rate", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    op.drop_column("keys", "rate")
