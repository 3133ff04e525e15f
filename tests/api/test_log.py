"""Predictions that were made elsewhere: taken into the journal once, whatever way and however often they are sent."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.api.conftest import Api
from tests.api.journals import collector_of
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.monitoring.keeping.tidying import HORIZON, tidy
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Refused, Unavailable
from watchkeeper.sdk.logged import AT_ONCE, pieces_of_file
from watchkeeper.storage.journal.segments import SegmentWriter, read_frames
from watchkeeper.tables.column import Kind

INPUTS = (
    Input("size", Kind.NUMERIC, levels=None, low=0.0, high=10.0, nullable=False),
    Input("town", Kind.CATEGORICAL, levels=("Lyon", "Nice"), low=None, high=None, nullable=False),
)
ROWS = [{"size": 1.0, "town": "Lyon"}, {"size": 2.0, "town": "Nice"}, {"size": 3.0, "town": "Lyon"}]
AT = ["2026-02-01T10:00:00Z", "2026-02-01T11:00:00Z", "2026-02-02T10:00:00Z"]


@pytest.fixture
def live(api: Api) -> Deployment:
    return with_signature(api, Signature("regression", "y", "sold_at", "UTC", None, INPUTS))


def with_signature(api: Api, signature: Signature) -> Deployment:
    with api.assembly.store.work() as work:
        model = work.experiments.model("m1")
        assert model is not None
        work.experiments.replace_model(replace(model, card={"signature": signature.to_json()}))
    return api.client("contributor").projects.get("p").deployments.get("live")


def journal(api: Api) -> list[dict[str, Any]]:
    """Everything collected, in order of the rows' times."""
    collector = collector_of(api)
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    while collector.turn(deployment).frames:
        pass
    with api.assembly.store.look() as work:
        files = work.journal.files("d1", role="champion")
    found = [row for file in files for row in pq.read_table(api.assembly.places.journal("d1") / file.name).to_pylist()]
    return sorted(found, key=lambda row: (row["at"], row["id"]))


def rows_counted(api: Api) -> dict[str, int]:
    with api.assembly.store.look() as work:
        return {day: rows for (day, _), rows in work.watch.rows("d1", start="1900-01-01", end="2200-01-01").items()}


def test_what_was_logged_is_on_the_disk_and_in_the_journal_as_if_answered_here(api: Api, live: Deployment) -> None:
    logged = live.log(ROWS, [10.0, 20, 30.5], ids=["a", "b", "c"], at=AT)
    assert (logged.rows, logged.release, logged.ids, logged.violations) == (3, 1, ("a", "b", "c"), 0)
    (segment,) = api.assembly.places.segments().rglob("*.seg")
    assert [frame.ids for frame, _ in read_frames(segment, 0, limit=10)[0]] == [["a", "b", "c"]]
    found = journal(api)
    assert [(row["id"], row["prediction"], row["input.size"], row["input.town"]) for row in found] == [
        ("a", 10.0, 1.0, "Lyon"),
        ("b", 20.0, 2.0, "Nice"),
        ("c", 30.5, 3.0, "Lyon"),
    ]
    assert rows_counted(api) == {"2026-02-01": 2, "2026-02-02": 1}


def test_a_piece_of_wide_rows_is_no_body_too_large(live: Deployment) -> None:
    wide = [{"size": 1.0, "town": "Lyon", "note": "x" * 300}] * AT_ONCE
    logged = live.log(wide, [1.0] * AT_ONCE, at=[AT[0]] * AT_ONCE, ids=[str(row) for row in range(AT_ONCE)])
    assert logged.rows == AT_ONCE


def test_it_is_no_call_and_nobody_waited_for_it(api: Api, live: Deployment) -> None:
    live.log(ROWS, [1, 2, 3], at=AT)
    journal(api)
    used = live.usage(days=36_600).total["champion"]
    assert (used.calls, used.rows, used.errors, used.mean_ms) == (0, 3, 0, None)


@pytest.mark.parametrize("ids", [None, ["a", "b", "c"]])
def test_the_same_again_changes_nothing_within_the_horizon(
    api: Api, live: Deployment, ids: Sequence[str] | None
) -> None:
    first = live.log(ROWS, [1, 2, 3], ids=ids, at=AT)
    once = journal(api)
    again = live.log(list(reversed(ROWS)), [3, 2, 1], ids=ids and list(reversed(ids)), at=list(reversed(AT)))
    assert sorted(again.ids) == sorted(first.ids)
    live.log(ROWS, [1, 2, 3], ids=ids, at=AT)
    api.assembly.clock.move(days=6)  # type: ignore[attr-defined]
    forget(api)
    live.log(ROWS, [1, 2, 3], ids=ids, at=AT)
    assert journal(api) == once
    assert sum(rows_counted(api).values()) == 3


def test_beyond_the_horizon_ids_are_forgotten(api: Api, live: Deployment) -> None:
    live.log(ROWS, [1, 2, 3], at=AT)
    journal(api)
    assert seen(api) == 3
    api.assembly.clock.move(seconds=HORIZON.total_seconds() + 1)  # type: ignore[attr-defined]
    forget(api)
    assert seen(api) == 0
    live.log(ROWS[:1], [1], at=AT[:1])
    assert len(journal(api)) == 4


