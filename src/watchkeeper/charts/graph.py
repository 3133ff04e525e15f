"""A graph of steps, laid out in rows from top to bottom; a template draws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP_X, GAP_Y = 176, 44, 16, 28


@dataclass(frozen=True)
class Node:
    name: str
    x: int
    y: int


@dataclass(frozen=True)
class Edge:
    """`path` is that of an SVG path."""

    path: str


@dataclass(frozen=True)
class GraphDrawing:
    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_drawing(after: Mapping[str, Sequence[str]]) -> GraphDrawing:
    """`after` names, for each step, those that it needs, which come before it. What follows from other edges is not
    drawn."""
    rows: dict[str, int] = {}
    for name, needs in after.items():
        rows[name] = max((rows[each] + 1 for each in needs), default=0)
    lines: dict[int, list[str]] = {}
    for name, row in rows.items():
        lines.setdefault(row, []).append(name)
    widest = max((len(line) for line in lines.values()), default=1)
    width = widest * WIDTH + (widest - 1) * GAP_X
    nodes = {
        name: Node(name, _x(place, len(line), width), 1 + row * (HEIGHT + GAP_Y))
        for row, line in lines.items()
        for place, name in enumerate(line)
    }
    edges = tuple(_edge(nodes[need], nodes[name]) for name, needs in after.items() for need in _nearest(needs, after))
    height = len(lines) * (HEIGHT + GAP_Y) - GAP_Y + 2
    return GraphDrawing(width + 2, height, tuple(nodes.values()), edges)


def _nearest(needs: Sequence[str], after: Mapping[str, Sequence[str]]) -> list[str]:
    """Without those that another of them needs anyhow."""
    return [each for each in needs if not any(each in _all_before(other, after) for other in needs if other != each)]


def _all_before(name: str, after: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    left = list(after[name])
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += after[each]
    return found


def _x(place: int, count: int, width: int) -> int:
    taken = count * WIDTH + (count - 1) * GAP_X
    return 1 + (width - taken) // 2 + place * (WIDTH + GAP_X)


def _edge(above: Node, below: Node) -> Edge:
    x1, y1 = above.x + WIDTH // 2, above.y + HEIGHT
    x2, y2 = below.x + WIDTH // 2, below.y
    middle = GAP_Y // 2
    return Edge(f"M{x1} {y1}C{x1} {y1 + middle} {x2} {y2 - middle} {x2} {y2}")
