"""How much each drifted feature moves a deployment's predictions: its champion is asked again about rows of a period,
with that feature's values from rows of the reference.

Rows of either side are drawn by chance, fewer of each the more features have drifted. Where windows are held against
the same season, so are these rows. What only one side has stays as it is on both.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.batches.coercing import coerce, columns_of
from watchkeeper.batches.columns import rows_of
from watchkeeper.learning.arrays import Ints, Rows
from watchkeeper.learning.keeping import CARD
from watchkeeper.learning.model import load_model
from watchkeeper.learning.signature import BINARY, Signature
from watchkeeper.monitoring.behind.stacks import REST, Stack
from watchkeeper.monitoring.causes.cause import Whole
from watchkeeper.monitoring.causes.errors import NothingToSwap, SwapTooLong
from watchkeeper.monitoring.causes.swapping import Moved, Predict, Table, attribute
from watchkeeper.monitoring.causes.wording import sentence_of_whole
from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.monitoring.drift.seasons.strata import COARSENESSES, strata_of
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.errors import ModelGone, ReferenceGone
from watchkeeper.monitoring.journal.drawing import AT, Drawn, drawn, table_rows
from watchkeeper.monitoring.journal.reading import Selection
from watchkeeper.monitoring.ports import JournalPlaces, Unit
from watchkeeper.monitoring.references.by_day import local_moments
from watchkeeper.monitoring.references.usual import usual_of
from watchkeeper.monitoring.references.watching import roles_of, watched
from watchkeeper.monitoring.soundness.faulting import WHEN, answered_rows, hidden_columns
from watchkeeper.serving.deployment import Deployment, Role, TypePolicy

ORDERS = 2
FEWEST, MOST = 200, 2_000
"""Rows of either side that the model is asked about at a time."""
MOST_ANSWERS = 200_000
"""Of the model, in all, unless that leaves fewer rows than the fewest."""
LONGEST = 30.0
"""Seconds of asking, after which it is given up."""
FEWEST_THERE = 20
OUT_OF_SEASON = 0.1
"""The part of the period's rows for whose season the reference may have none."""


@dataclass(frozen=True)
class Swap:
    """What is to be asked, of which files. `hidden` inputs are not journalled in full; `time` is the reference's column
    by which its rows are to be of the season of the period's, None where they need not."""

    columns: Sequence[str]
    champion: str
    model: Path
    table: Path
    selection: Selection
    hidden: frozenset[str]
    time: str | None


@dataclass(frozen=True)
class Swapped:
    """On so many `rows` of either side.

    Attributes:
        whole: by how much the champion's mean prediction has moved.
        columns: the drifted features; their parts and `rest`, that of all else, sum to the whole.
        left_aside: inputs that only one side has, which were not swapped.
    """

    champion: str
    rows: int
    whole: Whole
    columns: Mapping[str, Moved]
    rest: float
    left_aside: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return sentence_of_whole(self.whole, rows=self.rows)


def to_swap(
    deployment: Deployment,
    columns: Sequence[str],
    *,
    season: bool,
    start: str,
    end: str,
    work: Unit,
    places: JournalPlaces,
) -> Swap:
    """In a transaction. Raise NothingToSwap where nothing has drifted, ModelGone or ReferenceGone where files have."""
    if not columns:
        raise NothingToSwap("No feature has drifted in these days, so there is nothing to swap. Ask about other days.")
    champion = roles_of(deployment, work=work)[Role.CHAMPION]
    if not (places.model(champion) / CARD).is_file():
        raise ModelGone(f"The files of the champion '{champion}' are gone, so it can't be asked. Restore them.")
    watch = watched(deployment, work=work, places=places)
    usual = usual_of(deployment, watch=watch, work=work, places=places)
    if usual.table is None:
        raise ReferenceGone("The data that the models learned from is gone, so there are no values to swap in.")
    return Swap(
        columns=columns,
        champion=champion,
        model=places.model(champion),
        table=usual.table,
        selection=answered_rows(deployment, start=start, end=end, work=work, places=places),
        hidden=frozenset(hidden_columns(deployment, work=work)),
        time=usual.time if season else None,
    )


