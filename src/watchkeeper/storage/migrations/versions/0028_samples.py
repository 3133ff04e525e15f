"""Rows that are kept coded to look at all columns together, and what was found of them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sample_keys",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
    )
    op.create_table(
        "day_samples",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger),
        sa.Column("rows", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "reference_samples",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("bin_sets", sa.Integer, nullable=False),
        sa.Column("timed", sa.Boolean, nullable=False),
        sa.Column("a_day", sa.Float, nullable=False),
        sa.Column("rows", sa.LargeBinary),
        sa.Column("why", sa.String(200), nullable=False),
    )
    op.create_table(
        "apart_days",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("counted", "at")),
        sa.Column("found", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    for table in ("apart_days", "reference_samples", "day_samples", "sample_keys"):
        op.drop_table(table)
