"""Experiments: questions asked of data."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.datasets import Dataset
from watchkeeper.sdk.errors import NotFound, Refused
from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.resource import Resource, pick
from watchkeeper.sdk.versions import Progress, Version

SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Experiment(Resource):
    """A question: what `target` is to be, given the other columns."""

    kind = "experiment"
    path = "experiments"

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def target(self) -> str:
        return str(self._document["target"])

    @property
    def time(self) -> str | None:
        """The column that says when a row happened."""
        return self._document.get("time")

    @property
    def time_zone(self) -> str:
        return str(self._document["time_zone"])

    @property
    def task(self) -> str | None:
        """`regression` or `binary`; None leaves it to the target's kind."""
        return self._document.get("task")

    @property
    def exclude(self) -> tuple[str, ...]:
        """Columns that are no inputs."""
        return tuple(self._document.get("exclude") or ())

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    def train(
        self,
        dataset: Dataset | str,
        *,
        metric: str | None = None,
        budget: str | float | timedelta = "2m",
        learners: Sequence[str] | None = None,
        wait: bool = True,
        progress: Progress | None = None,
    ) -> Version:
        """Train the next version of it.

        Args:
            dataset: what to learn from, or its id.
            metric: what to rank the models by, such as `mape`; the task's usual one without.
            budget: how long it may take: `"90s"`, `"2m"`, `"1h"`, seconds, or a timedelta.
            learners: which learners to try; all of them without.
            wait: return when it is trained, not when it is queued.
            progress: called with the share that is done, from 0 to 1, and with what is being done.

        Raises:
            Refused: the dataset can't answer the question; `fields` names the columns or options at fault.
        """
        wanted = {
            "dataset": dataset.id if isinstance(dataset, Dataset) else dataset,
            "metric": metric,
            "budget_seconds": seconds(budget),
            "learners": list(learners) if learners is not None else None,
        }
        version = Version(self._caller, self._caller.post(f"/experiments/{self.id}/versions", wanted))
        return version.wait(progress=progress) if wait else version

    def version(self, number: int | None = None) -> Version:
        """The version of this number; the newest without.

        Raises:
            NotFound: there is none.
        """
        known = self._ids_of_versions()
        chosen = number if number is not None else max(known, default=0)
        if not known:
            raise NotFound(f"The experiment '{self.name}' has no version yet. Train one.", code="no-version")
        if chosen not in known:
            there = ", ".join(str(each) for each in sorted(known))
            raise NotFound(f"The experiment '{self.name}' has no version {chosen}. It has: {there}.", code="no-version")
        return Version(self._caller, self._caller.get(f"/versions/{known[chosen]}"))

    def versions(self) -> Sequence[Version]:
        """All of them, oldest first."""
        known = sorted(self._ids_of_versions().items())
        return [Version(self._caller, self._caller.get(f"/versions/{version}")) for _, version in known]

    def _ids_of_versions(self) -> Mapping[int, str]:
        self.refresh()
        return {int(brief["number"]): brief["id"] for brief in self._document.get("versions") or ()}

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "target": self.target,
            "time": self.time,
            "task": self.task,
            "versions": len(self._document.get("versions") or ()),
        }


class Experiments:
    """The experiments of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._path = f"/projects/{project}/experiments"

    def create(
        self,
        name: str,
        *,
        target: str,
        time: str | None = None,
        time_zone: str = "UTC",
        task: str | None = None,
        exclude: Sequence[str] = (),
    ) -> Experiment:
        """Ask a question.

        Args:
            name: what to call it.
            target: the column to predict.
            time: the column that says when a row happened. With it the newest rows are held out, and calendar
                features are made of it.
            time_zone: where the calendar is read, such as `Europe/Bucharest`.
            task: `regression` or `binary`; by the target's kind without.
            exclude: columns that are no inputs.
        """
        wanted = {
            "name": name,
            "target": target,
            "time": time,
            "time_zone": time_zone,
            "task": task,
            "exclude": list(exclude),
        }
        return Experiment(self._caller, self._caller.post(self._path, wanted))

    def get(self, experiment: str) -> Experiment:
        """The experiment of this name or id.

        Raises:
            NotFound: the project has none.
        """
        return pick(Experiment, self.list(), experiment, names=lambda each: (each.name,))

    def list(self) -> Sequence[Experiment]:
        """All of them."""
        return [Experiment(self._caller, document) for document in self._caller.pages(self._path)]


def seconds(budget: str | float | timedelta) -> float:
    """`"90s"`, `"2m"`, `"1.5h"`, a number of seconds, or a timedelta."""
    if isinstance(budget, timedelta):
        return budget.total_seconds()
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh]?)\s*", str(budget))
    if found is None:
        raise Refused(
            f"'{budget}' is no budget. Write it like 90s, 2m or 1h.", code="invalid-budget", fields=("budget",)
        )
    return float(found[1]) * SECONDS[found[2]]
