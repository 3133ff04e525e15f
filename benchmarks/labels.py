"""What labels cost as the labels kept grow: a thousand come, are found, and their day is counted anew."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from msgspec.structs import replace

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.labels.sending import send_labels
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.sql.labels import label_counts
from watchkeeper.storage.sql.labels import labels as kept_labels
from watchkeeper.storage.work import Store

A_DAY, FIRST = 1_000, timedelta(days=1_100)
TIMES = 5
SIZES = (10_000, 100_000, 1_000_000)


def labels() -> None:
    """Labels kept are of a thousand rows a day, and a tenth of them of nothing; journal files are merged."""
    print(
        "| labels kept | of 1,000 more: sent ms | found and counted ms | collected and found ms | status ms | times |"
    )
    print("|--:|--:|--:|--:|--:|--:|", flush=True)
    first = None
    for size in SIZES:
        with tempfile.TemporaryDirectory() as directory:
            taken = _taken(Path(directory), size)
        first = first or sum(taken)
        told = " | ".join(f"{each:.1f}" for each in taken)
        print(f"| {size:,} | {told} | {sum(taken) / first:.2f} |", flush=True)


def _taken(root: Path, size: int) -> list[float]:
    store = Store(f"sqlite:///{root / 'kept.sqlite'}")
    migrate(store)
    world = world_in(store, root)
    _keep(store, size)
    rounds = [_round(world, number) for number in range(TIMES)]
    store.close()
    return [statistics.median(each) for each in zip(*rounds, strict=True)]


def _round(world: World, number: int) -> list[float]:
    """Labels of rows that are in the journal; then rows whose labels came before them."""
    known, early = ([f"round {number} {what} {row}" for row in range(A_DAY)] for what in ("known", "early"))
    _predict(world, known, day=2 * number)
    world.collect()
    sent = _clock(lambda: _send(world, known))
    counted = _clock(lambda: _settle(world))
    _send(world, early)
    _settle(world)
    _predict(world, early, day=2 * number + 1)
    collected = _clock(lambda: (world.collect(), _settle(world)))

    def status() -> None:
        with world.store.look() as work:
            found = work.labels.status("d1")
        assert not found.waiting
        assert not found.days_waiting

    return [sent, counted, collected, _clock(status)]


def _keep(store: Store, size: int) -> None:
    unmatched = size // 10
    columns = {"deployment": "d1", "value": 1.0, "given_by": "Ann", "counts": True, "received": NOW, "looked_at": NOW}
    with store.work() as work:
        for start in range(0, size, 100_000):
            rows = [
                {**columns, "row": f"old {n}", "day": None if n < unmatched else _day(n // A_DAY)}
                for n in range(start, min(start + 100_000, size))
            ]
            work.connection.execute(kept_labels.insert(), rows)
        counts = {"kept": size, "rows": size, "matched": size - unmatched, "waiting": 0, "newest": NOW}
        work.connection.execute(label_counts.insert().values(deployment="d1", **counts))
        if work.connection.dialect.name == "postgresql":
            work.connection.execute(sa.text("ANALYZE labels"))


def _day(number: int) -> str:
    return (NOW - FIRST + timedelta(days=number)).date().isoformat()


def _predict(world: World, rows: list[str], *, day: int) -> None:
    at = int((NOW + timedelta(days=day)).timestamp() * 1e6)
    frame = call(rows[0], rows=len(rows), own=True, owes=None)
    world.plane.append(replace(frame, ids=rows, at=[at] * len(rows)))


def _send(world: World, rows: list[str]) -> None:
    with world.store.work() as work:
        given = [{"id": row, "value": 2.0} for row in rows]
        send_labels("d1", given, classes=None, given_by="Ann", labels=work.labels, clock=world.clock)


def _settle(world: World) -> None:
    while score(world.deployment, world.collector):
        pass


def _clock(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
