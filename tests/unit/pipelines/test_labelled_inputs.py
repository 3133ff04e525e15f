"""An input that another release took as another kind is missing in what is learned from, and the step's log says so."""

import pyarrow as pa

from watchkeeper.pipelines.steps.journal_rows import _input
from watchkeeper.pipelines.steps.log import Log


def test_what_can_be_read_as_the_training_has_it_is() -> None:
    log = Log()
    assert _input(pa.array(["1.5", None]), pa.field("size", pa.float64()), log).to_pylist() == [1.5, None]
    assert log.read() == ("", 0)


def test_what_cannot_is_missing_and_named() -> None:
    log = Log()
    assert _input(pa.array(["1.5", "large"]), pa.field("size", pa.float64()), log).to_pylist() == [None, None]
    assert log.read()[0].startswith("size: missing in 2 rows, since string is not double")
