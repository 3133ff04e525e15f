"""Charts are Vega-Lite that compiles, with every day in it and each role in its colour."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import vl_convert

from watchkeeper.charts import bars, comparison_chart, distribution_chart, drift_chart, sparkline, usage_chart
from watchkeeper.charts.palette import DARK, LIGHT, stylesheet
from watchkeeper.charts.shares import shares_drawing

FIRST = date(2024, 1, 1)
FEW = "not enough data"


def drift(days: int, *, champion: float | None = 0.2, challenger: float | None = 0.1) -> dict[str, Any]:
    found = [
        {
            "day": (FIRST + timedelta(days=n)).isoformat(),
            "champion": {"distance": champion},
            "challenger": {"distance": challenger},
        }
        for n in range(days)
    ]
    return {"measure": "jensen_shannon", "days": found}


def usage(days: int, calls: int) -> dict[str, Any]:
    one = {"calls": calls, "rows": calls * 48, "errors": 0, "mean_ms": 1.5, "p95_ms": 2.5}
    return {
        "days": [
            {"day": (FIRST + timedelta(days=n)).isoformat(), "champion": one, "challenger": {**one, "calls": 0}}
            for n in range(days)
        ]
    }


def compiled(spec: dict[str, Any]) -> str:
    return str(vl_convert.vegalite_to_svg({**spec, "width": 640}))


@pytest.mark.parametrize("days", [1, 14, 30, 730])
def test_a_drift_chart_compiles_and_holds_every_day(days: int) -> None:
    spec = drift_chart(drift(days))
    assert len(spec["data"]["values"]) == days
    picture = compiled(spec)
    assert LIGHT.champion in picture
    assert LIGHT.challenger in picture


def test_a_role_without_a_value_is_not_drawn() -> None:
    picture = compiled(drift_chart(drift(30, challenger=None)))
    assert "challenger" not in picture
    compiled(drift_chart(drift(30, champion=None, challenger=None)))


def test_no_line_leads_over_days_without_rows() -> None:
    found = drift(30)
    spec = drift_chart({**found, "days": [*found["days"][:5], *found["days"][20:]]})
    values = {each["day"]: each["champion"] for each in spec["data"]["values"]}
    assert list(values) == [each["day"] for each in found["days"]]
    assert [day for day, value in values.items() if value is None] == [each["day"] for each in found["days"][5:20]]
    assert compiled(spec).count("M") > compiled(drift_chart(found)).count("M")


def test_a_day_that_can_not_tell_is_not_drawn_and_stretches_nothing() -> None:
    def day(number: int, verdict: str, size: float) -> dict[str, Any]:
        said = {"verdict": verdict, "effect": size, "low": 0.0, "high": 2 * size}
        return {"day": (FIRST + timedelta(days=number)).isoformat(), "champion": {"global_drift": said}}

    spec = drift_chart({"measure": "", "days": [day(0, "stable", 0.1), day(1, "not enough data", 5.0)]})
    assert [each["champion"] for each in spec["data"]["values"]] == [0.1, None]


@pytest.mark.parametrize("measure", ["calls", "rows", "errors", "mean_ms", "p95_ms"])
def test_a_usage_chart_compiles_for_each_measure(measure: str) -> None:
    spec = usage_chart(usage(30, 1), measure=measure)
    assert "challenger" not in {name for value in spec["data"]["values"] for name in value}
    compiled(spec)


def test_small_counts_have_whole_ticks() -> None:
    assert ">0.5<" not in compiled(usage_chart(usage(30, 1)))


@pytest.mark.parametrize(
    "feature",
    [
        {"name": "t", "kind": "numeric", "labels": ["up to 1", "over 1", "missing"], "edges": [0.0, 1.0, 2.0],
         "reference": [0.5, 0.5, 0.0], "champion": [0.2, 0.7, 0.1]},
        {"name": "whole", "kind": "numeric", "labels": ["1", "2", "3 to 5", "missing"], "edges": [1.0, 2.0, 3.0, 5.0],
         "reference": [0.5, 0.3, 0.2, 0.0], "champion": [0.2, 0.6, 0.1, 0.1]},
        {"name": "l", "kind": "categorical", "labels": [f"it's {n} \\ \"x\"" for n in range(12)], "edges": None,
         "reference": [1 / 12] * 12, "champion": [1 / 12] * 12},
        {"name": "none", "kind": "numeric", "labels": ["any value", "missing"], "edges": None,
         "reference": [0.0, 1.0], "champion": [0.0, 1.0]},
    ],
    ids=lambda feature: feature["name"],
)  # fmt: skip
def test_a_distribution_chart_compiles_whatever_the_labels(feature: dict[str, Any]) -> None:
    compiled(distribution_chart(feature))


def test_the_word_of_a_group_that_is_one_value_stands_under_its_bar() -> None:
    whole = {"name": "stars", "kind": "numeric", "labels": ["1", "2", "3"], "edges": [1.0, 2.0, 3.0, 3.0],
             "reference": [0.4, 0.3, 0.3], "champion": [0.2, 0.4, 0.4]}  # fmt: skip
    assert re.findall(r">([123])</text>", compiled(distribution_chart(whole))) == ["1", "2", "3"]
    drawn = shares_drawing({**whole, "column": "stars", "current": whole["champion"]}).svg
    assert re.findall(r">([123])</text>", drawn) == ["1", "2", "3"]


def test_a_sparkline_leaves_a_gap_where_nothing_is_known() -> None:
    line = sparkline([0.1, None, 0.2, 0.4])
    assert line.path.count("M") == 2
    assert line.last is not None
    assert sparkline([None, None]).last is None
    assert [bar.height for bar in bars([0, 2, 1], height=10)] == [0, 10, 5]


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_every_ground_they_stand_on(palette: Any) -> None:
    for ground in (palette.ground, palette.surface, palette.sunken):
        for ink in (palette.ink, palette.quiet, palette.accent, palette.champion, palette.challenger, palette.bad):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for ink, ground in (
        (palette.good, palette.good_ground),
        (palette.warn, palette.warn_ground),
        (palette.bad, palette.bad_ground),
        (palette.on_accent, palette.accent),
    ):
        assert contrast(ink, ground) >= 4.5, (ink, ground)


def test_no_two_colours_of_a_palette_are_the_same_and_the_stylesheet_has_both() -> None:
    for palette in (LIGHT, DARK):
        assert len(set(palette.items().values())) == len(palette.items())
    assert "prefers-color-scheme: dark" in stylesheet()


def comparison(days: int, *, low: float | None) -> dict[str, Any]:
    found = [
        {"day": (FIRST + timedelta(days=n)).isoformat(), "rows": 48, "difference": -0.01 * n, "low": low, "high": low}
        for n in range(days)
    ]
    of = {"difference": -0.02, "low": low, "high": low}
    end = (FIRST + timedelta(days=max(days - 1, 0))).isoformat()
    return {"metric": "mape", "start": FIRST.isoformat(), "end": end, "of": of if days else None, "days": found}


@pytest.mark.parametrize("low", [None, -0.03])
@pytest.mark.parametrize("days", [0, 1, 90])
def test_a_chart_of_a_comparison_holds_every_day_with_or_without_intervals(days: int, low: float | None) -> None:
    spec = comparison_chart(comparison(days, low=low))
    assert len(spec["data"]["values"]) == days
    assert "percentage points" in compiled(spec)
    assert any("rect" in str(layer["mark"]) for layer in spec["layer"]) == (days > 0 and low is not None)


@pytest.mark.parametrize("window", [30, 120])
def test_the_only_day_with_a_number_can_be_seen_in_a_window_of_many(window: int) -> None:
    found = drift(window, champion=None, challenger=None)
    found["days"][-1]["champion"]["distance"] = 0.2
    lines = [layer["mark"] for layer in drift_chart(found)["layer"] if layer["mark"]["type"] == "line"]
    assert lines[-1]["point"]["filled"]


def sized(verdicts: Sequence[str | None]) -> dict[str, Any]:
    """A year's global drift of the champion: of `None` there are no rows."""
    found = drift(len(verdicts), champion=None, challenger=None)
    for day, verdict in zip(found["days"], verdicts, strict=True):
        of = {"verdict": verdict, "effect": 0.1, "low": 0.0, "high": 9.0 if verdict == FEW else 0.2}
        day["champion"]["global_drift"] = of if verdict else None
    return found


