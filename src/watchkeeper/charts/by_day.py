"""One number a day, champion beside challenger, each line named where it ends."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from watchkeeper.charts.framing import COLOURS, ROLES, TALL, Spec, framed
from watchkeeper.charts.uprights import NOTHING, Marks, uprights

SMOOTHED_FROM = 92
"""Days from which single days stand back behind their weekly mean."""

DOTTED_UP_TO = 14
"""Days with a number; to one that stands alone no line leads."""
WEEK = 7
FEW = 4
LEAST_TOP = 0.05
"""Of a size that has an interval: below it there is nothing to be seen that matters."""

Day = Mapping[str, Any]


def chart_by_day(
    days: Sequence[Day],
    *,
    description: str,
    unit: str,
    number_format: str,
    height: int,
    whole: bool = False,
    banded: bool = False,
    untold: Sequence[str] = (),
    marks: Marks = NOTHING,
) -> Spec:
    """`days`: {"day": "2013-01-14", "champion": number or None, "challenger": number or None}, in their order.

    From three months on, each day is a faint line and the mean of its last seven days a firm one. `whole` numbers
    have no ticks between them. `banded` days have an interval too, from "champion_low" to "champion_high". No line
    leads over days without a number; those of them that are `untold`, which had too few rows, have a mark on the floor.
    Of `marks` those are drawn that lie within the days.
    """
    days = list(_in_a_row(days))
    within = marks.within(days[0]["day"], days[-1]["day"]) if days else NOTHING
    roles = [role for role in ROLES if any(day.get(role) is not None for day in days)]
    smoothed = len(days) >= SMOOTHED_FROM
    y = {
        "type": "quantitative",
        "scale": {"zero": True, "nice": True},
        "axis": _y_axis(unit, number_format=number_format, ticks=4 if height >= TALL else 3, above=within.rows),
    }
    if whole:
        _keep_whole(y, highest=_highest(days, roles))
    layers: list[Spec] = []
    if banded:
        y["scale"] = {"domain": [0, _top(days, roles)], "nice": True}
        layers += [_band(role, y=y) for role in roles]
    for role in roles:
        dotted = sum(day.get(role) is not None for day in days) <= DOTTED_UP_TO or _has_one_alone(days, role)
        layers += _lines(role, y=y, smoothed=smoothed, dotted=dotted)
    layers += _untold(untold, y=y)
    layers += _names(days, roles, smoothed=smoothed)
    layers.append(_reading(roles, number_format=number_format))
    if days:
        layers += uprights(within, start=days[0]["day"], end=days[-1]["day"])
    drawn: Spec = {
        "padding": {"left": 2, "right": 4, "top": 10 + within.rows, "bottom": 2},
        "data": {"values": [{"day": day["day"], **_values(day, roles, banded=banded)} for day in days]},
        "encoding": {"x": _x_axis(days)},
        "layer": layers,
    }
    if smoothed:
        week = [{"op": "mean", "field": role, "as": f"{role}_week"} for role in roles]
        gaps = [
            {"calculate": f"isValid(datum.{role}) ? datum.{role}_week : null", "as": f"{role}_week"} for role in roles
        ]
        drawn["transform"] = [{"window": week, "frame": [1 - WEEK, 0], "sort": [{"field": "day"}]}, *gaps]
    return framed(drawn, description=description, height=height, legend=within.legend)


def _in_a_row(days: Sequence[Day]) -> Iterator[Day]:
    """With the days between, of which nothing is known."""
    last: date | None = None
    for day in days:
        this = date.fromisoformat(day["day"])
        between = (this - last).days - 1 if last else 0
        yield from ({"day": (this - timedelta(days=left)).isoformat()} for left in range(between, 0, -1))
        last = this
        yield day


def _has_one_alone(days: Sequence[Day], role: str) -> bool:
    """Whether a day with a number stands between days without."""
    held = [False, *(day.get(role) is not None for day in days), False]
    return any(now and not (before or after) for before, now, after in zip(held, held[1:], held[2:], strict=False))


def _values(day: Day, roles: Sequence[str], *, banded: bool) -> Spec:
    ends = [f"{role}_{end}" for role in roles for end in ("low", "high")] if banded else []
    return {name: day.get(name) for name in [*roles, *ends]}


def _top(days: Sequence[Day], roles: Sequence[str]) -> float:
    """Of the intervals' ends, unless one of a day of few rows would press the line to the floor."""
    ends = [day[f"{role}_high"] for day in days for role in roles if day.get(f"{role}_high") is not None]
    return min(max(ends, default=1.0), max(FEW * _highest(days, roles), LEAST_TOP))


def _band(role: str, *, y: Spec) -> Spec:
    mark = {"type": "area", "color": COLOURS[role], "opacity": 0.14, "clip": True, "interpolate": "monotone"}
    return {"mark": mark, "encoding": {"y": {"field": f"{role}_low", **y}, "y2": {"field": f"{role}_high"}}}


