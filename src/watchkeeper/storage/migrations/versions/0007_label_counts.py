"""How many labels there are, kept as they come; one that counts a row; indexes for what is new.

A label that was looked for in vain is looked for once more, since from here on it is the collector that tells it of its
row.
"""

import sqlalchemy as sa
from alembic import op

import watchkeeper.storage.sql.metadata

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_labels_of_day", "day", " AND day IS NOT NULL"),
    ("ux_labels_newest", "row", ""),
    ("ix_labels_unmatched", "received", " AND day IS NULL"),
    ("ix_labels_pending", "number", " AND day IS NULL AND looked_at IS NULL"),
)


def upgrade() -> None:
    op.create_table(
        "label_counts",
        sa.Column("deployment", sa.String(length=40), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("newest", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("deployment", name=op.f("pk_label_counts")),
    )
    op.execute(
        "UPDATE labels SET counts = (1 = 0) WHERE counts AND EXISTS (SELECT 1 FROM labels AS later WHERE later.counts "
        'AND later.deployment = labels.deployment AND later."row" = labels."row" AND later.number > labels.number)'
    )
    op.execute("UPDATE labels SET looked_at = NULL WHERE day IS NULL")
    op.execute(
        'INSERT INTO label_counts (deployment, kept, "rows", matched, waiting, newest) '
        "SELECT deployment, count(*), sum(CASE WHEN counts THEN 1 ELSE 0 END), "
        "sum(CASE WHEN counts AND day IS NOT NULL THEN 1 ELSE 0 END), "
        "sum(CASE WHEN counts AND day IS NULL THEN 1 ELSE 0 END), max(received) FROM labels GROUP BY deployment"
    )
    op.drop_index("ix_labels_deployment_day", "labels")
    for name, column, also in INDEXES:
        op.create_index(
            name,
            "labels",
            ["deployment", column],
            unique=name.startswith("ux"),
            sqlite_where=sa.text(f"counts = 1{also}"),
            postgresql_where=sa.text(f"counts{also}"),
        )
    op.drop_column("labels", "looked")


def downgrade() -> None:
    for name, _, _ in INDEXES:
        op.drop_index(name, "labels")
    op.create_index("ix_labels_deployment_day", "labels", ["deployment", "day"])
    op.add_column("labels", sa.Column("looked", sa.BigInteger(), nullable=True))
    op.drop_table("label_counts")
