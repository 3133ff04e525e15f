"""A frame: the record of one call in one role, as it is appended to a segment.

On disk: the payload's length and CRC-32, four bytes each, little-endian, then the payload, columnar msgpack.
"""

import struct
from collections.abc import Collection, Sequence
from typing import Any, Literal
from zlib import crc32

import msgspec
from msgspec.structs import replace

HEADER = struct.Struct("<II")
LARGEST = 2**31
"""Bytes of a payload; a length beyond it is damage."""


class Frame(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Lists have one entry a row. New fields go to the end and have a default, so that older segments can be read.

    Attributes:
        kind: `answered`; `refused` (the rows were at fault) and `failed` (the model was) have no outputs; `unrecorded`
            stands for calls that were answered while the disk was full.
        received: when the call arrived, in nanoseconds since 1970, UTC.
        milliseconds: from then to the answer.
        at: each row's event time, in microseconds since 1970, UTC.
        own_ids: whether the row's id is the caller's own; None when none is.
        inputs: each input's values; empty in a challenger's frame that is unseen, whose rows are those of its call's
            champion.
        outputs: the prediction, or the probability of the positive class.
        values: the predicted class, where classes are predicted.
        violations: (row, column, violation, example).
        owes: the model whose answer to these rows is owed, if there is a challenger.
        owed_rows: to which of the rows; None for all of them.
        part: in a split, whether this model answered the caller or the same rows unseen; else the champion answered.
        caught_up: computed from the record by the worker, not when the call was made.
        batch: the batch that it is a piece of. Such a frame is no call, and counts once as a whole: its `call` is the
            same whenever the piece is answered again.
        logged: the prediction was made elsewhere, and is no call.
        unrecorded: how many calls and rows it stands for, all received within a quarter of an hour.
    """

    kind: Literal["answered", "refused", "failed", "unrecorded"]
    deployment: str
    release: int
    role: str
    model: str
    key: str
    call: str
    received: int
    milliseconds: float
    ids: list[str] = []
    at: list[int] = []
    own_ids: list[bool] | None = None
    inputs: dict[str, Sequence[Any]] = {}
    outputs: list[float] = []
    values: list[str] | None = None
    violations: list[tuple[int, str, str, str]] = []
    owes: str | None = None
    caught_up: bool = False
    error: str = ""
    owed_rows: list[int] | None = None
    part: Literal["", "answered", "unseen"] = ""
    batch: str = ""
    unrecorded: tuple[int, int] = (0, 0)
    logged: bool = False

    @property
    def unseen(self) -> bool:
        """Whether it is what the other model would have said: the caller was answered by another frame."""
        return self.part == "unseen" or (not self.part and self.role != "champion")


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)


def pack(frame: Frame) -> bytes:
    payload = _encoder.encode(frame)
    return HEADER.pack(len(payload), crc32(payload)) + payload


def unpack(payload: bytes | memoryview) -> Frame:
    return _decoder.decode(payload)


def whole(header: bytes | memoryview, payload: bytes | memoryview) -> bool:
    """Whether the payload is all there and undamaged."""
    length, check = HEADER.unpack(header)
    return bool(len(payload) == length and crc32(payload) == check)


def without_rows(frame: Frame, ids: Collection[str]) -> Frame | None:
    """The record without the rows of these ids; None when it has none of them."""
    kept = [row for row, name in enumerate(frame.ids) if name not in ids]
    if len(kept) == len(frame.ids):
        return None
    place = {row: new for new, row in enumerate(kept)}
    return replace(
        frame,
        ids=[frame.ids[row] for row in kept],
        at=[frame.at[row] for row in kept],
        own_ids=None if frame.own_ids is None else [frame.own_ids[row] for row in kept],
        inputs={name: [values[row] for row in kept] for name, values in frame.inputs.items()},
        outputs=[frame.outputs[row] for row in kept] if frame.outputs else [],
        values=None if frame.values is None else [frame.values[row] for row in kept],
        violations=[(place[row], *rest) for row, *rest in frame.violations if row in place],
        owed_rows=None if frame.owed_rows is None else [place[row] for row in frame.owed_rows if row in place],
    )


def pack_as_long(frame: Frame, size: int) -> bytes:
    """Packed into just as many bytes, by what stands where an error would; raise ValueError where it is too long."""
    for more in range(4):  # some lengths of a text can't be had, since msgpack's own heading grows with it
        base = replace(frame, key=frame.key + " " * more)
        room = size - len(pack(replace(base, error="")))
        for spaces in (room, room - 1, room - 2, room - 4):
            record = pack(replace(base, error=" " * spaces)) if spaces >= 0 else b""
            if len(record) == size:
                return record
    raise ValueError(f"the record can't be packed into {size} bytes")
