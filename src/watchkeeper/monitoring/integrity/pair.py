"""A reference and a window as samples of rows, which is all that the faults are recognised from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from watchkeeper.monitoring.integrity.apart import apart, chance
from watchkeeper.monitoring.integrity.sample import Floats, Sample
from watchkeeper.monitoring.integrity.worded import Worded

FEWEST = 50


@dataclass(frozen=True)
class Compared:
    """One column of both."""

    name: str
    before: Sample
    now: Sample

    @cached_property
    def apart(self) -> float:
        return apart(self.before, self.now)

    @cached_property
    def chance(self) -> float:
        return chance(self.before, self.now)

    def rest_apart(self, value: Any) -> float:
        """How far the window lies without the rows that hold one value; 0 where hardly any other row is left."""
        rest = self.now.without(value)
        return apart(self.before, rest) if rest.present.size >= FEWEST else 0.0

    @property
    def is_measured(self) -> bool:
        return self.before.is_measured and self.now.is_measured


@dataclass(frozen=True)
class Pair:
    """Attributes:
    columns: what both have, in the reference's order.
    gone: what only the reference has, by name.
    new: what only the window has.
    times: hours since 1970 of the reference's rows and of the window's, rising; None where nothing tells them.
    absent: of columns that both have, the share of the window's rows that came without.
    strange: columns that came to rows that lack one, and whose values nobody kept.
    worded: columns whose numbers came as text.
    whole: whether the window is all rows of its days, so that none were picked by what they hold.
    season: of measured columns, by name, the reference's rows of the window's months, where it knows a year.
    """

    columns: tuple[Compared, ...]
    gone: Mapping[str, Sample]
    new: Mapping[str, Sample]
    times: tuple[Floats, Floats] | None = None
    absent: Mapping[str, float] = field(default_factory=dict)
    strange: tuple[str, ...] = ()
    worded: tuple[Worded, ...] = ()
    whole: bool = False
    season: Mapping[str, Sample] = field(default_factory=dict)

    @property
    def of_season(self) -> tuple[Compared, ...]:
        """What is to be compared where a level that the season moves would mislead."""
        return tuple(replace(each, before=self.season.get(each.name, each.before)) for each in self.columns)
