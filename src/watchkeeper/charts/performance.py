"""A metric by day, week or month with its interval, champion and challenger; below it the share of labels."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.charts.framing import COLOURS, ROLES, TALL, Spec, framed

CLOSE = 0.09
"""Of the height: two words that are closer touch."""
PERCENT = {"mape", "accuracy", "precision", "recall"}
TITLES = {
    "mae": "mean absolute error",
    "rmse": "root mean squared error",
    "mape": "MAPE",
    "r2": "R², share of variance explained",
    "bias": "bias, answer less truth",
    "auc": "area under the ROC curve",
    "log_loss": "log loss",
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "brier": "Brier score",
}


def performance_chart(performance: Mapping[str, Any], *, metric: str | None = None, height: int = TALL) -> Spec:
    """`performance` is the API's answer. Windows without a value leave a gap."""
    name = metric if metric in TITLES else performance["metric"]
    scale = 100 if name in PERCENT else 1
    roles = [role for role in ROLES if any(window.get(role) for window in performance["windows"])]
    rows = [row for role in roles for row in _rows(performance["windows"], role, name, scale)]
    x = {
        "field": "start",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"title": None, "format": "%b %Y" if rows and _long(rows) else "%-d %b", "tickCount": 6},
    }
    marks: Spec = {
        "padding": {"left": 2, "right": 70, "top": 12, "bottom": 2},
        "data": {"values": rows},
        "encoding": {"x": x},
        "layer": [layer for role in roles for layer in _layers(role, rows, unit=_unit(name))],
    }
    description = f"{TITLES[name].capitalize()} by {performance['by']} with its 95 % interval, champion and challenger."
    return framed(marks, description=description, height=height)


def _unit(name: str) -> str:
    return f"{TITLES[name]}, %" if name in PERCENT else TITLES[name]


def _long(rows: Sequence[Mapping[str, Any]]) -> bool:
    return str(rows[0]["start"])[:4] != str(rows[-1]["start"])[:4] or len(rows) > 184


def _rows(windows: Sequence[Mapping[str, Any]], role: str, name: str, scale: float) -> list[dict[str, Any]]:
    """A row a window; a run of windows with values is a stretch, so that no line crosses a gap."""
    found, stretch = [], 0
    for window in windows:
        estimate = ((window.get(role) or {}).get("metrics") or {}).get(name) or {}
        if estimate.get("value") is None:
            stretch += 1
            continue
        numbers = {part: _scaled(estimate.get(part), scale) for part in ("value", "low", "high")}
        shown = {"labels": f"{window[role]['labelled']:,} of {window[role]['rows']:,}", "stretch": stretch}
        found.append({"start": window["start"], "window": window["window"], "role": role, **numbers, **shown})
    return found


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else round(value * scale, 6)


def _layers(role: str, rows: Sequence[Mapping[str, Any]], *, unit: str) -> list[Spec]:
    own = [row for row in rows if row["role"] == role]
    if not own:
        return []
    y_axis = {
        "title": unit,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleX": 0,
        "titleY": -4,
        "titleBaseline": "bottom",
        "tickCount": 4,
    }
    y = {"type": "quantitative", "scale": {"zero": False, "nice": True}, "axis": y_axis}
    of_role = [{"filter": f"datum.role === '{role}'"}]
    detail = {"detail": {"field": "stretch", "type": "nominal"}}
    line: Spec = {"type": "line", "color": COLOURS[role], "strokeWidth": 1.75, "point": _points(own, role)}
    if role == "challenger":
        line["strokeDash"] = [4, 4]
    tips = [
        {"field": "window", "type": "nominal"},
        {"field": "value", "type": "quantitative", "title": unit, "format": ".4~g"},
        {"field": "low", "type": "quantitative", "title": "from", "format": ".4~g"},
        {"field": "high", "type": "quantitative", "title": "to", "format": ".4~g"},
        {"field": "labels", "type": "nominal", "title": "rows with a label"},
    ]
    band = {"type": "area", "color": COLOURS[role], "opacity": 0.14}
    high = {"y2": {"field": "high"}, **detail}
    word: Spec = {"type": "text", "align": "left", "dx": 8, "dy": _shift(role, rows), "fontSize": 12, "fontWeight": 600}
    word["color"] = COLOURS[role]
    end = {"data": {"values": [own[-1]]}, "mark": word}
    return [
        {"transform": of_role, "mark": band, "encoding": {"y": {"field": "low", **y}, **high}},
        {"transform": of_role, "mark": line, "encoding": {"y": {"field": "value", **y}, "tooltip": tips, **detail}},
        {**end, "encoding": {"y": {"field": "value", **y}, "text": {"field": "role", "type": "nominal"}}},
    ]


def _shift(role: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """By how much the role's word is moved so that two whose lines end close to each other can both be read."""
    ends = {row["role"]: row["value"] for row in rows}
    drawn = [row[part] for row in rows for part in ("value", "low", "high") if row[part] is not None]
    if len(ends) < len(ROLES) or max(ends.values()) - min(ends.values()) > CLOSE * (max(drawn) - min(drawn)):
        return 0
    return -7 if role == max(ends, key=lambda each: ends[each]) else 8


def _points(own: Sequence[Mapping[str, Any]], role: str) -> Spec | bool:
    return {"size": 18, "color": COLOURS[role], "filled": True} if len(own) <= 62 else False
