"""What is looked up by its name is told with the names there are."""

import pytest

from watchkeeper.sdk.monitoring.naming import named


def test_what_is_there_is_found() -> None:
    assert named({"age": 1, "size": 2}, "size", what="column") == 2


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ({"age": 1, "size": 2}, "There is no column 'weight' here. There are: age, size."),
        ({}, "There is no column 'weight' here. There are: none."),
        ({f"c{n}": n for n in range(25)}, ", c19, 5 more."),
    ],
    ids=["two", "none", "many"],
)
def test_what_is_not_there_is_told_with_what_is(of: dict[str, int], said: str) -> None:
    with pytest.raises(KeyError) as refused:
        named(of, "weight", what="column")
    assert refused.value.args[0].endswith(said)
