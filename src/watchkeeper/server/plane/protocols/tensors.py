"""Tensors of the Open Inference Protocol: JSON or raw bytes on the way in, plain columns of values here.

Reference: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

import math
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from watchkeeper.learning.signature import Input
from watchkeeper.serving.errors import RowsRefused
from watchkeeper.tables.column import Kind

BYTES, BOOL, FP64 = "BYTES", "BOOL", "FP64"
NUMPY = {
    BOOL: "?",
    "UINT8": "u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "INT8": "i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "FP16": "<f2",
    "FP32": "<f4",
    FP64: "<f8",
}
DATATYPES = {Kind.NUMERIC: FP64, Kind.INTEGER: "INT64", Kind.BOOLEAN: BOOL}
"""Of the inputs' kinds; every other kind is text, so BYTES."""
LENGTH = struct.Struct("<I")


def datatype_of(column: Input) -> str:
    return DATATYPES.get(column.kind, BYTES)


def shape_of(tensor: dict[str, Any], name: str) -> tuple[int, int]:
    """Rows and columns; a vector is one column."""
    shape = tensor.get("shape")
    if not isinstance(shape, list) or not all(type(each) is int and each >= 0 for each in shape) or not shape:
        raise RowsRefused(f"The shape of '{name}' has to be a list of whole numbers.", fields=(f"{name}.shape",))
    if len(shape) > 2:
        raise RowsRefused(
            f"'{name}' has {len(shape)} dimensions; send rows, or rows by columns.", fields=(f"{name}.shape",)
        )
    return shape[0], shape[1] if len(shape) > 1 else 1


def values_of(tensor: dict[str, Any], name: str, raw: bytes | None) -> list[Any]:
    """All of a tensor's values, row by row; NaN, which is how a tensor says missing, becomes None."""
    rows, width = shape_of(tensor, name)
    datatype = tensor.get("datatype")
    if not isinstance(datatype, str) or datatype not in {BYTES, *NUMPY}:
        known = ", ".join([BYTES, *NUMPY])
        raise RowsRefused(f"The datatype of '{name}' has to be one of {known}.", fields=(f"{name}.datatype",))
    values = _from_json(tensor, name, datatype) if raw is None else _from_bytes(raw, name, datatype)
    if len(values) != rows * width:
        raise RowsRefused(
            f"'{name}' has {len(values)} values, and its shape says {rows * width}.", fields=(f"{name}.data",)
        )
    return values


def _from_json(tensor: dict[str, Any], name: str, datatype: str) -> list[Any]:
    data = tensor.get("data")
    if not isinstance(data, list):
        raise RowsRefused(f"'{name}' has no list of values in \"data\".", fields=(f"{name}.data",))
    values = _usual(_flat(data), datatype)
    for place in _odd(values, datatype):
        raise RowsRefused(
            f"The value of '{name}' at {place} ({str(values[place])[:50]!r}) is no {datatype}.",
            fields=(f"{name}.data[{place}]",),
        )
    return values


def _usual(values: list[Any], datatype: str) -> list[Any]:
    """With what JSON can say in two ways said in the datatype's own: 1 for true, 2 for 2.0."""
    if datatype == BOOL:
        return [bool(each) if type(each) is int and each in {0, 1} else each for each in values]
    if datatype.startswith("FP"):
        return [float(each) if type(each) is int and abs(each) < 2**1000 else each for each in values]
    if datatype != BYTES:
        return [int(each) if type(each) is float and each.is_integer() else each for each in values]
    return values


def _odd(values: list[Any], datatype: str) -> Iterator[int]:
    """The places of what is no value of the datatype; null is, and says that one is missing."""
    kinds = {{BYTES: str, BOOL: bool}.get(datatype, float if datatype.startswith("FP") else int)}
    least, most = _ends(datatype) if int in kinds else (0, 0)
    for place, each in enumerate(values):
        if each is not None and (type(each) not in kinds or (int in kinds and not least <= each <= most)):
            yield place


def _ends(datatype: str) -> tuple[int, int]:
    whole = np.iinfo(NUMPY[datatype])
    return int(whole.min), int(whole.max)


def _flat(data: list[Any]) -> list[Any]:
    """Of lists of one length or of single values; what is nested deeper stays as it is, to be refused by name."""
    if data and all(isinstance(each, list) for each in data):
        return [value for row in data for value in row]
    return data


def _from_bytes(raw: bytes, name: str, datatype: str) -> list[Any]:
    if datatype == BYTES:
        return _texts(raw, name)
    kind = np.dtype(NUMPY[datatype])
    if len(raw) % kind.itemsize:
        raise RowsRefused(f"The bytes of '{name}' are no whole number of {datatype} values.", fields=(name,))
    values: list[Any] = np.frombuffer(raw, kind).tolist()
    return [None if math.isnan(each) else each for each in values] if kind.kind == "f" else values


def _texts(raw: bytes, name: str) -> list[Any]:
    found, place = [], 0
    while place < len(raw):
        start = place + LENGTH.size
        end = start + LENGTH.unpack_from(raw, place)[0] if start <= len(raw) else -1
        if not start <= end <= len(raw):
            raise RowsRefused(f"The texts in the bytes of '{name}' are cut short.", fields=(name,))
        try:
            found.append(raw[start:end].decode())
        except UnicodeDecodeError:
            raise RowsRefused(f"A text in '{name}' is no UTF-8.", fields=(name,)) from None
        place = end
    return found


def columns_of(values: Sequence[Any], width: int) -> list[list[Any]]:
    return [list(values[place::width]) for place in range(width)]
