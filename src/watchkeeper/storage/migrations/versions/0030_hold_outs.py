"""What models were checked on, counted in deployments' bins."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hold_outs",
        *(sa.Column(name, sa.String(40), primary_key=True) for name in ("deployment", "model")),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("hold_outs")
