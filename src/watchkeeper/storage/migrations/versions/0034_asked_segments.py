"""Lists of segments that somebody has asked for, which the worker judges."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked_segments",
        sa.Column("deployment", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("start", sa.String(10), nullable=False),
        sa.Column("end", sa.String(10), nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("counted", sa.BigInteger),
        sa.Column("at", sa.BigInteger),
        sa.Column("found", sa.JSON),
        sa.PrimaryKeyConstraint("deployment", "number", "start", "end", name="pk_asked_segments"),
    )


def downgrade() -> None:
    op.drop_table("asked_segments")
