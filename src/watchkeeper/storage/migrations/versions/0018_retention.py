"""How long rows are kept, and what is known of the rows that have gone."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retentions",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("days", sa.Integer),
        sa.Column("bytes", sa.BigInteger),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("set_by", sa.String(80), nullable=False),
    )
    op.create_table(
        "journal_gone",
        sa.Column("deployment", sa.String(40), primary_key=True),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("since", "begun", "rows", "bytes", "first", "last")
        ),
    )
    op.create_table(
        "gone_days",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("rows", "at", "late", "late_before")),
    )
    op.create_table(
        "gone_scores",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("release", sa.Integer, primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("shared", sa.Boolean, primary_key=True),
        sa.Column("task", sa.String(20), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("tally", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    for table in ("gone_scores", "gone_days", "journal_gone", "retentions"):
        op.drop_table(table)
