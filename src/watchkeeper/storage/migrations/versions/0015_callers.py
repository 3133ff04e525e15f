"""Who called on which day, and which key made which."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callers",
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("deployment", "by", "day", "key", name=op.f("pk_callers")),
    )
    op.create_index(op.f("ix_callers_key"), "callers", ["key"])
    op.add_column("keys", sa.Column("made_by", sa.String(length=40)))


def downgrade() -> None:
    op.drop_column("keys", "made_by")
    op.drop_index(op.f("ix_callers_key"), table_name="callers")
    op.drop_table("callers")
