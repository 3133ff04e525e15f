"""When the rows of days happened, by blocks of three hours: all that a season asks of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from watchkeeper.monitoring.days import first_hour, moved
from watchkeeper.monitoring.drift.seasons.strata import BLOCKS, HOURS
from watchkeeper.monitoring.drift.seasons.stretch import Stretch
from watchkeeper.monitoring.ports import DayBlocks, HourSheet, Sheet, Unit
from watchkeeper.monitoring.references.trailing import numbered
from watchkeeper.monitoring.references.watching import Models, Watched
from watchkeeper.serving.deployment import Deployment, Role


@dataclass(frozen=True)
class When:
    """When the rows of windows happened: of the features, and of each role's predictions; None of those that are not
    known."""

    features: Sequence[Stretch | None]
    predictions: Sequence[Sequence[Stretch | None]]


def blocks_of(sheets: Iterable[HourSheet], *, watch: Watched, zone: str) -> list[DayBlocks]:
    """One a day, release and role, from hours in any order. An hour in which a day ends counts to where it begins."""
    clock, gone = ZoneInfo(zone), watch.missing_places
    found: dict[tuple[str, int, str], DayBlocks] = {}
    for sheet in sheets:
        local = datetime.fromtimestamp(sheet.hour * 3600, UTC).astimezone(clock)
        key = local.date().isoformat(), sheet.release, sheet.role
        if key not in found:
            nothing = np.zeros((BLOCKS, 1 + gone.size), dtype=np.int64)
            found[key] = DayBlocks(*key, nothing[:, 0], nothing[:, 1:])
        found[key].rows[local.hour // HOURS] += sheet.rows
        found[key].missing[local.hour // HOURS] += sheet.counts[gone]
    return list(found.values())


def read_blocks(
    deployment: Deployment, days: Sequence[str], *, changed: Sequence[str], watch: Watched, work: Unit
) -> tuple[dict[str, list[DayBlocks]], list[DayBlocks]]:
    """Of days, in their order, and those that are to be kept: of the changed ones, and of those that none were kept
    of."""
    found = work.hours.blocks(deployment.id, start=days[0], end=days[-1])
    fresh = []
    for day in days:
        if day in changed or day not in found:
            again = _of_day(deployment, day, watch=watch, work=work)
            if day not in found or _rows(again) >= _rows(found[day]):  # fewer are left once its hours have been let go
                found[day] = again
                fresh += again
    return found, fresh


def _rows(blocks: Sequence[DayBlocks]) -> int:
    return sum(int(each.rows.sum()) for each in blocks)


def _of_day(deployment: Deployment, day: str, *, watch: Watched, work: Unit) -> list[DayBlocks]:
    clock = ZoneInfo(deployment.time_zone)
    span = {"start": first_hour(day, clock), "end": first_hour(moved(day, 1), clock) + 1}
    sheets = [sheet for role in Role for sheet in work.hours.between(deployment.id, role=role.value, **span)]
    return [each for each in blocks_of(sheets, watch=watch, zone=deployment.time_zone) if each.day == day]


def when_of(
    groups: Sequence[Sequence[Sheet]],
    newest: Sequence[Sequence[str | None]],
    models: Models,
    *,
    blocks: Mapping[str, Sequence[DayBlocks]],
    watch: Watched,
) -> When:
    """Of windows that are these sheets, in which each role had these newest models."""
    features = len(watch.features)
    inputs, answers = slice(features), slice(features, features + 1)

    def of(group: Sequence[Sheet], role: Role, columns: slice, model: str | None = None) -> Stretch | None:
        days = sorted(
            {
                sheet.day
                for sheet in group
                if sheet.role == role and sheet.rows and (model is None or models.get((sheet.release, role)) == model)
            }
        )
        mine = [
            [
                each
                for each in blocks.get(day, ())
                if each.role == role and (model is None or models.get((each.release, role)) == model)
            ]
            for day in days
        ]
        return _stretch(days, mine, columns) if days and all(mine) else None

    return When(
        [of(group, Role.CHAMPION, inputs) for group in groups],
        [
            [
                None if model is None else of(group, role, answers, model)
                for group, model in zip(groups, of_role, strict=True)
            ]
            for role, of_role in zip(Role, newest, strict=True)
        ],
    )


def _stretch(days: Sequence[str], blocks: Sequence[Sequence[DayBlocks]], columns: slice) -> Stretch:
    return Stretch.of_days(
        numbered(days),
        np.stack([np.sum([each.rows for each in of_day], axis=0) for of_day in blocks]),
        np.stack([np.sum([each.missing[:, columns] for each in of_day], axis=0) for of_day in blocks]),
    )
