"""Why a table cannot be learned from, or a model cannot be kept or used; each says what to do.

Refused
├── TargetUnknown      no such column
├── TargetUnfit        all missing, of one value, or of a kind that no task predicts
├── TaskUnknown        no such task
├── TimeUnfit          no such column, not a timestamp, or all missing
├── ColumnUnknown      to be excluded, and not there
├── NoInputs           nothing is left to learn from
├── TooFewRows         to learn from, in all or of one class
├── MetricUnknown      no such metric, or not for this task
├── LearnerUnknown     no such learner
├── NoExplanations     it is not known what each input adds to this model's answers
├── NoIntervals        a model that predicts classes, or one that was kept without its errors
├── LevelRefused       not a share between 0 and 1
└── TooFewErrors       of a model, for intervals that hold so often
WatchkeeperError
├── ModelBroken        files that are missing or damaged
├── RuntimeMissing     the library that answers is not installed
└── RuntimeDiffers     the saved model answers otherwise than the fitted one
"""

from watchkeeper.errors import Refused, WatchkeeperError


class TargetUnknown(Refused):
    code = "unknown-target"


class TargetUnfit(Refused):
    code = "target-unfit"


class TaskUnknown(Refused):
    code = "unknown-task"


class TimeUnfit(Refused):
    code = "time-unfit"


class ColumnUnknown(Refused):
    code = "unknown-column"


class NoInputs(Refused):
    code = "no-inputs"


class TooFewRows(Refused):
    code = "too-few-rows"


class MetricUnknown(Refused):
    code = "unknown-metric"


class LearnerUnknown(Refused):
    code = "unknown-learner"


class NoExplanations(Refused):
    code = "no-explanations"


class NoIntervals(Refused):
    code = "no-intervals"


class LevelRefused(Refused):
    code = "level-refused"


class TooFewErrors(Refused):
    code = "too-few-errors"


class ModelBroken(WatchkeeperError):
    code = "model-broken"


class RuntimeMissing(WatchkeeperError):
    code = "runtime-missing"


class RuntimeDiffers(WatchkeeperError):
    code = "runtime-differs"
