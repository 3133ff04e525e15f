"""Conversions between units that people use; another one is a line more."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.integrity.sample import Floats
from watchkeeper.monitoring.integrity.wording import number


@dataclass(frozen=True)
class Conversion:
    """The window's values are `scale` times the reference's, and `offset` more. Where that is known of one quantity
    alone, the reference's are `within` what it usually takes."""

    scale: float
    offset: float = 0.0
    called: str = ""
    within: tuple[float, float] | None = None

    @property
    def words(self) -> str:
        if self.scale == 1.0:
            return f"moved {'up' if self.offset > 0 else 'down'} by {number(abs(self.offset))}"
        if self.offset:
            return f"multiplied by {number(self.scale)} and moved by {number(self.offset)}"
        if self.scale == -1.0:
            return "of the opposite sign"
        if 0 < self.scale < 1:
            return f"divided by {number(1 / self.scale)}"
        return f"multiplied by {number(self.scale)}"

    def undone(self, values: Floats) -> Floats:
        """Rising where the values are."""
        found: Floats = (values - self.offset) / self.scale
        return found if self.scale > 0 else found[::-1]


def _both_ways(scale: float, called: str = "") -> Iterator[Conversion]:
    yield Conversion(scale, called=called)
    yield Conversion(1 / scale, called=", or ".join(map(_turned, called.split(", or "))) if called else "")


def _turned(called: str) -> str:
    """`minutes for hours` is `hours for minutes`."""
    smaller, _, larger = called.partition(" for ")
    return f"{larger} for {smaller}"


CELSIUS = (-60.0, 60.0)
"""Of weather, rooms and bodies."""
KNOWN: tuple[Conversion, ...] = (
    *(
        each
        for scale, called in (
            (10.0, ""),
            (100.0, "percent for shares"),
            (1_000.0, "thousandths for whole units"),
            (10_000.0, ""),
            (1_000_000.0, "millionths for whole units"),
            (60.0, "minutes for hours, or seconds for minutes"),
            (3_600.0, "seconds for hours"),
            (24.0, "hours for days"),
            (7.0, "days for weeks"),
            (12.0, "months for years"),
            (2.54, "centimetres for inches"),
            (25.4, "millimetres for inches"),
            (1 / 0.3048, "feet for metres"),
            (1.609344, "kilometres for miles"),
            (1 / 0.45359237, "pounds for kilograms"),
            (3.785411784, "litres for gallons"),
        )
        for each in _both_ways(scale, called)
    ),
    Conversion(-1.0),
    Conversion(1.8, 32.0, "°F for °C", CELSIUS),
    Conversion(1 / 1.8, -32 / 1.8, "°C for °F", (-76.0, 140.0)),
    Conversion(1.0, 273.15, "kelvin for °C", CELSIUS),
    Conversion(1.0, -273.15, "°C for kelvin", (213.15, 333.15)),
)


def fitted(before: Floats, now: Floats) -> Iterator[Conversion]:
    """The plain factor and the plain offset that would bring the middles together, from numbers that rise; zeros stay
    zeros under a factor."""
    was, are = before[before != 0], now[now != 0]
    if was.size and are.size and np.median(was) and np.median(are) / np.median(was) > 0:
        yield Conversion(float(f"{np.median(are) / np.median(was):.3g}"))
    if np.median(now) != np.median(before):
        yield Conversion(1.0, float(f"{np.median(now) - np.median(before):.3g}"))
