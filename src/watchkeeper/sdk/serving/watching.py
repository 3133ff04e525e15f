"""Watching a deployment."""

from typing import Literal, Self

from watchkeeper.sdk.alerts.firings import Firings
from watchkeeper.sdk.errors import Refused, Unavailable
from watchkeeper.sdk.health import Health, read_health
from watchkeeper.sdk.monitoring.asking import Asked, Day, asked
from watchkeeper.sdk.monitoring.callers import Callers, read_callers
from watchkeeper.sdk.monitoring.causes import Causes, read_causes
from watchkeeper.sdk.monitoring.comparison import Comparison, read_comparison
from watchkeeper.sdk.monitoring.distribution import Distribution, read_distribution
from watchkeeper.sdk.monitoring.drift import Drift, read_drift
from watchkeeper.sdk.monitoring.faults import Faults, Findings, read_faults, read_findings
from watchkeeper.sdk.monitoring.integrity import Integrity, read_integrity
from watchkeeper.sdk.monitoring.performance import Grain, Performance, read_performance
from watchkeeper.sdk.monitoring.profiles import ProfileBy, Profiles, read_profiles
from watchkeeper.sdk.monitoring.segments import Segments, read_segments
from watchkeeper.sdk.monitoring.summary import Summary, read_summary
from watchkeeper.sdk.monitoring.usage import Usage, read_usage
from watchkeeper.sdk.monitoring.violations import Violations, read_violations
from watchkeeper.sdk.serving.facts import Facts
from watchkeeper.sdk.waiting import settled

LOADED_WITHIN = 60.0
DAYS_OF_PERIOD = 2
Held = Literal["training", "hold-out", "previous"] | tuple[Day, Day]
"""What a period is held against: by name, or the first and last day of another one."""


