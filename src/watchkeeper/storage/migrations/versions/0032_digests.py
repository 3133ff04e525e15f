"""What is kept of a season is known by its digest; it is looked for again."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("DELETE FROM almanacs"))
    op.add_column("almanacs", sa.Column("digest", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("almanacs", "digest")
