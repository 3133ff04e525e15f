"""Is a deployment's data sound: what of a period broke its schema, and what lies beyond its reference; from counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from watchkeeper.monitoring.expecting import SchemaSaid, expected
from watchkeeper.monitoring.integrity.checking import Violated, check
from watchkeeper.monitoring.integrity.extrapolating import Notice, notices
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.ports import Counts, JournalPlaces, LookedDay, Unit
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.violation import AHEAD, REPEATED_VALUE


@dataclass(frozen=True)
class Soundness:
    """Of the rows that the champion answered in a period; `late` of them came beyond the lateness limit. Beside them
    `ahead` came on its days that lie too far ahead of their arrival, and are not counted. `counts` are those of the
    features, by name."""

    said: SchemaSaid
    features: tuple[BinSet, ...]
    rows: int
    broken: tuple[Violated, ...]
    notices: tuple[Notice, ...]
    late: int = 0
    ahead: int = 0
    counts: Mapping[str, Counts] = field(default_factory=dict, compare=False)

    @property
    def sentence(self) -> str:
        if not self.rows:
            return "No rows came in these days."
        worst = max(self.broken, key=lambda each: each.rows, default=None)
        several = "have" if len(self.notices) > 1 else "has"
        beyond = f"{len(self.notices)} {several} inputs beyond the reference" if self.notices else ""
        if worst is None:
            return f"The data keeps to its schema{f'; {beyond}' if beyond else ''}."
        columns = len({each.column for each in self.broken})
        one = f"1 column broke the schema: {worst.column}"
        what = one if columns == 1 else f"{columns} columns broke the schema, most of all {worst.column}"
        return f"{what} ({worst.rows:,} of {self.rows:,} rows){f'; {beyond}' if beyond else ''}."


def soundness(deployment: Deployment, *, start: str, end: str, work: Unit, places: JournalPlaces) -> Soundness:
    watch = watched(deployment, work=work, places=places)
    said = expected(deployment, watch.features, schemas=work.schemas)
    sheets = [each for each in work.watch.sheets(deployment.id, start=start, end=end) if each.role == Role.CHAMPION]
    rows = sum(sheet.rows for sheet in sheets)
    cells = work.watch.violations_together(deployment.id, start=start, end=end)
    ahead = sum(cell.rows for cell in cells if cell.violation == AHEAD)
    if not rows:
        return Soundness(said, watch.features, 0, (), (), ahead=ahead)
    counts = watch.split(sum(sheet.counts for sheet in sheets))  # type: ignore[arg-type] # there is one at least
    repeated, in_part = _repeated(work.looks.between(deployment.id, start=start, end=end))
    seen = {
        bins.column.name: Observed(bins, counts[bins.column.name], repeated.get(bins.column.name))
        for bins in watch.features
    }
    broken = [
        replace(each, at_least=each.violation == REPEATED_VALUE and each.column in in_part)
        for each in check(said.schema, seen, rows=rows)
    ]
    late = sum(sheet.late for sheet in sheets)
    return Soundness(said, watch.features, rows, tuple(broken), tuple(notices(seen.values())), late, ahead, counts)


def _repeated(looked: Sequence[LookedDay]) -> tuple[dict[str, int], set[str]]:
    """Values that stood in their day before, by input; and the inputs of which not all rows were read."""
    rows: dict[str, int] = defaultdict(int)
    for day in looked:
        for name, found in day.repeated.items():
            rows[name] += found.rows
    return dict(rows), {name for day in looked for name, found in day.repeated.items() if found.at_least}