class Watching(Facts):
    """Is it running, and is it still good."""

    @property
    def firings(self) -> Firings:
        """Each time that one of its rules fired."""
        return Firings(self._caller, project=str(self._document["project"]), deployment=self.id)

    def summary(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Summary:
        """A sentence, and what it is made of: health, predictions a day, the metric, what has drifted since when, and
        whether the challenger is better."""
        return read_summary(self._asked(days, start, end))

    def usage(
        self,
        days: int = 30,
        *,
        start: Day | None = None,
        end: Day | None = None,
        by: Literal["event", "arrival"] = "event",
    ) -> Usage:
        """Calls, errors and response time by day, champion beside challenger.

        Args:
            days: how many days, back from the newest that has rows; unless start or end are given.
            start: the first day, in the deployment's time zone.
            end: the last day, included.
            by: count calls on the day of their rows' own time, or on the day that they arrived.
        """
        return read_usage(self._asked(days, start, end, by=by))

    def callers(
        self,
        days: int = 30,
        *,
        start: Day | None = None,
        end: Day | None = None,
        by: Literal["event", "arrival"] = "event",
    ) -> Callers:
        """Who calls: by key and day, how many calls, rows and errors, and how many calls beyond the key's rate. The
        arguments are those of `usage`."""
        return read_callers(self._asked(days, start, end, by=by))

    def drift(
        self,
        days: int = 30,
        *,
        start: Day | None = None,
        end: Day | None = None,
        against: Held = "training",
        segment: str | None = None,
        segment_of: str | None = None,
        baseline: Literal["season", "whole"] | None = None,
    ) -> Drift:
        """How far production is from the reference: all features together by day, the prediction, each feature; and
        the verdict on each.

        Args:
            days: how many days, back from the newest that has rows; unless start or end are given.
            start: the first day, in the deployment's time zone.
            end: the last day, included.
            against: "training" (the reference), "hold-out" (the rows that the champion was checked on), "previous" (as
                many days just before), or the first and last day of another period. Days have distances and no verdicts
                against anything but the reference.
            segment: only rows of this segment, held against the same segment of the reference. Days then have no
                verdicts, and no alarm is raised on it.
            segment_of: of which feature it is a segment; of the one that is or last was it, without.
            baseline: "season" holds the period against the reference's rows of the same months, hours and weekends or
                not, "whole" against all of them; without, the season where the reference covers a year.

        Raises:
            Refused: days without rows, or days of the period itself.
            Conflict: it is not known which rows the champion was checked on.
        """
        part = {"segment": segment, "segment_of": segment_of, "baseline": baseline}
        return read_drift(self._asked(days, start, end, **_against(against), **part))

    def segments(
        self,
        days: int = 30,
        *,
        start: Day | None = None,
        end: Day | None = None,
        column: str | None = None,
        within: float = 60.0,
    ) -> Segments:
        """All segments beside each other, the most concerning first: rows, share, share in the reference, and the
        verdict on each against the same segment of the reference.

        Args:
            days: how many days, back from the newest that has rows; unless start or end are given.
            start: the first day, in the deployment's time zone.
            end: the last day, included.
            column: the feature; that which is or last was the segment, without.
            within: for so many seconds it is waited until the worker has judged days whose list it does not keep; with
                0 there may be rows alone.

        Raises:
            Unavailable: they were not judged within that many seconds.
        """
        return read_segments(self._asked(days, start, end, column=column), within=within)

    def causes(self, days: int = 30, *, start: Day | None = None, end: Day | None = None, swap: bool = False) -> Causes:
        """What is behind the drift of these days: the features that have drifted, the most important first, each with
        the day on which that began, the values that account for it, and a sentence.

        With `swap` the champion is asked again about some hundred raw rows, each feature's values swapped with the
        reference's: how much of the mean prediction's move goes away stands in each `.moved`. For who may read rows;
        it takes seconds.
        """
        return read_causes(self._asked(days, start, end), swap=swap)

    def distribution(
        self,
        days: int = 30,
        *,
        start: Day | None = None,
        end: Day | None = None,
        against: Held = "training",
    ) -> Distribution:
        """How the values of each feature and of the prediction are spread, the reference beside production, or
        what else it is held `against`, as in `drift`."""
        return read_distribution(self._asked(days, start, end, **_against(against)))

    def profiles(
        self,
        column: str,
        days: int = 30,
        *,
        by: ProfileBy = "day",
        role: Literal["champion", "challenger"] = "champion",
        start: Day | None = None,
        end: Day | None = None,
        release: int | None = None,
        segment: str | None = None,
        segment_of: str | None = None,
    ) -> Profiles:
        """How a column's values were spread, hour by hour, day by day or month by month, in the bins of its reference.

        Args:
            column: a feature, or "prediction".
            days: how many days, back from the newest that has rows; unless start or end are given. Of hours, up to 31.
            by: "hour", "day" or "month".
            role: whose predictions; features are the champion's, which answers every row.
            start: the first day, in the deployment's time zone.
            end: the last day, included.
            release: only rows that this one answered.
            segment: only rows of this segment, which are counted by day.
            segment_of: of which feature it is a segment; of the one that is or last was it, without.
        """
        part = {"release": str(release) if release is not None else None, "segment": segment, "segment_of": segment_of}
        return read_profiles(self._asked(days, start, end, column=column, by=by, role=role, **part))

    def performance(
        self, days: int = 30, *, start: Day | None = None, end: Day | None = None, by: Grain = "day"
    ) -> Performance:
        """How good the answers were on the rows whose label has come, by day, week or month of the deployment's zone,
        champion beside challenger, with 95 % intervals."""
        return read_performance(self._asked(days, start, end, by=by))

    def comparison(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Comparison:
        """Is the challenger better, on the labelled rows that both models in force answered."""
        return read_comparison(self._asked(days, start, end))

    def violations(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Violations:
        """Values that broke the signature."""
        return read_violations(self._asked(days, start, end))

    def integrity(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Integrity:
        """Is the data sound: what broke the schema, with the share of the rows, what broke in the data, and inputs
        beyond the reference."""
        return read_integrity(self._asked(days, start, end))

    def faults(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Findings:
        """What broke in the data, where it looks as if that broke and not the world: a renamed column, numbers that
        arrive as text, a changed unit, a stuck sensor, swapped columns, a filled-in default. The worker looks for them
        by itself, on each day on which an input has drifted or broke its rule."""
        return read_findings(self._asked(days, start, end))

    def look_for_faults(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Faults:
        """The same, looked for now, over all of these days at once, which shows a shifted time zone too. Reads some
        thousand raw rows.

        Raises:
            Forbidden: only who may read raw rows may.
        """
        return read_faults(self._asked(days, start, end))

    def health(self) -> Health:
        """Is it running, and if not, why."""
        return read_health(self._caller.get(f"/deployments/{self.id}/health"))

    def wait(self, within: float = LOADED_WITHIN) -> Self:
        """Wait until every process has loaded the models of the release in force, and answers with them.

        Raises:
            Unavailable: they were not within that many seconds.
        """
        if not settled(lambda: self.health().loaded, pause=self._caller.pause, within=within):
            raise Unavailable(
                f"The deployment '{self.name}' is not loaded after {within:g} seconds: {self.health().sentence}",
                code="not-loaded",
            )
        return self

    def _asked(self, days: int, start: Day | None, end: Day | None, **more: str | None) -> Asked:
        return asked(self._caller, self.id, days=days, start=start, end=end, **more)


def _against(held: Held) -> dict[str, str | None]:
    if isinstance(held, str):
        return {"against": held}
    if not isinstance(held, tuple | list) or len(held) != DAYS_OF_PERIOD or None in held:
        raise Refused(
            "Hold a period against a name ('training', 'hold-out' or 'previous'), or the first and last day of another "
            f"period, as in against=('2024-01-01', '2024-01-31'), and not {held!r}.",
            code="period-refused",
            fields=("against",),
        )
    first, last = held
    return {"against_start": str(first), "against_end": str(last)}
