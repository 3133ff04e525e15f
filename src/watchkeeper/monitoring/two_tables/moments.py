"""When the rows of a table happened."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from watchkeeper.monitoring.drift.dependence import FEWEST_BLOCKS
from watchkeeper.monitoring.drift.seasons.strata import days_of
from watchkeeper.monitoring.drift.seasons.strays import strays as far
from watchkeeper.monitoring.drift.sides import Flags
from watchkeeper.monitoring.two_tables.errors import NoTimes
from watchkeeper.monitoring.two_tables.source import Source, Unreadable, Values

Moments: TypeAlias = npt.NDArray[np.datetime64]


def times(of: Source, at: str, *, called: str) -> Values:
    """The column of times, without those that lie far from all others; raises NoTimes where there is none."""
    found = _times(of, at, called=called)
    apart = _apart(found)
    return pc.call_function("if_else", [pa.array(~apart), found, pa.scalar(None, found.type)]) if apart.any() else found


def strays(of: Source, at: str, *, called: str) -> str:
    """Names those that lie far from all others; empty where none do."""
    found = _times(of, at, called=called)
    apart = np.sort(local(found, zone_of(found))[_apart(found)])
    if not apart.size:
        return ""
    first, last = (str(each)[:10] for each in (apart[0], apart[-1]))
    when = first if first == last else f"{first} to {last}"
    rows = "1 row of the {} lies" if apart.size == 1 else f"{apart.size:,} rows of the {{}} lie"
    return f" {rows.format(called)} far from all others in time ({when}), so {at} was taken as missing there."


def undated(of: Source, at: str, *, called: str) -> str:
    """Says how many rows have no time; empty where all do."""
    missing = _times(of, at, called=called).null_count
    if not missing:
        return ""
    if missing == of.rows:
        return f" No row of the {called} has a value in '{at}'."
    return f" {missing:,} row{' has' if missing == 1 else 's have'} no value in '{at}' in the {called}."


def _times(of: Source, at: str, *, called: str) -> Values:
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


def _apart(times: Values) -> Flags:
    """Of shape (rows,)."""
    moments = local(times, None)
    known = ~np.isnat(moments)
    found = np.zeros(moments.size, dtype=np.bool_)
    found[known] = far(days_of(moments[known]))
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
