"""Rows counted apart by segment."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
NUMBERED = ("segments_said", "segment_columns", "segment_sheets", "segment_references", "segment_lists")


def upgrade() -> None:
    op.create_table(
        "segments_said",
        *_numbered(),
        sa.Column("column", sa.String(400)),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("set_by", sa.String(80), nullable=False),
    )
    op.create_table(
        "segment_columns",
        *_numbered(),
        sa.Column("column", sa.String(400), nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
        sa.Column("of_reference", sa.Integer, nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
    )
    op.create_table(
        "segment_sheets",
        *_numbered(),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("release", sa.Integer, primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "segment_references",
        *_numbered(),
        sa.Column("of", sa.String(40), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "segment_lists",
        *_numbered(),
        sa.Column("days", sa.Integer, primary_key=True),
        sa.Column("start", sa.String(10), nullable=False),
        sa.Column("end", sa.String(10), nullable=False),
        sa.Column("counted", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("found", sa.JSON, nullable=False),
    )


def _numbered() -> "tuple[sa.Column[str], sa.Column[int]]":
    key = sa.Column("deployment", sa.String(40), primary_key=True)
    return key, sa.Column("number", sa.Integer, primary_key=True)


def downgrade() -> None:
    for name in NUMBERED:
        op.drop_table(name)
