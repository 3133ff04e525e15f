"""Saying that a drift is known."""

from collections.abc import Sequence

from watchkeeper.sdk.monitoring.acceptance import Acceptance, read_acceptance
from watchkeeper.sdk.monitoring.asking import Day
from watchkeeper.sdk.serving.facts import Facts


class Accepting(Facts):
    """What of its drift is known."""

    def accept_drift(self, *columns: str, since: Day, because: str, through: Day | None = None) -> Acceptance:
        """This drift is known: days from `since` on are held against the rows of `since` to `through`, and judged
        again. No alarm is raised by that, and those that stand because of it end.

        Args:
            columns: features, or "prediction of the champion".
            since: the first day, in the deployment's time zone.
            because: why it is no news; others will read it.
            through: the last day whose rows they are held against; the last that is over unless it is given.

        Raises:
            Refused: a name that nothing has, no reason, days that are not over, or fewer than 200 rows.
            Forbidden: only who may change the deployment may.
        """
        wanted = {"columns": list(columns), "since": str(since), "because": because}
        last = {} if through is None else {"through": str(through)}
        return read_acceptance(self._caller.post(self._acceptances, {**wanted, **last}))

    def withdraw_acceptance(self, number: int) -> Acceptance:
        """Days from its first on are judged again, as without it; no alarm is raised by that. The entry stays."""
        return read_acceptance(self._caller.post(f"{self._acceptances}/{number}/withdraw", {}, safe=True))

    def drift_acceptances(self) -> Sequence[Acceptance]:
        """Every one that was said, newest first, withdrawn ones too."""
        return [read_acceptance(each) for each in self._caller.get(self._acceptances)["items"]]

    @property
    def _acceptances(self) -> str:
        return f"/deployments/{self.id}/drift/acceptances"
