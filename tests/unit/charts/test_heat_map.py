"""Verdicts over time, and the size of a change by day."""

from typing import Any

import vl_convert

from watchkeeper.charts import effect_chart, heat_map
from watchkeeper.charts.heat_map import MOST
from watchkeeper.charts.palette import LIGHT
from watchkeeper.charts.uprights import Marks

PERIOD: dict[str, Any] = {"start": "2024-01-01", "end": "2024-01-05"}


def days(*verdicts: str | None) -> list[dict[str, Any]]:
    found = enumerate(verdicts, start=1)
    return [{"day": f"2024-01-{n:02d}", "verdicts": {"age": (each, n / 10 if each else None, 1)}} for n, each in found]


def test_days_with_the_same_verdict_are_one_bar_and_days_without_rows_are_a_gap() -> None:
    spec = heat_map(["age"], days("stable", "drifted", "drifted", None, "drifted"), **PERIOD)
    bars = [(row["verdict"], row["day"], row["last"], row["size"]) for row in spec["data"]["values"]]
    assert bars == [
        ("stable", "2024-01-01", "2024-01-01", 0.1),
        ("drifted", "2024-01-02", "2024-01-03", 0.3),
        ("drifted", "2024-01-05", "2024-01-05", 0.5),
    ]
    picture = str(vl_convert.vegalite_to_svg({**spec, "width": 640}))
    assert LIGHT.bad in picture
    assert LIGHT.good in picture


def test_releases_are_marked_and_only_so_many_columns_are_drawn() -> None:
    names = [f"c{n}" for n in range(MOST + 4)]
    seen = [{"day": "2024-01-01", "verdicts": dict.fromkeys(names, ("stable", 0.0, 1))}]
    spec = heat_map(names, seen, **PERIOD, marks=Marks([{"day": "2024-01-03", "release": 2}]))
    assert spec["encoding"]["y"]["scale"]["domain"] == names[:MOST]
    assert ">r2<" in str(vl_convert.vegalite_to_svg({**spec, "width": 640}))


def test_a_size_by_day_is_drawn_with_its_interval_and_the_floor() -> None:
    found = [
        {"day": "2024-01-01", "verdict": "stable", "effect": 0.0, "low": 0.0, "high": 0.01},
        {"day": "2024-01-02", "verdict": "drifted", "effect": 0.08, "low": 0.05, "high": None},
    ]
    spec = effect_chart("age", found, floor=0.02)
    picture = str(vl_convert.vegalite_to_svg({**spec, "width": 640}))
    assert LIGHT.bad in picture
    assert LIGHT.champion in picture
    assert str(vl_convert.vegalite_to_svg({**effect_chart("age", [], floor=0.02), "width": 640}))
