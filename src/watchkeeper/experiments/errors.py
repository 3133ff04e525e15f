from watchkeeper.errors import NotFound, Refused, WatchkeeperError


class UnknownTimeZone(Refused):
    code = "unknown-time-zone"


class BudgetRefused(Refused):
    code = "budget-refused"


class NoExperiment(NotFound):
    code = "no-experiment"


class FittingFailed(WatchkeeperError):
    code = "fitting-failed"


class TrainingCancelled(WatchkeeperError):
    code = "training-cancelled"
