"""Who may call a deployment."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("releases", sa.Column("access", sa.String(length=20), nullable=False, server_default="members"))


def downgrade() -> None:
    op.drop_column("releases", "access")
