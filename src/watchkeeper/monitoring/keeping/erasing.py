"""Erasing rows of the journal: asked for in a transaction, done by the worker that holds the deployment's lease.

First the segments, in place, and the results of batches, chunk by chunk; then files without the rows are written beside
those that have them; then, in one transaction, the manifest changes hands, the labels go, and the erasure is done; then
the old files are removed. Killed before that transaction, it is done again from the beginning; killed after it, only
old files are left to remove.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.access.permitting import Permit
from watchkeeper.batches.batch import Batch
from watchkeeper.batches.erasing import batches_with, erase_results, without_examples
from watchkeeper.clock import Clock
from watchkeeper.errors import Refused
from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.collecting.columns import MOMENT, columns_of
from watchkeeper.monitoring.collecting.filing import INPUT, SyncedFile
from watchkeeper.monitoring.collecting.masking import masks_of
from watchkeeper.monitoring.collecting.masks import Masks
from watchkeeper.monitoring.collecting.segmenting import forget_names
from watchkeeper.monitoring.erasure import LONGEST_ID, MOST_IDS, MOST_ROWS, Erasure, ErasureState
from watchkeeper.monitoring.errors import NothingToErase
from watchkeeper.monitoring.journal.conditions import Condition, read_conditions
from watchkeeper.monitoring.journal.reading import Selection, read_schema, scan
from watchkeeper.monitoring.journalled import Journalled
from watchkeeper.monitoring.ports import JournalFile, Unit
from watchkeeper.monitoring.segment import word_of
from watchkeeper.names import new_id
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.serving.frames import Frame, without_rows
from watchkeeper.tables.column import Kind

AT_ONCE = timedelta(days=365)
"""Before now: files that are retired so long ago are removed at the next turn, if this one can't."""


class TooManyRows(Exception):
    """What one erasure finds is bounded, since the ids of its rows are held in memory."""


@dataclass(frozen=True)
class Rewritten:
    """The files that had such rows, the ones that take their place, and what is gone; `names` are those of segments, by
    column, that no row is in any more."""

    old: tuple[str, ...]
    new: tuple[JournalFile, ...]
    rows: int
    violations: frozenset[tuple[str, str, str]]
    names: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Results:
    """The batches of which rows are named, with the rows' ids; `rows` are gone that no journal had."""

    named: tuple[tuple[Batch, frozenset[str]], ...]
    rows: int


def ask_erasure(
    deployment: Deployment,
    *,
    ids: Sequence[str] | None,
    where: Sequence[Any],
    start: datetime | None,
    end: datetime | None,
    permit: Permit,
    work: Unit,
    clock: Clock,
) -> Erasure:
    """Raise NothingToErase or WhereRefused where it does not say which rows."""
    if (ids is not None) == bool(where or start or end):
        raise NothingToErase("Say which rows: their ids, or conditions or a period.", fields=("ids", "where"))
    if ids is not None and not (0 < len(ids) <= MOST_IDS and all(0 < len(each) <= LONGEST_ID for each in ids)):
        raise NothingToErase(f"Give 1 to {MOST_IDS:,} ids, each of 1 to {LONGEST_ID} characters.", fields=("ids",))
    read_conditions(where, columns=columns_of(deployment, work=work))
    kept = tuple(dict.fromkeys(ids or ()))
    erasure = Erasure(
        new_id(), deployment.id, clock.now(), permit.identity.name[:80], kept, len(kept), where, start, end
    )
    work.erasures.add(erasure)
    return erasure


def erase(deployment: Deployment, collector: Collector) -> int:
    """Do what was asked for and is ripe; how many erasures that was. Called by the thread that collects."""
    with collector.look() as work:
        waiting = work.erasures.waiting(deployment.id)
        owed = work.journal.owed(deployment.id, limit=1)
    ripe = [each for each in waiting if not owed or owed[0].received > each.asked]
    if not ripe or not _all_collected(deployment, collector, min(each.asked for each in ripe)):
        return 0
    token = collector.take(deployment)
    if token is None:
        return 0
    for each in ripe:
        try:
            _erase(deployment, each, collector, token)
        except (TooManyRows, Refused) as reason:
            _fail(deployment, each, str(reason), collector, token)
    return len(ripe)


