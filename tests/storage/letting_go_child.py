"""A worker that does nothing but tidy, a file at a time and over and over, until it is killed."""

import sys
from datetime import datetime
from pathlib import Path

from tests.fakes.clock import StillClock
from tests.storage.worlds import unseal
from watchkeeper.monitoring.collecting.collecting import Collector
from watchkeeper.monitoring.keeping import letting_go
from watchkeeper.monitoring.keeping.tidying import tidy
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.work import Store


def work(url: str, root: str, now: str) -> None:
    letting_go.AT_ONCE, letting_go.MOST = 1, 4
    store, places = Store(url), Places(Path(root))
    segments = SegmentStore(places.segments(), process="worker")
    clock = StillClock(datetime.fromisoformat(now))
    collector = Collector("worker", store.work, store.look, store.sync, places, segments, clock, unseal)
    with store.look() as unit:
        (deployment,) = unit.deployments.all()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        tidy(deployment, collector)
        clock.move(minutes=3)


if __name__ == "__main__":
    work(*sys.argv[1:])
