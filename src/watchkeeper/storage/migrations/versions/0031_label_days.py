"""Labels counted by the day of their row; of days before, once they are counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "label_bins",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("bins", sa.JSON, nullable=False),
    )
    op.create_table(
        "label_days",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("gone", sa.Boolean, primary_key=True),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("label_days")
    op.drop_table("label_bins")
