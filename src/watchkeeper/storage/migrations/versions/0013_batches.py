"""Batches."""

import sqlalchemy as sa
from alembic import op

import watchkeeper.storage.sql.metadata

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("dataset", sa.String(length=40), nullable=False),
        sa.Column("dataset_name", sa.String(length=200), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("champion", sa.String(length=40), nullable=False),
        sa.Column("challenger", sa.String(length=40), nullable=True),
        sa.Column("type_policy", sa.String(length=20), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("journal", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("created", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("chunk_rows", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("violations", sa.JSON(), nullable=False),
        sa.Column("challenger_error", sa.Text(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("started", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("finished", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["deployment"], ["deployments.id"], name=op.f("fk_batches_deployment_deployments")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_batches_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_deployment"), "batches", ["deployment"], unique=False)


def downgrade() -> None:
    op.drop_table("batches")
