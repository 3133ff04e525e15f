"""Drift that is known, and by which entry of it each day was judged."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acceptances",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("withdraws", sa.Integer),
        *(sa.Column(name, sa.String(10), nullable=False) for name in ("since", "through")),
        sa.Column("bin_sets", sa.Integer, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
    )
    op.create_table(
        "accepted_columns",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("model", sa.String(40)),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )
    op.add_column("verdicts", sa.Column("acceptance", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("verdicts", "acceptance")
    op.drop_table("accepted_columns")
    op.drop_table("acceptances")
