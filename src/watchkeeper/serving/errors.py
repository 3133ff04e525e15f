from watchkeeper.errors import Conflict, NotFound, Refused, TooLarge, Unavailable, WatchkeeperError


class NoDeployment(NotFound):
    code = "no-deployment"


class ModelNotReady(Conflict):
    code = "model-not-ready"


class ModelsDiffer(Refused):
    code = "models-differ"


class UnknownTypePolicy(Refused):
    code = "unknown-type-policy"


class UnknownIsolation(Refused):
    code = "unknown-isolation"


class UnknownAccess(Refused):
    code = "unknown-access"


class BadThreshold(Refused):
    """A threshold is a probability, and belongs to models that answer classes."""

    code = "bad-threshold"


class BadShare(Refused):
    """A share is more than nothing and at most everything."""

    code = "bad-share"


class BadSplit(Refused):
    """How calls are to be split between champion and challenger can't be done as it was said."""

    code = "bad-split"


class InputsDiffer(Refused):
    """The challenger can't answer callers whose rows are read as the champion takes them."""

    code = "inputs-differ"


class ReleaseMoved(Conflict):
    """Somebody made another release meanwhile."""

    code = "release-moved"


class NoChallenger(Conflict):
    """There is nobody to promote or to swap with."""

    code = "no-challenger"


class NoEarlierRelease(Conflict):
    """There is nothing to roll back to."""

    code = "no-earlier-release"


class NothingChanges(Conflict):
    """The release would set what is set already."""

    code = "nothing-changes"


class ActionIncomplete(Refused):
    """A release is asked for without what it is to set."""

    code = "action-incomplete"


class ReasonTooLong(Refused):
    """The reason of a release is a sentence, not a report."""

    code = "reason-too-long"


class NotJson(Refused):
    status = 400
    code = "not-json"


class RowsRefused(Refused):
    """The body is JSON, but no rows."""

    code = "rows-refused"


class ParameterRefused(Refused):
    """A parameter of a prediction's query that there is not, or of a value that it can't have."""

    code = "parameter-refused"


class TypesRefused(Refused):
    code = "types-refused"


class BodyTooLarge(TooLarge):
    code = "body-too-large"


class NotLoaded(Unavailable):
    """The release in force has no loaded champion in this process."""

    code = "not-loaded"


class OwnProcessGone(Unavailable):
    """The process that a deployment has to itself ended before it answered."""

    code = "own-process-gone"


class NotFollowing(Unavailable):
    """This process has not been able to read who may call for too long."""

    code = "not-following"


class Overloaded(Unavailable):
    """More calls are under way in this process than it takes at once."""

    code = "overloaded"


class BodyLate(WatchkeeperError):
    """The body of the call did not come in time."""

    status = 408
    code = "body-late"


class DeadlineRefused(Refused):
    """What the caller says that a call may take is no time."""

    code = "deadline-refused"


class DeadlinePassed(WatchkeeperError):
    """The call had not come to its turn by its deadline; it was not computed."""

    status = 504
    code = "deadline-passed"


class OutputsRefused(Refused):
    """What was predicted elsewhere is not what the deployment's models predict."""

    code = "outputs-refused"


class TimesMissing(Refused):
    """A row that was predicted elsewhere has to say when."""

    code = "times-missing"


class NoRelease(NotFound):
    code = "no-release"


class JournalFull(Unavailable):
    """The record of the call could not be kept, so the call is not answered."""

    code = "journal-full"
