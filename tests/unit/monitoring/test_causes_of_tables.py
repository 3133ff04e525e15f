"""What is behind the drift of two tables."""

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.causes.cause import Nature
from watchkeeper.monitoring.causes.evidence import evidence_of
from watchkeeper.monitoring.integrity.fault import Fault


def readings(seed: int, *, shift: float = 0.0, times: float = 1.0, south: float = 0.3) -> pa.Table:
    chance = np.random.default_rng(seed)
    return pa.table(
        {
            "height": np.round(chance.normal(1.7 + shift, 0.1, 3_000) * times, 2 if times == 1.0 else 0),
            "side": np.where(chance.random(3_000) < south, "south", "north"),
        }
    )


def test_a_natural_shift_is_told_with_the_values_that_account_for_it() -> None:
    found = compare(readings(1), readings(2, south=0.6))
    (cause,) = found.causes
    assert (cause.suspect.column, cause.weight, cause.nature) == ("side", 1.0, Nature.NATURAL)
    assert cause.suspect.parts[0].label in {"north", "south"}
    assert cause.sentence.startswith("side has drifted; ")
    assert cause.sentence.endswith("it looks natural: it is like none of the faults of data that are looked for.")


def test_that_more_values_are_missing_is_no_sign_of_nature() -> None:
    now = readings(2)
    side = pa.array([None if row % 10 == 0 else each for row, each in enumerate(now["side"].to_pylist())])
    (cause,) = compare(readings(1), now.set_column(1, "side", side)).causes
    assert (cause.suspect.column, cause.nature) == ("side", Nature.UNKNOWN)
    assert cause.sentence.endswith("more values are missing than before, and nothing tells why.")


def test_a_changed_unit_is_told_as_a_fault() -> None:
    (cause,) = compare(readings(1), readings(2, times=100.0)).causes
    assert (cause.suspect.column, cause.nature) == ("height", Nature.FAULT)
    assert "it looks like a fault of the data (changed unit)" in cause.sentence


def test_tables_alike_have_no_causes() -> None:
    assert compare(readings(1), readings(2)).causes == ()


def test_a_fault_without_an_explanation_is_neither() -> None:
    gone = Fault("unknown", ("a",), "60 % of a are missing; nothing tells why.", 0.0, 1.0, {})
    assert evidence_of("a", [gone], ()).nature is Nature.UNKNOWN
    assert evidence_of("b", [gone], ()).nature is Nature.NATURAL
