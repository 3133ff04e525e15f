"""What a day by itself can tell of a fault, where rows follow each other in time."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.soundness.faulting import Looked, credible
from watchkeeper.tables.column import Kind

DAYS, HOUR = 40, 3_600_000_000
KINDS = {"warm": Kind.NUMERIC, "dose": Kind.NUMERIC}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hourly: a temperature with a course of the day, and a dose that is 0 every other hour of some days."""
    chance, hours = np.random.default_rng(1), np.arange(24 * DAYS)
    columns: dict[str, Any] = {
        "when": pa.array(HOUR * hours, pa.timestamp("us", "UTC")),
        "warm": np.round(15 + 5 * np.sin(2 * np.pi * hours / 24) + chance.normal(0, 2, hours.size), 1),
        "dose": np.where(
            (hours // 24 % 20 == 5) & (hours % 2 == 0), 0.0, np.round(chance.lognormal(3, 0.5, hours.size), 1)
        ),
    }
    path = tmp_path_factory.mktemp("reference") / "rows.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def looked(table: Path, *, time: str | None = "when") -> Looked:
    return Looked(table, time, KINDS, None, frozenset())  # type: ignore[arg-type] # no row of the journal is read


def fault(name: str, column: str, **evidence: float) -> Fault:
    return Fault(name, (column,), "", p_value=0.0, remaining=0.0, evidence=evidence)


def test_what_a_day_of_the_reference_seemed_to_have_too_is_not_told_of_a_day(table: Path) -> None:
    assert not credible(fault("filled-in default", "dose"), looked(table))
    assert credible(fault("filled-in default", "warm"), looked(table))
    assert credible(fault("stuck sensor", "dose"), looked(table))


@pytest.mark.parametrize(
    ("factor", "offset", "known"), [(1.8, 32.0, True), (0.001, 0.0, True), (1.0, 20.7, False), (4.3, 0.0, False)]
)
def test_a_hot_day_is_no_changed_unit_unless_people_use_it(
    table: Path, factor: float, offset: float, *, known: bool
) -> None:
    assert credible(fault("changed unit", "warm", factor=factor, offset=offset), looked(table)) is known


def test_rows_without_times_are_taken_as_they_are(table: Path) -> None:
    assert credible(fault("filled-in default", "dose"), looked(table, time=None))
    assert credible(fault("changed unit", "warm", factor=1.0, offset=20.7), looked(table, time=None))


def test_a_column_that_only_the_window_has_is_no_reason_to_doubt(table: Path) -> None:
    renamed = Fault("renamed column", ("warm", "temp"), "", p_value=0.0, remaining=0.0, evidence={})
    assert credible(renamed, looked(table))
