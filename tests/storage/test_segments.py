"""Segments: what was appended is there, whatever happened to the process that appended it."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from msgspec.structs import replace

from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame, pack
from watchkeeper.storage.journal import segments
from watchkeeper.storage.journal import store as stores
from watchkeeper.storage.journal.segments import SegmentWriter, is_orphan, read_frame, read_frames
from watchkeeper.storage.journal.store import SegmentStore

FRAME = Frame(
    kind="answered",
    deployment="d1",
    release=1,
    role="champion",
    model="m1",
    key="k1",
    call="c0",
    received=1,
    milliseconds=0.5,
    ids=["a"],
    at=[0],
    inputs={"x": [1.0]},
    outputs=[2.0],
)


def calls_of(path: Path) -> list[str]:
    return [frame.call for frame, _ in read_frames(path, 0, limit=10**6)[0]]


def test_a_live_segment_is_no_orphan_and_a_closed_one_is(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path / "one.seg")
    assert not is_orphan(writer.path)
    writer.close()
    assert is_orphan(writer.path)


def test_a_segment_has_no_name_before_it_is_locked(tmp_path: Path) -> None:
    SegmentWriter(tmp_path / "one.seg")
    assert [path.name for path in tmp_path.iterdir()] == ["one.seg"]


def test_what_a_killed_process_appended_is_there_and_its_segment_is_an_orphan(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from msgspec.structs import replace
        from tests.storage.test_segments import FRAME
        from watchkeeper.storage.journal.store import SegmentStore
        store = SegmentStore(Path(sys.argv[1]), process="plane-1")
        for number in range(10**9):
            store.append(replace(FRAME, call=f"c{number}"))
            print(number, flush=True)
    """)
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert child.stdout is not None
    with child, child.stdout:
        said = [int(child.stdout.readline()) for _ in range(200)]
        child.send_signal(signal.SIGKILL)
        said += [int(line) for line in child.stdout if line.endswith("\n")]
    store = SegmentStore(tmp_path, process="reader")
    (name,) = store.names("d1")
    assert store.is_orphan("d1", name)
    kept = [frame.call for frame, _ in store.read("d1", name, 0, limit=10**6)[0]]
    assert kept[: len(said)] == [f"c{number}" for number in said]


def test_a_torn_tail_is_no_frame_and_the_next_process_has_a_segment_of_its_own(tmp_path: Path) -> None:
    first = SegmentStore(tmp_path, process="plane-1")
    first.append(FRAME)
    first.close()
    (name,) = first.names("d1")
    with (tmp_path / "d1" / name).open("ab") as file:
        file.write(pack(replace(FRAME, call="torn"))[:-3])
    second = SegmentStore(tmp_path, process="plane-1")
    second.append(replace(FRAME, call="c1"))
    assert [calls_of(tmp_path / "d1" / each) for each in second.names("d1")] == [["c0"], ["c1"]]
    second.close()


def test_a_damaged_record_is_passed_over_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writer = SegmentWriter(tmp_path / "one.seg")
    for number in range(3):
        writer.append(replace(FRAME, call=f"c{number}"))
    writer.close()
    size = writer.path.stat().st_size // 3
    with writer.path.open("r+b") as file:
        file.seek(size + size // 2)
        file.write(b"\xff\xff")
    assert calls_of(writer.path) == ["c0", "c2"]
    assert "damaged" in caplog.text
    assert read_frame(writer.path, size) is None


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param([(1, 0, b"\xff\xff\xff\x7f")], id="a length"),
        pytest.param([(1, 0, b"\x01\x00\x00\x00")], id="a small length"),
        pytest.param([(1, 40, b"\xff\xff"), (2, 40, b"\xff\xff")], id="two in a row"),
    ],
)
def test_what_stands_behind_damage_of_any_kind_is_found(tmp_path: Path, damage: list[tuple[int, int, bytes]]) -> None:
    writer = SegmentWriter(tmp_path / "one.seg")
    for number in range(6):
        writer.append(replace(FRAME, call=f"c{number}"))
    writer.close()
    size = writer.path.stat().st_size // 6
    with writer.path.open("r+b") as file:
        for record, place, content in damage:
            file.seek(record * size + place)
            file.write(content)
    lost = {f"c{record}" for record, _, _ in damage}
    assert calls_of(writer.path) == [f"c{number}" for number in range(6) if f"c{number}" not in lost]


def test_a_large_segment_is_read_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_BYTES", 300)
    writer = SegmentWriter(tmp_path / "one.seg")
    for number in range(20):
        writer.append(replace(FRAME, call=f"c{number}"))
    writer.close()
    seen, start, end = [], 0, False
    while not end:
        found, start, end = read_frames(writer.path, start, limit=100)
        assert len(found) < 20
        seen += [frame.call for frame, _ in found]
    assert seen == [f"c{number}" for number in range(20)]


def test_a_full_disk_keeps_nothing_of_the_record_and_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SegmentWriter(tmp_path / "one.seg")
    writer.append(FRAME)
    real = os.write
    # A disk that fills up can't be had in a test without being root: only the system call is replaced.
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, data: real(file, data[: len(data) // 2]))
        with pytest.raises(JournalFull, match="Make room"):
            writer.append(replace(FRAME, call="lost"))
    writer.append(replace(FRAME, call="c1"))
    writer.close()
    assert calls_of(writer.path) == ["c0", "c1"]


def test_a_full_segment_is_followed_by_another_and_closed_off_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "FULL", 200)
    synced: list[int] = []
    real = os.fsync

    def listened(file: int) -> None:
        synced.append(os.fstat(file).st_ino)
        real(file)

    # Which descriptors are put on the disk can't be seen from outside: the system call is listened to.
    monkeypatch.setattr(os, "fsync", listened)
    store = SegmentStore(tmp_path, process="plane-1")
    for number in range(4):
        store.append(replace(FRAME, call=f"c{number}"))
    names = store.names("d1")
    assert len(names) > 1
    assert synced == []
    store.sync()
    assert {(tmp_path / "d1" / name).stat().st_ino for name in names} <= set(synced)
    assert [store.is_orphan("d1", name) for name in names] == [True] * (len(names) - 1) + [False]
    assert [call for name in names for call in calls_of(tmp_path / "d1" / name)] == ["c0", "c1", "c2", "c3"]
    synced.clear()
    store.sync()
    assert synced == []
    store.close()


def test_removing_a_segment_twice_changes_nothing(tmp_path: Path) -> None:
    store = SegmentStore(tmp_path, process="plane-1")
    store.append(FRAME)
    store.close()
    (name,) = store.names("d1")
    store.remove("d1", name)
    store.remove("d1", name)
    assert store.names("d1") == []
    assert store.read_one("d1", name, 0) is None


def test_a_process_is_done_with_an_old_segment_however_small_and_goes_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SegmentStore(tmp_path, process="plane-1")
    store.append(FRAME)
    store.sync()
    (young,) = store.names("d1")
    assert not store.is_orphan("d1", young)
    monkeypatch.setattr(stores, "OLD", 0.0)
    store.sync()
    assert store.is_orphan("d1", young)
    store.append(replace(FRAME, call="c1"))
    old, fresh = store.names("d1")
    assert [calls_of(tmp_path / "d1" / name) for name in (old, fresh)] == [["c0"], ["c1"]]
    assert (old, store.is_orphan("d1", fresh)) == (young, False)
