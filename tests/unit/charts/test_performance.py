"""The words at the lines' ends can be read, however close the lines end."""

from typing import Any

import pytest

from watchkeeper.charts.performance import performance_chart


def shifts(champion: float, challenger: float) -> list[int]:
    def window(day: int, first: float, second: float) -> dict[str, Any]:
        def said(value: float) -> dict[str, Any]:
            return {"metrics": {"mae": {"value": value, "low": None, "high": None}}, "labelled": 1, "rows": 1}

        start = f"2024-01-0{day}"
        return {"start": start, "window": start, "champion": said(first), "challenger": said(second)}

    windows = [window(1, 0.0, 100.0), window(2, champion, challenger)]
    spec = performance_chart({"metric": "mae", "by": "day", "windows": windows})
    words = [layer["mark"] for layer in spec["layer"] if isinstance(layer.get("mark"), dict)]
    return [mark["dy"] for mark in words if mark["type"] == "text"]


@pytest.mark.parametrize(
    ("champion", "challenger", "found"), [(50, 51, [8, -7]), (51, 50, [-7, 8]), (50, 50, [-7, 8]), (20, 80, [0, 0])]
)
def test_words_that_would_touch_are_moved_apart(champion: float, challenger: float, found: list[int]) -> None:
    assert shifts(champion, challenger) == found
