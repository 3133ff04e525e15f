"""How many rows a segment has is read without its counts, which are a hundred times as long."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_segment_sheets_rows", "segment_sheets", ["deployment", "number", "day", "role", "place", "rows"]
    )


def downgrade() -> None:
    op.drop_index("ix_segment_sheets_rows", "segment_sheets")
