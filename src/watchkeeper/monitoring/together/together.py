"""All features together, of a period and of its days: global drift by itself, without a word on each column."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.days import days_between
from watchkeeper.monitoring.policy import in_force
from watchkeeper.monitoring.ports import JournalPlaces, Unit
from watchkeeper.monitoring.references.drifting import models_of, view
from watchkeeper.monitoring.references.global_drift import GlobalDrift, global_drift
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.references.windows import judge
from watchkeeper.monitoring.verdicts.verdicts import ground, newest, weights_of
from watchkeeper.serving.deployment import Deployment, Role

ByRole = Mapping[Role, GlobalDrift]


@dataclass(frozen=True)
class Together:
    """Of each role that has rows. `furthest` is the feature that has moved most, with its size; None where none has."""

    of: ByRole
    furthest: tuple[str, float] | None


def together(deployment: Deployment, *, start: str, end: str, work: Unit, places: JournalPlaces) -> Together:
    """Of the period as one window."""
    seen = view(deployment, start=start, end=end, work=work, places=places)
    windows, evidence, said = ground(deployment, seen, start=start, end=end, work=work, places=places)
    days, names = len(days_between(start, end)), seen.watch.names
    records = judge(windows, watch=seen.watch, evidence=evidence, days=days)[0]
    release = newest(seen)
    weights = weights_of(seen.watch, seen.models, [release], work=work)
    (found,) = global_drift([records], [release], weights, names, floor=said.policy.shape)
    rows = {sheet.role for sheet in seen.sheets if sheet.rows}
    sizes = records["effect"][: len(names)]
    far = int(np.argmax(sizes)) if len(names) else 0
    furthest = (names[far], float(sizes[far])) if len(names) and sizes[far] > 0 else None
    return Together({role: each for role, each in found.items() if role in rows}, furthest)


def by_day(deployment: Deployment, *, start: str, end: str, work: Unit, places: JournalPlaces) -> Mapping[str, ByRole]:
    """Of the days that have been judged, from their verdicts alone."""
    if work.watch.bin_sets(deployment.id) is None:
        return {}
    watch, models = watched(deployment, work=work, places=places), models_of(deployment, work=work)
    issued = work.verdicts.between(deployment.id, start=start, end=end)
    issued = [each for each in issued if each.bin_sets == watch.number]
    releases = [each.release for each in issued]
    weights = weights_of(watch, models, set(releases), work=work)
    floor = in_force(work.policies.said(deployment.id)).policy.shape
    found = global_drift([each.records for each in issued], releases, weights, watch.names, floor=floor)
    return {each.day: of for each, of in zip(issued, found, strict=True)}