def seen(api: Api) -> int:
    names = [row["id"] for row in journal(api)]
    with api.assembly.store.look() as work:
        return len(work.journal.seen("d1", names))


def forget(api: Api) -> None:
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    tidy(deployment, collector_of(api))


def test_another_output_or_time_is_another_row(api: Api, live: Deployment) -> None:
    ids = [live.log(ROWS[:1], [output], at=[at]).ids for output, at in ((1, AT[0]), (2, AT[0]), (1, AT[1]))]
    assert len(set(ids)) == 3
    assert len(journal(api)) == 3


def test_the_time_may_be_in_the_rows_and_the_rows_in_a_frame(api: Api, live: Deployment) -> None:
    frame: Any = pd.DataFrame(ROWS).assign(sold_at=pd.to_datetime(AT))
    table: Any = pa.Table.from_pandas(frame)
    live.log(frame, frame["size"] * 2)
    live.log(table, [2.0, 4.0, 6.0])
    assert [(row["at"].isoformat()[:13], row["prediction"]) for row in journal(api)] == [
        ("2026-02-01T10", 2.0),
        ("2026-02-01T11", 4.0),
        ("2026-02-02T10", 6.0),
    ]


def test_the_challenger_is_asked_where_that_is_wished(api: Api, live: Deployment) -> None:
    live.log(ROWS, [1, 2, 3], at=AT)
    journal(api)
    assert live.health().owed == 0
    live.log([{**ROWS[0], "size": 9.0}], [4], at=AT[:1], challenge=True)
    journal(api)
    assert live.health().owed == 1


def test_of_classes_the_class_or_its_probability_is_taken(api: Api) -> None:
    live = with_signature(api, Signature("binary", "y", None, "UTC", ("no", "yes"), INPUTS))
    live.log(ROWS, ["yes", 0.25, "no"], at=AT)
    assert [(row["prediction"], row["value"]) for row in journal(api)] == [(1.0, "yes"), (0.25, "no"), (0.0, "no")]
    for output in ("maybe", 1.5, True, None):
        with pytest.raises(Refused) as refused:
            live.log(ROWS[:1], [output], at=AT[:1])
        assert (refused.value.code, refused.value.fields) == ("outputs-refused", ("outputs[0]",))


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        (b"nothing", "not-json", ["body"]),
        ({"rows": ROWS}, "rows-refused", ["rows", "outputs"]),
        ({"rows": [], "outputs": []}, "rows-refused", ["rows"]),
        ({"rows": [1], "outputs": [1]}, "rows-refused", ["rows"]),
        ({"rows": ROWS, "outputs": [1, 2, 3]}, "times-missing", ["at"]),
        ({"rows": ROWS, "outputs": [1], "at": AT}, "outputs-refused", ["outputs"]),
        ({"rows": ROWS, "outputs": [1, 2, "x"], "at": AT}, "outputs-refused", ["outputs[2]"]),
        ({"rows": ROWS, "outputs": [1, 2, True], "at": AT}, "outputs-refused", ["outputs[2]"]),
        ({"rows": ROWS, "outputs": [1, 2, 3], "at": [*AT[:2], "soon"]}, "rows-refused", ["at[2]"]),
        ({"rows": ROWS, "outputs": [1, 2, 3], "at": AT, "ids": ["a", "b", ""]}, "rows-refused", ["ids[2]"]),
        ({"rows": ROWS, "outputs": [1, 2, 3], "at": AT, "release": 7}, "no-release", ["release"]),
        ({"rows": ROWS, "outputs": [1, 2, 3], "at": AT, "when": 1}, "rows-refused", ["when"]),
    ],
)
def test_what_can_not_be_taken_is_refused_by_name(
    api: Api, live: Deployment, body: Any, code: str, fields: list[str]
) -> None:
    del live
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = api.call("POST", "/api/v1/deployments/d1/log", who="contributor", **sent)
    said = answer.json()
    assert (said["code"], said["fields"]) == (code, fields)
    assert answer.status_code in {400, 404, 422}
    assert journal(api) == []


def test_what_is_not_on_the_disk_is_not_acknowledged(live: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise OSError(5, "Input/output error")

    # A disk that fails can't be had in a test: the writer's sync is replaced.
    monkeypatch.setattr(SegmentWriter, "sync", broken)
    with pytest.raises(Unavailable, match="Log it again"):
        live.log(ROWS, [1, 2, 3], at=AT)


def test_a_file_is_read_in_pieces(tmp_path: Path) -> None:
    csv = tmp_path / "rows.csv"
    csv.write_text("size,town,y\n1.5,Lyon,3\n,Nice,4\n2,Lyon,5\n", encoding="utf-8")
    assert list(pieces_of_file(csv, at_once=2)) == [
        [{"size": 1.5, "town": "Lyon", "y": 3}, {"size": None, "town": "Nice", "y": 4}],
        [{"size": 2, "town": "Lyon", "y": 5}],
    ]
    parquet = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"size": [1.0, 2.0, 3.0]}), parquet)
    assert [len(rows) for rows in pieces_of_file(parquet, at_once=2)] == [2, 1]
    with pytest.raises(Refused, match="There is no file"):
        list(pieces_of_file(tmp_path / "nothing.csv"))
