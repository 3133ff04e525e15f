"""Profiles by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hour_sheets",
        sa.Column("deployment", sa.String(40), primary_key=True),
        *(sa.Column(name, sa.Integer, primary_key=True) for name in ("hour", "release")),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("hour_sheets")
