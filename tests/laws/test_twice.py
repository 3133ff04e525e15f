"""A name that stands twice is refused wherever it does, and nothing else is for that."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.server.plane.twice import SMALL, check_names, quotes_in, quotes_of
from watchkeeper.serving.errors import RowsRefused

text = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(['"', '\\"', "\\", '""', "é\n"])
scalar = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(-1e9, 1e9) | text
document = st.recursive(scalar, lambda one: st.lists(one, max_size=5) | st.dictionaries(text, one, max_size=5))


@given(document, st.booleans())
def test_where_each_name_stands_once_nothing_is_refused(found: Any, ascii_only: bool) -> None:
    check_names(json.dumps(found, ensure_ascii=ascii_only).encode(), found)


@given(st.dictionaries(text, document, min_size=1, max_size=4), st.data())
def test_a_name_that_stands_twice_is_refused_by_name(row: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(row)))
    pairs = [*row.items(), (name, data.draw(document))]
    inner = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in data.draw(st.permutations(pairs)))
    around = data.draw(st.sampled_from(["{%s}", '{"rows":[{"a":1},{%s}]}', '{"x":{"y":[[{%s}]]}}']))
    body = around.replace("%s", inner).encode()
    with pytest.raises(RowsRefused) as refused:
        check_names(body, msgspec.json.decode(body))
    assert refused.value.fields == (name[:100],)


@given(st.lists(text, max_size=4))
def test_quotes_are_counted_alike_in_small_bodies_and_in_large(texts: list[str]) -> None:
    small = json.dumps(texts).encode()
    large = json.dumps([*texts, " " * SMALL]).encode()
    assert quotes_in(large) == quotes_in(small) + 2
    assert quotes_of([*texts, " " * SMALL]) == quotes_of(texts) + 2
