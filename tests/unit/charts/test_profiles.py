"""One column over time: groups in an order that a reader expects, and in the page's own colours."""

from typing import Any

import pytest
import vl_convert

from watchkeeper.charts import profiles_chart
from watchkeeper.charts.palette import LIGHT


def found(kind: str, *, missing: int = 0) -> dict[str, Any]:
    groups = [{"label": label, "bins": [place]} for place, label in enumerate(("up to 1", "over 1", "missing"))]
    counts = [[1, 3, missing], [2, 2, 0]]
    days = [{"start": f"2024-01-0{day}T00:00:00", "rows": 4, "counts": each} for day, each in enumerate(counts, 1)]
    return {"column": "size", "kind": kind, "by": "day", "role": "champion", "groups": groups, "profiles": days}


@pytest.mark.parametrize(
    ("of", "order"),
    [
        (found("numeric"), ["over 1", "up to 1"]),
        (found("numeric", missing=1), ["over 1", "up to 1", "missing"]),
        (found("categorical", missing=1), ["up to 1", "over 1", "missing"]),
    ],
)
def test_large_numbers_stand_above_small_ones_and_what_is_no_number_below(of: dict[str, Any], order: list[str]) -> None:
    spec = profiles_chart(of)
    assert spec["encoding"]["y"]["sort"] == order
    picture = str(vl_convert.vegalite_to_svg({**spec, "width": 640}))
    assert [label for label in order if f">{label}<" in picture] == order
    assert ">1 Jan 2024<" in picture


def test_the_more_rows_the_more_of_one_colour() -> None:
    scale = profiles_chart(found("numeric"))["encoding"]["color"]["scale"]
    assert (scale["range"], scale["interpolate"]) == ([LIGHT.surface, LIGHT.champion], "rgb")