def swap(of: Swap, *, within: float = LONGEST, ticks: Callable[[], float] = time.monotonic) -> Swapped:
    """Reads files and asks the model, outside of any transaction.

    Raises:
        NothingToSwap: too few rows are left of the period, or no drifted feature is on both sides.
        ModelBroken, RuntimeDiffers: the champion can't be loaded.
        SwapTooLong: it did not answer within so many seconds.
        JournalRewritten: files were replaced meanwhile.
    """
    begun = ticks()
    model, chance = load_model(of.model), np.random.default_rng(0)
    inputs = {each.name for each in model.signature.inputs}
    apart = (inputs & of.hidden) | (inputs - set(pq.read_schema(of.table).names))
    columns = [name for name in of.columns if name in inputs - apart]
    _check(of, columns)
    read = [INPUT + name for name in sorted(inputs - of.hidden)]
    asked = drawn(of.selection, read, most=rows_for(len(columns)), chance=chance)
    window, reference, stretches = _both_sides(of, asked, model.signature, chance)
    stack = Stack.of(model, _rows(window, model.signature), _rows(reference, model.signature))
    stack.fill(of.hidden & inputs, apart - of.hidden, timed=model.signature.time in reference.column_names)
    sides = stack.sides(columns)
    predict = _timely(stack.predict, lambda: ticks() - begun < within)
    found = attribute(*sides, predict, rows=window.num_rows, orders=ORDERS, blocks=stretches)
    idle = dict.fromkeys(set(of.columns) - inputs, Moved(0.0, 0.0, 0.0, 0.0))
    return Swapped(
        champion=of.champion,
        rows=found.rows,
        whole=Whole(found.whole, found.error, probability=model.signature.task == BINARY),
        columns={**idle, **{name: found.columns[name] for name in columns}},
        rest=found.columns[REST].part,
        left_aside=tuple(sorted(apart)),
    )


def _timely(predict: Predict, in_time: Callable[[], bool]) -> Predict:
    def asked(table: Table) -> Floats:
        if not in_time():
            raise SwapTooLong(
                "The champion did not answer in time. Try again when the server has less to do, or ask about days on "
                "which fewer features drifted."
            )
        return predict(table)

    return asked


def rows_for(columns: int) -> int:
    """Of either side, of which a model is asked about so many columns and all the rest."""
    calls = (2 * ORDERS + 1) * (columns + 1) + 2 * ORDERS + 2
    return min(max(MOST_ANSWERS // calls, FEWEST), MOST)


def _check(of: Swap, columns: Sequence[str]) -> None:
    if not columns:
        raise NothingToSwap(
            f"None of the features that have drifted can be swapped ({', '.join(of.columns)}): they are no inputs of "
            "the champion, not journalled in full, or not in the data that the models learned from."
        )


def _both_sides(
    of: Swap, asked: Drawn, signature: Signature, chance: np.random.Generator
) -> tuple[pa.Table, pa.Table, Ints | None]:
    """The period's rows, as many of the reference at most, and of which stretch each of the period is."""
    window, stretches = asked.rows, asked.stretches
    if window.num_rows < FEWEST_THERE:
        raise NothingToSwap(
            f"Of these days {window.num_rows or 'no'} rows are kept; at least {FEWEST_THERE} have to be. Ask about "
            "days whose rows are still in the journal."
        )
    names = pq.read_schema(of.table).names
    if of.time not in names:
        held = pq.ParquetFile(of.table).metadata.num_rows
        places = chance.permutation(held)[: window.num_rows]
    else:
        kept, places = _of_season(of, window, chance)
        taken: Any = pa.array(kept)
        window, stretches = window.take(taken), None if stretches is None else stretches[kept]
    reference = table_rows(of.table, columns_of(signature, names), places)
    if not reference.num_rows:
        raise ReferenceGone("The data that the models learned from has no rows, so there are no values to swap in.")
    named = [(signature.time or WHEN) if name == AT else name.removeprefix(INPUT) for name in window.column_names]
    return window.rename_columns(named), reference, stretches


def _of_season(of: Swap, window: pa.Table, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """Which rows of the period have a season in the reference, and one of its rows for each of them, by the finest
    strata that nearly all have."""
    zone, time = of.selection.deployment.time_zone, of.time or ""
    before = local_moments(pq.read_table(of.table, columns=[time]), time=time, zone=zone)
    there = np.flatnonzero(~np.isnat(before))
    held, asked = strata_of(before[there]), strata_of(local_moments(window, time=AT, zone=zone))
    for coarseness in COARSENESSES:
        order = np.argsort(held // coarseness, kind="stable")
        sorted_, wanted = (held // coarseness)[order], asked // coarseness
        first, end = (np.searchsorted(sorted_, wanted, side=side) for side in ("left", "right"))
        kept = np.flatnonzero(end > first)
        if kept.size >= (1 - OUT_OF_SEASON) * asked.size:
            chosen = first[kept] + (chance.random(kept.size) * (end - first)[kept]).astype(np.int64)
            return kept, there[order[chosen]]
    raise NothingToSwap("The reference has no rows of the season of these days. Ask about days of another one.")


def _rows(table: pa.Table, signature: Signature) -> Rows:
    """As the model reads them."""
    found = coerce(table.select(columns_of(signature, table.column_names)), signature, TypePolicy.BEST_EFFORT, now=0)
    return rows_of(found.columns, found.at)
