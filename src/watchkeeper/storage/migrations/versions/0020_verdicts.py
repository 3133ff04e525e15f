"""Verdicts on days, how alike the reference's rows are, drift policies, and rows that came late."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verdicts",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("bin_sets", "policy", "release", "revision")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("counted", "late", "at")),
        sa.Column("records", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "dependences",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("of", sa.String(40), primary_key=True),
        sa.Column("found", sa.JSON, nullable=False),
    )
    op.create_table(
        "drift_policies",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("policy", sa.JSON, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("set_by", sa.String(80), nullable=False),
    )
    op.add_column("sheets", sa.Column("late", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("sheets", "late")
    for table in ("drift_policies", "dependences", "verdicts"):
        op.drop_table(table)
