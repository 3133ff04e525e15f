"""Columns that are hashed or left out of the journal, and rows that were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_columns",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("column", sa.String(400), primary_key=True),
        sa.Column("journalled", sa.String(20), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("set_by", sa.String(80), nullable=False),
    )
    op.create_table(
        "journal_keys",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("deployment", sa.String(40), nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("ids", sa.JSON, nullable=False),
        sa.Column("given", sa.Integer, nullable=False),
        sa.Column("where", sa.JSON, nullable=False),
        sa.Column("start", sa.BigInteger),
        sa.Column("end", sa.BigInteger),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("rows", sa.BigInteger),
        sa.Column("labels", sa.BigInteger),
        sa.Column("done", sa.BigInteger),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_index("ix_erasures_deployment", "erasures", ["deployment"])


def downgrade() -> None:
    for table in ("erasures", "journal_keys", "journal_columns"):
        op.drop_table(table)
