"""A journal without room: predictions are refused, or answered and counted, and the count outlives its process."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.storage.test_segments import FRAME, calls_of
from watchkeeper.health.disk import Disk, WhenFull
from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.journal import unrecorded
from watchkeeper.storage.journal.guarding import Guarded
from watchkeeper.storage.journal.segments import read_frames
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.journal.unrecorded import STRETCH, Unrecorded, begun, left_behind


class Watched:
    """A disk whose room a test decides on."""

    def __init__(self, when_full: WhenFull) -> None:
        self.when_full = when_full
        self.free = 500

    def __call__(self) -> Disk:
        return Disk(free=self.free, total=1000, low=100, when_full=self.when_full)


def guarded(directory: Path, disk: Watched) -> Guarded:
    return Guarded(
        SegmentStore(directory, process="plane-1"), disk=disk, unrecorded=tally(directory), heritage=directory
    )


def tally(directory: Path) -> Unrecorded:
    return begun(directory / f"plane-1-{len(list(directory.glob('*.unrecorded')))}.unrecorded")


def kept(directory: Path) -> list[Frame]:
    paths = sorted((directory / "d1").glob("*.seg"))
    return [frame for path in paths for frame, _ in read_frames(path, 0, limit=1000)[0]]


def number(count: int, *, at: int = 1) -> Frame:
    return replace(FRAME, call=f"c{count}", received=at, ids=["a", "b"])


def test_without_room_a_call_is_refused_where_that_is_chosen(tmp_path: Path) -> None:
    disk = Watched(WhenFull.REFUSE)
    record = guarded(tmp_path, disk)
    record.append(number(1))
    disk.free = 10
    record.sync()
    with pytest.raises(JournalFull, match="The disk is full"):
        record.append(number(2))
    disk.free = 500
    record.sync()
    record.append(number(3))
    assert [frame.call for frame in kept(tmp_path)] == ["c1", "c3"]
    assert record.unrecorded() == (0, 0)


def test_without_room_calls_are_counted_and_told_by_release_as_soon_as_there_is_some(tmp_path: Path) -> None:
    disk = Watched(WhenFull.ANSWER)
    disk.free = 10
    record = guarded(tmp_path, disk)
    for count in range(3):
        record.append(number(count))
    record.append(replace(number(3), release=2))
    record.append(number(4, at=5 * STRETCH))
    record.sync()
    assert kept(tmp_path) == []
    assert record.unrecorded() == (5, 10)
    disk.free = 500
    record.sync()
    record.sync()
    told = [(frame.kind, frame.release, frame.received, frame.unrecorded) for frame in kept(tmp_path)]
    assert told == [
        ("unrecorded", 1, 0, (3, 6)),
        ("unrecorded", 2, 0, (1, 2)),
        ("unrecorded", 1, 5 * STRETCH, (1, 2)),
    ]


def test_a_process_that_is_killed_leaves_its_count_to_whoever_finds_it_and_one_that_lives_does_not(
    tmp_path: Path,
) -> None:
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from tests.storage.test_guarding import Watched, guarded, number
        from watchkeeper.health.disk import WhenFull
        disk = Watched(WhenFull.ANSWER)
        disk.free = 10
        guarded(Path(sys.argv[1]), disk).append(number(1))
        print("counted", flush=True)
        time.sleep(60)
    """)
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"},
    )
    assert child.stdout is not None
    with child, child.stdout:
        assert child.stdout.readline() == "counted\n"
        guarded(tmp_path, Watched(WhenFull.ANSWER)).sync()
        assert kept(tmp_path) == []
        child.kill()
    guarded(tmp_path, Watched(WhenFull.ANSWER)).sync()
    assert [frame.unrecorded for frame in kept(tmp_path)] == [(1, 2)]
    guarded(tmp_path, Watched(WhenFull.ANSWER)).sync()
    assert len(kept(tmp_path)) == 1


def test_what_was_told_and_not_forgotten_before_a_kill_is_told_again_under_the_same_name(tmp_path: Path) -> None:
    first = tally(tmp_path)
    first.count(number(1))
    told = first.told()
    first.close()
    ((_, again),) = left_behind(tmp_path)
    assert again.told() == told


def test_a_challenger_has_no_answer_to_a_call_that_was_not_recorded(tmp_path: Path) -> None:
    disk = Watched(WhenFull.ANSWER)
    record = guarded(tmp_path, disk)
    record.append(number(1))
    disk.free = 10
    record.sync()
    record.append(number(2))
    answers = [replace(number(count), role="challenger", inputs={}) for count in (1, 2)]
    with pytest.raises(JournalFull):  # what is owed to the first stays owed
        record.extend(answers)
    disk.free = 500
    record.sync()
    record.extend(answers)
    found = [(frame.call, frame.role) for frame in kept(tmp_path) if frame.kind == "answered"]
    assert found == [("c1", "champion"), ("c1", "challenger")]
    record.extend(answers[1:])
    assert record.unrecorded() == (1, 2)


def test_when_there_is_no_place_for_the_count_either_the_call_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unrecorded, "SIZE", 2 * unrecorded.SLOT.size)
    disk = Watched(WhenFull.ANSWER)
    disk.free = 10
    record = guarded(tmp_path, disk)
    record.append(number(1))
    record.append(number(2, at=STRETCH))
    record.append(number(3, at=STRETCH))
    with pytest.raises(JournalFull, match="Make room"):
        record.append(number(4, at=2 * STRETCH))


def test_a_disk_that_fills_up_between_two_looks_is_found_by_the_write(tmp_path: Path) -> None:
    class Full(SegmentStore):
        def extend(self, frames: object) -> None:
            del frames
            raise JournalFull("no space")

    record = Guarded(Full(tmp_path, process="plane-1"), disk=Watched(WhenFull.ANSWER))
    record.append(number(1))
    assert record.unrecorded() == (1, 2)
    assert not calls_of_any(tmp_path)


def calls_of_any(directory: Path) -> list[str]:
    return [call for path in directory.rglob("*.seg") for call in calls_of(path)]
