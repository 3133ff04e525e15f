"""resources."""

import sqlalchemy as sa
from alembic import op

import watchkeeper.storage.sql.metadata

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resource_samples",
        sa.Column("grain", sa.String(length=20), nullable=False),
        sa.Column("at", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "at", "process", "pid", name=op.f("pk_resource_samples")),
    )


def downgrade() -> None:
    op.drop_table("resource_samples")
