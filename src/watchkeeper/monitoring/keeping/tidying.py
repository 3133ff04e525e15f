"""Keeping the journal small and its files few: let go, merge, and remove what nobody reads any more; and the hours."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.collecting.journalling import merge_files, most_alike
from watchkeeper.monitoring.days import first_hour, moved, today
from watchkeeper.monitoring.keeping.letting_go import let_go
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.deployment import Deployment, Role

GRACE = timedelta(minutes=10)
HORIZON = timedelta(days=7)
"""In which a row that comes again with the same id changes nothing."""
FORGET_AT_ONCE, FORGET_TIMES, HOURS_AT_ONCE = 5_000, 200, 500
SMALLEST, LARGE = 64 * 2**10, 64 * 2**20
"""Bytes: of the smallest class of files, and from which on a file is left as it is."""
MERGE_FROM, MERGE_AT_MOST, MOST_MERGES = 8, 512, 50


def tidy(deployment: Deployment, collector: Collector) -> None:
    """Only the collector that holds the deployment's lease tidies it, in the same thread as it collects."""
    token = collector.take(deployment)
    if token is None:
        return
    let_go(deployment, collector, token)
    for role in Role:
        merge_small(deployment, role, collector, token)
    remove_retired(deployment, collector)
    remove_spent_segments(deployment, collector)
    forget_seen(deployment, collector)
    let_hours_go(deployment, collector)


def let_hours_go(deployment: Deployment, collector: Collector) -> None:
    """Profiles by the hour beyond their limit, some at a time; what their days' verdicts asked of them is kept with
    these, so the hours of a day that is still to be judged stay."""
    with collector.look() as work:
        span, due = work.watch.span(deployment.id, by=DaysOf.EVENT), work.verdicts.due(deployment.id, over="", limit=1)
    if span is None:
        return
    newest = min(span[1], moved(today(collector.clock.now(), deployment.time_zone), 1))
    first = min([moved(newest, -collector.keep_hours), *due])
    before = first_hour(first, ZoneInfo(deployment.time_zone))
    for _ in range(FORGET_TIMES):
        with collector.unit() as work:
            if work.hours.let_go(deployment.id, before=before, limit=HOURS_AT_ONCE) < HOURS_AT_ONCE:
                return


def forget_seen(deployment: Deployment, collector: Collector) -> None:
    """Ids beyond the horizon, some at a time, so that nobody waits for long."""
    before = collector.clock.now() - HORIZON
    for _ in range(FORGET_TIMES):
        with collector.unit() as work:
            if work.journal.forget_seen(deployment.id, before=before, limit=FORGET_AT_ONCE) < FORGET_AT_ONCE:
                return


def merge_small(deployment: Deployment, role: Role, collector: Collector, token: int) -> None:
    """Replace several small files by one, as long as there are such: the manifest changes hands in one transaction, and
    readers that have begun still find the old files for a while."""
    directory = collector.places.journal(deployment.id)
    for _ in range(MOST_MERGES):
        with collector.look() as work:
            files = work.journal.files(deployment.id, role=role)
        groups = to_merge(files, today=collector.clock.now().date())
        chosen = next((alike for each in groups if len(alike := most_alike(each, directory)) > 1), None)
        if chosen is None:
            return
        _merge(deployment, role, chosen, collector, token)


def to_merge(files: Sequence[JournalFile], *, today: date) -> Iterator[list[JournalFile]]:
    """Files of one day of arrival and about one size, once there are enough of them: so a row is written anew a few
    times in all, however many files come. Of a day that is over, what is left is put together."""
    days: dict[date, list[JournalFile]] = defaultdict(list)
    for file in files:
        if file.bytes < LARGE:
            days[file.made.date()].append(file)
    for day, small in sorted(days.items()):
        if day < today and len(small) > 1:
            yield _together(small)
            continue
        sizes: dict[int, list[JournalFile]] = defaultdict(list)
        for file in small:
            sizes[_size_class(file.bytes)].append(file)
        for _, alike in sorted(sizes.items()):
            if len(alike) >= MERGE_FROM:
                yield _together(alike)


def _size_class(size: int) -> int:
    """Of each class the files are up to eight times as large as of the one before."""
    return sum(size >= SMALLEST * MERGE_FROM**step for step in range(8))


def _together(files: Sequence[JournalFile]) -> list[JournalFile]:
    """As many as make one large file."""
    chosen, size = list(files[:2]), sum(file.bytes for file in files[:2])
    for file in files[2:MERGE_AT_MOST]:
        if size + file.bytes > 2 * LARGE:
            break
        chosen.append(file)
        size += file.bytes
    return chosen


def _merge(deployment: Deployment, role: Role, files: Sequence[JournalFile], collector: Collector, token: int) -> None:
    directory = collector.places.journal(deployment.id)
    names = [file.name for file in files]
    target = directory / f"{sha256(' '.join(names).encode()).hexdigest()[:32]}.parquet"
    merge_files([directory / name for name in names], target)
    merged = JournalFile(
        name=target.name,
        role=role,
        rows=sum(file.rows for file in files),
        bytes=target.stat().st_size,
        first=min(file.first for file in files),
        last=max(file.last for file in files),
        made=max(file.made for file in files),
    )
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        work.journal.retire_files(deployment.id, names, at=collector.clock.now())
        work.journal.add_file(deployment.id, merged)


def remove_retired(deployment: Deployment, collector: Collector) -> None:
    """Files that were merged away some time ago, and files that a crash left unnamed."""
    directory = collector.places.journal(deployment.id)
    before = collector.clock.now() - GRACE
    with collector.unit() as work:
        retired = work.journal.retired(deployment.id, before=before)
    if retired:
        collector.sync()
    for name in retired:
        (directory / name).unlink(missing_ok=True)
    with collector.unit() as work:
        work.journal.drop_retired(deployment.id, retired)
        named = work.journal.names(deployment.id)
    for path in directory.glob("*.p*"):
        if path.name not in named and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def remove_spent_segments(deployment: Deployment, collector: Collector) -> None:
    """Segments whose process is gone, that are wholly collected, and to which nothing is owed."""
    with collector.unit() as work:
        closed = work.journal.closed(deployment.id)
        needed = {owed.segment for owed in work.journal.owed(deployment.id)}
    spent = sorted(closed - needed)
    if spent:
        collector.sync()
    for name in spent:
        collector.segments.remove(deployment.id, name)
        with collector.unit() as work:
            work.journal.forget(deployment.id, name)
