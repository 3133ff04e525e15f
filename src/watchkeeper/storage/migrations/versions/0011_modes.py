"""From which probability a class is answered, how many rows a challenger sees, and which calls it answers."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("releases", sa.Column("threshold", sa.Float(), nullable=False, server_default="0.5"))
    op.add_column("releases", sa.Column("shadow", sa.Float(), nullable=False, server_default="1"))
    op.add_column("releases", sa.Column("split", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("releases", "split")
    op.drop_column("releases", "shadow")
    op.drop_column("releases", "threshold")
