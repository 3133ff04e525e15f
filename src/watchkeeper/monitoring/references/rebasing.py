"""Windows whose drift is known: held against the rows that were accepted, where the reference stood."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from watchkeeper.monitoring.acceptance import Acceptance, Accepted, on_day
from watchkeeper.monitoring.ports import Counts, Sheet
from watchkeeper.monitoring.references.watching import PREDICTIONS, Models, Watched
from watchkeeper.monitoring.references.windows import Windows
from watchkeeper.serving.deployment import Role

ROLES = {name: role for role, name in PREDICTIONS.items()}


def rebased(
    windows: Windows,
    groups: Sequence[Sequence[Sheet]],
    models: Models,
    *,
    watch: Watched,
    accepted: Sequence[Acceptance],
) -> Windows:
    """Each column whose drift is accepted by the last day of its window is held against the rows of that stretch. Of a
    window that begins before, only the days since then count: they are what the acceptance is about."""
    holding = [held_in(windows, number, sheets, accepted) for number, sheets in enumerate(groups)]
    if not any(holding):
        return windows
    found = _writable(windows, columns=len(watch.features) + len(Role))
    for number, (sheets, of_window) in enumerate(zip(groups, holding, strict=True)):
        for name, acceptance in of_window.items():
            since = [sheet for sheet in sheets if sheet.day >= acceptance.since]
            if name in ROLES:
                _hold_prediction(found, number, since, acceptance.columns[name], ROLES[name], watch, models)
            else:
                _hold_feature(found, number, since, acceptance.columns[name], name, watch)
    return found


def held_in(
    windows: Windows, number: int, sheets: Sequence[Sheet], accepted: Sequence[Acceptance]
) -> Mapping[str, Acceptance]:
    """What each column of the window of that number is held against."""
    answered = {PREDICTIONS[role]: windows.models[place][number] for place, role in enumerate(Role)}
    return holding([sheet.day for sheet in sheets if sheet.rows], answered, accepted)


def holding(
    days: Sequence[str], answered: Mapping[str, str | None], accepted: Sequence[Acceptance]
) -> Mapping[str, Acceptance]:
    """By column, what is accepted by the last of the days; of a prediction only what the same model answered."""
    if not days:
        return {}
    found = on_day(accepted, max(days))
    return {name: each for name, each in found.items() if each.columns[name].model == answered.get(name)}


def _writable(windows: Windows, *, columns: int) -> Windows:
    """With a reference of its own for each window."""
    count = len(windows.features)
    return replace(
        windows,
        features=windows.features.copy(),
        references=np.repeat(windows.references, count // len(windows.references), axis=0),
        predictions=windows.predictions.copy(),
        baselines=windows.baselines.copy(),
        others=np.zeros((count, columns), dtype=np.bool_),
    )


def _hold_feature(
    of: Windows, number: int, since: Sequence[Sheet], accepted: Accepted, name: str, watch: Watched
) -> None:
    part = watch.parts[name]
    mine = [sheet.counts[part] for sheet in since if sheet.role == Role.CHAMPION]
    of.features[number, part] = np.sum(mine, axis=0, dtype=np.int64) if mine else 0
    of.references[number, part] = accepted.counts
    _mark(of, number, watch.names.index(name))


def _hold_prediction(
    of: Windows, number: int, since: Sequence[Sheet], accepted: Accepted, role: Role, watch: Watched, models: Models
) -> None:
    place = list(Role).index(role)
    mine: list[Counts] = [
        watch.of_prediction(sheet.counts)
        for sheet in since
        if sheet.role == role and models.get((sheet.release, role)) == accepted.model
    ]
    of.predictions[place, number] = np.sum(mine, axis=0, dtype=np.int64) if mine else 0
    of.baselines[place, number] = accepted.counts
    _mark(of, number, len(watch.features) + place)


def _mark(of: Windows, number: int, column: int) -> None:
    if of.others is not None:
        of.others[number, column] = True
