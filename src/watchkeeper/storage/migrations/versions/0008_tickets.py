"""A sign-in link and a session know the key that asked for them; a failed try knows where it came from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("sign_in_links", "sessions"):
        op.add_column(table, sa.Column("key", sa.String(length=40)))
    op.add_column("failed_sign_ins", sa.Column("address", sa.String(length=60), nullable=False, server_default=""))
    op.create_index(op.f("ix_failed_sign_ins_address"), "failed_sign_ins", ["address"])


def downgrade() -> None:
    op.drop_index(op.f("ix_failed_sign_ins_address"), table_name="failed_sign_ins")
    op.drop_column("failed_sign_ins", "address")
    for table in ("sign_in_links", "sessions"):
        op.drop_column(table, "key")
