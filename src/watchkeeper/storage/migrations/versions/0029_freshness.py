"""How old the newest row may be, which inputs repeat no value in the reference, and how many values of a day do."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schemas", sa.Column("stalest", sa.Float))
    op.add_column("looked_days", sa.Column("repeated", sa.JSON, nullable=False, server_default="{}"))
    op.create_table(
        "unique_inputs",
        sa.Column("deployment", sa.String(40), primary_key=True),
        sa.Column("columns", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("unique_inputs")
    op.drop_column("looked_days", "repeated")
    op.drop_column("schemas", "stalest")
