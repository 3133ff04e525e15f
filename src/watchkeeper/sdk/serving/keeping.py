"""For how long a deployment's raw rows are kept."""

from collections.abc import Sequence
from math import isfinite

from watchkeeper.sdk.monitoring.retention import Retention, RetentionSaid, read_retention, read_said
from watchkeeper.sdk.serving.facts import Facts


class Keeping(Facts):
    """Raw rows go by age and by size; what was counted from them stays."""

    @property
    def retention(self) -> Retention:
        """What holds, how much is kept, and what has gone; asked for anew each time."""
        return read_retention(self._caller.get(self._retention))

    def keep(self, *, days: int | None = None, bytes: int | None = None) -> Retention:  # noqa: A002
        """Say for how long raw rows are kept, in both roles, from now on; without either, without end. Rows beyond it
        go within a minute or so, for good: files of the journal go whole, the oldest first, so that a row may stay up
        to a day longer. Profiles, usage, scores and labels stay; labels that come later than their rows were kept
        count for nothing.

        Args:
            days: after rows came (whatever their own time), 1 to 36,500.
            bytes: that the journal's files may have together, 500,000,000 or more.

        Raises:
            Refused: that is no such number.
            Forbidden: only an admin of the project may.
        """
        wanted = {"days": _sent(days), "bytes": _sent(bytes)}
        return read_retention(self._caller.put(self._retention, wanted))

    def keep_as_usual(self) -> Retention:
        """Let the installation's rule hold again (`WATCHKEEPER_KEEP_DAYS`, `WATCHKEEPER_KEEP_BYTES`)."""
        self._caller.delete(self._retention)
        return self.retention

    def retentions(self) -> Sequence[RetentionSaid]:
        """Every rule that was set, newest first: who and when."""
        return [read_said(each) for each in self._caller.get(f"{self._retention}/history")["items"]]

    @property
    def _retention(self) -> str:
        return f"/deployments/{self.id}/journal/retention"


def _sent(value: float | None) -> float | str | None:
    """JSON has no NaN and no infinity: they go as text, so that the server says what is wrong with them."""
    return str(value) if isinstance(value, float) and not isfinite(value) else value
