"""The form on the Journal tab that takes in a file with predictions made elsewhere."""

import gzip
import io
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.api.browsing import Visitor, faults, visitor
from tests.api.conftest import Api
from tests.api.test_log import AT, INPUTS, ROWS, journal, with_signature
from watchkeeper.learning.signature import Signature
from watchkeeper.server.web import log

PAGE = "/projects/p/deployments/live/journal"
CSV = "size,town,sold_at,price,order\n" + "".join(
    f"{row['size']},{row['town']},{at},{100 + place},{place}\n"
    for place, (row, at) in enumerate(zip(ROWS, AT, strict=True))
)
SAID = {"output": "price", "id": "order"}


@pytest.fixture
def person(api: Api) -> Visitor:
    with_signature(api, Signature("regression", "y", "sold_at", "UTC", None, INPUTS))
    return visitor(api, "contributor")


def parquet() -> bytes:
    rows = [{**row, "when": datetime.fromisoformat(at), "price": 1.0} for row, at in zip(ROWS, AT, strict=True)]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def taken(api: Api) -> list[dict[str, Any]]:
    return [{name: row[name] for name in ("id", "prediction", "input.town")} for row in journal(api)]


@pytest.mark.parametrize(("name", "content"), [("a.csv", CSV.encode()), ("a.csv.gz", gzip.compress(CSV.encode()))])
def test_a_csv_file_is_taken_in_and_again_changes_nothing(api: Api, person: Visitor, name: str, content: bytes) -> None:
    for _ in range(2):
        done = person.upload(f"{PAGE}/log", SAID, file=(name, content))
        assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?logged=3")
    assert "3 rows are in the journal" in person.read(f"{PAGE}?logged=3")
    assert taken(api) == [
        {"id": str(place), "prediction": 100.0 + place, "input.town": row["town"]} for place, row in enumerate(ROWS)
    ]
    assert list(api.assembly.places.receiving().iterdir()) == []


def test_a_parquet_file_names_its_time_and_the_challenger_is_asked(api: Api, person: Visitor) -> None:
    form = {"output": "price", "at": "when", "challenge": "yes", "release": "1"}
    assert person.upload(f"{PAGE}/log", form, file=("a.parquet", parquet())).status_code == 303
    rows = journal(api)
    assert [row["at"].isoformat() for row in rows] == [at.replace("Z", "+00:00") for at in AT]
    with api.assembly.store.look() as work:
        assert work.journal.owed_count("d1") == 1  # a call with three rows


@pytest.mark.parametrize(
    ("file", "form", "field", "said"),
    [
        (None, SAID, "file", "Choose a file."),
        (("a.csv", CSV.encode()), {"output": ""}, "output", "Say which column"),
        (("a.csv", CSV.encode()), {"output": "cost"}, "output", "It has size, town, sold_at, price, order"),
        (("a.csv", CSV.encode()), {**SAID, "at": "when"}, "at", "has no column"),
        (("a.csv", CSV.replace("sold_at", "soon").encode()), SAID, "at", "when it was predicted"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    api: Api, person: Visitor, file: tuple[str, bytes] | None, form: dict[str, str], field: str, said: str
) -> None:
    refused = person.upload(f"{PAGE}/log", form, file=file)
    assert refused.status_code == 422
    assert said in faults(refused.text)[f"log-{field}"]
    assert "These rows can't be shown" not in refused.text
    assert taken(api) == []


def test_what_no_field_is_about_is_said_above_them(person: Visitor) -> None:
    for content, said in ((b"", "empty"), (CSV.replace("101", "dear").encode(), "no finite number")):
        refused = person.upload(f"{PAGE}/log", SAID, file=("a.csv", content))
        assert (refused.status_code, said in refused.text) == (422, True), said
    other = person.upload(f"{PAGE}/log", {**SAID, "release": "9"}, file=("a.csv", CSV.encode()))
    assert (other.status_code, "no release 9" in other.text) == (404, True)


def test_what_came_before_a_piece_that_is_refused_stays(
    api: Api, person: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "A_PIECE", 2)
    refused = person.upload(f"{PAGE}/log", SAID, file=("a.csv", CSV.replace("102", "").encode()))
    assert (refused.status_code, "The first 2 rows were taken" in refused.text) == (422, True)
    assert len(taken(api)) == 2


def test_a_file_with_more_rows_than_one_form_takes_is_refused(person: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST", 2)
    refused = person.upload(f"{PAGE}/log", SAID, file=("a.csv", CSV.encode()))
    assert "The file has 3 rows" in faults(refused.text)["log-file"]


def test_who_may_not_write_has_no_such_form_and_a_forged_one_takes_nothing(api: Api, person: Visitor) -> None:
    file = ("a.csv", CSV.encode())
    parts: dict[str, Any] = {"data": SAID, "files": {"file": file}, "headers": {"Cookie": person.cookie}}
    assert api.call("POST", f"{PAGE}/log", who=None, **parts).status_code == 403
    viewer = visitor(api, "viewer")
    assert viewer.upload(f"{PAGE}/log", SAID, file=file).status_code == 403
    assert "Take in a file" not in viewer.get(PAGE).text
    assert taken(api) == []
