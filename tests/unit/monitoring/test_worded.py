"""Numbers that came as text: how they look, and what they are named."""

import json

import pandas as pd
import pyarrow as pa
import pytest

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.integrity.unread import Unread
from watchkeeper.monitoring.integrity.worded import Worded, form_of
from watchkeeper.tables.column import Kind


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["21,4", "-3,0", "+1,55"], "a decimal comma"),
        (["1,234.5", "12 000", "1'000"], "marks between the thousands"),
        (["21.4 °C", "3kg", "12 %"], "a unit behind it"),
        (["€ 12.50", "$3"], "a sign before it"),
        (["hello", "21,4"], ""),
        ([], ""),
    ],
)
def test_what_most_of_it_has_in_common_is_told(texts: list[str], form: str) -> None:
    assert form_of(texts) == form


def test_text_that_says_that_nothing_is_known_is_none() -> None:
    assert Worded.of("size", ["NA", "", " null "], rows=3) == Worded("size", 0.0, 0.0, "")
    assert Worded.of("size", ["1.5", "2", "inf", "x"], rows=8) == Worded("size", 0.5, 0.5, "")
    assert Worded.of("size", [], rows=0).share == 0.0


KINDS = {"size": Kind.NUMERIC, "count": Kind.INTEGER, "town": Kind.CATEGORICAL}


def said(column: str, violation: str, value: str) -> str:
    return json.dumps([{"column": column, "violation": violation, "value": value}])


@pytest.mark.parametrize(
    ("column", "value", "came"),
    [
        ("size", "1.5", True),
        ("size", "True", False),
        ("size", "[1, 2]", False),
        ("size", "{'a': 1}", False),
        ("count", "2.5", False),
        ("count", "3", True),
        ("count", "three", True),
        ("town", "75", False),
        ("elsewhere", "1.5", False),
    ],
)
def test_what_may_have_come_as_a_number_did_not_come_as_text(column: str, value: str, *, came: bool) -> None:
    found = Unread.of([said(column, "wrong-type", value), None], KINDS).worded
    assert [each.share for each in found] == ([0.5] if came else [])


def test_columns_are_strange_only_in_rows_that_lack_one() -> None:
    absent, extra = {"column": "size", "violation": "missing-column"}, {"column": "x", "violation": "extra-column"}
    both, alone = json.dumps([{**each, "value": ""} for each in (absent, extra)]), json.dumps([{**extra, "value": ""}])
    assert Unread.of([both, None], KINDS).strange == ("x",)
    assert Unread.of([both, None], KINDS, known=["x"]).strange == ()
    assert Unread.of([alone], KINDS) == Unread({}, (), ())
    assert Unread.of([both, None], KINDS).absent == {"size": 0.5}
    assert Unread.of([], KINDS) == Unread({}, (), ())


def test_a_column_half_of_which_is_text_arrives_as_text() -> None:
    before = pd.DataFrame({"size": range(400), "rest": range(400)})
    now = before.assign(size=pd.Series([str(each) if each % 2 else each for each in range(400)], dtype=object))
    found = compare(before, now)
    assert found.left_out == {"size": "its values are of several types in the current table"}
    (fault,) = found.faults
    assert (fault.name, fault.columns, fault.evidence) == ("arrives as text", ("size",), {"share": 0.5, "read": 1.0})
    assert compare(now, now).faults == ()


def test_two_tables_whose_numbers_became_text_have_that_fault() -> None:
    numbers = [float(each % 17) for each in range(400)]
    before = pa.table({"size": numbers, "rest": numbers})
    now = pa.table({"size": [f"{each:.1f}".replace(".", ",") for each in numbers], "rest": numbers})
    (fault,) = compare(before, now).faults
    assert (fault.name, fault.columns, fault.evidence) == ("arrives as text", ("size",), {"share": 1.0, "read": 0.0})
    assert fault.sentence.endswith("most has a decimal comma.")
