"""The story's hasty colleague: the monthly retraining is paused, and a model of ten days' rows is promoted unseen.

What follows is a pipeline too, which watches what was promoted and rolls it back once it has turned out to be worse.
"""

from typing import Any

from watchkeeper.demo.history import Day
from watchkeeper.sdk import Deployment, Project
from watchkeeper.sdk.pipelines import Pipeline

NAME = "Promote at once"
MONTH = 9
"""Of the replay, on whose first day it happens, once no run of the monthly pipeline goes on; that is paused until the
month after."""


class Haste:
    """Called on every first day of a month and in its middle, once the platform has come along."""

    def __init__(self, project: Project, deployment: Deployment, monthly: Pipeline) -> None:
        self._project = project
        self._deployment = deployment
        self._monthly = monthly
        self._months = 0
        self._begun = 0

    def __call__(self, day: Day) -> bool:
        """Whether something was begun that has to be waited for."""
        if day.day.day != 1:
            if self._months == MONTH - 1:
                self._monthly.pause()
            return False
        self._months += 1
        if self._begun == self._months - 1 > 0:
            self._monthly.go_on()
        if self._begun or self._months < MONTH or self._busy():
            return False
        self._begun = self._months
        self._project.pipelines.create(NAME, definition(self._deployment)).run()
        return True

    def _busy(self) -> bool:
        return any(run.state == "running" for run in self._monthly.runs.list())


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
            "compare": {"kind": "compare", "after": ["watched"], "champion": "${train.model}", "patience": "14d"},
            "worse": {"kind": "gate", "value": "${compare.verdict}", "is": "better"},
            "roll_back": {"kind": "roll_back", "after": ["worse"], "to": "${promote.before}"},
        },
    }
