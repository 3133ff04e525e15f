"""What came of comparing two tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchkeeper.charts.drift_report import drift_report
from watchkeeper.charts.shares import Drawing, cut, shares_drawing
from watchkeeper.monitoring.causes.cause import Cause
from watchkeeper.monitoring.drift.verdict import Effect, Finding, Judgement, Verdict
from watchkeeper.monitoring.drift.wording import sentence
from watchkeeper.monitoring.integrity.extrapolating import Notice
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.two_tables.causing import causes_of
from watchkeeper.monitoring.two_tables.errors import no_column
from watchkeeper.tables.column import Kind

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 60
"""Characters of a name that are written in a line."""
MOST_NAMED = 5
"""Columns that are named in a line."""
CONCERN = (Verdict.DRIFTED, Verdict.IMMATERIAL, Verdict.NOT_ENOUGH_DATA, Verdict.STABLE)


@dataclass(frozen=True)
class ColumnDrift:
    """One column's verdict, and what it is made of.

    Attributes:
        name: the column's.
        kind: what its values are.
        judgement: the verdict with all its numbers.
        effective_rows: how many independent rows the current ones are worth.
        measures: six measures of drift by name; those that take an order only of numbers.
        edges: the ends of the groups that are intervals, one more than these; None for levels.
        labels: the groups in which it is shown, the missing values last.
        reference: the share of the reference's rows in each.
        current: the same of the current table.
        changed_level: the level whose share changed most clearly.
        note: why the season of the reference cannot tell, where it cannot.
    """

    name: str
    kind: str
    judgement: Judgement
    effective_rows: float
    measures: Mapping[str, float]
    edges: tuple[float, ...] | None
    labels: tuple[str, ...]
    reference: tuple[float, ...]
    current: tuple[float, ...]
    changed_level: str | None
    note: str | None = None

    @property
    def verdict(self) -> Verdict:
        """One of "not enough data", "stable", "immaterial" or "drifted"."""
        return self.judgement.verdict

    @property
    def p_value(self) -> float:
        """Of the column by itself; `adjusted_p` is over all columns."""
        return self.judgement.p_value

    @property
    def adjusted_p(self) -> float:
        """The smallest alpha at which the column would be significant among all columns."""
        return self.judgement.adjusted_p

    @property
    def q_value(self) -> float:
        """The share of false ones to expect among the columns that are as suspicious."""
        return self.judgement.q_value

    @property
    def smallest_visible(self) -> float:
        """The size of a shift, or of any change of levels, that would have been seen four times in five."""
        return self.judgement.smallest_visible

    @property
    def rows_enough(self) -> int | None:
        """So many rows would be enough for a verdict; None where no number would be."""
        return self.judgement.rows_enough

    @property
    def effect(self) -> Effect:
        """The size of the change, missing values included: .estimate, .low, .high."""
        return self.judgement.effect

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The facets that the verdict rests on."""
        return self.judgement.reasons

    @property
    def sentence(self) -> str:
        if self.note:
            return self.note
        clearest = sorted(self.reasons, key=lambda found: found.p_value)
        said = sentence(
            self.judgement,
            [found.facet for found in clearest],
            level=self.changed_level,
            missing=(self.reference[-1], self.current[-1]),
        )
        return f"By its length: {said[0].lower()}{said[1:]}" if self.kind == Kind.TEXT else said

    def chart(self) -> Drawing:
        """The reference's shares with the current ones before them; shows itself in a notebook."""
        return shares_drawing(self.plain())

    def record(self) -> dict[str, Any]:
        """As one flat row."""
        found = self.judgement
        return {
            "column": self.name,
            "kind": self.kind,
            "verdict": found.verdict.value,
            "effect": found.effect.estimate,
            "effect_low": found.effect.low,
            "effect_high": found.effect.high,
            "p_value": found.p_value,
            "adjusted_p": found.adjusted_p,
            "q_value": found.q_value,
            "rows": found.rows,
            "effective_rows": self.effective_rows,
            "rows_enough": found.rows_enough,
            "smallest_visible": found.smallest_visible,
            "reasons": ", ".join(each.facet for each in self.reasons),
            **self.measures,
        }

    def plain(self) -> dict[str, Any]:
        """Everything, in plain values."""
        return {
            **self.record(),
            "sentence": self.sentence,
            "edges": self.edges,
            "labels": list(self.labels),
            "reference": list(self.reference),
            "current": list(self.current),
            "findings": [
                {
                    "facet": found.facet,
                    "p_value": found.p_value,
                    "effect": [found.effect.estimate, found.effect.low, found.effect.high],
                    "floor": found.floor,
                    "significant": found.significant,
                }
                for found in self.judgement.findings
            ],
        }


class Columns(dict[str, ColumnDrift]):
    """By name; one that is none says which there are."""

    def __init__(self, columns: Mapping[str, ColumnDrift], *, left_out: Mapping[str, str]) -> None:
        super().__init__(columns)
        self._left_out = left_out

    def __missing__(self, name: str) -> ColumnDrift:
        raise no_column(str(name), self, self._left_out)


