"""pipelines and their runs."""

import sqlalchemy as sa
from alembic import op

import watchkeeper.storage.sql.metadata

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pipelines",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("deployment", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("ticked", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("removed", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["deployment"], ["deployments.id"], name=op.f("fk_pipelines_deployment_deployments")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_pipelines_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipelines")),
    )
    op.create_index(op.f("ix_pipelines_deployment"), "pipelines", ["deployment"], unique=False)
    op.create_index(op.f("ix_pipelines_project"), "pipelines", ["project"], unique=False)
    op.create_table(
        "pipeline_causes",
        sa.Column("pipeline", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["pipeline"], ["pipelines.id"], name=op.f("fk_pipeline_causes_pipeline_pipelines")),
        sa.PrimaryKeyConstraint("pipeline", "cause", name=op.f("pk_pipeline_causes")),
    )
    op.create_table(
        "pipeline_versions",
        sa.Column("pipeline", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["pipeline"], ["pipelines.id"], name=op.f("fk_pipeline_versions_pipeline_pipelines")),
        sa.PrimaryKeyConstraint("pipeline", "number", name=op.f("pk_pipeline_versions")),
    )
    op.create_table(
        "runs",
        sa.Column("order", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("pipeline", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("moment", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("begun", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("begun_by", sa.String(length=40), nullable=False),
        sa.Column("due", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("ended", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pipeline"], ["pipelines.id"], name=op.f("fk_runs_pipeline_pipelines")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_runs_project_projects")),
        sa.PrimaryKeyConstraint("order", name=op.f("pk_runs")),
        sa.UniqueConstraint("id", name=op.f("uq_runs_id")),
        sa.UniqueConstraint("pipeline", "number", name=op.f("uq_runs_pipeline_number")),
    )
    op.create_index("ix_runs_due", "runs", ["due"], unique=False)
    op.create_index("ix_runs_project_order", "runs", ["project", "order"], unique=False)
    op.create_table(
        "run_attempts",
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("begun", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("ended", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("omitted", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_run_attempts_run_runs")),
        sa.PrimaryKeyConstraint("run", "step", "number", name=op.f("pk_run_attempts")),
    )
    op.create_table(
        "run_steps",
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("onward", sa.Boolean(), nullable=False),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("begun", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("ended", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("due", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("asks", sa.String(length=20), nullable=True),
        sa.Column("decision", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_run_steps_run_runs")),
        sa.PrimaryKeyConstraint("run", "name", name=op.f("pk_run_steps")),
    )
    op.add_column("releases", sa.Column("run", sa.String(length=120), nullable=True))
    op.add_column("versions", sa.Column("seed", sa.Integer(), server_default="20260101", nullable=False))


def downgrade() -> None:
    op.drop_column("versions", "seed")
    op.drop_column("releases", "run")
    op.drop_table("run_steps")
    op.drop_table("run_attempts")
    op.drop_index("ix_runs_project_order", table_name="runs")
    op.drop_index("ix_runs_due", table_name="runs")
    op.drop_table("runs")
    op.drop_table("pipeline_versions")
    op.drop_table("pipeline_causes")
    op.drop_index(op.f("ix_pipelines_project"), table_name="pipelines")
    op.drop_index(op.f("ix_pipelines_deployment"), table_name="pipelines")
    op.drop_table("pipelines")
