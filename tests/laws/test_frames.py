"""What is packed is unpacked, and a segment can be cut anywhere without losing a whole frame before the cut."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.serving.frames import HEADER, Frame, pack, unpack, whole
from watchkeeper.storage.journal.segments import SegmentWriter, read_frame, read_frames

VALUES = st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False), st.text(max_size=20))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    rows = draw(st.integers(0, 4))
    column = st.lists(VALUES, min_size=rows, max_size=rows)
    return Frame(
        kind=draw(st.sampled_from(["answered", "refused", "failed"])),
        deployment="d1",
        release=draw(st.integers(1, 9)),
        role=draw(st.sampled_from(["champion", "challenger"])),
        model="m1",
        key="k1",
        call=draw(st.text(max_size=20)),
        received=draw(st.integers(0, 2**62)),
        milliseconds=draw(NUMBERS),
        ids=draw(st.lists(st.text(max_size=20), min_size=rows, max_size=rows)),
        at=draw(st.lists(st.integers(-(2**50), 2**50), min_size=rows, max_size=rows)),
        inputs={name: draw(column) for name in draw(st.sets(st.text(max_size=8), max_size=3))},
        outputs=draw(st.lists(NUMBERS, min_size=rows, max_size=rows)),
        violations=[(0, "a", "wrong-type", draw(st.text(max_size=9)))] if rows else [],
        owes=draw(st.one_of(st.none(), st.just("m2"))),
        error=draw(st.text(max_size=20)),
        owed_rows=draw(st.one_of(st.none(), st.lists(st.integers(0, 9), max_size=3))),
    )


@given(frames())
def test_a_frame_comes_back_as_it_was(frame: Frame) -> None:
    record = pack(frame)
    header, payload = record[: HEADER.size], record[HEADER.size :]
    assert whole(header, payload)
    assert unpack(payload) == frame


@settings(max_examples=60)
@given(st.lists(frames(), min_size=1, max_size=6), st.data())
def test_a_segment_cut_anywhere_keeps_every_frame_before_the_cut(written: list[Frame], data: st.DataObject) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "one.seg"
        writer = SegmentWriter(path)
        for frame in written:
            writer.append(frame)
        writer.close()
        found, end, is_end = read_frames(path, 0, limit=100)
        assert [frame for frame, _ in found] == written
        assert (end, is_end) == (path.stat().st_size, True)

        cut = data.draw(st.integers(0, end))
        with path.open("r+b") as file:
            file.truncate(cut)
        ends = [*(offset for _, offset in found[1:]), end]
        expected = [frame for frame, after in zip(written, ends, strict=True) if after <= cut]
        kept, reached, is_end = read_frames(path, 0, limit=100)
        assert [frame for frame, _ in kept] == expected
        assert reached == max([0, *(after for after in ends if after <= cut)])
        assert is_end


@settings(max_examples=40)
@given(st.lists(frames(), min_size=1, max_size=6), st.integers(1, 3))
def test_reading_in_turns_gives_what_reading_at_once_gives(written: list[Frame], limit: int) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "one.seg"
        writer = SegmentWriter(path)
        for frame in written:
            writer.append(frame)
        read: list[Frame] = []
        start, is_end = 0, False
        while not is_end:
            found, start, is_end = read_frames(path, start, limit=limit)
            read += [frame for frame, _ in found]
            assert all(read_frame(path, offset) == frame for frame, offset in found)
        writer.close()
        assert read == written
