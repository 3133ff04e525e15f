"""What holds for every table that is written as CSV and brought in."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.tables.column import Kind
from watchkeeper.tables.importing import Imported, import_table
from watchkeeper.tables.missing import MISSING
from watchkeeper.tables.reading.deciding import Evidence
from watchkeeper.tables.reading.parsing import without_blanks
from watchkeeper.tables.tallying import Tally

Table = dict[str, list[Any]]

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).filter(
    lambda word: word.strip().lower() not in MISSING
)
COLUMNS: Mapping[str, st.SearchStrategy[Any]] = {
    "numeric": st.floats(-1e308, 1e308),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "timestamp": st.datetimes(timezones=st.just(UTC)),
    "text": WORDS.map(lambda word: f"~{word}"),
}
a_few = settings(max_examples=20, deadline=None)
"""Each example writes and reads files."""

separators = st.sampled_from([",", ";", "\t", "|"])
FIELDS = st.sampled_from(
    [
        "1",
        "-7",
        "2.5",
        "1e3",
        "007",
        "0x1f",
        "true",
        "No",
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "9" * 20,
        None,
        " ",
        " NA ",
        "a b",
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = draw(st.integers(1, 12))
    return {name: draw(st.lists(st.none() | values, min_size=rows, max_size=rows)) for name, values in COLUMNS.items()}


def written(table: Table, separator: str) -> bytes:
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=separator)
    writer.writerow(table)
    for row in zip(*table.values(), strict=True):
        writer.writerow(["" if value is None else _spelled(value) for value in row])
    return sink.getvalue().encode()


def _spelled(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def brought(content: bytes) -> tuple[Imported, Table]:
    with tempfile.TemporaryDirectory() as directory:
        source, target = Path(directory) / "sent", Path(directory) / "kept.parquet"
        source.write_bytes(content)
        imported = import_table(source, target, name="x.csv", progress=lambda _: None)
        return imported, dict(pq.read_table(target).to_pydict())


def decided(texts: Sequence[str | None], blocks: int) -> Kind:
    evidence = Evidence("row_id")
    step = -(-len(texts) // blocks) or 1
    for start in range(0, len(texts), step):
        evidence.look(without_blanks(pa.array(texts[start : start + step], pa.string())))
    return evidence.kind()


@a_few
@given(tables(), separators)
def test_values_come_back_whatever_the_separator(table: Table, separator: str) -> None:
    imported, kept = brought(written(table, separator))
    assert imported.rows == len(table["text"])
    assert kept == table


@a_few
@given(tables())
def test_importing_twice_gives_the_same_and_json_can_say_it(table: Table) -> None:
    content = written(table, ",")
    first, second = brought(content)[0], brought(content)[0]
    assert first == second
    assert json.loads(json.dumps(first.summary, allow_nan=False)) == first.summary


@given(st.lists(FIELDS, min_size=1, max_size=8), st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_kind_depends_neither_on_the_order_of_rows_nor_on_blocks(
    fields: list[str | None], chance: Any, blocks: int
) -> None:
    shuffled = list(fields)
    chance.shuffle(shuffled)
    assert decided(shuffled, blocks) is decided(fields, 1)


@a_few
@given(tables(), st.data())
def test_kinds_and_counts_are_those_of_the_rows_in_any_order(table: Table, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(table["text"]))))
    shuffled = {name: [values[place] for place in order] for name, values in table.items()}
    first, second = brought(written(table, ","))[0], brought(written(shuffled, ","))[0]
    assert second.schema == first.schema
    counted = ("missing", "distinct", "distinct_exact", "levels", "min", "max", "histogram", "profile")
    for ours, theirs in zip(first.summary, second.summary, strict=True):
        assert {key: ours.get(key) for key in counted} == {key: theirs.get(key) for key in counted}


@a_few
@given(tables())
def test_every_row_is_counted_once_in_each_part_of_a_summary(table: Table) -> None:
    imported, _ = brought(written(table, ";"))
    for column in imported.summary:
        present = column["rows"] - column["missing"]
        assert column["missing"] == sum(value is None for value in table[column["name"]])
        assert "histogram" not in column or sum(column["histogram"]["counts"]) == present
        assert "profile" not in column or sum(column["profile"]["counts"]) == imported.rows
        assert sum(level["count"] for level in column.get("levels", ())) <= present


@given(st.lists(st.text(max_size=2)), st.integers(1, 4), st.integers(1, 20))
def test_a_tally_says_the_same_whatever_the_order(texts: list[str], blocks: int, most: int) -> None:
    whole, parts = Tally(most=most), Tally(most=most)
    whole.add(pa.array(texts, pa.string()))
    for start in range(blocks):
        parts.add(pa.array(texts[::-1][start::blocks], pa.string()))
    told = [(t.exact, t.distinct, t.share_distinct, t.commonest(5), t.longest, t.spaced) for t in (whole, parts)]
    assert told[0] == told[1]
