"""Rows on their way out: what JSON has not is said honestly or refused."""

import json
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.experiments import seconds
from watchkeeper.sdk.predicting import extras, joined, many_rows, one_row, read_answer, read_answers, rows_of


def test_values_of_data_frames_travel_as_what_they_mean() -> None:
    row = {
        "nan": float("nan"),
        "nat": pd.NaT,
        "na": pd.NA,
        "int": np.int64(3),
        "float": np.float32(1.5),
        "flag": np.bool_(True),
        "stamp": pd.Timestamp("2024-01-31T10:30:00+01:00"),
        "naive": datetime(2024, 1, 31, 9, 30),
        "aware": datetime(2024, 1, 31, 9, 30, tzinfo=UTC),
        "day": date(2024, 1, 31),
    }
    assert json.loads(one_row(row)) == {
        "nan": None,
        "nat": None,
        "na": None,
        "int": 3,
        "float": 1.5,
        "flag": True,
        "stamp": "2024-01-31T09:30:00Z",
        "naive": "2024-01-31T09:30:00Z",
        "aware": "2024-01-31T09:30:00Z",
        "day": "2024-01-31",
    }


def test_rows_come_from_frames_and_tables_too() -> None:
    rows = [{"size": 1.5, "town": "Lyon"}, {"size": 2.5, "town": "Nice"}]
    assert rows_of(pd.DataFrame(rows)) == rows_of(pa.Table.from_pylist(rows)) == rows_of(iter(rows)) == rows
    for wrong in (5, "rows", [1, 2]):
        with pytest.raises(Refused, match="is no rows"):
            rows_of(wrong)


def test_an_infinity_is_refused_with_its_column() -> None:
    with pytest.raises(Refused) as refused:
        many_rows([{"size": 1.0}, {"size": float("inf")}], ids=None, at=None)
    assert refused.value.fields == ("size",)


@pytest.mark.parametrize("infinite", [np.float32("inf"), np.float64("-inf"), pa.scalar(float("inf"))])
def test_so_is_an_infinity_of_another_library(infinite: object) -> None:
    with pytest.raises(Refused, match=r"'size' is infinite.*None where it is not known") as refused:
        one_row({"town": "Lyon", "size": infinite})
    assert (refused.value.code, refused.value.fields) == ("not-finite", ("size",))


def test_an_infinite_output_is_refused_by_its_name() -> None:
    with pytest.raises(Refused) as refused:
        many_rows([{"size": 1.0}], ids=None, at=None, outputs=[float("inf")])
    assert refused.value.fields == ("outputs",)


def test_what_cannot_be_sent_is_said() -> None:
    with pytest.raises(Refused, match="can't be sent"):
        one_row({"size": object()})
    with pytest.raises(Refused, match="can't be sent"):
        one_row({"size": np.ones(2)})
    with pytest.raises(Refused, match="one for each row"):
        many_rows([{}, {}], ids=["a"], at=None)


def test_answers_keep_the_order_of_the_rows_and_each_its_violations() -> None:
    answers = read_answers(
        {
            "release": 2,
            "predictions": [
                {"id": "a", "value": "no", "probability": 0.1},
                {"id": "b", "value": "yes", "probability": 0.9},
            ],
            "violations": [{"row": 1, "column": "size", "violation": "missing-value", "value": ""}],
        }
    )
    assert [answer.value for answer in answers] == ["no", "yes"]
    assert [len(answer.violations) for answer in answers] == [0, 1]
    assert list(answers.to_pandas()["probability"]) == [0.1, 0.9]
    assert "yes" in repr(answers)
    assert "<table>" in answers._repr_html_()


@pytest.mark.parametrize(("budget", "found"), [("90s", 90), ("2m", 120), ("1.5h", 5400), (30, 30), ("45", 45)])
def test_budgets(budget: str | float, found: float) -> None:
    assert seconds(budget) == found


@pytest.mark.parametrize("budget", ["soon", "", "-2m", "2 days"])
def test_a_budget_that_is_none_is_refused(budget: str) -> None:
    with pytest.raises(Refused, match="2m"):
        seconds(budget)


def test_more_rows_than_one_call_takes_go_in_several_and_come_back_as_one() -> None:
    rows = [{"size": number} for number in range(5)]
    bodies = [json.loads(body) for body in many_rows(rows, ids=list("abcde"), at=None, at_once=2)]
    assert [body["ids"] for body in bodies] == [["a", "b"], ["c", "d"], ["e"]]
    said = [
        {
            "release": number,
            "predictions": [{"id": name, "value": 1.0} for name in body["ids"]],
            "violations": [{"row": 0, "column": "size", "violation": "out-of-range", "value": "9"}],
        }
        for number, body in enumerate(bodies)
    ]
    answers = joined([read_answers(each) for each in said])
    assert [each.id for each in answers] == list("abcde")
    assert ([each.row for each in answers.violations], answers.release) == ([0, 2, 4], 2)
    assert [each.row for each in answers[2].violations] == [0]


def test_what_is_asked_for_beside_answers_stands_in_the_query() -> None:
    assert extras(explain=False, interval=None) == ""
    assert extras(explain=True, interval=None) == "?explain=true"
    assert extras(explain=True, interval=0.9) == "?explain=true&interval=0.9"


def test_contributions_and_intervals_come_with_each_answer() -> None:
    row = {"id": "a", "value": 4.0, "contributions": {"size": 1.0}, "low": 3.0, "high": 5.0}
    call = {"release": 2, "base": 3.0, "unit": "target", "interval": 0.9, "violations": []}
    alone, (among,) = read_answer({**row, **call}), read_answers({"predictions": [row], **call})
    assert alone == among
    assert (alone.contributions, alone.base, alone.unit, alone.low, alone.high) == ({"size": 1.0}, 3.0, "target", 3, 5)
    assert read_answers({"predictions": [row], **call}).records() == [
        {"id": "a", "value": 4.0, "low": 3.0, "high": 5.0, "contribution.size": 1.0}
    ]
    plain = read_answer({"id": "a", "value": 4.0, "release": 2})
    assert (plain.contributions, plain.base, plain.unit, plain.low, plain.high) == (None, None, None, None, None)
