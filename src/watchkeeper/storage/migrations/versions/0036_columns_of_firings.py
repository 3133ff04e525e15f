"""A firing knows the columns that it is of, each with its days."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("firings", sa.Column("columns", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("firings", "columns")
