"""Whether a deployment has a prediction process of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("releases", sa.Column("isolation", sa.String(20), nullable=False, server_default="shared"))


def downgrade() -> None:
    op.drop_column("releases", "isolation")
