"""Calls that were answered while the disk was full; and when a caller's own id was seen, so that it can be forgotten:
those that are there were seen now."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT)",
}


def upgrade() -> None:
    for name in ("unrecorded_calls", "unrecorded_rows"):
        op.add_column("usage", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("seen_ids", sa.Column("at", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(f"UPDATE seen_ids SET at = {NOW[op.get_bind().dialect.name]}")  # noqa: S608
    op.create_index("ix_seen_ids_deployment_at", "seen_ids", ["deployment", "at"])


def downgrade() -> None:
    op.drop_index("ix_seen_ids_deployment_at", "seen_ids")
    op.drop_column("seen_ids", "at")
    for name in ("unrecorded_calls", "unrecorded_rows"):
        op.drop_column("usage", name)
