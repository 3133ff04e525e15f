"""What made a release is kept with it.

Revision ID: 0004
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("releases") as releases:
        releases.add_column(sa.Column("kind", sa.String(length=20), server_default="created", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("releases") as releases:
        releases.drop_column("kind")
