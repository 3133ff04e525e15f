from watchkeeper.errors import Conflict, NotFound, Refused, WatchkeeperError


class PipelineRefused(Refused):
    """A definition that could never run as it stands; `fields` names the place."""

    code = "pipeline-refused"


class GraphCycle(PipelineRefused):
    """Steps that wait for one another."""

    code = "graph-cycle"


class UnknownStep(PipelineRefused):
    """A step, an output or a parameter that is named and is not there."""

    code = "unknown-step"


class ScheduleRefused(PipelineRefused):
    """No cron expression, one that never fires, or no time zone."""

    code = "schedule-refused"


class FolderRefused(Refused):
    """A path outside the folders that pipelines may reach."""

    code = "folder-refused"


class NoPipeline(NotFound):
    code = "no-pipeline"


class NoRun(NotFound):
    code = "no-run"


class PipelineTaken(Conflict):
    code = "pipeline-taken"


class PipelineBusy(Conflict):
    """It has runs that are not over."""

    code = "pipeline-busy"


class RunOver(Conflict):
    code = "run-over"


class RunGoesOn(Conflict):
    """Only what has failed or was cancelled can be resumed."""

    code = "run-goes-on"


class NothingAsked(Conflict):
    """The step waits for nobody's approval."""

    code = "nothing-asked"


class FileMissing(WatchkeeperError):
    """There is nothing to import yet; it is looked for again as often as the step may be retried."""

    code = "file-missing"


class StepFailed(WatchkeeperError):
    code = "step-failed"


class StepTimedOut(WatchkeeperError):
    """A step took longer than its timeout, and was stopped."""

    code = "step-timed-out"


class StepStopped(WatchkeeperError):
    """The run was cancelled while the step was at work."""

    code = "step-stopped"


class CodeFailed(WatchkeeperError):
    """A python step's own code raised, or ended its process."""

    code = "code-failed"


class CodeBroken(PipelineRefused):
    """A python step's code that is no Python, or has no function `run`."""

    code = "code-broken"
