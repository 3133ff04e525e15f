"""Verdicts that an earlier version issued are read as they were; how far columns lay apart is not known of them."""

from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from tests.storage.conftest import postgresql, sqlite
from tests.storage.test_label_migration import migrate_to
from watchkeeper.storage.migrating import migrate

BEFORE = "0022"
OLD = np.dtype(
    [
        *((name, "u1") for name in ("verdict", "ordered", "reasons", "told")),
        ("level", "<i4"),
        ("rows", "<i8"),
        ("rows_enough", "<f8"),
        *((name, "<f4") for name in ("p_value", "adjusted_p", "q_value", "effect", "low", "high")),
        *((name, "<f4") for name in ("effective_rows", "smallest_visible", "psi")),
    ]
)
VERDICT = sa.text(
    "INSERT INTO verdicts (deployment, day, bin_sets, policy, release, revision, counted, late, at, records) "
    "VALUES ('d', '2026-01-01', 1, 0, 1, 2, 300, 0, 0, :records)"
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_verdicts_of_before_stay_as_they_were(kind: str, tmp_path: Path) -> None:
    records = np.zeros(3, dtype=OLD)
    records["effect"], records["rows"], records["verdict"] = [0.5, 0.25, 0.0], 300, [0, 3, 255]
    with sqlite(tmp_path) if kind == "sqlite" else postgresql() as store:
        migrate_to(store, BEFORE)
        with store.engine.execution_options(writes=True).begin() as connection:
            connection.execute(VERDICT, {"records": records.tobytes()})
        migrate(store)
        with store.look() as work:
            (found,) = work.verdicts.between("d", start="2026-01-01", end="2026-01-01")
    assert found.records["effect"].tolist() == [0.5, 0.25, 0.0]
    assert found.records["verdict"].tolist() == [0, 3, 255]
    assert np.isnan(found.records["distance"]).all()
    assert found.revision == 2
