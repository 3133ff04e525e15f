"""Seasons of references, when the rows of days happened, and verdicts on windows longer than a day."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "almanacs",
        *(sa.Column(name, sa.String(40), primary_key=True) for name in ("deployment", "of")),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "day_blocks",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("release", sa.Integer, primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "trailing_verdicts",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("bin_sets", "policy", "release", "revision")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("counted", "late", "at")),
        sa.Column("records", sa.LargeBinary, nullable=False),
        sa.Column("acceptance", sa.Integer, nullable=False, server_default="0"),
        sa.Column("days", sa.Integer, primary_key=True),
    )


def downgrade() -> None:
    for table in ("trailing_verdicts", "day_blocks", "almanacs"):
        op.drop_table(table)
