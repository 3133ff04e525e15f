"""What happened to a deployment, on one axis of days: releases, drift, labels, alerts and runs, a lane each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from watchkeeper.charts.framing import COLOURS, SMALL, Spec, framed
from watchkeeper.charts.palette import LIGHT
from watchkeeper.charts.uprights import by_width, labels

LANES = ("releases", "drift", "labels", "alerts", "runs")
Item = Mapping[str, Any]
FAINTEST = 0.06


def timeline_chart(
    *,
    start: str,
    end: str,
    releases: Sequence[Item] = (),
    drift: Sequence[Item] = (),
    labels: Sequence[Item] = (),
    alerts: Sequence[Item] = (),
    runs: Sequence[Item] = (),
) -> Spec:
    """All days are `YYYY-MM-DD`; lanes without anything are not drawn.

    Args:
        start: the first day.
        end: the last day.
        releases: {"day", "release", "words"}.
        drift: {"day", "value"}, how far its rows have moved.
        labels: {"day", "value"}, the share of labels that have come, 0 to 1.
        alerts: {"day", "until", "words"}, from the day it opened to the day it closed.
        runs: {"day", "state", "words"}; `state` is `done`, `failed`, or anything else.
    """
    lanes = {"releases": releases, "drift": drift, "labels": labels, "alerts": alerts, "runs": runs}
    there = [lane for lane in LANES if lanes[lane]]
    draw: Mapping[str, Callable[[str, Sequence[Item]], list[Spec]]] = {
        "releases": partial(_releases, start=start, end=end),
        "drift": _strip,
        "labels": _strip,
        "alerts": _bars,
        "runs": _points,
    }
    layers = [layer for lane in there for layer in draw[lane](lane, lanes[lane])]
    marks: Spec = {
        "padding": {"left": 2, "right": 12, "top": 6, "bottom": 2},
        "data": {"values": [{"day": start}, {"day": end}]},
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "scale": {"type": "utc", "domain": [start, end]},
                "axis": {"title": None, "format": "%-d %b %Y", "tickCount": 6},
            },
            "y": {
                "field": "lane",
                "type": "nominal",
                "scale": {"domain": there},
                "axis": {"title": None, "grid": True},
            },
        },
        "layer": layers,
        "resolve": {"scale": {"opacity": "independent"}},
    }
    return framed(marks, description=_description(there), height=SMALL)


def _description(there: Sequence[str]) -> str:
    return f"What happened, on one axis of days: {', '.join(there) or 'nothing'}."


def _releases(lane: str, items: Sequence[Item], *, start: str, end: str) -> list[Spec]:
    """A tick each; numbers that would lie over each other stand together, and a tick is a little lower than they."""
    rows = [{"lane": lane, "day": i["day"], "words": i["words"]} for i in items]
    tip = {"tooltip": [{"field": "words", "type": "nominal", "title": "release"}, _day("day")]}
    tick = {"type": "tick", "thickness": 2, "size": 12, "yOffset": 7, "color": LIGHT.ink}
    text = {"type": "text", "align": "left", "dx": -1, "dy": -6, "fontSize": 11, "fontWeight": 600, "color": LIGHT.ink}
    told = [{"lane": lane, **row} for row in labels(items, "release", "", start=start, end=end)]
    name = {"text": {"field": "name", "type": "nominal"}}
    return [
        {"data": {"values": rows}, "mark": tick, "encoding": tip},
        *({**layer, "mark": {**text, **layer["mark"]}, "encoding": name} for layer in by_width(told)),
    ]


def _strip(lane: str, items: Sequence[Item]) -> list[Spec]:
    """A cell a day, the darker the more."""
    rows = [{"lane": lane, "day": i["day"], "value": round(i["value"], 4)} for i in items if i["value"] is not None]
    highest = max((row["value"] for row in rows), default=0.0) if lane == "drift" else 1.0
    colour = LIGHT.accent if lane == "drift" else COLOURS["reference"]
    encoding = {
        "opacity": {
            "field": "value",
            "type": "quantitative",
            "scale": {"domain": [0, highest or 1.0], "range": [FAINTEST, 1]},
            "legend": None,
        },
        "tooltip": [_day("day"), {"field": "value", "type": "quantitative", "title": lane, "format": ".2~f"}],
    }
    tick = {"type": "tick", "thickness": 3, "size": 16 if lane == "drift" else 8, "color": colour}
    return [{"data": {"values": rows}, "mark": tick, "encoding": encoding}]


def _bars(lane: str, items: Sequence[Item]) -> list[Spec]:
    rows = [{"lane": lane, **{name: item[name] for name in ("day", "until", "words")}} for item in items]
    tips = [{"field": "words", "type": "nominal", "title": "alert"}, _day("day", "opened"), _day("until", "until")]
    bar = {"type": "bar", "height": 10, "cornerRadius": 2, "color": LIGHT.bad, "minBandSize": 3, "opacity": 0.75}
    return [
        {
            "data": {"values": rows},
            "mark": bar,
            "encoding": {"x2": {"field": "until", "type": "temporal"}, "tooltip": tips},
        }
    ]


def _points(lane: str, items: Sequence[Item]) -> list[Spec]:
    rows = [{"lane": lane, **{name: item[name] for name in ("day", "state", "words")}} for item in items]
    words = {"done": LIGHT.good, "failed": LIGHT.bad}
    encoding = {
        "color": _by_state(words, LIGHT.quiet),
        "shape": _by_state({"done": "circle", "failed": "cross"}, "square"),
        "tooltip": [{"field": "words", "type": "nominal", "title": "run"}, _day("day")],
    }
    return [{"data": {"values": rows}, "mark": {"type": "point", "filled": True, "size": 60}, "encoding": encoding}]


def _by_state(values: Mapping[str, str], other: str) -> Spec:
    tests = [{"test": f"datum.state === '{state}'", "value": value} for state, value in values.items()]
    return {"condition": tests, "value": other}


def _day(field: str, title: str = "day") -> Spec:
    return {"field": field, "timeUnit": "utcyearmonthdate", "type": "temporal", "title": title, "format": "%-d %b %Y"}
