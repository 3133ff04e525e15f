"""Words that are the reference's own in another spelling, and those that mean nothing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from watchkeeper.monitoring import compare

CHANCE = np.random.default_rng(12)
BEFORE = pd.DataFrame({"work": CHANCE.choice(["Private", "State-gov", "?"], 3_000, p=[0.7, 0.24, 0.06])})
NOW = pd.DataFrame({"work": CHANCE.choice(["Private", "State-gov", "?"], 3_000, p=[0.7, 0.24, 0.06])})


@pytest.mark.parametrize("spelled", [str.upper, lambda word: f"{word} ", lambda word: f" {word.lower()}"])
def test_another_spelling_is_told_as_that_and_as_no_default(spelled: Callable[[str], str]) -> None:
    found = compare(BEFORE, NOW.assign(work=NOW["work"].map(spelled)))
    (fault,) = found.faults
    assert fault.name == "unknown"
    assert fault.sentence.endswith("hold what the reference never held; they are its own, written otherwise.")


def test_words_that_it_never_held_are_none_of_its_own() -> None:
    (fault,) = compare(BEFORE, NOW.assign(work=NOW["work"] + "s")).faults
    assert fault.sentence.endswith("no fault that is known would make them so.")


def test_a_word_for_nothing_that_came_is_a_default() -> None:
    (fault,) = compare(BEFORE, NOW.assign(work=NOW["work"].where(CHANCE.random(3_000) > 0.3, "n/a"))).faults
    assert fault.name == "filled-in default"
    assert "hold 'n/a', which looks filled in" in fault.sentence
