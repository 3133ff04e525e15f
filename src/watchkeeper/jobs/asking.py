from collections.abc import Mapping

from watchkeeper.clock import Clock
from watchkeeper.jobs.job import Job, State
from watchkeeper.jobs.ports import Jobs
from watchkeeper.names import new_id


def ask(kind: str, subject: str, arguments: Mapping[str, object], *, jobs: Jobs, clock: Clock) -> Job:
    """Write the wish for work beside the change that wants it, in the caller's transaction."""
    job = Job(id=new_id(), kind=kind, subject=subject, arguments=arguments, state=State.ASKED, asked=clock.now())
    jobs.add(job)
    return job
