"""Our own JSON.

`{...}` is one row; `{"rows": [{...}, ...]}` and `{"columns": {"a": [...], ...}}` are many, with `"ids"` and `"at"`
beside them.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from watchkeeper.server.plane.asking import AT, IDS, ROWS, Asked, Read, read_beside, read_columns
from watchkeeper.server.plane.extras import Beside
from watchkeeper.server.plane.reading import Reader
from watchkeeper.server.plane.twice import check_names
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.errors import NotJson, RowsRefused
from watchkeeper.serving.frames import Frame

MEDIA_TYPE = "application/json"
COLUMNS = "columns"

_decoder = msgspec.json.Decoder()
_encode = msgspec.json.Encoder().encode


class JsonRows:
    """It needs nothing of a call but its body."""

    name = "json"
    small = 32_768

    def read(self, body: bytes, reader: Reader) -> Read:
        return reader.usual(body) or read_json(body, reader.coercer)

    def asks_more(self, body: bytes) -> bool:  # noqa: ARG002  (only its query does)
        return False

    def written(self, frame: Frame, asked: Asked, beside: Beside | None = None) -> tuple[str, bytes]:
        document = _document(frame, alone=asked.alone)
        return MEDIA_TYPE, _encode(document if beside is None else _with(document, frame, beside))


def read_json(body: bytes, coercer: Coercer) -> Read:
    """The careful way, which mends and names what is unusual. Raise NotJson, RowsRefused or TypesRefused."""
    said = decoded(body)
    if not isinstance(said, dict):
        raise RowsRefused('Send one row as a JSON object, or many as {"rows": [{...}, ...]}.', fields=("body",))
    if ROWS in said:
        rows = said[ROWS]
        _check_members(said, ROWS)
        _check_rows(rows)
        return read_beside(len(rows), ids=said.get(IDS), at=said.get(AT)), coercer(rows)
    if isinstance(said.get(COLUMNS), dict):
        _check_members(said, COLUMNS)
        return read_columns(said[COLUMNS], coercer, ids=said.get(IDS), at=said.get(AT))
    return Asked(1, alone=True), coercer([said])


def decoded(body: bytes) -> Any:
    """Raise NotJson, or RowsRefused for a name that stands twice."""
    found = _decoded(body)
    check_names(body, found)
    return found


def _decoded(body: bytes) -> Any:
    try:
        return _decoder.decode(body)
    except RecursionError:
        raise NotJson("The body is nested too deeply to be rows.", fields=("body",)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _named(body, str(error)) from None


def _check_members(said: dict[str, Any], holds: str) -> None:
    """What is no id and no time would be dropped, and a retry be counted twice for a slip of the pen."""
    strangers = tuple(sorted(said.keys() - {holds, IDS, AT}))
    if strangers:
        raise RowsRefused(
            f'\'{strangers[0][:100]}\' means nothing beside "{holds}"; "{IDS}" and "{AT}" may stand there.',
            fields=tuple(name[:100] for name in strangers[:10]),
        )


def _check_rows(rows: Any) -> None:
    if not isinstance(rows, list):
        raise RowsRefused('"rows" has to be a list of JSON objects.', fields=(ROWS,))
    for place, row in enumerate(rows):
        if not isinstance(row, dict):
            raise RowsRefused(f"Row {place} is no JSON object of columns and values.", fields=(f"{ROWS}[{place}]",))


def _document(frame: Frame, *, alone: bool) -> dict[str, Any]:
    violations = [
        {"row": row, "column": column, "violation": violation, "value": shown}
        for row, column, violation, shown in frame.violations
    ]
    if alone:
        return {**_predictions(frame)[0], "release": frame.release, "violations": violations}
    return {"release": frame.release, "predictions": _predictions(frame), "violations": violations}


def _with(document: dict[str, Any], frame: Frame, beside: Beside) -> dict[str, Any]:
    for row, each in enumerate(document.get("predictions", [document])):
        each.update(beside.of_row(row, frame.outputs[row]))
    return document | beside.of_all()


def _predictions(frame: Frame) -> list[dict[str, Any]]:
    if frame.values is None:
        return [{"id": name, "value": value} for name, value in zip(frame.ids, frame.outputs, strict=True)]
    rows = zip(frame.ids, frame.values, frame.outputs, strict=True)
    return [{"id": name, "value": value, "probability": output} for name, value, output in rows]


def _named(body: bytes, reason: str) -> NotJson | RowsRefused:
    """NaN and the infinities are no JSON; where they are all that is wrong, the columns that hold them are named."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return NotJson(f"The body is no JSON: {reason}.", fields=("body",))
    columns = tuple(dict.fromkeys(_not_finite(found, "body")))
    if not columns:
        return NotJson(f"The body is no JSON: {reason}.", fields=("body",))
    return RowsRefused(
        f"{', '.join(columns)}: NaN and infinite numbers can't be sent in JSON. Send null where a value is missing.",
        fields=columns,
    )


def _not_finite(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield name
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _not_finite(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _not_finite(each, name)
