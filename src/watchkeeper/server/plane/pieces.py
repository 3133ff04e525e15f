"""Many rows in JSON, decoded straight into columns, and a large body piece by piece: while one is decoded no other call
goes on, and between two they do."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import astuple

from watchkeeper.server.plane.asking import AT, IDS, ROWS

PIECE: Final = 131_072
"""Bytes, at least. Such a piece takes well under a millisecond."""
OPENING: Final = re.compile(rb'\s*\{\s*"rows"\s*:\s*\[')
SEAM: Final = b"},"
WHITE: Final = 64
"""Bytes in which a row has to begin after a seam."""


class Pieces:
    """`row` is a struct of one row's fields."""

    def __init__(self, row: type[msgspec.Struct]) -> None:
        self._width = len(row.__struct_fields__)
        self._part: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[row])  # type: ignore[valid-type]
        self._whole: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_rows(row))

    def __call__(self, body: bytes) -> tuple[list[list[Any]], Any, Any]:
        """A list of values for each field, and what stands beside the rows: ids and times. Raise MsgspecError."""
        columns: list[list[Any]] = [[] for _ in range(self._width)]
        said = self._last(body, lambda rows: _append(columns, rows))
        _append(columns, said.rows)
        return columns, said.ids, said.at

    def _last(self, body: bytes, take: Callable[[list[Any]], None]) -> Any:
        """Have the rows of each piece taken, but for the last's, which are returned with what stands beside.

        What begins at a row and can be decoded as whole rows does end with a row: a seam inside a text or an object
        leaves that open.
        """
        opening = OPENING.match(body)
        begin = start = opening.end() if opening else len(body)
        while (seam := body.find(SEAM, start + PIECE)) != -1:
            take(self._part.decode(b"[" + body[start : seam + 1] + b"]"))
            start = seam + len(SEAM)
            if not body[start : start + WHITE].lstrip().startswith(b"{"):
                raise msgspec.DecodeError("no row after a comma")
        if start == begin or opening is None:
            return self._whole.decode(body)
        rest = body[start:]
        if ROWS.encode() in rest:
            raise msgspec.DecodeError("rows may be there twice")
        return self._whole.decode(opening[0] + rest)


def _append(columns: Sequence[list[Any]], rows: list[Any]) -> None:
    for place, values in enumerate(zip(*map(astuple, rows), strict=True)):
        columns[place].extend(values)


def _rows(row: type[msgspec.Struct]) -> type:
    return msgspec.defstruct(
        "Rows",
        [(ROWS, list[row]), (IDS, Any, None), (AT, Any, None)],  # type: ignore[valid-type]
        forbid_unknown_fields=True,
    )