def _x_axis(days: Sequence[Day]) -> Spec:
    """Days are dates, not moments: UTC keeps the browser's own zone from moving them."""
    years = {str(day["day"])[:4] for day in days}
    pattern = "%b %Y" if len(years) > 1 or len(days) >= SMOOTHED_FROM else "%-d %b"
    return {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"title": None, "format": pattern, "tickCount": min(max(len(days), 1), 6)},
    }


def _keep_whole(y: Spec, *, highest: float) -> None:
    """Small counts have a tick each, and none between them; nothing at all still leaves room for one."""
    if highest <= FEW:
        top = max(int(highest), 1)
        y["scale"] = {"domain": [0, top]}
        y["axis"]["values"] = list(range(top + 1))


def _y_axis(unit: str, *, number_format: str, ticks: int, above: int) -> Spec:
    """Its title lies above it, where it can be read without turning the head, and above so many pixels of labels."""
    return {
        "title": unit,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleX": 0,
        "titleY": -4 - above,
        "titleBaseline": "bottom",
        "format": number_format,
        "tickCount": ticks,
    }


def _lines(role: str, *, y: Spec, smoothed: bool, dotted: bool) -> list[Spec]:
    line: Spec = {"type": "line", "color": COLOURS[role], "strokeWidth": 1.75, "strokeCap": "round"}
    if role == "challenger":
        line["strokeDash"] = [4, 4]
    if dotted:
        line["point"] = {"size": 16, "color": COLOURS[role], "filled": True}
    firm = {"mark": line, "encoding": {"y": {"field": f"{role}_week" if smoothed else role, **y}}}
    if not smoothed:
        return [firm]
    faint = {"type": "line", "color": COLOURS[role], "strokeWidth": 1, "opacity": 0.28}
    return [{"mark": faint, "encoding": {"y": {"field": role, **y}}}, firm]


def _untold(days: Sequence[str], *, y: Spec) -> list[Spec]:
    rows = [{"day": day, "floor": 0, "words": "not enough data"} for day in days]
    day = {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal", "title": "day", "format": "%-d %b %Y"}
    tips = [day, {"field": "words", "type": "nominal", "title": "all features"}]
    mark = {"type": "point", "shape": "cross", "size": 14, "filled": True, "color": COLOURS["reference"], "clip": False}
    place = {"y": {"field": "floor", **y}, "tooltip": tips}
    return [{"data": {"values": rows}, "mark": mark, "encoding": place}] if rows else []


def _names(days: Sequence[Day], roles: Sequence[str], *, smoothed: bool) -> list[Spec]:
    """The role's word at the end of its line, moved apart where the ends meet."""
    ends = {role: _end(days, role, smoothed=smoothed) for role in roles}
    highest = _highest(days, roles) or 1
    ordered = sorted(roles, key=lambda role: -ends[role][1])
    close = any(ends[upper][1] - ends[lower][1] < 0.09 * highest for upper, lower in pairwise(ordered))
    shift = {role: (-7 if place == 0 else 8) if close else 0 for place, role in enumerate(ordered)}
    return [
        {
            "data": {"values": [{"day": ends[role][0], "value": ends[role][1], "role": role}]},
            "mark": {
                "type": "text",
                "align": "left",
                "dx": 8,
                "dy": shift[role],
                "fontSize": 12,
                "fontWeight": 600,
                "color": COLOURS[role],
                "clip": False,
            },
            "encoding": {"y": {"field": "value", "type": "quantitative"}, "text": {"field": "role"}},
        }
        for role in roles
    ]


def _highest(days: Sequence[Day], roles: Sequence[str]) -> float:
    return max((float(day[role]) for day in days for role in roles if day.get(role) is not None), default=0.0)


def _end(days: Sequence[Day], role: str, *, smoothed: bool) -> tuple[str, float]:
    last = max(place for place, day in enumerate(days) if day.get(role) is not None)
    first = max(0, last + 1 - WEEK) if smoothed else last
    values = [day[role] for day in days[first : last + 1] if day.get(role) is not None]
    return str(days[last]["day"]), sum(values) / len(values)


def _reading(roles: Sequence[str], *, number_format: str) -> Spec:
    """A thin upright at the day under the pointer, with its numbers."""
    day = {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal", "title": "day", "format": "%-d %b %Y"}
    numbers = [{"field": role, "type": "quantitative", "title": role, "format": number_format} for role in roles]
    here = {"type": "point", "on": "pointerover", "clear": "pointerout", "nearest": True, "encodings": ["x"]}
    return {
        "params": [{"name": "here", "select": here}],
        "mark": {"type": "rule", "color": COLOURS["reference"]},
        "encoding": {
            "opacity": {"condition": {"param": "here", "empty": False, "value": 0.6}, "value": 0},
            "tooltip": [day, *numbers],
        },
    }
