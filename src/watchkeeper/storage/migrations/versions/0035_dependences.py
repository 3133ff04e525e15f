"""How alike a reference's rows are is looked for again: of short ones it was not known, and by how many rows. How many
a day had of the data is of no use any more."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("DELETE FROM dependences"))
    op.drop_column("reference_samples", "a_day")


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM dependences"))
    op.add_column("reference_samples", sa.Column("a_day", sa.Float, nullable=False, server_default="0"))
