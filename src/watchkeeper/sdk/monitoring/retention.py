"""For how long a deployment's raw rows are kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from watchkeeper.sdk.reading import known_moment, moment


@dataclass(frozen=True)
class Retention:
    """What holds for a deployment's raw rows, and what has come of it.

    Attributes:
        days: after they came rows go; None sets no end.
        bytes: beyond which of the journal's files the oldest go; None sets no end.
        own: whether the deployment has a rule of its own; else the installation's settings say.
        since: when something was last said of this deployment, by `set_by`; None where nothing ever was.
        rows_kept: raw rows of both roles, in `bytes_kept`.
        rows_going: of these, what is beyond the rule and goes within a minute or so.
        rows_gone: raw rows that have gone, in `bytes_gone`.
        kept_since: all rows that came since then are kept; None where nothing has gone.
    """

    days: int | None
    bytes: int | None
    own: bool
    since: datetime | None
    set_by: str | None
    rows_kept: int
    bytes_kept: int
    rows_going: int
    rows_gone: int
    bytes_gone: int
    kept_since: datetime | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class RetentionSaid:
    """What somebody said; `own` is False where the installation's rule was to hold again."""

    days: int | None
    bytes: int | None
    own: bool
    since: datetime
    set_by: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class GoneRows:
    """So many `rows` of the days that were asked for are no longer kept; all that came since `kept_since` are, which is
    None where nothing has gone."""

    rows: int
    kept_since: datetime | None


class RowsGone(UserWarning):
    """Some of the rows that were asked for are no longer kept, by the deployment's retention."""

    def __init__(self, gone: GoneRows) -> None:
        since = f"; all that came since {gone.kept_since:%Y-%m-%d %H:%M} UTC are" if gone.kept_since else ""
        super().__init__(f"{gone.rows:,} rows of these days are no longer kept{since}.")
        self.gone = gone


def read_gone(said: Mapping[str, Any]) -> GoneRows:
    """From a page of rows, or the metadata of a table."""
    return GoneRows(int(said.get("gone") or 0), moment(said.get("kept_since") or said.get("kept-since")))


def read_retention(said: Mapping[str, Any]) -> Retention:
    return Retention(**{**said, "since": moment(said["since"]), "kept_since": moment(said["kept_since"])})


def read_said(said: Mapping[str, Any]) -> RetentionSaid:
    return RetentionSaid(**{**said, "since": known_moment(said["since"])})