def _all_collected(deployment: Deployment, collector: Collector, until: datetime) -> bool:
    """Whether no record of that time or before waits in a segment."""
    with collector.look() as work:
        closed = work.journal.closed(deployment.id)
        offsets = {
            name: work.journal.offset(deployment.id, name)
            for name in collector.segments.names(deployment.id)
            if name not in closed
        }
    latest = round(until.timestamp() * 1e9)
    for name, offset in offsets.items():
        frames, _, _ = collector.segments.read(deployment.id, name, offset, limit=1)
        if frames and frames[0][0].received <= latest:
            return False
    return True


def _erase(deployment: Deployment, erasure: Erasure, collector: Collector, token: int) -> None:
    with collector.look() as work:
        files = work.journal.files(deployment.id)
        columns = columns_of(deployment, work=work)
        masks = masks_of(deployment, work=work, unseal=collector.unseal)
        apart = {each.column: each.that_came for each in work.segments.columns(deployment.id) if each.that_came}
    directory = collector.places.journal(deployment.id)
    ids = set(erasure.ids)
    if not erasure.given:
        conditions = _also_hashed(read_conditions(erasure.where, columns=columns), masks, columns)
        ids = _found(deployment, erasure, directory, files, conditions, columns)
    _scrub(deployment, ids, erasure, collector)
    results = _answered_in_batches(deployment, ids, collector)
    rewritten = _rewrite(erasure, ids, directory, files, apart)
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        work.labels.hold(deployment.id)
        work.journal.retire_files(deployment.id, rewritten.old, at=collector.clock.now() - AT_ONCE)
        for file in rewritten.new:
            work.journal.add_file(deployment.id, file)
        labels = work.labels.erase(deployment.id, sorted(ids))
        work.samples.erase(deployment.id, ids)
        work.watch.forget_examples(deployment.id, sorted(rewritten.violations))
        forget_names(deployment, rewritten.names, work=work)
        for batch, rows in results.named:
            held = work.batches.held(batch.id)
            if held is not None:
                work.batches.replace(without_examples(held, rows))
        told = replace(erasure, ids=(), where=_told(erasure.where, masks), state=ErasureState.DONE)
        work.erasures.finish(
            replace(told, rows=rewritten.rows + results.rows, labels=labels, done=collector.clock.now())
        )
    remove_old(deployment, collector)


def _answered_in_batches(deployment: Deployment, ids: set[str], collector: Collector) -> Results:
    """Out of the results of batches too, whether they were journalled or not."""
    with collector.look() as work:
        named = batches_with(ids, deployment=deployment.id, batches=work.batches)
    rows = 0
    for batch, mine in named:
        gone = erase_results(collector.places.batch(batch.id), mine)
        rows += 0 if batch.journal else gone
    return Results(tuple(named), rows)


def remove_old(deployment: Deployment, collector: Collector) -> None:
    """All files that were retired, those too that readers had a while to finish with: they may hold the rows."""
    with collector.look() as work:
        names = work.journal.retired(deployment.id, before=collector.clock.now() + timedelta(days=1))
    collector.sync()
    for name in names:
        (collector.places.journal(deployment.id) / name).unlink(missing_ok=True)
    with collector.unit() as work:
        work.journal.drop_retired(deployment.id, names)


def _fail(deployment: Deployment, erasure: Erasure, reason: str, collector: Collector, token: int) -> None:
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        work.erasures.finish(
            replace(erasure, ids=(), state=ErasureState.FAILED, error=reason, done=collector.clock.now())
        )


def _also_hashed(conditions: Sequence[Condition], masks: Masks, columns: Mapping[str, Kind]) -> tuple[Condition, ...]:
    """Who knows a value may have its rows erased, also where only its hash is kept."""

    def also(each: Condition) -> Condition:
        name = each.column.removeprefix(INPUT)
        if each.value is None or each.operator not in {"=", "in"} or masks.of(name) is not Journalled.HASHED:
            return each
        values = each.value if each.operator == "in" else (each.value,)
        digests = (masks.digest(value, columns[each.column]) for value in values)
        return Condition(each.column, "in", (*values, *digests))

    return tuple(also(each) for each in conditions)


def _told(where: Sequence[Any], masks: Masks) -> list[Any]:
    """What is kept of conditions does not say what the journal keeps from its readers."""
    return [[name, sign, masks.hidden(name.removeprefix(INPUT), value)] for name, sign, value in where]


