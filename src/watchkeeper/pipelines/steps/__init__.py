"""What a pipeline can do; another kind of step is one file and one line more."""

from collections.abc import Mapping

from watchkeeper.pipelines.steps.challenge import CHALLENGE
from watchkeeper.pipelines.steps.compare import COMPARE
from watchkeeper.pipelines.steps.export import EXPORT
from watchkeeper.pipelines.steps.gate import GATE
from watchkeeper.pipelines.steps.import_ import IMPORT
from watchkeeper.pipelines.steps.kind import Kind
from watchkeeper.pipelines.steps.notify import NOTIFY
from watchkeeper.pipelines.steps.predict import PREDICT
from watchkeeper.pipelines.steps.promote import PROMOTE
from watchkeeper.pipelines.steps.python import PYTHON
from watchkeeper.pipelines.steps.roll_back import ROLL_BACK
from watchkeeper.pipelines.steps.train import TRAIN
from watchkeeper.pipelines.steps.wait import WAIT

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        IMPORT,
        TRAIN,
        PREDICT,
        EXPORT,
        CHALLENGE,
        WAIT,
        COMPARE,
        GATE,
        PROMOTE,
        ROLL_BACK,
        NOTIFY,
        PYTHON,
    )
}
