"""A column's shares on both sides as a drawing of a few kilobytes, without a script: for pages that stand alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from watchkeeper.charts.groups import are_values
from watchkeeper.charts.palette import stylesheet

WIDTH, HEIGHT = 360, 180
LEFT, TOP, FOOT = 8, 20, 24
LINE = 20
MOST_LEVELS = 8
MOST_TICKS = 5
NAME = 120
SHARE = 52
LONGEST = 15
ASIDE = ("missing", "other", "new", "values between")

STYLE = """
.shares { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
.shares text { fill: var(--quiet); }
.shares .before { fill: var(--reference-band); }
.shares .now { fill: var(--champion); }
.shares .rule { stroke: var(--line); stroke-width: 1; }
"""
"""The reference is a quiet band behind, the current shares are bars before it."""


@dataclass(frozen=True)
class Drawing:
    """`svg` is without its colours, which the page has; `to_svg` is the whole."""

    svg: str

    def to_svg(self, path: str | Path | None = None) -> str:
        """A file of its own, light or dark as the reader's system is; written to `path` where one is given."""
        head, _, rest = self.svg.partition(">")
        whole = f'{head} xmlns="http://www.w3.org/2000/svg"><style>{stylesheet()}{STYLE}</style>{rest}'
        if path is not None:
            Path(path).write_text(whole, encoding="utf-8")
        return whole

    def _repr_svg_(self) -> str:
        return self.to_svg()


def shares_drawing(column: Mapping[str, Any]) -> Drawing:
    """{"column", "labels": [n words], "edges": [numbers] or None, "reference": [n shares], "current": [n shares]}"""
    shown = [
        row
        for row in zip(column["labels"], column["reference"], column["current"], strict=True)
        if row[0] not in ASIDE or row[1] or row[2]
    ]
    name = f"{column['column']}: shares of the reference's rows, and of the current ones"
    marks, height = _upright(shown, column["edges"]) if column["edges"] else _lying(shown)
    return Drawing(
        f'<svg class="shares" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(name)}">{marks}</svg>'
    )


Row = tuple[str, float, float]


def _upright(rows: Sequence[Row], edges: Sequence[float]) -> tuple[str, int]:
    """A bar a group, at equal widths; the ends of the intervals below, what is no interval apart on the right."""
    intervals, floor = len(edges) - 1, HEIGHT - FOOT
    gap = 0.5 if len(rows) > intervals else 0.0
    step = (WIDTH - 2 * LEFT) / (len(rows) + gap)
    highest = max(max(row[1], row[2]) for row in rows) or 1.0
    scale = (floor - TOP) / highest
    marks = [_rule(TOP), f'<text x="{LEFT}" y="{TOP - 6}">{_percent(highest)}</text>', _rule(floor)]
    for place, row in enumerate(rows):
        left = LEFT + step * (place + (gap if place >= intervals else 0))
        marks.append(_bars(row, left, step, floor, scale))
        if place >= intervals:
            marks.append(_word(left + step / 2, row[0]))
    values = [row[0] for row in rows[:intervals]]
    if are_values(values):
        marks += [_word(LEFT + step * (place + 0.5), values[place]) for place in _ticks(intervals)]
    else:  # with a gap the last edge's word would meet what stands apart
        ticks = _ticks(len(edges) - (1 if gap else 0))
        marks += [_word(LEFT + step * place, _edge(edges[place])) for place in ticks]
    return "".join(marks), HEIGHT


def _ticks(count: int) -> range:
    return range(0, count, max(1, -(-count // MOST_TICKS)))


def _bars(row: Row, left: float, step: float, floor: float, scale: float) -> str:
    before, now = row[1] * scale, row[2] * scale
    inset = max(step * 0.25, 1.0)
    behind = _bar("before", left + 0.5, floor - before, step - 1, before)
    return f"<g><title>{_told(row)}</title>{behind}{_bar('now', left + inset, floor - now, step - 2 * inset, now)}</g>"


def _bar(side: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{side}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _lying(rows: Sequence[Row]) -> tuple[str, int]:
    """A line a level: the ones that hold or changed most."""
    shown = _most(rows)
    room = WIDTH - NAME - SHARE - LEFT
    highest = max((max(row[1], row[2]) for row in shown), default=0.0) or 1.0
    marks = []
    for place, row in enumerate(shown):
        top = 4 + place * LINE
        name, (before, now) = escape(cut(row[0], LONGEST)), (share / highest * room for share in row[1:])
        marks.append(
            f'<g><title>{_told(row)}</title><text x="{NAME - 8}" y="{top + 13}" text-anchor="end">{name}</text>'
            f'<rect class="before" x="{NAME}" y="{top + 1}" width="{before:.1f}" height="{LINE - 4}"/>'
            f'<rect class="now" x="{NAME}" y="{top + 5}" width="{now:.1f}" height="{LINE - 12}"/>'
            f'<text x="{NAME + max(before, now) + 6:.1f}" y="{top + 13}">{_percent(row[2])}</text></g>'
        )
    return "".join(marks), 8 + LINE * max(len(shown), 1)


def _most(rows: Sequence[Row]) -> list[Row]:
    """The rest is summed up in the last line."""
    if len(rows) <= MOST_LEVELS:
        return list(rows)
    ranked = sorted(range(len(rows)), key=lambda place: -max(rows[place][1], rows[place][2], _change(rows[place]) * 2))
    kept = sorted(ranked[: MOST_LEVELS - 1])
    rest = [rows[place] for place in ranked[MOST_LEVELS - 1 :]]
    return [*(rows[place] for place in kept), (f"{len(rest)} more", sum(r[1] for r in rest), sum(r[2] for r in rest))]


def _change(row: Row) -> float:
    return abs(row[2] - row[1])


def _rule(y: float) -> str:
    return f'<line class="rule" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{y}" y2="{y}"/>'


def _word(x: float, word: str) -> str:
    """At the drawing's ends it begins or ends there, so that nothing of it is cut off."""
    anchor, x = ("start", LEFT) if x < 3 * LEFT else ("end", WIDTH - LEFT) if x > WIDTH - 3 * LEFT else ("middle", x)
    return f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(word)}</text>'


def _told(row: Row) -> str:
    return escape(f"{row[0]}: {_percent(row[2])}, in the reference {_percent(row[1])}")


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %" if share < 0.995 else f"{100 * share:.0f} %"


def _edge(value: float) -> str:
    return f"{value:,.0f}" if 1_000 <= abs(value) < 1e9 else f"{value:.3g}"


def cut(word: str, longest: int) -> str:
    """In the middle: long names mostly differ at their ends."""
    if len(word) <= longest:
        return word
    end = (longest - 1) // 2
    return f"{word[: longest - 1 - end]}…{word[-end:]}"
