"""alerts."""

import sqlalchemy as sa
from alembic import op

import watchkeeper.storage.sql.metadata

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrivals",
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("newest", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("deployment", name=op.f("pk_arrivals")),
    )
    op.create_table(
        "changed_days",
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("of", sa.String(length=20), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("at", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("deployment", "of", "day", name=op.f("pk_changed_days")),
    )
    op.create_table(
        "deliveries",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("firing", sa.String(length=40), nullable=True),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("created", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("due", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("delivered", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_deliveries_id")),
    )
    op.create_index("ix_deliveries_channel_number", "deliveries", ["channel", "number"], unique=False)
    op.create_index(op.f("ix_deliveries_firing"), "deliveries", ["firing"], unique=False)
    op.create_index("ix_deliveries_state_channel_due", "deliveries", ["state", "channel", "due"], unique=False)
    op.create_table(
        "rules_begun",
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("deployment", name=op.f("pk_rules_begun")),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_channels_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )
    op.create_index(op.f("ix_channels_project"), "channels", ["project"], unique=False)
    op.create_table(
        "firings",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("opened", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("closed", sa.String(length=10), nullable=True),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("worst", sa.Float(), nullable=False),
        sa.Column("last", sa.Float(), nullable=False),
        sa.Column("about", sa.String(length=400), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("found", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("ended", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("acknowledged", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("snoozed", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_firings_project_projects")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_firings")),
        sa.UniqueConstraint("id", name=op.f("uq_firings_id")),
    )
    op.create_index("ix_firings_deployment_opened", "firings", ["deployment", "opened"], unique=False)
    op.create_index("ix_firings_project_number", "firings", ["project", "number"], unique=False)
    op.create_index("ix_firings_rule_opened", "firings", ["rule", "opened"], unique=False)
    op.create_index("ix_firings_snoozed", "firings", ["snoozed"], unique=False)
    op.create_table(
        "rules",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("signal", sa.String(length=40), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("minimum_rows", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("channels", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("starting", sa.Boolean(), nullable=False),
        sa.Column("anew", sa.String(length=10), nullable=True),
        sa.Column("created", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["deployment"], ["deployments.id"], name=op.f("fk_rules_deployment_deployments")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_rules_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_index(op.f("ix_rules_deployment"), "rules", ["deployment"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_rules_deployment"), table_name="rules")
    op.drop_table("rules")
    op.drop_index("ix_firings_snoozed", table_name="firings")
    op.drop_index("ix_firings_rule_opened", table_name="firings")
    op.drop_index("ix_firings_project_number", table_name="firings")
    op.drop_index("ix_firings_deployment_opened", table_name="firings")
    op.drop_table("firings")
    op.drop_index(op.f("ix_channels_project"), table_name="channels")
    op.drop_table("channels")
    op.drop_table("rules_begun")
    op.drop_index("ix_deliveries_state_channel_due", table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_firing"), table_name="deliveries")
    op.drop_index("ix_deliveries_channel_number", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("changed_days")
    op.drop_table("arrivals")
