"""When what was recorded is put on the disk itself, and who waits for that."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from watchkeeper.server.plane.syncing import Syncing
from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame


@dataclass
class Disk:
    """A Record that counts how often it is synced, and waits each time until it may go on."""

    syncs: int = 0
    broken: bool = False
    may: threading.Event = field(default_factory=threading.Event)

    def append(self, frame: Frame) -> None: ...
    def extend(self, frames: Sequence[Frame]) -> None: ...
    def close(self) -> None: ...
    def sync(self) -> None:
        self.may.wait(5)
        self.syncs += 1
        if self.broken:
            raise OSError(5, "Input/output error")


async def while_syncing(syncing: Syncing, calls: int, disk: Disk) -> list[BaseException | None]:
    """The first call begins a sync; the others come while it lasts."""
    work = asyncio.create_task(syncing.sync())
    first = asyncio.create_task(syncing.synced())
    await asyncio.sleep(0.05)
    rest = [asyncio.create_task(syncing.synced()) for _ in range(calls - 1)]
    await asyncio.sleep(0.05)
    assert not any(each.done() for each in (first, *rest))
    disk.may.set()
    found = await asyncio.gather(first, *rest, return_exceptions=True)
    work.cancel()
    return list(found)


def test_calls_that_wait_together_share_one_sync() -> None:
    disk = Disk()
    syncing = Syncing(disk, every=0)
    assert syncing.waits
    assert asyncio.run(while_syncing(syncing, 40, disk)) == [None] * 40
    assert disk.syncs == 2


def test_a_call_whose_record_is_not_on_the_disk_is_not_answered() -> None:
    disk = Disk(broken=True)
    found = asyncio.run(while_syncing(Syncing(disk, every=0), 3, disk))
    assert all(isinstance(each, JournalFull) and "Input/output" in each.message for each in found)


def test_nobody_waits_where_the_disk_is_synced_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    disk.may.set()
    syncing = Syncing(disk, every=0.01)
    assert not syncing.waits

    async def some_time() -> None:
        work = asyncio.create_task(syncing.sync())
        await asyncio.sleep(0.1)
        disk.broken = True
        await asyncio.sleep(0.05)
        work.cancel()

    asyncio.run(some_time())
    assert disk.syncs > 2
    assert "trying again" in caplog.text
