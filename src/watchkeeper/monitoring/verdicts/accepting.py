"""Saying that a drift is known, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.monitoring.acceptance import Acceptance, Accepted, Withdrawn, newest, standing
from watchkeeper.monitoring.days import LONGEST, days_between, spelled
from watchkeeper.monitoring.drift.visible import FEWEST_REFERENCE
from watchkeeper.monitoring.errors import AcceptanceRefused, BaselineTooSmall, NoAcceptance, NotWatched
from watchkeeper.monitoring.ports import JournalPlaces, Unit
from watchkeeper.monitoring.references.drifting import added_up, models_of
from watchkeeper.monitoring.references.watching import PREDICTIONS, Watched, watched
from watchkeeper.monitoring.references.windows import Windows, windows_of
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.monitoring.verdicts.issuing import newest_over
from watchkeeper.monitoring.verdicts.verdicts import columns_of, held_out
from watchkeeper.projects.naming import is_keepable_in_lines, is_seen
from watchkeeper.serving.deployment import Deployment

LONGEST_REASON = 500
"""Control characters that a text may have."""
MOST_NAMED = 12


def accept(
    deployment: Deployment,
    columns: Sequence[str],
    *,
    since: str,
    through: str | None,
    because: str,
    permit: Permit,
    work: Unit,
    places: JournalPlaces,
    clock: Clock,
) -> Acceptance:
    """From the day `since` on these columns are held against the rows of `since` to `through`, by default the last day
    that is over. Days from then on are judged again, and no alarm is raised by that. Said twice it is said once.

    Raises:
        NotWatched: a name that nothing that is watched has.
        AcceptanceRefused: no column, no reason, or days that are none to hold anything against.
        BaselineTooSmall: the stretch has too few rows of a column.
    """
    work.deployments.hold(deployment.id)
    watch, now = watched(deployment, work=work, places=places), clock.now()
    names = _known_columns(columns, watch)
    reason = _reason(because)
    last = _stretch(since, through, over=newest_over(deployment, work, now=now))
    said = work.acceptances.all(deployment.id)
    _check_rows(deployment, since, work=work)
    again = _again(standing(said, bin_sets=watch.number), names, since=since, through=last, because=reason)
    if again is not None:
        return again
    acceptance = Acceptance(
        number=newest(said) + 1,
        since=since,
        through=last,
        bin_sets=watch.number,
        columns=_counted(deployment, names, since, last, watch=watch, work=work, places=places),
        because=reason,
        at=now,
        accepted_by=permit.identity.name[:80],
    )
    work.acceptances.accept(deployment.id, acceptance)
    return acceptance


def withdraw(deployment: Deployment, number: int, *, permit: Permit, work: Unit, clock: Clock) -> Acceptance:
    """Days from its first on are judged again, as without it. Withdrawn twice is withdrawn once. Raise NoAcceptance."""
    work.deployments.hold(deployment.id)
    said = work.acceptances.all(deployment.id)
    found = next((each for each in said if each.number == number), None)
    if found is None:
        raise NoAcceptance(f"The deployment has no acceptance {number}. Its acceptances are listed with their numbers.")
    if found.withdrawn is not None:
        return found
    withdrawn = Withdrawn(newest(said) + 1, clock.now(), permit.identity.name[:80])
    work.acceptances.withdraw(deployment.id, found, withdrawn)
    return replace(found, withdrawn=withdrawn)


def _check_rows(deployment: Deployment, since: str, *, work: Unit) -> None:
    """A first day that lies before all rows is a year that was mistyped, and would take in every row there is."""
    span = work.watch.span(deployment.id, by=DaysOf.EVENT)
    if span is not None and since < span[0]:
        raise AcceptanceRefused(
            f"There are rows from {spelled(span[0])} on. Give a first day from then on.", fields=("since",)
        )


def _again(
    said: Sequence[Acceptance], names: Sequence[str], *, since: str, through: str, because: str
) -> Acceptance | None:
    """The newest that concerns any of these columns, where it says just the same."""
    newest_of_them = next((each for each in said if {*names} & {*each.columns}), None)
    if newest_of_them is None:
        return None
    same = ({*newest_of_them.columns}, newest_of_them.since, newest_of_them.through, newest_of_them.because)
    return newest_of_them if same == ({*names}, since, through, because) else None


def _known_columns(columns: Sequence[str], watch: Watched) -> Sequence[str]:
    names, wanted = [each.name for each in columns_of(watch)], list(dict.fromkeys(columns))
    unknown = [each for each in wanted if each not in names]
    if unknown:
        some = ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
        raise NotWatched(
            f"Nothing that is watched is called '{unknown[0][:80]}'. There is: {some}.", fields=("columns",)
        )
    if not wanted:
        raise AcceptanceRefused("Name at least one column whose drift is known.", fields=("columns",))
    return wanted


def _reason(because: str) -> str:
    reason = because.strip()
    if not is_seen(reason) or len(reason) > LONGEST_REASON:
        raise AcceptanceRefused(
            f"Say why the drift is no news, in up to {LONGEST_REASON} characters: others will read it.",
            fields=("because",),
        )
    if not is_keepable_in_lines(reason):
        raise AcceptanceRefused(
            "The reason has control characters, or some that turn the direction of the text. Write it without them.",
            fields=("because",),
        )
    return reason


def _stretch(since: str, through: str | None, *, over: str) -> str:
    """Its last day."""
    last = over if through is None else through
    if since > over:
        raise AcceptanceRefused(
            f"{spelled(since)} is not over. Give a first day up to {spelled(over)}.", fields=("since",)
        )
    if last > over:
        raise AcceptanceRefused(
            f"{spelled(last)} is not over. Give a last day up to {spelled(over)}.", fields=("through",)
        )
    if last < since:
        raise AcceptanceRefused(
            f"The stretch ends on {spelled(last)}, before it begins on {spelled(since)}.", fields=("through", "since")
        )
    if len(days_between(since, last)) > LONGEST:
        raise AcceptanceRefused(f"A stretch may have {LONGEST:,} days; give a last day.", fields=("through",))
    return last


def _counted(
    deployment: Deployment,
    names: Sequence[str],
    since: str,
    through: str,
    *,
    watch: Watched,
    work: Unit,
    places: JournalPlaces,
) -> Mapping[str, Accepted]:
    models = models_of(deployment, work=work)
    sheets = added_up(work.watch.sheets(deployment.id, start=since, end=through), models)
    baseline = held_out(deployment, watch, work=work, places=places)
    windows = windows_of([sheets], models, watch=watch, baseline=baseline)
    found = {name: _accepted(name, windows, watch) for name in names}
    for name, each in found.items():
        if (rows := int(each.counts.sum())) < FEWEST_REFERENCE:
            raise BaselineTooSmall(
                f"'{name}' has {rows:,} rows from {spelled(since)} to {spelled(through)}; {FEWEST_REFERENCE} are the "
                "fewest that anything can be held against. Give a longer stretch.",
                fields=("since", "through"),
            )
    return found


def _accepted(name: str, windows: Windows, watch: Watched) -> Accepted:
    if name in watch.parts:
        return Accepted(windows.features[0, watch.parts[name]])
    place = list(PREDICTIONS.values()).index(name)
    return Accepted(windows.predictions[place, 0], windows.models[place][0])
