"""Faults of a deployment's rows, through the API, the SDK, the command line and the page."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.journals import answered
from tests.api.test_integrity import live
from tests.api.test_integrity_pages import DAY
from tests.storage.test_verdicts import ROWS, ago, calls
from watchkeeper.cli.deployments import app
from watchkeeper.monitoring.journalled import ColumnSetting, Journalled
from watchkeeper.sdk.errors import Forbidden

DAY_BEFORE = ago(1)


@pytest.fixture
def learned(api: Api) -> Api:
    """The reference's rows: as `calls` are."""
    path = api.assembly.places.table("s1")
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 5 * ROWS
    pq.write_table(pa.table({"size": np.linspace(0, 10, rows), "town": ["Lyon", "Nice"] * (rows // 2)}), path)
    return api


def thousandfold() -> Any:
    frame = calls(1)
    return replace(frame, inputs={**frame.inputs, "size": [1_000 * size for size in frame.inputs["size"]]})


def test_rows_like_the_reference_s_have_no_fault(learned: Api) -> None:
    answered(learned, calls(1))
    found = live(learned).faults(start=DAY_BEFORE, end=DAY_BEFORE)
    assert (found.rows, len(found)) == (ROWS, 0)


def test_a_changed_unit_is_named_everywhere(learned: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(learned, thousandfold())
    found = live(learned).faults(start=DAY_BEFORE, end=DAY_BEFORE)
    (fault,) = found
    assert (fault.fault, fault.columns, fault.evidence["factor"]) == ("changed unit", ("size",), 1_000.0)
    assert "size looks multiplied by 1,000" in fault.sentence
    assert found.to_pandas()["columns"].tolist() == ["size"]
    monkeypatch.setattr("watchkeeper.cli.integrity.the_deployment", lambda *_: live(learned))
    told = CliRunner().invoke(app, ["faults", "live", "--start", DAY_BEFORE, "--end", DAY_BEFORE])
    assert "changed unit: size looks multiplied by 1,000" in told.output
    person = visitor(learned, "contributor")
    assert "Look for faults" in person.read(DAY)
    assert "size looks multiplied by 1,000" in person.read(f"{DAY}&look_for=faults")


def test_only_who_may_read_rows_may_look(learned: Api) -> None:
    answered(learned, thousandfold())
    with pytest.raises(Forbidden):
        live(learned, "viewer").faults(start=DAY_BEFORE, end=DAY_BEFORE)
    assert "multiplied" not in visitor(learned, "viewer").read(f"{DAY}&look_for=faults")


def test_a_column_that_is_not_kept_in_full_is_left_aside(learned: Api) -> None:
    with learned.assembly.store.work() as work:
        setting = ColumnSetting("size", Journalled.LEFT_OUT, datetime.now(UTC), "somebody")
        work.masking.set("d1", setting)
    answered(learned, thousandfold())
    assert len(live(learned).faults(start=DAY_BEFORE, end=DAY_BEFORE)) == 0


def test_without_rows_there_is_nothing_to_look_at(learned: Api) -> None:
    assert live(learned).faults(start=DAY_BEFORE, end=DAY_BEFORE).rows == 0
