"""What becomes of a caller's values under each type policy."""

from dataclasses import replace
from typing import Any

import pytest

from watchkeeper.learning.signature import Input, Signature
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.serving.errors import TypesRefused
from watchkeeper.tables.column import Kind

SIGNATURE = Signature(
    task="regression",
    target="y",
    time="at",
    time_zone="UTC",
    labels=None,
    inputs=(
        Input("size", Kind.NUMERIC, levels=None, low=0.0, high=10.0, nullable=False),
        Input("rooms", Kind.INTEGER, levels=None, low=1.0, high=9.0, nullable=False),
        Input("sold", Kind.BOOLEAN, levels=None, low=None, high=None, nullable=False),
        Input("town", Kind.CATEGORICAL, levels=("Lyon", "Nice"), low=None, high=None, nullable=True),
        Input("built", Kind.TIMESTAMP, levels=None, low=None, high=None, nullable=False),
    ),
)
GOOD = {
    "size": 4.5,
    "rooms": 3,
    "sold": True,
    "town": "Lyon",
    "built": "1999-06-01T00:00:00Z",
    "at": "2020-01-01T00:00:00Z",
}
coerce = Coercer(SIGNATURE, TypePolicy.BEST_EFFORT)
insist = Coercer(SIGNATURE, TypePolicy.STRICT)


def with_(**changed: Any) -> dict[str, Any]:
    return {**GOOD, **changed}


def test_a_good_row_passes_as_it_is() -> None:
    found = coerce([GOOD])
    assert found.columns == {
        "size": [4.5],
        "rooms": [3.0],
        "sold": [True],
        "town": ["Lyon"],
        "built": [928195200000000],
    }
    assert found.at == [1577836800000000]
    assert found.violations == []
    assert insist([GOOD]) == found


@pytest.mark.parametrize(
    ("column", "given", "taken", "violation"),
    [
        ("size", "4.5", 4.5, "wrong-type"),
        ("size", "four", None, "wrong-type"),
        ("size", True, 1.0, "wrong-type"),
        ("size", [4.5], None, "wrong-type"),
        ("size", {}, None, "wrong-type"),
        ("size", "NaN", None, "missing-value"),
        ("size", "-inf", None, "not-finite"),
        ("size", float("nan"), None, "not-finite"),
        ("size", 10**400, None, "not-finite"),
        ("size", None, None, "missing-value"),
        ("size", " N/A ", None, "missing-value"),
        ("size", "", None, "missing-value"),
        ("rooms", 2.5, 2.5, "wrong-type"),
        ("rooms", "2", 2.0, "wrong-type"),
        ("sold", 1, True, "wrong-type"),
        ("sold", "false", False, "wrong-type"),
        ("sold", "perhaps", None, "wrong-type"),
        ("town", 7, "7", "wrong-type"),
        ("town", ["Lyon"], None, "wrong-type"),
        ("built", 928195200, None, "wrong-type"),
        ("built", "yesterday", None, "wrong-type"),
        ("built", "0001-01-01T00:00:00", None, "wrong-type"),
        ("at", "yesterday", None, "wrong-type"),
        ("at", None, None, "missing-value"),
    ],
)
def test_a_value_of_a_wrong_type_is_mended_or_taken_as_missing_and_refused_when_strict(
    column: str, given: Any, taken: Any, violation: str
) -> None:
    found = coerce([with_(**{column: given})])
    assert (found.at if column == "at" else found.columns[column]) == [taken]
    assert [(row, name, word) for row, name, word, _ in found.violations] == [(0, column, violation)]
    with pytest.raises(TypesRefused, match=f"row 0, {column}: {violation}") as refused:
        insist([with_(**{column: given})])
    assert refused.value.fields == (column,)


@pytest.mark.parametrize(
    ("column", "given", "violation"),
    [("size", 10.5, "out-of-range"), ("rooms", 0, "out-of-range"), ("town", "Metz", "new-level")],
)
def test_an_unusual_value_is_kept_and_reported_and_never_refused(column: str, given: Any, violation: str) -> None:
    for policy in (coerce, insist):
        found = policy([with_(**{column: given})])
        assert found.columns[column] == [given]
        assert found.violations == [(0, column, violation, str(given))]


def test_a_column_that_is_not_sent_is_missing_and_named() -> None:
    row = {name: value for name, value in GOOD.items() if name != "rooms"}
    assert coerce([row]).violations == [(0, "rooms", "missing-column", "")]
    with pytest.raises(TypesRefused, match="rooms: missing-column"):
        insist([row])


def test_a_null_is_no_violation_where_the_model_learned_from_nulls() -> None:
    found = insist([with_(town=None)])
    assert found.columns["town"] == [None]
    assert found.violations == []


def test_a_word_for_missing_is_missing_as_it_is_in_a_file_unless_the_model_knows_it_as_a_level() -> None:
    assert insist([with_(town="None")]).columns["town"] == [None]
    town = Input("town", Kind.CATEGORICAL, levels=("none", "some"), nullable=False)
    knowing = Coercer(replace(SIGNATURE, inputs=(town,)), TypePolicy.STRICT)
    assert knowing([{"town": "none"}]).columns["town"] == ["none"]


def test_columns_that_the_model_does_not_know_are_named_up_to_a_few() -> None:
    found = coerce([with_(**{f"extra {number}": number for number in range(9)})])
    assert [violation for _, _, violation, _ in found.violations] == ["extra-column"] * 5
    with pytest.raises(TypesRefused, match="and no other column"):
        insist([with_(colour="red")])


def test_a_row_without_a_time_says_none() -> None:
    found = insist([{name: value for name, value in GOOD.items() if name != "at"}])
    assert (found.at, found.violations) == ([None], [])


def test_an_example_is_cut_short() -> None:
    assert [len(shown) for *_, shown in coerce([with_(size="x" * 1000)]).violations] == [200]


def test_columns_of_the_data_that_the_model_does_not_take_may_be_sent_and_are_not_kept() -> None:
    lenient = Coercer(SIGNATURE, TypePolicy.STRICT, passed_over=("price", "comment"))
    found = lenient([with_(price=5, comment="private words")])
    assert found.violations == []
    assert "comment" not in found.columns


def test_a_refusal_spells_out_a_few_faults_and_counts_the_rest() -> None:
    with pytest.raises(TypesRefused, match="and 3 more"):
        insist([with_(size=None)] * 8)
