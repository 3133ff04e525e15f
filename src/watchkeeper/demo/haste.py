"""The story's hasty colleague: the monthly retraining is paused, and a model of ten days' rows is promoted unseen.

What follows is a pipeline too, which watches what was promoted and rolls it back once it has turned out to be worse.
"""

from typing import Any

from watchkeeper.demo.history import Day
from watchkeeper.sdk import Deployment, Project
from watchkeeper.sdk.pipelines import Pipeline

NAME = "Promote at once"
MONTH = 9
"""Of the replay, on whose first day it happens, once no run of the monthly pipeline goes on; that stays paused until it
is known what came of it."""


class Haste:
    """Called on every first day of a month and in its middle, once the platform has come along."""

    def __init__(self, project: Project, deployment: Deployment, monthly: Pipeline) -> None:
        self._project = project
        self._deployment = deployment
        self._monthly = monthly
        self._months = 0
        self._hasty: Pipeline | None = None

    def __call__(self, day: Day) -> bool:
        """Whether something was begun that has to be waited for."""
        self._months += day.day.day == 1
        if self._months < MONTH - 1:
            return False
        if self._hasty is not None:
            if self._monthly.refresh().paused and not _busy(self._hasty):
                self._monthly.go_on()
            return False
        self._monthly.pause()
        if self._months < MONTH or _busy(self._monthly):
            return False
        self._hasty = self._project.pipelines.create(NAME, definition(self._deployment))
        self._hasty.run()
        return True


def _busy(pipeline: Pipeline) -> bool:
    return any(run.state == "running" for run in pipeline.runs.list())


def definition(deployment: Deployment) -> dict[str, Any]:
    return {
        "deployment": deployment.address,
        "clock": "event",
        "steps": {
            "data": {"kind": "import", "from": "journal", "days": 10},
            "train": {"kind": "train", "dataset": "${data.dataset}", "budget": "5s", "learners": ["lightgbm"]},
            "challenge": {"kind": "challenge", "model": "${train.model}"},
            "promote": {
                "kind": "promote",
                "after": ["challenge"],
                "keep": True,
                "reason": "it did so well on its own hold-out",
            },
            "watched": {"kind": "wait", "after": ["promote"], "time": "14d"},
            "compare": {"kind": "compare", "after": ["watched"], "champion": "${train.model}", "patience": "60d"},
            "worse": {"kind": "gate", "value": "${compare.verdict}", "is": "better"},
            "roll_back": {"kind": "roll_back", "after": ["worse"], "to": "${promote.before}"},
        },
    }
