"""When the rows of a table happened."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from watchkeeper.monitoring.drift.dependence import FEWEST_BLOCKS
from watchkeeper.monitoring.two_tables.errors import NoTimes
from watchkeeper.monitoring.two_tables.source import Source, Unreadable, Values

Moments: TypeAlias = npt.NDArray[np.datetime64]


def times(of: Source, at: str, *, called: str) -> Values:
    """The column of times; raises NoTimes where there is none."""
    if at not in of.names:
        raise NoTimes(
            f"The {called} has no column '{at}'. `at` names the column of times in both tables.", fields=(at,)
        )
    try:
        values: Any = of.column(at)
    except Unreadable as reason:
        raise NoTimes(
            f"'{at}' holds no times: {reason}. Turn it into timestamps, or leave out `at`.", fields=(at,)
        ) from None
    if not (types.is_timestamp(values.type) or types.is_date(values.type)):
        raise NoTimes(
            f"'{at}' holds {values.type} in the {called}, and no times. Turn it into timestamps, or leave out `at`.",
            fields=(at,),
        )
    found: Values = values.cast(pa.timestamp("us", zone_of(values)), safe=False)
    return found


def zone_of(values: Values) -> str | None:
    held: Any = values.type
    return held.tz if types.is_timestamp(held) else None


def local(values: Values, zone: str | None) -> Moments:
    """On the clock of the zone, not a time where there is none; as they are where the zone or their own is unknown."""
    moments: Any = values
    if zone is not None and zone_of(values) is not None:
        moments = pc.call_function("local_timestamp", [values.cast(pa.timestamp("us", zone))])
    plain = moments.cast(pa.timestamp("us", zone_of(moments))).cast(pa.int64())
    missing = np.iinfo(np.int64).min
    return np.asarray(plain.fill_null(missing).to_numpy(), dtype=np.int64).view("datetime64[us]")


def too_short(days: float, at: str) -> NoTimes:
    return NoTimes(
        f"The reference covers {days:.0f} days; to see how alike its neighbouring rows are takes {FEWEST_BLOCKS} "
        "weeks. Give a longer one, or leave out `at` and take the rows as independent.",
        fields=(at,),
    )
