"""How far each column lies from its reference, not cut at 0, beside its verdict: not known of earlier days."""

from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = [
    *((name, "u1") for name in ("verdict", "ordered", "reasons", "told")),
    ("level", "<i4"),
    ("rows", "<i8"),
    ("rows_enough", "<f8"),
    *((name, "<f4") for name in ("p_value", "adjusted_p", "q_value", "effect", "low", "high")),
    *((name, "<f4") for name in ("effective_rows", "smallest_visible", "psi")),
]
ADDED = [("distance", "<f4"), ("deviation", "<f4")]
VERDICTS = sa.table("verdicts", sa.column("deployment"), sa.column("day"), sa.column("records", sa.LargeBinary))


def upgrade() -> None:
    _rewrite(np.dtype(BEFORE), np.dtype([*BEFORE, *ADDED]))


def downgrade() -> None:
    _rewrite(np.dtype([*BEFORE, *ADDED]), np.dtype(BEFORE))


def _rewrite(old: "np.dtype[Any]", new: "np.dtype[Any]") -> None:
    connection = op.get_bind()
    for deployment, day in connection.execute(sa.select(VERDICTS.c.deployment, VERDICTS.c.day)).all():
        mine = sa.and_(VERDICTS.c.deployment == deployment, VERDICTS.c.day == day)
        kept = np.frombuffer(connection.scalar(sa.select(VERDICTS.c.records).where(mine)) or b"", dtype=old)
        records = np.zeros(kept.shape, dtype=new)
        for name in new.names or ():
            records[name] = kept[name] if name in (old.names or ()) else np.nan
        connection.execute(VERDICTS.update().where(mine).values(records=records.tobytes()))
