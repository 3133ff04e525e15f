"""Keeping the journal small and its files few: merge, and remove what nobody reads any more."""

from datetime import timedelta
from hashlib import sha256

from watchkeeper.monitoring.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.journalling import merge_files, most_alike
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.serving.deployment import Deployment, Role

GRACE = timedelta(minutes=10)
HORIZON = timedelta(days=7)
"""In which a row that comes again with the same id changes nothing."""
FORGET_AT_ONCE, FORGET_TIMES = 5_000, 200
SMALL = 16 * 2**20
MERGE_FROM, MERGE_AT_MOST = 32, 64


def tidy(deployment: Deployment, collector: Collector) -> None:
    """Only the collector that holds the deployment's lease tidies it, in the same thread as it collects."""
    token = collector.take(deployment)
    if token is None:
        return
    for role in Role:
        merge_small(deployment, role, collector, token)
    remove_retired(deployment, collector)
    remove_spent_segments(deployment, collector)
    forget_seen(deployment, collector)


def forget_seen(deployment: Deployment, collector: Collector) -> None:
    """Ids beyond the horizon, some at a time, so that nobody waits for long."""
    before = collector.clock.now() - HORIZON
    for _ in range(FORGET_TIMES):
        with collector.unit() as work:
            if work.journal.forget_seen(deployment.id, before=before, limit=FORGET_AT_ONCE) < FORGET_AT_ONCE:
                return


def merge_small(deployment: Deployment, role: Role, collector: Collector, token: int) -> None:
    """Replace many small files by one: the manifest changes hands in one transaction, and readers that have begun
    still find the old files for a while."""
    with collector.look() as work:
        small = [file for file in work.journal.files(deployment.id, role=role) if file.bytes < SMALL]
    directory = collector.places.journal(deployment.id)
    small = most_alike(small, directory)[:MERGE_AT_MOST] if len(small) >= MERGE_FROM else []
    if len(small) < MERGE_FROM:
        return
    names = [file.name for file in small]
    target = directory / f"{sha256(' '.join(names).encode()).hexdigest()[:32]}.parquet"
    merge_files([directory / name for name in names], target)
    merged = JournalFile(
        name=target.name,
        role=role,
        rows=sum(file.rows for file in small),
        bytes=target.stat().st_size,
        first=min(file.first for file in small),
        last=max(file.last for file in small),
        made=collector.clock.now(),
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
    for name in sorted(closed - needed):
        collector.segments.remove(deployment.id, name)
        with collector.unit() as work:
            work.journal.forget(deployment.id, name)