@dataclass(frozen=True)
class TableDrift:
    """Two tables compared, column by column.

    Attributes:
        alpha: with no drift in any column, the chance that any is called drifted is at most this.
        reference_rows: of the reference.
        current_rows: of the current table.
        columns: what both tables have, by name, in the reference's order.
        only_in_reference: names that the current table lacks.
        only_in_current: names that the reference lacks.
        left_out: names that both have and that could not be compared, and why.
        independence: what the rows were held against, and how they were taken to depend on each other, in words.
        baseline: "season" where they were held against the reference of the same season, else "whole".
        faults: what broke in the data, recognised with its evidence: each has .name, .columns, .sentence, .p_value.
        notices: numbers and levels beyond what the reference held: each has .column, .rows, .share, .sentence.
    """

    alpha: float
    reference_rows: int
    current_rows: int
    columns: Mapping[str, ColumnDrift]
    only_in_reference: tuple[str, ...]
    only_in_current: tuple[str, ...]
    left_out: Mapping[str, str]
    independence: str
    faults: tuple[Fault, ...] = ()
    notices: tuple[Notice, ...] = ()
    baseline: str = "whole"

    @cached_property
    def drifted(self) -> tuple[str, ...]:
        """Exactly the names whose verdict is drifted."""
        return tuple(name for name, column in self.columns.items() if column.verdict is Verdict.DRIFTED)

    @cached_property
    def by_concern(self) -> tuple[ColumnDrift, ...]:
        """The drifted ones first, the largest effect first."""
        return tuple(
            sorted(self.columns.values(), key=lambda each: (CONCERN.index(each.verdict), -each.effect.estimate))
        )

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """What is behind each drifted column, the largest drift first: .sentence, .nature ("natural shift", "data
        fault" or "unknown"), .suspect.parts (the levels or ranges that account for it)."""
        return causes_of(self.columns.values(), self.faults)

    @property
    def sentence(self) -> str:
        of = f"of {len(self.columns)} column{'' if len(self.columns) == 1 else 's'}"
        if not self.drifted:
            return f"None {of} has drifted."
        worst = self.by_concern[0].name
        if len(self.drifted) == 1:
            return f"1 {of} has drifted: {worst}."
        return f"{len(self.drifted)} {of} have drifted, most of all {worst}."

    @property
    def missed(self) -> tuple[str, ...]:
        """The columns that could not be compared, in a line each for why."""
        said = [
            (f"Not compared ({len(self.left_out)})", [f"{_cut(name)} ({why})" for name, why in self.left_out.items()]),
            (f"Only in the reference ({len(self.only_in_reference)})", [*map(_cut, self.only_in_reference)]),
            (f"Only in the current table ({len(self.only_in_current)})", [*map(_cut, self.only_in_current)]),
        ]
        return tuple(f"{what}: {_listed(names)}." for what, names in said if names)

    def to_arrow(self) -> "pa.Table":
        """A row a column, the drifted ones first."""
        import pyarrow as pa

        names = dict.fromkeys(name for column in self.by_concern for name in column.record())
        rows = [column.record() for column in self.by_concern]
        return pa.table({name: [row.get(name) for row in rows] for name in names})

    def to_pandas(self) -> Any:
        """The same as a pandas data frame (needs `pip install pandas`)."""
        return self.to_arrow().to_pandas()

    def chart(self, column: str | None = None) -> Drawing:
        """Of a column, or of the one to look at first; shows itself in a notebook."""
        if column is None:
            return self.by_concern[0].chart()
        return self.columns[column].chart()

    def to_html(self, path: str | Path | None = None) -> str:
        """A page that needs nothing else, no network either; or, written to `path`, where it is now."""
        page = drift_report(self._plain())
        if path is None:
            return page
        Path(path).write_text(page, encoding="utf-8")
        return str(path)

    def _plain(self) -> dict[str, Any]:
        return {
            "sentence": self.sentence,
            "alpha": self.alpha,
            "reference_rows": self.reference_rows,
            "current_rows": self.current_rows,
            "columns": [column.plain() for column in self.by_concern],
            "only_in_reference": list(self.only_in_reference),
            "only_in_current": list(self.only_in_current),
            "left_out": dict(self.left_out),
            "independence": self.independence,
            "baseline": self.baseline,
            "faults": [fault.plain() for fault in self.faults],
            "notices": [notice.plain() for notice in self.notices],
        }

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(_cut(each.name))}</td><td>{each.verdict}</td><td>{escape(each.sentence)}</td></tr>"
            for each in self.by_concern
        )
        told = "".join(f"<p>{escape(line)}</p>" for line in (self.sentence, *self._told()))
        return f"{told}<table>{rows}</table>"

    def __repr__(self) -> str:
        width = min(max((len(name) for name in self.columns), default=0), LONGEST)
        lines = [f"{_cut(each.name):<{width}}  {each.verdict:<15}  {each.sentence}" for each in self.by_concern]
        return "\n".join([self.sentence, *self._told(), *lines])

    def _told(self) -> list[str]:
        """What was not compared, the faults and the notices, a line each."""
        faults = [f"{fault.name[0].upper()}{fault.name[1:]}: {fault.sentence}" for fault in self.faults]
        return [*self.missed, *faults, *(f"Beyond the reference: {notice.sentence}" for notice in self.notices)]


def _listed(names: Sequence[str]) -> str:
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more])


def _cut(name: str) -> str:
    return cut(name, LONGEST)
