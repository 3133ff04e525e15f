"""The Runner behind the port: DBOS, which resumes after a crash what this worker had taken on."""

from collections.abc import Callable, Mapping
from pathlib import Path

from dbos import DBOS, SetWorkflowID

from watchkeeper.jobs.job import Job
from watchkeeper.jobs.ports import Work

POLL_EVERY = 0.25
"""Seconds; each time costs it five queries, also where nobody has asked for anything."""


class DurableRunner:
    """One per process. Jobs are queued; `at_once` of them run side by side.

    The application version is pinned, so that an upgrade resumes what an older worker left; the executor's name is
    fixed, so that a restarted worker takes its own work up again.
    """

    QUEUE = "jobs"

    def __init__(self, database: Path, works: Mapping[str, Work], *, finished: Callable[[str, bool], None]) -> None:
        self._works = works
        self._finished = finished
        DBOS(
            config={
                "name": "watchkeeper",
                "system_database_url": f"sqlite:///{database}",
                "run_admin_server": False,
                "application_version": "1",
                "executor_id": "worker",
                "log_level": "WARNING",
            }
        )

        def run_job(job: str, kind: str, subject: str, arguments: dict[str, object]) -> None:
            self._run(job, kind, subject, arguments)

        self._workflow = DBOS.workflow(name="run_job")(run_job)  # it wants a function, not a method

    def launch(self, *, at_once: int = 1) -> None:
        DBOS.launch()
        DBOS.register_queue(self.QUEUE, concurrency=at_once, polling_interval_sec=POLL_EVERY)

    def start(self, job: Job) -> None:
        with SetWorkflowID(job.id):
            DBOS.enqueue_workflow(self.QUEUE, self._workflow, job.id, job.kind, job.subject, dict(job.arguments))

    def stop(self) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=0)

    def _run(self, job: str, kind: str, subject: str, arguments: dict[str, object]) -> None:
        try:
            self._works[kind](subject, arguments)
        except Exception:
            self._finished(job, False)
            raise
        self._finished(job, True)
