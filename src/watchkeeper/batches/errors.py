from watchkeeper.errors import Conflict, NotFound, Refused, Unavailable, WatchkeeperError


class NoBatch(NotFound):
    code = "no-batch"


class BatchRefused(Refused):
    """A dataset that the deployment's models can't be asked: it has no rows, or not the columns."""

    code = "batch-refused"


class BatchOver(Conflict):
    """It is done, failed or cancelled already."""

    code = "batch-over"


class BatchNotDone(Conflict):
    """Its results are not whole."""

    code = "batch-not-done"


class BatchGoesOn(Conflict):
    """It has to be over before it is removed or resumed."""

    code = "batch-goes-on"


class DatasetGone(Conflict):
    """The dataset that was to be answered, or is to stand beside the answers, was removed."""

    code = "dataset-gone"


class BatchCancelled(WatchkeeperError):
    """Somebody cancelled it while it ran."""

    code = "batch-cancelled"


class BatchStopped(WatchkeeperError):
    """The process that answered it ended without a word."""

    code = "batch-stopped"


class ChampionFailed(WatchkeeperError):
    """The champion could not answer rows that fit its signature."""

    code = "champion-failed"


class ResultsNotKept(Unavailable):
    """The disk does not take the results."""

    code = "results-not-kept"