def _found(
    deployment: Deployment,
    erasure: Erasure,
    directory: Path,
    files: Sequence[JournalFile],
    conditions: tuple[Condition, ...],
    columns: Mapping[str, Kind],
) -> set[str]:
    """The ids of the rows of either role that meet the conditions: a row and its other answer go together."""
    found: set[str] = set()
    for role in Role:
        mine = tuple(each for each in files if each.role == role)
        chosen = Selection(deployment, role, directory, mine, erasure.start, erasure.end, conditions, columns)
        for file in mine:
            path = directory / file.name
            for batch in scan(path, chosen.filter(read_schema(path)) & _by_then(erasure), columns=["id"]):
                found.update(str(each) for each in batch.column("id").to_pylist())
                if len(found) > MOST_ROWS:
                    raise TooManyRows(f"More than {MOST_ROWS:,} rows meet this. Erase a shorter period at a time.")
    return found


def _by_then(erasure: Erasure) -> pc.Expression:
    return pc.field("received") <= pa.scalar(erasure.asked, MOMENT)


def _scrub(deployment: Deployment, ids: set[str], erasure: Erasure, collector: Collector) -> None:
    """Out of the segments too, which are read no more up to where they are collected."""
    latest = round(erasure.asked.timestamp() * 1e9)

    def without(frame: Frame) -> Frame | None:
        return without_rows(frame, ids) if frame.received <= latest else None

    with collector.look() as work:
        offsets = {name: work.journal.offset(deployment.id, name) for name in collector.segments.names(deployment.id)}
    for name, offset in offsets.items():
        collector.segments.redact(deployment.id, name, without, end=offset)


def _rewrite(
    erasure: Erasure, ids: set[str], directory: Path, files: Sequence[JournalFile], apart: Mapping[str, frozenset[str]]
) -> Rewritten:
    sought = pa.array(sorted(ids), pa.string())
    gone = pc.field("id").isin(sought) & _by_then(erasure)
    old, new, rows = [], [], 0
    violations: set[tuple[str, str, str]] = set()
    for file in files if ids else ():
        path = directory / file.name
        count = 0
        for batch in scan(path, gone, columns=["violations"]):
            count += batch.num_rows
            violations.update(_violations(batch.column("violations").to_pylist()))
        if count:
            old.append(file.name)
            new += _without(file, path, gone, erasure)
            rows += count
    paths = [directory / file.name for file in files] if old else []
    return Rewritten(tuple(old), tuple(new), rows, frozenset(violations), _names_gone(apart, paths, gone))


def _names_gone(
    apart: Mapping[str, frozenset[str]], paths: Sequence[Path], gone: pc.Expression
) -> dict[str, frozenset[str]]:
    """Of the names that segments have by column, those that only rows had which are gone."""
    return {
        column: names & _words(column, paths, gone) - _words(column, paths, ~gone) for column, names in apart.items()
    }


def _words(column: str, paths: Sequence[Path], rows: pc.Expression) -> set[str | None]:
    name, found = INPUT + column, set[str | None]()
    for path in paths:
        if name in read_schema(path).names:
            for batch in scan(path, rows, columns=[name]):
                found.update(map(word_of, batch.column(name).unique().to_pylist()))
    return found


def _violations(texts: Sequence[str | None]) -> Iterator[tuple[str, str, str]]:
    for text in texts:
        for each in json.loads(text) if text else ():
            yield each["column"], each["violation"], each["value"]


def _without(file: JournalFile, path: Path, gone: pc.Expression, erasure: Erasure) -> list[JournalFile]:
    """The file's other rows as a file of its own and as old, if there are any. Its name derives from the erasure, so
    that doing it again replaces it."""
    target = path.with_name(f"{sha256(f'{erasure.id} {file.name}'.encode()).hexdigest()[:32]}.parquet")
    first, last, rows = [], [], 0
    with SyncedFile(target, read_schema(path)) as writer:
        for batch in scan(path, ~gone):
            writer.write(batch)
            rows += batch.num_rows
            span: Any = pc.min_max(batch.column("at")).as_py()
            first.append(span["min"])
            last.append(span["max"])
    if not rows:
        target.unlink()
        return []
    size = target.stat().st_size
    return [JournalFile(target.name, file.role, rows, size, min(first), max(last), file.made)]
