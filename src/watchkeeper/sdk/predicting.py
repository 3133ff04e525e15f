"""Rows on their way to a deployment, and its answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, overload
from urllib.parse import urlencode

from watchkeeper.sdk.bodies import written
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.showing import Tabular

Row = Mapping[str, Any]
At = datetime | str
ROWS_A_CALL = 10_000
EXPLAINED_A_CALL = 100


@dataclass(frozen=True)
class RowViolation:
    """A value that breaks the signature. `row` is its row's place in the call."""

    column: str
    violation: str
    row: int = 0
    value: Any = None


@dataclass(frozen=True)
class Answer:
    """The champion's answer to a row.

    Attributes:
        id: names the prediction in the journal, and for its label later.
        value: what is predicted: a number, or a class.
        probability: of the positive class, for a binary question.
        release: the release that answered.
        violations: what was wrong with the row, and was mended.
        contributions: what each input added, where it was asked to be explained: with `base` they sum to the answer.
        base: what they begin from: the mean answer.
        unit: what they are counted in: `target`, the `log_odds` of the positive class, or its `probability`.
        low, high: between which the truth lies in that share of rows that was asked for as `interval`.
    """

    id: str
    value: Any
    release: int
    probability: float | None = None
    violations: tuple[RowViolation, ...] = ()
    contributions: Mapping[str, float] | None = None
    base: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, repr=False)
class Answers(Tabular, Sequence[Answer]):
    """The champion's answers, in the order of the rows."""

    answers: tuple[Answer, ...]
    release: int
    violations: tuple[RowViolation, ...] = ()

    @overload
    def __getitem__(self, place: int) -> Answer: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Answer]: ...
    def __getitem__(self, place: int | slice) -> Answer | Sequence[Answer]:
        return self.answers[place]

    def __len__(self) -> int:
        return len(self.answers)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)

    def records(self) -> Sequence[Mapping[str, Any]]:
        binary = any(answer.probability is not None for answer in self.answers)
        return [
            {
                "id": each.id,
                "value": each.value,
                **({"probability": each.probability} if binary else {}),
                **({"low": each.low, "high": each.high} if each.low is not None else {}),
                **{f"contribution.{name}": added for name, added in (each.contributions or {}).items()},
            }
            for each in self.answers
        ]


def rows_of(data: Any) -> Sequence[Row]:
    """The rows of a list of mappings, a pandas or polars data frame, or an Arrow table.

    Raises:
        Refused: it is none of these.
    """
    for name, arguments in (("to_dicts", ()), ("to_pylist", ()), ("to_dict", ("records",))):
        if hasattr(data, name):
            found: Sequence[Row] = getattr(data, name)(*arguments)
            return found
    rows = list(data) if isinstance(data, Iterable) and not isinstance(data, str | bytes) else [data]
    if not all(isinstance(row, Mapping) for row in rows):
        raise Refused(
            f"A {type(data).__name__} is no rows. Give a mapping of columns to values, a list of them, a data frame or "
            "an Arrow table.",
            code="no-rows",
        )
    return rows


def one_row(row: Row) -> bytes:
    return written(dict(row), nan_is_missing=True)


def many_rows(
    rows: Sequence[Row],
    *,
    ids: Sequence[str | None] | None,
    at: Sequence[At] | None,
    outputs: Sequence[Any] | None = None,
    more: Mapping[str, Any] | None = None,
    at_once: int = ROWS_A_CALL,
) -> list[bytes]:
    """The bodies of as many calls as it takes, with an id, a time and an output a row where they are given, and `more`
    in each.

    Raises:
        Refused: there are not as many of these as rows.
    """
    each_row = {"ids": ids, "at": at, "outputs": outputs}
    for name, given in each_row.items():
        if given is not None and len(given) != len(rows):
            raise Refused(
                f"{len(rows)} rows came with {len(given)} {name}; give one for each row.",
                code="uneven-lengths",
                fields=(name,),
            )
    beside = {name: given for name, given in each_row.items() if given is not None}
    return [
        written(
            {
                "rows": [dict(row) for row in rows[start : start + at_once]],
                **{name: list(given[start : start + at_once]) for name, given in beside.items()},
                **(more or {}),
            },
            nan_is_missing=True,
        )
        for start in range(0, max(len(rows), 1), at_once)
    ]


def extras(explain: bool, interval: float | None) -> str:
    """As the query of a call, with its question mark; nothing where nothing more is asked."""
    asked = {**({"explain": "true"} if explain else {}), **({} if interval is None else {"interval": interval})}
    return f"?{urlencode(asked)}" if asked else ""


def read_answer(said: Mapping[str, Any]) -> Answer:
    return _answer(said, said, _violations(said))


def _answer(said: Mapping[str, Any], call: Mapping[str, Any], violations: tuple[RowViolation, ...]) -> Answer:
    """From what was said of the row, and of all rows of its call."""
    return Answer(
        id=said["id"],
        value=said["value"],
        release=call["release"],
        probability=said.get("probability"),
        violations=violations,
        contributions=said.get("contributions"),
        base=call.get("base"),
        unit=call.get("unit"),
        low=said.get("low"),
        high=said.get("high"),
    )


def read_answers(said: Mapping[str, Any]) -> Answers:
    violations = _violations(said)
    by_row: dict[int, list[RowViolation]] = {}
    for each in violations:
        by_row.setdefault(each.row, []).append(each)
    answers = tuple(_answer(each, said, tuple(by_row.get(place, ()))) for place, each in enumerate(said["predictions"]))
    return Answers(answers=answers, release=said["release"], violations=violations)


def joined(parts: Sequence[Answers]) -> Answers:
    """Of several calls, as if they had been one; a violation's row is its place among all of them."""
    if len(parts) == 1:
        return parts[0]
    violations, before = [], 0
    for part in parts:
        violations += [replace(each, row=each.row + before) for each in part.violations]
        before += len(part)
    return Answers(
        answers=tuple(answer for part in parts for answer in part),
        release=parts[-1].release,
        violations=tuple(violations),
    )


def _violations(said: Mapping[str, Any]) -> tuple[RowViolation, ...]:
    return tuple(
        RowViolation(
            column=each["column"], violation=each["violation"], row=each.get("row", 0), value=each.get("value")
        )
        for each in said.get("violations") or ()
    )
