"""Charts the size of a word, as geometry for an inline SVG: a list of many needs no chart library to draw them."""

from collections.abc import Sequence
from dataclasses import dataclass

MARGIN = 2.0


@dataclass(frozen=True)
class Sparkline:
    path: str
    """The SVG path; empty where there is nothing to draw."""

    last: tuple[float, float] | None
    width: int
    height: int


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


def sparkline(values: Sequence[float | None], *, width: int = 96, height: int = 24, least: float = 0.0) -> Sparkline:
    """A line from zero up to the highest value, or to `least` where all are lower; None leaves a gap."""
    known = [value for value in values if value is not None]
    highest = max([*known, least, 1e-12])
    step = (width - 2 * MARGIN) / max(len(values) - 1, 1)
    path, pen, last = [], "M", None
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        last = (round(MARGIN + place * step, 1), round(height - MARGIN - value / highest * (height - 2 * MARGIN), 1))
        path.append(f"{pen}{last[0]:g} {last[1]:g}")
        pen = "L"
    return Sparkline(path="".join(path), last=last, width=width, height=height)


def bars(counts: Sequence[float], *, width: int = 120, height: int = 28) -> tuple[Bar, ...]:
    """A histogram's bars side by side, the highest as high as the place."""
    highest = max([*counts, 0]) or 1
    step = width / max(len(counts), 1)
    return tuple(
        Bar(
            x=round(place * step, 2),
            y=round(height - count / highest * height, 2),
            width=round(max(step - 1, step * 0.6), 2),
            height=round(count / highest * height, 2),
        )
        for place, count in enumerate(counts)
    )
