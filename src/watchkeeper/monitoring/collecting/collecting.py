"""From the segments to the journal and its profiles, each row exactly once.

A turn reads what is new in a deployment's segments, writes it as Parquet files, and then, in one transaction that
holds only while this collector's lease is the newest, adds the manifest rows, the counts and the new offsets. Killed
before that transaction, nothing has happened but a file that nobody reads; killed after it, everything has.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.clock import Clock
from watchkeeper.learning.model import load_model
from watchkeeper.monitoring.collecting.by_segment import Segmenting
from watchkeeper.monitoring.collecting.filing import file_frames
from watchkeeper.monitoring.collecting.gathering import Gathered, Placed, days_of_rows, gather, moment
from watchkeeper.monitoring.collecting.marking import champion_of, counting, leads, mark, settle
from watchkeeper.monitoring.collecting.masking import Seal, masks_of
from watchkeeper.monitoring.collecting.masks import Masks, masked
from watchkeeper.monitoring.collecting.sampling import Sampling
from watchkeeper.monitoring.collecting.segment_references import find_references
from watchkeeper.monitoring.collecting.stretches import Collected, Stretch
from watchkeeper.monitoring.collecting.timing import Timely
from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.policy import in_force
from watchkeeper.monitoring.ports import Changed, JournalFile, JournalPlaces, OpenUnit, Owed, Segments, Unit
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.retention import EVERYTHING, HOURS_KEPT, Retention
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.catching_up import owed_answers, rows_owed
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.serving.frames import Frame
from watchkeeper.tables.column import Kind

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
FRAMES_A_TURN = 20_000
CALLS_A_TURN = 500
ROWS_AT_ONCE = 10_000
PATIENCE = timedelta(seconds=30)


class LeaseLost(Exception):
    """Another collector has taken over; what this one was about to write must not count."""


class MasksChanged(LeaseLost):
    """Meanwhile somebody has said that a column is to be journalled otherwise; it is collected again."""


@dataclass(frozen=True)
class Collector:
    """One per worker process. `look` opens a transaction that only reads; `sync` puts what was committed on the
    disk itself, which is due before a file goes that it made needless; `unseal` opens what was sealed; `retention`
    holds for the rows of deployments that have none of their own, `keep_hours` (days) for profiles by the hour."""

    holder: str
    unit: OpenUnit
    look: OpenUnit
    sync: Callable[[], None]
    places: JournalPlaces
    segments: Segments
    clock: Clock
    unseal: Seal
    retention: Retention = EVERYTHING
    keep_hours: int = HOURS_KEPT

    def turn(self, deployment: Deployment) -> Collected:
        """Collect what is new, up to a bounded number of frames."""
        if not self._is_behind(deployment):
            return Collected(0, all=True)
        token = self.take(deployment)
        if token is None:
            return Collected(0, all=False)
        stretches, whole = self._read(deployment, self._offsets(deployment))
        return Collected(self._keep(deployment, stretches, token) if stretches else 0, all=whole)

    def uncollected(self, deployment: Deployment) -> int:
        """Bytes of the segments that wait to be collected."""
        offsets = self._offsets(deployment)
        return sum(max(self.segments.size(deployment.id, name) - start, 0) for name, start in offsets.items())

    def take(self, deployment: Deployment) -> int | None:
        """The deployment's lease, which fences off any other collector; None while another has it."""
        now = self.clock.now()
        with self.unit() as work:
            return work.lease.take(lease_of(deployment), holder=self.holder, now=now, until=now + LEASE)

    def catch_up(self, deployment: Deployment) -> int:
        """Let models answer what they owe: calls whose process is gone, or that have waited for long. To be
        called only when everything is collected, so that what was answered meanwhile is known. How many calls that
        was."""
        now = self.clock.now()
        with self.look() as work:
            owed = work.journal.owed(deployment.id, limit=CALLS_A_TURN)
        orphans = {n for n in {each.segment for each in owed} if self.segments.is_orphan(deployment.id, n)}
        ripe = [each for each in owed if each.segment in orphans or now - each.received > PATIENCE]
        for model in dict.fromkeys(each.model for each in ripe):
            calls = [each for each in ripe if each.model == model]
            if (self.places.model(model) / "reference.parquet").is_file():
                self._answer(deployment, model, calls)
            else:
                self._give_up(deployment, calls, why=f"the files of the model {model} are gone")
        return len(ripe)

    def _answer(self, deployment: Deployment, model: str, owed: Sequence[Owed]) -> None:
        """Release by release: each has its threshold, and a champion whose inputs the records have."""
        with self.look() as work:
            thresholds = {each.number: each.threshold for each in work.deployments.releases(deployment.id)}
        loaded = load_model(self.places.model(model))
        for release in dict.fromkeys(each.release for each in owed):
            mine = [each for each in owed if each.release == release]
            for calls in batched(self._records(deployment, mine)):
                for answer in owed_answers(calls, loaded.deciding_at(thresholds[release]), caught_up=True):
                    self.segments.append(answer)

    def _give_up(self, deployment: Deployment, owed: Sequence[Owed], *, why: str) -> None:
        """Those calls can't be answered any more, and must not keep the others waiting."""
        log.error("%d calls of %s have no answer of the other model: %s", len(owed), deployment.address, why)
        with self.unit() as work:
            work.journal.settle(deployment.id, [each.call for each in owed])

    def _records(self, deployment: Deployment, owed: Sequence[Owed]) -> list[Frame]:
        """The calls' records. One that is gone can't be answered any more, and must not keep the others waiting."""
        found = {each.call: self.segments.read_one(deployment.id, each.segment, each.offset) for each in owed}
        lost = [call for call, frame in found.items() if frame is None]
        if lost:
            log.error("the records of %d calls of %s are lost, the other model's answers too", len(lost), deployment.id)
            with self.unit() as work:
                work.journal.settle(deployment.id, lost)
        return [frame for frame in found.values() if frame is not None]

    def _is_behind(self, deployment: Deployment) -> bool:
        return any(
            self.segments.size(deployment.id, name) > offset or self.segments.is_orphan(deployment.id, name)
            for name, offset in self._offsets(deployment).items()
        )

    def _offsets(self, deployment: Deployment) -> dict[str, int]:
        """How far each segment that may still grow is collected."""
        names = self.segments.names(deployment.id)
        with self.look() as work:
            closed = work.journal.closed(deployment.id)
            return {name: work.journal.offset(deployment.id, name) for name in names if name not in closed}

    def _read(self, deployment: Deployment, offsets: Mapping[str, int]) -> tuple[list[Stretch], bool]:
        """What is new, and whether that is all. Segments are read in the order they were begun, so that a champion's
        record comes before its challenger's; one that is not read to its end keeps those after it for the next turn."""
        stretches: list[Stretch] = []
        room = FRAMES_A_TURN
        for name, start in sorted(offsets.items()):
            ended = self.segments.is_orphan(deployment.id, name)  # asked before reading: nothing is written after
            found, end, whole = self.segments.read(deployment.id, name, start, limit=room)
            placed = [Placed(frame, name, offset) for frame, offset in found]
            spent = ended and whole
            if placed or spent:
                stretches.append(Stretch(name, start, end, placed, spent))
            room -= len(placed)
            if not whole or room <= 0:
                return stretches, False
        return stretches, True

    def _keep(self, deployment: Deployment, stretches: Sequence[Stretch], token: int) -> int:
        placed = [each for stretch in stretches for each in stretch.placed]
        ranges = " ".join(f"{s.segment}:{s.start}-{s.end}" for s in stretches)
        find_references(deployment, unit=self.unit, look=self.look, places=self.places)
        with self.unit() as work:
            watch = watched(deployment, work=work, places=self.places)
            marked = mark(placed, deployment=deployment.id, work=work)
            masks = masks_of(deployment, work=work, unseal=self.unseal)
            timely = timely_of(deployment, work=work, now=self.clock.now())
            segmenting = self._segmenting(deployment, marked, work)
            sampling = Sampling(
                key=work.samples.key(deployment.id),
                zone=deployment.time_zone,
                full=work.samples.full(deployment.id),
                hidden=frozenset(masks.columns),
            )
        inputs = {bins.column.name: bins.column.kind for bins in watch.features}
        files = [
            file_frames(
                marked,
                role=role,
                ranges=ranges,
                inputs=self._inputs(marked, inputs),
                masks=masks,
                directory=self.places.journal(deployment.id),
                clock=self.clock,
            )
            for role in Role
        ]
        counted = gather(
            counting(marked),
            watch=watch,
            zone=deployment.time_zone,
            timely=timely,
            segmenting=segmenting,
            sampling=sampling,
        )
        gathered = masked(counted, masks)
        self._commit(deployment, stretches, token, marked, gathered, [file for file in files if file], masks)
        return len(placed)

    def _segmenting(self, deployment: Deployment, marked: Sequence[Placed], work: Unit) -> Segmenting | None:
        """None where no column was ever the segment. Unseen answers to calls that were collected before are told apart
        by the calls' records, which are kept as long as an answer is owed."""
        said = work.segments.said(deployment.id)
        if not said:
            return None
        led = {each.frame.call for each in marked if leads(each)}
        beside = [each.frame for each in marked if each.frame.unseen and not each.frame.inputs]
        calls = [frame.call for frame in beside if frame.call not in led]
        owed = work.journal.owed(deployment.id, calls=calls) if calls else []
        records = {each.call: self.segments.read_one(deployment.id, each.segment, each.offset) for each in owed}
        earlier = {call: frame for call, frame in records.items() if frame is not None}
        return Segmenting(said, work.segments.columns(deployment.id), earlier)

    def _inputs(self, placed: Sequence[Placed], watched_inputs: Mapping[str, Kind]) -> Mapping[str, Kind]:
        """All inputs of the champions that rows were read for, the watched ones and those that have no bins. What two
        of them take as different kinds is kept as text."""
        kinds: dict[str, Kind] = {}
        with self.unit() as work:
            for name in dict.fromkeys(champion_of(each.frame) for each in placed if leads(each)):
                model = work.experiments.model(name)
                for each in ((model.card if model else None) or {}).get("signature", {}).get("inputs", ()):
                    kind = Kind(each["kind"])
                    kinds[each["name"]] = kind if kinds.get(each["name"], kind) is kind else Kind.TEXT
        return kinds or watched_inputs

    def _commit(
        self,
        deployment: Deployment,
        stretches: Sequence[Stretch],
        token: int,
        marked: Sequence[Placed],
        gathered: Gathered,
        files: Sequence[JournalFile],
        masks: Masks,
    ) -> None:
        with self.unit() as work:
            if not work.lease.still(lease_of(deployment), token):
                raise LeaseLost
            if masks_of(deployment, work=work, unseal=self.unseal) != masks:
                raise MasksChanged
            for file in files:
                work.journal.add_file(deployment.id, file)
            work.watch.add_sheets(deployment.id, gathered.sheets)
            work.hours.add(deployment.id, gathered.hours)
            work.segments.add(deployment.id, gathered.segments)
            for column in gathered.segmented:
                work.segments.keep_column(deployment.id, column)
            work.samples.add(deployment.id, gathered.samples)
            work.watch.add_usage(deployment.id, gathered.usage)
            work.callers.add(deployment.id, gathered.callers)
            work.watch.add_violations(deployment.id, gathered.violations)
            work.labels.hold(deployment.id)
            if work.labels.status(deployment.id).unmatched:
                work.labels.place(deployment.id, days_of_rows(marked, zone=deployment.time_zone))
            work.labels.touch(deployment.id, sorted({sheet.day for sheet in gathered.sheets}))
            self._say_changed(deployment, marked, gathered, work)
            settle(marked, deployment=deployment.id, now=self.clock.now(), work=work)
            for stretch in stretches:
                work.journal.advance(deployment.id, stretch.segment, stretch.end, closed=stretch.spent)

    def _say_changed(self, deployment: Deployment, marked: Sequence[Placed], gathered: Gathered, work: Unit) -> None:
        now = self.clock.now()
        called = [each.frame for each in marked if leads(each) and not each.frame.batch and not each.frame.logged]
        received = [frame.received for frame in called]
        if received:
            work.watch.arrived(deployment.id, newest=moment(max(received) // 1000))
        days = {sheet.day for sheet in gathered.sheets} | {cell.day for cell in gathered.violations}
        work.watch.changed(deployment.id, Changed.ROWS, sorted(days), at=now)
        arrived = {cell.day for cell in gathered.usage if cell.by == DaysOf.ARRIVAL}
        work.watch.changed(deployment.id, Changed.USAGE, sorted(arrived), at=now)


def timely_of(deployment: Deployment, *, work: Unit, now: datetime) -> Timely:
    """By the deployment's drift policy, and what has come so far."""
    policy = in_force(work.policies.said(deployment.id)).policy
    span = work.watch.span(deployment.id, by=DaysOf.EVENT)
    newest = min(span[1], moved(today(now, deployment.time_zone), 1)) if span else ""
    return Timely(policy.ahead_hours, policy.lateness_days, newest)


def lease_of(deployment: Deployment) -> str:
    return f"collect {deployment.id}"


def batched(calls: Sequence[Frame]) -> Iterator[list[Frame]]:
    """The calls in lists of a bounded number of rows."""
    batch: list[Frame] = []
    for call in calls:
        if batch and sum(map(rows_owed, batch)) + rows_owed(call) > ROWS_AT_ONCE:
            yield batch
            batch = []
        batch.append(call)
    if batch:
        yield batch
