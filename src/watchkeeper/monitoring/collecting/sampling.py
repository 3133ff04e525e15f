"""Which rows of a day are kept, coded, to look at all columns together.

A row is taken by the hash of its id under a secret of the deployment, so that samples merge, a row that comes again is
in one once, and who chooses ids can't choose what is kept. Kept are the bins of its features and the stratum of its
time, and no value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.monitoring.collecting.stacking import Part, fitted
from watchkeeper.monitoring.drift.seasons.strata import strata_of
from watchkeeper.monitoring.multivariate.coded_rows import (
    ABSENT,
    ROWS_A_DAY,
    CodedRows,
    Codes,
    DaySample,
    Numbers,
    hashed,
)
from watchkeeper.monitoring.references.watching import Watched
from watchkeeper.serving.frames import Frame
from watchkeeper.tables.bins import BinSet


@dataclass(frozen=True)
class Sampling:
    """Attributes:
    key: the deployment's secret.
    zone: the deployment's.
    full: of days that have all the rows that are kept, the largest hash among them: no row beyond it is taken.
    hidden: columns of which nothing is kept row by row.
    """

    key: bytes
    zone: str
    full: Mapping[str, int] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


def sampled(days: Mapping[str, Sequence[Part]], *, watch: Watched, sampling: Sampling) -> list[DaySample]:
    """One a day, from the champion's rows that count."""
    return [_sampled(day, parts, watch=watch, sampling=sampling) for day, parts in days.items()]


def _sampled(day: str, parts: Sequence[Part], *, watch: Watched, sampling: Sampling) -> DaySample:
    last = sampling.full.get(day, 2**63)
    drawn: dict[int, tuple[Frame, int]] = {}
    for frame, rows in parts:
        for row in rows:
            number = hashed(frame.ids[row], sampling.key)
            if number < last:
                drawn[number] = frame, row
    hashes = sorted(drawn)[:ROWS_A_DAY]
    chosen = [drawn[each] for each in hashes]
    return DaySample(
        day=day,
        seen=sum(len(rows) for _, rows in parts),
        rows=CodedRows(
            hashes=np.array(hashes, dtype=np.int64),
            strata=_strata([frame.at[row] for frame, row in chosen], sampling.zone),
            codes=_codes(chosen, watch=watch, hidden=sampling.hidden),
        ),
    )


def _strata(moments: Sequence[int], zone: str) -> Numbers:
    at: Any = pa.array(moments, pa.int64()).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
    return strata_of(pc.local_timestamp(at).to_numpy(zero_copy_only=False))


def _codes(chosen: Sequence[tuple[Frame, int]], *, watch: Watched, hidden: frozenset[str]) -> Codes:
    codes = np.full((len(chosen), len(watch.features)), ABSENT, dtype=np.uint16)
    for place, bins in enumerate(watch.features):
        name = bins.column.name
        rows = [] if name in hidden else [row for row, (frame, _) in enumerate(chosen) if name in frame.inputs]
        if rows:
            codes[rows, place] = _places(bins, [chosen[row][0].inputs[name][chosen[row][1]] for row in rows])
    return codes


def _places(bins: BinSet, values: Sequence[object]) -> Codes:
    found: Codes = bins.places(fitted(list(values), bins.column.kind)).astype(np.uint16)
    return found
