"""Bodies as they usually are: every input there, in its own type, and nothing else.

They are decoded straight into the model's signature, at a third of the careful way's price. Whatever is unusual in the
least is left to that way, which mends or names it; where both answer, they agree. In a row that comes alone, every
value has to be in range too; many are looked through, since among thousands some are not.
"""

import re
from collections.abc import Callable, Collection, Sequence
from math import ceil, floor
from typing import Annotated, Any, Final

import msgspec
from msgspec.structs import astuple

from watchkeeper.learning.signature import Input, Signature
from watchkeeper.server.plane.asking import AT, IDS, ROWS, Asked, Read, read_beside
from watchkeeper.server.plane.pieces import Pieces
from watchkeeper.server.plane.twice import quotes_in, quotes_of, quotes_of_columns
from watchkeeper.serving.coercing import ABSENT, Check, Coerced, Coercer, check_of
from watchkeeper.serving.moments import microseconds
from watchkeeper.tables.column import Kind

MANY: Final = b'{"rows"'
LEAST_WHOLE, MOST_WHOLE = -(2**53), 2**53
"""Beyond, floats are no whole numbers one by one, and values go the careful way."""
ESCAPED: Final = re.compile(r'["\\\x00-\x1f]')
Cells = tuple[Any, ...]
ReadUsual = Callable[[bytes], Read | None]


class Usual:
    """Made once a model; called with each body. None: to be read the careful way."""

    def __init__(
        self, signature: Signature, coercer: Coercer, *, passed_over: Collection[str], key: str | None
    ) -> None:
        inputs = signature.inputs
        plain = [each for each in inputs if _is_plain(each)]
        others = [each for each in inputs if not _is_plain(each)]
        self._plain = len(plain)
        self._width = len(inputs)
        self._whole = [place for place, each in enumerate(plain) if each.kind is Kind.INTEGER]
        self._checks: list[Check] = [check_of(each) for each in others]
        self._names = tuple(each.name for each in (*plain, *others))
        self._timed = signature.time is not None
        row = _row(plain, others, signature.time, passed_over, kind_of=_kind)
        self._key = None if key is None else row.__struct_encode_fields__.index(key)
        in_range = _row(plain, others, signature.time, passed_over, kind_of=_kind_in_range)
        self._one: msgspec.json.Decoder[Any] = msgspec.json.Decoder(in_range)
        self._pieces = Pieces(row)
        self._coercer = coercer
        sent = {*self._names, signature.time, key}
        self._optional = [name for name in sent if name is not None and name not in self._names]
        self._sent = {name: at for at, name in enumerate(row.__struct_encode_fields__) if name in sent}

    def __call__(self, body: bytes) -> Read | None:
        try:
            if body.startswith(MANY):
                return self._all(body)
            cells = astuple(self._one.decode(body))
            return self._alone(cells) if quotes_in(body) == self._quotes(cells) else None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError):
            return None

    def _alone(self, cells: Cells) -> Read | None:
        numbers = cells[: self._plain]
        if self._whole:
            numbers = tuple(map(float, numbers))
        columns: dict[str, Sequence[Any]] = dict(zip(self._names, zip(numbers, strict=True), strict=False))
        for name, check, given in zip(self._names[self._plain :], self._checks, cells[self._plain :], strict=False):
            value, violation = check(given)
            if violation is not None:
                return None
            columns[name] = (value,)
        return self._found(Asked(1, alone=True), columns, [cells])

    def _quotes(self, cells: Cells) -> int:
        """As many as the row accounts for; see `twice`."""
        return 2 * self._plain + quotes_of_columns((each,) for each in cells[self._plain :])

    def _all(self, body: bytes) -> Read | None:
        """Raise the named errors of what stands beside the rows, or of what is in them."""
        columns, ids, at = self._pieces(body)
        beside: dict[str, Any] = {
            name: value for name, value in ((ROWS, []), (IDS, ids), (AT, at)) if value is not None
        }
        of_rows = 2 * self._plain * len(columns[0]) + quotes_of_columns(columns[self._plain :])
        if quotes_in(body) != of_rows + quotes_of(beside):
            return None
        asked = read_beside(len(columns[0]), ids=ids, at=at)
        given = {name: columns[place] for name, place in self._sent.items()}
        for name in self._optional:
            given[name] = [ABSENT if each is msgspec.UNSET else each for each in given[name]]
        return asked, self._coercer.columns(given, asked.count)

    def _found(self, asked: Asked, columns: dict[str, Sequence[Any]], rows: list[Cells]) -> Read | None:
        keys = None if self._key is None else [cells[self._key] for cells in rows]
        if not self._timed:
            return asked, Coerced(columns, None, [], keys)
        at = self._moments(rows)
        return None if at is None else (asked, Coerced(columns, at, [], keys))

    def _moments(self, rows: list[Cells]) -> Sequence[int | None] | None:
        found: list[int | None] = []
        for cells in rows:
            given = cells[self._width]
            moment = microseconds(given) if given is not msgspec.UNSET else None
            if moment is None and given is not msgspec.UNSET:
                return None
            found.append(moment)
        return found


def usual(
    signature: Signature, coercer: Coercer, *, passed_over: Collection[str] = (), key: str | None = None
) -> ReadUsual:
    """A reader of what is usual. Nothing is where a column's name has a meaning of its own in a body, or has to be
    escaped in JSON."""
    names = {*(each.name for each in signature.inputs), *passed_over, signature.time or ""}
    if not signature.inputs or any(name == ROWS or ESCAPED.search(name) for name in names):
        return lambda body: None  # noqa: ARG005
    return Usual(signature, coercer, passed_over=passed_over, key=key)


def _is_plain(column: Input) -> bool:
    """A number that has to be there."""
    return column.kind in {Kind.NUMERIC, Kind.INTEGER} and not column.nullable


def _kind(column: Input) -> Any:
    return int if column.kind is Kind.INTEGER else float


def _kind_in_range(column: Input) -> Any:
    """With the range that the decoder has to see to."""
    if column.kind is Kind.INTEGER:
        low = LEAST_WHOLE if column.low is None else max(ceil(column.low), LEAST_WHOLE)
        high = MOST_WHOLE if column.high is None else min(floor(column.high), MOST_WHOLE)
        return Annotated[int, msgspec.Meta(ge=low, le=high)]
    return Annotated[float, msgspec.Meta(ge=column.low, le=column.high)]


def _row(
    plain: list[Input],
    others: list[Input],
    time: str | None,
    passed_over: Collection[str],
    *,
    kind_of: Callable[[Input], Any],
) -> type[msgspec.Struct]:
    typed: list[tuple[str, Any]] = [(each.name, kind_of(each)) for each in plain]
    typed += [(each.name, Any) for each in others]
    may_be: list[tuple[str, Any]] = [] if time is None else [(time, str | msgspec.UnsetType)]
    may_be += [(name, Any) for name in sorted({*passed_over} - {time, *(name for name, _ in typed)})]
    named = {f"f{place}": name for place, (name, _) in enumerate(typed + may_be)}
    fields = [(f"f{place}", kind) for place, (_, kind) in enumerate(typed)]
    unset = [(f"f{place}", kind, msgspec.UNSET) for place, (_, kind) in enumerate(may_be, len(typed))]
    return msgspec.defstruct(
        "Row",
        [*fields, *unset],
        rename=named,
        forbid_unknown_fields=True,
        frozen=True,
        gc=False,
    )
