"""The timeline draws what there is, each kind of thing in its lane."""

import re
from typing import Any

import vl_convert

from watchkeeper.charts import timeline_chart
from watchkeeper.charts.palette import LIGHT

PERIOD: dict[str, Any] = {"start": "2024-01-01", "end": "2024-01-31"}


def lanes(spec: dict[str, Any]) -> list[str]:
    found: list[str] = spec["encoding"]["y"]["scale"]["domain"]
    return found


def test_only_lanes_with_something_in_them_are_drawn_in_their_order() -> None:
    spec = timeline_chart(
        **PERIOD,
        runs=[{"day": "2024-01-03", "state": "failed", "words": "retrain failed"}],
        releases=[{"day": "2024-01-01", "release": 1, "words": "release 1, created"}],
    )
    assert lanes(spec) == ["releases", "runs"]
    picture = str(vl_convert.vegalite_to_svg({**spec, "width": 640}))
    assert LIGHT.bad in picture
    assert ">1<" in picture


def test_an_alert_reaches_from_its_first_day_to_its_last() -> None:
    alert = {"day": "2024-01-03", "until": "2024-01-09", "words": "drift"}
    (layer,) = timeline_chart(**PERIOD, alerts=[alert])["layer"]
    assert layer["data"]["values"] == [{"lane": "alerts", **alert}]
    assert layer["encoding"]["x2"] == {"field": "until", "type": "temporal"}


def test_days_without_a_value_are_left_out_of_a_strip() -> None:
    drift: list[dict[str, Any]] = [{"day": "2024-01-01", "value": 0.25}, {"day": "2024-01-02", "value": None}]
    (layer,) = timeline_chart(**PERIOD, drift=drift)["layer"]
    assert [row["value"] for row in layer["data"]["values"]] == [0.25]


def test_a_timeline_of_nothing_says_so_and_compiles() -> None:
    spec = timeline_chart(**PERIOD)
    assert "nothing" in spec["description"]
    assert vl_convert.vegalite_to_svg({**spec, "width": 640})


def test_each_strip_is_as_dark_as_its_own_most() -> None:
    little = [{"day": "2024-01-01", "value": 0.01}, {"day": "2024-01-02", "value": 0.02}]
    spec = timeline_chart(**PERIOD, drift=little, labels=[{"day": "2024-01-01", "value": 1.0}])
    picture = str(vl_convert.vegalite_to_svg({**spec, "width": 640}))
    darkest = [float(found) for found in re.findall(rf'fill="{LIGHT.accent}"[^>]*?opacity="([\d.]+)"', picture)]
    assert max(darkest) == 1.0
