"""labels, and the scores that follow from them."""

import sqlalchemy as sa
from alembic import op

import watchkeeper.storage.sql.metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scores",
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("task", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("tally", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deployment", "day", "part", "release", "role", "shared", name=op.f("pk_scores")),
    )
    op.create_table(
        "stale_days",
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("deployment", "day", name=op.f("pk_stale_days")),
    )
    op.create_table(
        "labels",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("row", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("received", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("looked", sa.BigInteger(), nullable=True),
        sa.Column("looked_at", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["deployment"], ["deployments.id"], name=op.f("fk_labels_deployment_deployments")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_labels")),
    )
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.create_index("ix_labels_deployment_day", ["deployment", "day"], unique=False)
        batch_op.create_index("ix_labels_deployment_row", ["deployment", "row"], unique=False)


def downgrade() -> None:
    op.drop_table("labels")
    op.drop_table("stale_days")
    op.drop_table("scores")