@pytest.mark.parametrize("length", [30, 120])
def test_no_line_leads_over_days_without_rows_or_with_too_few(length: int) -> None:
    verdicts: list[str | None] = ["stable"] * length
    verdicts[10:14], verdicts[15:20] = [None] * 4, [FEW] * 5
    spec = drift_chart(sized(verdicts))
    values = spec["data"]["values"]
    assert [value["champion"] for value in values[9:16]] == [0.1, None, None, None, None, 0.1, None]
    picture = compiled(spec)
    lines = re.findall(r'class="mark-line[^>]*>\s*<path[^>]* d="([^"]*)"', picture)
    assert lines
    assert all(line.count("M") == 3 for line in lines), "a line leads across a gap"


def test_a_day_of_too_few_rows_is_marked_and_stretches_no_axis() -> None:
    spec = drift_chart(sized(["stable"] * 20 + [FEW, None]))
    marked = [layer["data"]["values"] for layer in spec["layer"] if layer["mark"].get("shape") == "cross"]
    assert [[row["day"] for row in rows] for rows in marked] == [["2024-01-21"]]
    bands = [layer["encoding"]["y"]["scale"] for layer in spec["layer"] if layer["mark"]["type"] == "area"]
    assert bands == [{"domain": [0, 0.2], "nice": True}]
