"""How good the answers were, by day, week or month, and whether the challenger is better: from scores alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby

from watchkeeper.monitoring.answers.scoring import question_of
from watchkeeper.monitoring.days import days_between
from watchkeeper.monitoring.performance.comparing import (
    Comparison,
    Difference,
    Pair,
    Verdict,
    compare,
    differences,
)
from watchkeeper.monitoring.performance.estimating import Block, Estimate, estimates
from watchkeeper.monitoring.performance.metrics import OF_TASK, measure
from watchkeeper.monitoring.performance.tally import total
from watchkeeper.monitoring.performance.wording import sentence
from watchkeeper.monitoring.ports import ScoreCell, Unit
from watchkeeper.serving.deployment import Deployment, Role


class Grain(StrEnum):
    """Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Scored:
    """`rows` were answered, `labelled` of them have a label, which is `share` of them."""

    rows: int
    labelled: int
    share: float | None
    metrics: dict[str, Estimate]


@dataclass(frozen=True)
class Window:
    """`name` is its first day, its week as `2013-W02`, or its month as `2013-01`; cut to the period."""

    name: str
    start: str
    end: str
    roles: dict[Role, Scored]


@dataclass(frozen=True)
class Performance:
    metric: str
    task: str
    by: Grain
    time_zone: str
    start: str
    end: str
    windows: tuple[Window, ...]
    total: Window


@dataclass(frozen=True)
class Compared:
    """`of` is by the deployment's metric, `others` by the others, `by_day` the difference in the deployment's metric of
    each day with labels. `reason` says why there is nothing to compare."""

    start: str
    end: str
    metric: str
    of: Comparison | None = None
    others: Mapping[str, Comparison] = field(default_factory=dict)
    by_day: tuple[Difference, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        return self.of.verdict if self.of else Verdict.UNKNOWN

    @property
    def sentence(self) -> str:
        """The verdict with its numbers, or why there is nothing to compare."""
        return sentence(self.of) if self.of else self.reason


@dataclass(frozen=True)
class Brief:
    """The champion's `value` over the rows that have a label, which are `share` of them; None where there are none, as
    is the comparison."""

    metric: str
    value: float | None
    share: float | None
    comparison: Comparison | None


def performance(deployment: Deployment, *, by: Grain, start: str, end: str, work: Unit) -> Performance:
    """Of the days from start to end, both included, also those without rows. A challenger is there only where one
    answered."""
    metric, task = metric_of(deployment, work=work)
    cells = work.scores.cells(deployment.id, start=start, end=end, shared=False)
    rows = work.watch.rows(deployment.id, start=start, end=end)
    roles = [role for role in Role if role is Role.CHAMPION or any(of == role for _, of in rows)]
    by_day: dict[str, list[ScoreCell]] = defaultdict(list)
    for cell in cells:
        by_day[cell.day].append(cell)

    def window(name: str, days: Sequence[str]) -> Window:
        found = [cell for day in days for cell in by_day[day]]
        scored = {
            role: _scored(sum(rows.get((day, role), 0) for day in days), [c for c in found if c.role == role], task)
            for role in roles
        }
        return Window(name, days[0], days[-1], scored)

    days = days_between(start, end)
    return Performance(
        metric=metric,
        task=task,
        by=by,
        time_zone=deployment.time_zone,
        start=start,
        end=end,
        windows=tuple(window(name, list(group)) for name, group in groupby(days, key=lambda day: name_of(day, by))),
        total=window("total", days),
    )


def comparison(deployment: Deployment, *, start: str, end: str, work: Unit) -> Compared:
    """Is the challenger better: of the two models in force, on the labelled rows of the days from start to end, both
    included, that both answered, in whichever roles."""
    metric, task = metric_of(deployment, work=work)
    if work.deployments.current(deployment.id).challenger is None:
        return Compared(start, end, metric, reason="The release in force has no challenger.")
    pairs = pairs_between(deployment, start=start, end=end, work=work)
    if not pairs:
        return Compared(start, end, metric, reason="No row of this period that both answered has a label yet.")
    found = {name: compare(name, task, pairs) for name in dict.fromkeys((metric, *OF_TASK[task]))}
    return Compared(start, end, metric, found.pop(metric), found, differences(metric, task, pairs))


def brief(deployment: Deployment, *, start: str, end: str, work: Unit) -> Brief:
    """What performance and comparison say of the deployment's own metric over the whole period, and no more."""
    metric, task = metric_of(deployment, work=work)
    cells = work.scores.cells(deployment.id, start=start, end=end, shared=False, role=Role.CHAMPION)
    champion = total(task, [cell.tally for cell in cells])
    rows = work.watch.rows(deployment.id, start=start, end=end)
    answered = sum(count for (_, role), count in rows.items() if role == Role.CHAMPION)
    pairs = pairs_between(deployment, start=start, end=end, work=work)
    return Brief(
        metric=metric,
        value=measure(metric, champion).value,
        share=champion.rows / answered if answered else None,
        comparison=compare(metric, task, pairs) if pairs else None,
    )


def pairs_between(deployment: Deployment, *, start: str, end: str, work: Unit) -> list[Pair]:
    """Of the two models in force, wherever both answered; none without a challenger."""
    release = work.deployments.current(deployment.id)
    if release.challenger is None:
        return []
    turned = {
        each.number: each.champion == release.challenger
        for each in work.deployments.releases(deployment.id)
        if {each.champion, each.challenger} == {release.champion, release.challenger}
    }
    return pairs_of(work.scores.cells(deployment.id, start=start, end=end, shared=True), turned=turned)


def pairs_of(cells: Iterable[ScoreCell], *, turned: dict[int, bool]) -> list[Pair]:
    """Of the releases named in `turned`; where that is true, the roles were the other way round."""
    corners: dict[tuple[str, int, int], dict[str, ScoreCell]] = defaultdict(dict)
    for cell in cells:
        if cell.release in turned:
            corners[cell.day, cell.part, cell.release][cell.role] = cell
    pairs = []
    for (day, part, release), roles in sorted(corners.items()):
        if len(roles) == len(Role):
            sides = [roles[Role.CHAMPION].tally, roles[Role.CHALLENGER].tally]
            first, second = reversed(sides) if turned[release] else sides
            pairs.append(Pair(day, part, first, second))
    return pairs


def metric_of(deployment: Deployment, *, work: Unit) -> tuple[str, str]:
    """The deployment's metric, which is its champion's experiment version's; and its task."""
    model = work.experiments.model(work.deployments.current(deployment.id).champion)
    version = work.experiments.version(model.version) if model else None
    task = version.task if version else question_of(deployment, work=work).task
    metric = version.metric if version else OF_TASK[task][0]
    return metric if metric in OF_TASK[task] else OF_TASK[task][0], task


def name_of(day: str, by: Grain) -> str:
    match by:
        case Grain.DAY:
            return day
        case Grain.MONTH:
            return day[:7]
        case Grain.WEEK:
            year, week, _ = date.fromisoformat(day).isocalendar()
            return f"{year}-W{week:02}"


def _scored(rows: int, cells: Sequence[ScoreCell], task: str) -> Scored:
    blocks = [Block(cell.day, cell.part, cell.tally) for cell in cells]
    labelled = sum(block.tally.rows for block in blocks)
    return Scored(
        rows=rows,
        labelled=labelled,
        share=labelled / rows if rows else None,
        metrics=estimates(OF_TASK[task], task, blocks),
    )
