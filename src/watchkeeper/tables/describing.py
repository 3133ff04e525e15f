"""The figures of one column, by the type it is kept in. Each is of all rows, and safe to say in JSON."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from watchkeeper.tables.column import Kind
from watchkeeper.tables.kinds import kind_of_text
from watchkeeper.tables.measures import Measures, counted
from watchkeeper.tables.profiling import Blocks
from watchkeeper.tables.tallying import DistinctNumbers, Tally

MOST_LEVELS = 10

Figures = dict[str, Any]


def describe(field: "pa.Field[Any]", blocks: Blocks) -> tuple[Kind, Figures]:
    """The kind, and missing, distinct and distinct_exact; then min, max, mean, deviation and histogram of numbers;
    min and max of moments; levels of the rest, most frequent first."""
    if types.is_boolean(field.type):
        return Kind.BOOLEAN, _truths(blocks)
    if types.is_timestamp(field.type):
        return Kind.TIMESTAMP, _moments(blocks)
    if types.is_string(field.type):
        return _text(field.name, blocks)
    kind = Kind.INTEGER if types.is_integer(field.type) else Kind.NUMERIC
    return kind, _numbers(blocks, whole=kind is Kind.INTEGER)


def _numbers(blocks: Blocks, *, whole: bool) -> Figures:
    measures, distinct, missing = Measures(), DistinctNumbers(), 0
    for block in blocks():
        numbers = _present(block)
        missing += block.null_count
        distinct.add(numbers)
        measures.add(_finite(numbers))
    edges = measures.edges(whole=whole)
    counts = np.zeros(max(edges.size - 1, 0), dtype=np.int64)
    for block in blocks() if counts.size else ():
        counts += counted(_finite(_present(block)), edges)
    return {
        **_distinct(distinct, missing),
        "min": measures.low,
        "max": measures.high,
        "mean": measures.mean,
        "deviation": measures.deviation,
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }


def _moments(blocks: Blocks) -> Figures:
    measures, distinct, missing = Measures(), DistinctNumbers(), 0
    for block in blocks():
        moments = _present(block.cast(pa.int64()))
        missing += block.null_count
        distinct.add(moments)
        measures.add(moments)
    ends = {"min": _written(measures.low), "max": _written(measures.high)}
    return {**_distinct(distinct, missing), **ends}


def _truths(blocks: Blocks) -> Figures:
    true, false, missing = 0, 0, 0
    for block in blocks():
        values = block.cast(pa.int8())
        present, ones = len(block) - block.null_count, pc.sum(values).as_py() or 0
        true, false, missing = true + ones, false + present - ones, missing + block.null_count
    counts = sorted([("false", false), ("true", true)], key=lambda each: -each[1])
    levels = [{"level": level, "count": count} for level, count in counts if count]
    return {"missing": missing, "distinct": len(levels), "distinct_exact": True, "levels": levels}


def _text(name: str, blocks: Blocks) -> tuple[Kind, Figures]:
    tally, missing = Tally(), 0
    for block in blocks():
        missing += block.null_count
        tally.add(block)
    kind = kind_of_text(name, tally)
    shown = tally.commonest(MOST_LEVELS)
    if kind is not Kind.CATEGORICAL and tally.all_distinct:
        shown = []
    levels = [{"level": level, "count": count} for level, count in shown]
    return kind, {**_distinct(tally, missing), "levels": levels}


def _distinct(counted: DistinctNumbers | Tally, missing: int) -> Figures:
    return {"missing": missing, "distinct": counted.distinct, "distinct_exact": counted.exact}


def _present(block: "pa.Array[Any]") -> npt.NDArray[Any]:
    return np.asarray(block.drop_null().to_numpy(zero_copy_only=False))


def _finite(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return numbers if numbers.dtype.kind == "i" else numbers[np.isfinite(numbers)]


def _written(microseconds: float | None) -> str | None:
    """As ISO 8601 in UTC, with a fraction only where there is one."""
    if microseconds is None:
        return None
    moment = np.datetime64(int(microseconds), "us")
    return f"{np.datetime_as_string(moment, unit='us').removesuffix('.000000')}Z"
