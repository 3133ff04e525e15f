"""How a column was spread, stretch by stretch: by hour, by day or by month, in the bins of its reference."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from watchkeeper.monitoring.days import first_hour, moved
from watchkeeper.monitoring.errors import NotWatched, TooManyHours
from watchkeeper.monitoring.ports import Counts, JournalPlaces, Sheet, Unit
from watchkeeper.monitoring.references.watching import PREDICTION, Watched, baseline, watched
from watchkeeper.monitoring.segments.segment_views import Segment, references_of, sheets_of
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.serving.errors import NoRelease
from watchkeeper.tables.bins import BinSet

MOST_DAYS_OF_HOURS = 31
A_MONTH = len("2024-01")


class ProfileGrain(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Profile:
    """`start` is the hour's moment in the deployment's time zone, the day, or the month; `counts` of shape (bins,)."""

    start: str
    rows: int
    counts: Counts


@dataclass(frozen=True)
class Profiles:
    """Of one column and role. Stretches without rows are left out. `reference` is in the same bins."""

    bins: BinSet
    by: ProfileGrain
    role: Role
    time_zone: str
    reference: Counts
    found: list[Profile]


def profiles(
    deployment: Deployment,
    column: str,
    *,
    by: ProfileGrain,
    role: Role,
    start: str,
    end: str,
    work: Unit,
    places: JournalPlaces,
    release: int | None = None,
    segment: Segment | None = None,
) -> Profiles:
    """Of the days from start to end, both included; `column` is a feature or `prediction`. Features are the champion's,
    which answers every row. Of all releases or one, and of all rows or one segment's, which are counted by day. Raise
    NotWatched, NoRelease or TooManyHours."""
    if release is not None and all(each.number != release for each in work.deployments.releases(deployment.id)):
        raise NoRelease(f"The deployment has no release {release}.", fields=("release",))
    watch = watched(deployment, work=work, places=places)
    bins, place = _of(watch, column)
    of = role if column == PREDICTION else Role.CHAMPION
    span = {"start": start, "end": end}
    if by is ProfileGrain.HOUR:
        found = _by_hour(deployment, place, role=of, release=release, segment=segment, **span, work=work)
    else:
        found = _by_day(_sheets(deployment, segment, role=of, **span, work=work), place, role=of, release=release)
    return Profiles(
        bins=bins,
        by=by,
        role=of,
        time_zone=deployment.time_zone,
        reference=_reference(deployment, bins, role=of, watch=watch, segment=segment, work=work, places=places),
        found=list(_added_up(found, by)),
    )


def _of(watch: Watched, column: str) -> tuple[BinSet, slice]:
    """Its bins, and where they stand in a sheet."""
    start = 0
    for bins in watch.features:
        if bins.column.name == column:
            return bins, slice(start, start + bins.size)
        start += bins.size
    if column == PREDICTION:
        return watch.prediction, slice(start, start + watch.prediction.size)
    known = ", ".join([*watch.names, PREDICTION][:20])
    raise NotWatched(f"There is no column '{column[:100]}' here; there are {known}.", fields=("column",))


def _by_hour(
    deployment: Deployment,
    place: slice,
    *,
    role: Role,
    release: int | None,
    segment: Segment | None,
    start: str,
    end: str,
    work: Unit,
) -> Iterator[Profile]:
    if segment is not None:
        raise TooManyHours("Segments are counted by day; ask by day or by month.", fields=("by", "segment"))
    days = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
    if days > MOST_DAYS_OF_HOURS:
        raise TooManyHours(
            f"Hours are shown of up to {MOST_DAYS_OF_HOURS} days, and these are {days:,}; ask for fewer, or by day.",
            fields=("by", "start", "end"),
        )
    zone = ZoneInfo(deployment.time_zone)
    first, after = first_hour(start, zone), first_hour(moved(end, 1), zone)
    for sheet in work.hours.between(deployment.id, role=role.value, start=first, end=after):
        if release not in {None, sheet.release}:
            continue
        moment = datetime.fromtimestamp(sheet.hour * 3600, UTC).astimezone(zone)
        yield Profile(moment.isoformat(timespec="minutes"), sheet.rows, sheet.counts[place])


def _sheets(
    deployment: Deployment, segment: Segment | None, *, role: Role, start: str, end: str, work: Unit
) -> Iterator[Sheet]:
    if segment is None:
        return work.watch.sheets(deployment.id, start=start, end=end, role=role.value)
    return sheets_of(deployment, segment, start=start, end=end, work=work)


def _by_day(sheets: Iterable[Sheet], place: slice, *, role: Role, release: int | None) -> Iterator[Profile]:
    for sheet in sheets:
        if sheet.role == role and release in {None, sheet.release}:
            yield Profile(sheet.day, sheet.rows, sheet.counts[place])


def _added_up(found: Iterable[Profile], by: ProfileGrain) -> Iterator[Profile]:
    """One for each stretch, whatever the number of its releases."""
    sums: dict[str, Profile] = {}
    for each in found:
        start = each.start[:A_MONTH] if by is ProfileGrain.MONTH else each.start
        before = sums.get(start)
        rows, counts = (before.rows, before.counts) if before else (0, np.zeros_like(each.counts))
        sums[start] = Profile(start, rows + each.rows, counts + each.counts)
    return iter(sums.values())


def _reference(
    deployment: Deployment,
    bins: BinSet,
    *,
    role: Role,
    watch: Watched,
    segment: Segment | None,
    work: Unit,
    places: JournalPlaces,
) -> Counts:
    """The prediction's is what the role's model answers to rows that it was not fitted on. A segment's is that of the
    same rows of the reference, where these can be told apart; nothing, where only a model's answers can't."""
    release = work.deployments.current(deployment.id)
    model = release.champion if role is Role.CHAMPION else release.challenger
    if segment is not None:
        models = [model] if model is not None else []
        known = references_of(deployment, segment.of, models, work=work, places=places)
        if bins is watch.prediction:
            return known.predictions.get(model or "", {}).get(segment.place, np.zeros(bins.size, dtype=np.int64))
        if known.features is not None:
            _, place = _of(watch, bins.column.name)
            return known.features.get(segment.place, np.zeros(watch.of_features, dtype=np.int64))[place]
    if bins is not watch.prediction:
        return np.asarray(bins.reference, dtype=np.int64)
    if model is None:
        return np.zeros(bins.size, dtype=np.int64)
    return baseline(deployment, model, watch=watch, work=work, places=places)
