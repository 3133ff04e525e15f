"""By which feature a deployment's rows are counted apart."""

from collections.abc import Sequence

from watchkeeper.sdk.monitoring.segments import SegmentSaid, SegmentSetting, read_said, read_setting
from watchkeeper.sdk.serving.facts import Facts


class Segmenting(Facts):
    """One feature may be the segment."""

    @property
    def segment(self) -> SegmentSetting:
        """Which one it is; asked for anew each time."""
        return read_setting(self._caller.get(self._segment))

    def segment_by(self, column: str | None) -> SegmentSetting:
        """Count rows that come from now on apart by a feature; None for by none. What was counted by another one stays
        under its name.

        Args:
            column: one with levels, of truth values or text, or a number of at most fifty values.

        Raises:
            Refused: it can't be that one, and which ones it can be.
        """
        if column is None:
            self._caller.delete(self._segment)
            return self.segment
        return read_setting(self._caller.put(self._segment, {"column": column}))

    def segment_history(self) -> Sequence[SegmentSaid]:
        """Every feature that was the segment, newest first: who said so and when."""
        return [read_said(each) for each in self._caller.get(f"{self._segment}/history")["items"]]

    @property
    def _segment(self) -> str:
        return f"/deployments/{self.id}/segment"
