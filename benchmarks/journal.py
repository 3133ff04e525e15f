"""What reading two million rows of a journal back costs: time, and the memory of the server and of the client."""

import multiprocessing as mp
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2
import numpy as np
import pyarrow as pa
import uvicorn

from tests.storage.worlds import NOW, world_in
from watchkeeper.access.identifying import first_administrator, issue_key
from watchkeeper.clock import SystemClock
from watchkeeper.monitoring.collecting.filing import INPUT, SyncedFile
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.monitoring.journal import Journal
from watchkeeper.server.assembly import assemble
from watchkeeper.server.console import create_app
from watchkeeper.server.settings import Settings
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.work import Store

FILES = (1_000_000, *[100_000] * 10)
NAMES = ("size", *(f"x{place}" for place in range(19)))
PORT = 18_191
MB = 2**20


def journal() -> None:
    """Twenty numeric inputs; one merged file of a million rows, and ten small ones."""
    print(f"{sum(FILES):,} rows of {len(NAMES)} inputs in {len(FILES)} files.\n")
    print("| read | rows | seconds | server's memory, MB more | client's, MB more |")
    print("|---|--:|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        key = _made(Path(directory))
        for name, rows in _readings(Path(directory)).items():
            _measure(name, rows, Path(directory), key)


def _readings(directory: Path) -> dict[str, Callable[[Journal], int]]:
    a_day = NOW - timedelta(days=1)
    return {
        "`.batches()`": lambda of: sum(each.num_rows for each in of().batches()),
        '`where={"size": (">", 0.99)}`, `.to_arrow()`': lambda of: of(where={"size": (">", 0.99)}).to_arrow().num_rows,
        "the last day, `.to_arrow()`": lambda of: of(start=a_day).to_arrow().num_rows,
        "`.to_parquet()`": lambda of: of().to_parquet(directory / "all.parquet").stat().st_size and sum(FILES),
        "`.newest(100)`": lambda of: len(of().newest(100)),
        '`where={"id": ...}`, `.newest(1)`': lambda of: len(of(where={"id": "3-77"}).newest(1)),
        "`.to_arrow()`, all in the client's memory": lambda of: of().to_arrow().num_rows,
    }


def _measure(name: str, rows: Callable[[Journal], int], directory: Path, key: str) -> None:
    """Each in a server and a client of its own; a first small reading loads what there is to load."""
    with _process(_serve, directory) as (server, _), _process(_read, key, rows) as (_, client):
        client.recv()
        before = _peak(server, reset=True)
        client.send("go")
        found, seconds, more = client.recv()
        print(f"| {name} | {found:,} | {seconds:.1f} | {_peak(server) - before:.0f} | {more:.0f} |", flush=True)


@contextmanager
def _process(work: Callable[..., None], *given: object):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Forked, so that what it does need not be spelled."""
    here, there = mp.get_context("fork").Pipe()
    child = mp.get_context("fork").Process(target=work, args=(there, *given), daemon=True)
    child.start()
    try:
        yield child.pid, here
    finally:
        child.kill()
        child.join()


def _serve(_: Connection, directory: Path) -> None:
    uvicorn.run(create_app(assemble(Settings(data_dir=directory))), port=PORT, log_level="error")


def _read(there: Connection, key: str, rows: Callable[[Journal], int]) -> None:
    caller = Caller(f"http://127.0.0.1:{PORT}", key)
    of = Journal(caller, "d1")
    while True:
        with suppress(Exception):
            httpx2.get(f"http://127.0.0.1:{PORT}/health/ready")
            break
        time.sleep(0.1)
    of(where={"id": "none"}, start=NOW - timedelta(hours=1)).to_arrow()
    of(start=NOW - timedelta(hours=1)).newest(1)
    there.send("ready")
    there.recv()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    found = rows(of)
    took = time.perf_counter() - begun
    there.send((found, took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024))
    time.sleep(60)


def _peak(process: int, *, reset: bool = False) -> float:
    if reset:
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _made(directory: Path) -> str:
    settings = Settings(data_dir=directory)
    store = Store(settings.database_url)
    migrate(store)
    world = world_in(store, directory)
    chance = np.random.default_rng(1)
    world.places.journal("d1").mkdir(parents=True)
    with store.work() as work:
        user = first_administrator(users=work.users, clock=SystemClock())
        _, secret = issue_key("bench", keys=work.keys, clock=SystemClock(), user=user.id)
        for number, size in enumerate(FILES):
            path = world.places.journal("d1") / f"{number}.parquet"
            last = NOW - timedelta(days=len(FILES) - 1 - number)
            with SyncedFile(path, _rows(number, 0, 1, chance, size).schema) as file:
                for start in range(0, size, 50_000):
                    file.write(_rows(number, start, min(50_000, size - start), chance, size))
            first = last - timedelta(days=1)
            made = JournalFile(path.name, "champion", size, path.stat().st_size, first, last, NOW)
            work.journal.add_file("d1", made)
    store.close()
    return secret


def _rows(number: int, start: int, count: int, chance: np.random.Generator, size: int) -> pa.Table:
    day = 86_400_000_000
    begun = int(NOW.timestamp() * 1e6) - (len(FILES) - number) * day
    at = pa.array(begun + (np.arange(start, start + count) * day) // size, pa.timestamp("us", "UTC"))
    plain = {"call": "c", "role": "champion", "model": "m1", "key": "k1"}
    return pa.table(
        {
            "id": pa.array([f"{number}-{row}" for row in range(start, start + count)]),
            "at": at,
            "received": at,
            "release": pa.array(np.ones(count, dtype=np.int32)),
            **{name: pa.array([value] * count) for name, value in plain.items()},
            "duplicate": pa.array([False] * count),
            "prediction": pa.array(chance.normal(size=count)),
            "value": pa.array([None] * count, pa.string()),
            "violations": pa.array([None] * count, pa.string()),
            **{INPUT + name: pa.array(chance.random(count)) for name in NAMES},
        }
    )
