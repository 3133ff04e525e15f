"""What goes wrong in the simulated years, and when: known dates that monitoring can be held against."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from watchkeeper.demo.errors import UnknownIncident


@dataclass(frozen=True)
class Incident:
    """`first` and `last` are local days, both included."""

    name: str
    first: date
    last: date
    sentence: str


STUCK_SENSOR = Incident(
    "stuck-sensor",
    date(2022, 2, 8),
    date(2022, 2, 19),
    "The thermometer sends one and the same value, whatever the weather.",
)
RENAMED_COLUMN = Incident(
    "renamed-column",
    date(2022, 8, 15),
    date(2022, 8, 19),
    "The weather service calls its column Temp instead of Temperature.",
)
HEAT_WAVE = Incident(
    "heat-wave",
    date(2023, 1, 21),
    date(2023, 1, 30),
    "Ten days on end as hot as no ten before; demand goes beyond what was learned from.",
)
NEW_SEGMENT = Incident(
    "new-segment",
    date(2023, 7, 3),
    date(2023, 12, 31),
    "A data centre, which no model has learned of, runs in some of the shifts.",
)
INCIDENTS: Mapping[str, Incident] = MappingProxyType(
    {each.name: each for each in (STUCK_SENSOR, RENAMED_COLUMN, HEAT_WAVE, NEW_SEGMENT)}
)
"""By name, in the order of their days."""


def incidents_but(without: Collection[str]) -> tuple[Incident, ...]:
    """All but those named.

    Raises:
        UnknownIncident: there is none of that name.
    """
    unknown = sorted(set(without) - set(INCIDENTS))
    if unknown:
        raise UnknownIncident(
            f"No incident is called {', '.join(unknown)}. There are: {', '.join(INCIDENTS)}.", fields=("without",)
        )
    return tuple(each for each in INCIDENTS.values() if each.name not in without)
