"""The Open Inference Protocol, version 2: a tensor an input, or one tensor with a column an input in their order.

Tensors `watchkeeper.id` and `watchkeeper.at` hold the caller's own ids and the rows' event times. Tensors may come as
raw bytes behind the JSON, whose length the header `Inference-Header-Content-Length` then says. The parameters `explain`
and `interval` of the request, or of its query, add the outputs `low`, `high`, `base` and `contribution.INPUT`.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from watchkeeper.learning.signature import REGRESSION, Signature
from watchkeeper.server.plane.asking import Asked, Read, read_columns
from watchkeeper.server.plane.extras import IN_BODY, NOTHING, Beside, extras_among
from watchkeeper.server.plane.protocols.json_rows import MEDIA_TYPE, decoded
from watchkeeper.server.plane.protocols.tensors import BYTES, FP64, columns_of, datatype_of, shape_of, values_of
from watchkeeper.server.plane.reading import Reader
from watchkeeper.server.plane.shelf import Served
from watchkeeper.serving.errors import RowsRefused
from watchkeeper.serving.frames import Frame

HEADER_LENGTH = b"inference-header-content-length"
OWN_ID, OWN_AT = "watchkeeper.id", "watchkeeper.at"
ID, PREDICTION, PROBABILITY = "id", "prediction", "probability"

_encode = msgspec.json.Encoder().encode


class OpenInference:
    """Made for one call: what it asks for decides what it gets. `address` is what the caller calls the model."""

    name = "open-inference"
    small = 32_768

    def __init__(self, address: str, headers: Mapping[bytes, bytes]) -> None:
        self._address = address
        self._length = headers.get(HEADER_LENGTH)
        self._id: str | None = None
        self._wanted: list[str] | None = None

    def read(self, body: bytes, reader: Reader) -> Read:
        said, rest = self._parts(body)
        self._id = said.get("id") if isinstance(said.get("id"), str) else None
        self._wanted = _wanted(said.get("outputs"), reader.signature)
        columns = _columns(said.get("inputs"), rest, reader.signature)
        ids, at = columns.pop(OWN_ID, None), columns.pop(OWN_AT, None)
        asked, coerced = read_columns(columns, reader.coercer, ids=ids, at=at)
        extras = extras_among(said.get("parameters"))
        return (replace(asked, extras=extras) if extras != NOTHING else asked), coerced

    def asks_more(self, body: bytes) -> bool:
        return IN_BODY.search(body) is not None

    def written(self, frame: Frame, asked: Asked, beside: Beside | None = None) -> tuple[str, bytes]:
        tensors: dict[str, tuple[str, Any]] = {PREDICTION: (FP64, frame.outputs), ID: (BYTES, frame.ids)}
        if frame.values is not None:
            tensors |= {PREDICTION: (BYTES, frame.values), PROBABILITY: (FP64, frame.outputs)}
        outputs = [
            {"name": name, "datatype": datatype, "shape": [asked.count], "data": data}
            for name, (datatype, data) in tensors.items()
            if self._wanted is None or name in self._wanted
        ]
        outputs += _further(beside, frame) if beside is not None else []
        document: dict[str, Any] = {
            "model_name": self._address,
            "model_version": str(frame.release),
            "outputs": outputs,
        }
        if self._id is not None:
            document["id"] = self._id
        told = {"violations": len(frame.violations)} if frame.violations else {}
        told |= beside.of_all() if beside is not None else {}
        if told:
            document["parameters"] = told
        return MEDIA_TYPE, _encode(document)

    def _parts(self, body: bytes) -> tuple[dict[str, Any], bytes]:
        """The JSON, and the bytes behind it."""
        end = len(body)
        if self._length is not None:
            end = int(self._length) if self._length.isdigit() else -1
            if not 0 <= end <= len(body):
                raise RowsRefused(
                    "Inference-Header-Content-Length is not the length of the JSON before the tensors' bytes.",
                    fields=("inference-header-content-length",),
                )
        said = decoded(body[:end])
        if not isinstance(said, dict):
            raise RowsRefused('An inference request is a JSON object with "inputs".', fields=("body",))
        return said, body[end:]


def metadata(address: str, served: Served, signature: Signature) -> dict[str, Any]:
    """What the model takes and gives; -1 stands for any number of rows."""
    prediction = FP64 if signature.task == REGRESSION else BYTES
    outputs = [(PREDICTION, prediction), (ID, BYTES)]
    if signature.task != REGRESSION:
        outputs.append((PROBABILITY, FP64))
    inputs = [(each.name, datatype_of(each)) for each in signature.inputs]
    return {
        "name": address,
        "versions": [str(served.route.release)],
        "platform": f"watchkeeper_{served.route.champion.learner}",
        "inputs": [{"name": name, "datatype": datatype, "shape": [-1]} for name, datatype in inputs],
        "outputs": [{"name": name, "datatype": datatype, "shape": [-1]} for name, datatype in outputs],
    }


def _further(beside: Beside, frame: Frame) -> list[dict[str, Any]]:
    """Whichever outputs are wanted: these were asked for apart."""
    columns, count = dict(beside.columns(frame.outputs)), len(frame.ids)
    if beside.explanation is not None:
        columns["base"] = [beside.explanation.base] * count
    return [{"name": name, "datatype": FP64, "shape": [count], "data": data} for name, data in columns.items()]


def _wanted(outputs: Any, signature: Signature) -> list[str] | None:
    if not outputs:
        return None
    if not isinstance(outputs, list) or not all(isinstance(each, dict) for each in outputs):
        raise RowsRefused('"outputs" has to be a list of objects with a name.', fields=("outputs",))
    known = {PREDICTION, ID} | (set() if signature.task == REGRESSION else {PROBABILITY})
    names = [str(each.get("name")) for each in outputs]
    for place, name in enumerate(names):
        if name not in known:
            raise RowsRefused(
                f"There is no output '{name}'. There is: {', '.join(sorted(known))}.",
                fields=(f"outputs[{place}].name",),
            )
    return names


def _columns(inputs: Any, rest: bytes, signature: Signature) -> dict[str, list[Any]]:
    if not isinstance(inputs, list) or not inputs or not all(isinstance(each, dict) for each in inputs):
        raise RowsRefused('"inputs" has to be a list of at least one tensor.', fields=("inputs",))
    found: dict[str, list[Any]] = {}
    place = 0
    for number, tensor in enumerate(inputs):
        name = tensor.get("name")
        if not isinstance(name, str) or name in found:
            raise RowsRefused("Each tensor needs a name of its own.", fields=(f"inputs[{number}].name",))
        size = _size(tensor, name)
        raw = rest[place : place + size] if size is not None else None
        if raw is not None and len(raw) != size:
            raise RowsRefused(f"The bytes of '{name}' are cut short.", fields=(name,))
        place += size or 0
        values = values_of(tensor, name, raw)
        _, width = shape_of(tensor, name)
        found |= _named(name, width, values, signature)
    if place != len(rest):
        raise RowsRefused(f"{len(rest) - place} bytes stand behind those of the tensors.", fields=("body",))
    return found


def _size(tensor: dict[str, Any], name: str) -> int | None:
    """Of its raw bytes; None where its values stand in the JSON."""
    parameters = tensor.get("parameters")
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    if size is not None and (type(size) is not int or size < 0):
        raise RowsRefused(f"binary_data_size of '{name}' has to be a number of bytes.", fields=(name,))
    return size


def _named(name: str, width: int, values: list[Any], signature: Signature) -> dict[str, list[Any]]:
    """A tensor of one column is that input; a wider one has all inputs, in the signature's order."""
    inputs = [each.name for each in signature.inputs]
    if width == 1 and (name in inputs or len(inputs) > 1):
        return {name: values}
    if width != len(inputs):
        raise RowsRefused(
            f"'{name}' has {width} columns; the model has {len(inputs)} inputs: send all of them, or a tensor each.",
            fields=(f"{name}.shape",),
        )
    return dict(zip(inputs, columns_of(values, width), strict=True))
