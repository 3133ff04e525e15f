"""How drift of a deployment is judged."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from watchkeeper.sdk.monitoring.asking import Day
from watchkeeper.sdk.monitoring.backtest import Backtest, read_backtest
from watchkeeper.sdk.monitoring.policy import DriftPolicy, read_policy
from watchkeeper.sdk.serving.facts import Facts


class Agreeing(Facts):
    """Its drift policy."""

    @property
    def drift_policy(self) -> DriftPolicy:
        """What holds; asked for anew each time."""
        return read_policy(self._caller.get(self._policy))

    def judge_drift(
        self,
        *,
        alarm_days: int | None = None,
        in_a_row: int | None = None,
        shape: float | None = None,
        missing: float | None = None,
        unseen: float | None = None,
        lateness_days: int | None = None,
        ahead_hours: int | None = None,
        judged_by: Literal["evidence", "psi"] | None = None,
        number: int | None = None,
    ) -> DriftPolicy:
        """Say how drift is judged from now on; what is not given stays. Days before keep their verdicts.

        Args:
            alarm_days: with no drift anywhere, one day in so many may have a false verdict, over all that is watched.
            in_a_row: an alarm takes the same column drifted on so many days, one after the other.
            shape: the size from which a change of shape matters.
            missing: the size from which another share of missing values matters.
            unseen: the size from which values that the reference never held matter.
            lateness_days: rows that come later than that raise no alarm.
            ahead_hours: rows further ahead of their arrival are a violation, and not profiled.
            judged_by: the evidence, or the conventional limits of PSI.
            number: of the policy that this is a change of, so that nobody else's change is overwritten.

        Raises:
            Refused: one of these can't be; its message says what can.
            Conflict: another policy holds by now.
        """
        given: dict[str, Any] = {
            "number": number,
            "alarm_days": alarm_days,
            "in_a_row": in_a_row,
            "shape": shape,
            "missing": missing,
            "unseen": unseen,
            "lateness_days": lateness_days,
            "ahead_hours": ahead_hours,
            "judged_by": judged_by,
        }
        wanted = {name: value for name, value in given.items() if value is not None}
        return read_policy(self._caller.patch(self._policy, wanted))

    def backtest(
        self,
        days: int = 90,
        *,
        start: Day | None = None,
        end: Day | None = None,
        alarm_days: int | None = None,
        in_a_row: int | None = None,
        shape: float | None = None,
        missing: float | None = None,
        unseen: float | None = None,
        judged_by: Literal["evidence", "psi"] | None = None,
    ) -> Backtest:
        """Which verdicts and alarms a period would have had under another policy. Nothing is changed; what is not given
        is as it is in force.

        Args:
            days: how many days, back from the newest that has rows; unless start or end are given. Up to 400.
            start: the first day, in the deployment's time zone.
            end: the last day, included.
            alarm_days: as in `judge_drift`.
            in_a_row: as there.
            shape: as there.
            missing: as there.
            unseen: as there.
            judged_by: as there.
        """
        period: dict[str, Any] = {"days": days if start is None and end is None else None, "start": start, "end": end}
        given: dict[str, Any] = {
            "alarm_days": alarm_days,
            "in_a_row": in_a_row,
            "shape": shape,
            "missing": missing,
            "unseen": unseen,
            "judged_by": judged_by,
            **{name: str(value) if isinstance(value, date) else value for name, value in period.items()},
        }
        wanted = {name: value for name, value in given.items() if value is not None}
        return read_backtest(self._caller.post(f"{self._policy}/backtest", wanted, safe=True))

    def drift_policies(self) -> Sequence[DriftPolicy]:
        """Every one that was set, newest first: who and when."""
        return [read_policy(each) for each in self._caller.get(f"{self._policy}/history")["items"]]

    @property
    def _policy(self) -> str:
        return f"/deployments/{self.id}/drift/policy"
