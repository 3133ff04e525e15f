"""Pipelines: graphs of steps, versioned, that run by hand, by a schedule or because a rule fired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.reading import known_moment, moment
from watchkeeper.sdk.resource import Resource, pick
from watchkeeper.sdk.runs import Run, Runs

Graph = Mapping[str, Any] | str | Path
"""A definition: a dict, YAML as text, or the path of a YAML file."""


@dataclass(frozen=True)
class PipelineVersion:
    """`definition` never changes; `yaml` is the same to be copied."""

    number: int
    definition: Mapping[str, Any]
    yaml: str
    created: datetime
    created_by: str

    def glance(self) -> Mapping[str, Any]:
        """What to see of it at a glance."""
        return {
            "version": self.number,
            "steps": ", ".join(self.definition["steps"]),
            "created": self.created,
            "by": self.created_by,
        }


class Pipeline(Resource):
    """A pipeline.

    Attributes:
        runs: its executions.
    """

    kind = "pipeline"
    path = "pipelines"

    def __init__(self, caller: Caller, document: Mapping[str, Any]) -> None:
        super().__init__(caller, document)
        self.runs = Runs(caller, f"/pipelines/{self.id}/runs")

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def slug(self) -> str:
        return str(self._document["slug"])

    @property
    def deployment(self) -> str | None:
        """The id of the deployment that it is about."""
        return self._document.get("deployment")

    @property
    def paused(self) -> bool:
        """Whether ticks and firings are let go by."""
        return bool(self._document["paused"])

    @property
    def clock(self) -> str:
        """`wall`, or `event`: the event time of the deployment's newest row."""
        return str(self._document["clock"])

    @property
    def next_tick(self) -> datetime | None:
        """When its schedule wants a run next, by its clock."""
        return moment(self._document.get("next_tick"))

    @property
    def version(self) -> PipelineVersion:
        """The version in force."""
        return read_version(self._document["version"])

    @property
    def yaml(self) -> str:
        """The definition in force."""
        return self.version.yaml

    @property
    def last_run(self) -> Mapping[str, Any] | None:
        """Its newest run in brief, as the API wrote it."""
        return self._document.get("last_run")

    def run(self, *, wait: bool = False, **parameters: Any) -> Run:
        """Run it now.

        Args:
            wait: return when it is over, not when it has begun.
            parameters: instead of the definition's defaults.
        """
        begun = Run(self._caller, self._caller.post(f"/pipelines/{self.id}/runs", {"parameters": parameters}))
        return begun.wait() if wait else begun

    def change(self, graph: Graph) -> Self:
        """Make a new version, in force from now on; runs that go on go on with theirs.

        Raises:
            Refused: the definition is wrong; `fields` names the places.
        """
        self._document = self._caller.post(f"/pipelines/{self.id}/versions", _definition(graph))
        return self

    def versions(self) -> Sequence[PipelineVersion]:
        """All of them, newest first."""
        return [read_version(each) for each in self._caller.pages(f"/pipelines/{self.id}/versions")]

    def pause(self) -> Self:
        """From now on ticks and firings are let go by; runs that go on are not touched."""
        return self._pause(paused=True)

    def go_on(self) -> Self:
        """No longer pause."""
        return self._pause(paused=False)

    def remove(self) -> None:
        """Its runs can still be read.

        Raises:
            Conflict: a run of it goes on.
        """
        self._caller.delete(f"/pipelines/{self.id}")

    def _pause(self, *, paused: bool) -> Self:
        self._document = self._caller.patch(f"/pipelines/{self.id}", {"paused": paused})
        return self

    def glance(self) -> Mapping[str, Any]:
        last = self.last_run
        return {
            "name": self.name,
            "state": "paused" if self.paused else "in force",
            "last run": f"{last['number']}: {last['state']}" if last else None,
            "next tick": self.next_tick,
            "version": self.version.number,
            "id": self.id,
        }


class Pipelines:
    """The pipelines of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._path = f"/projects/{project}/pipelines"

    def create(self, name: str | None, graph: Graph) -> Pipeline:
        """Make one; it is checked first.

        Args:
            name: what to call it; None for the definition's own name.
            graph: the definition as a dict, as YAML, or the path of a YAML file.

        Raises:
            Refused: the definition is wrong; `fields` names the places.
            Forbidden: a step needs a right that this key lacks.
            Conflict: there is one of this name.
        """
        return Pipeline(self._caller, self._caller.post(self._path, {"name": name, **_definition(graph)}))

    def get(self, pipeline: str) -> Pipeline:
        """The pipeline of this name, slug or id.

        Raises:
            NotFound: the project has none.
        """
        return pick(Pipeline, self.list(), pipeline, names=lambda each: (each.slug, each.name))

    def list(self) -> Sequence[Pipeline]:
        """All of them, by name."""
        return [Pipeline(self._caller, document) for document in self._caller.pages(self._path)]


class DeploymentPipelines:
    """The pipelines that are about a deployment."""

    def __init__(self, caller: Caller, deployment: str) -> None:
        self._caller = caller
        self._path = f"/deployments/{deployment}"

    def list(self) -> Sequence[Pipeline]:
        """All of them, by name."""
        return [Pipeline(self._caller, document) for document in self._caller.pages(f"{self._path}/pipelines")]

    def retrain(
        self,
        *,
        name: str | None = None,
        cron: str | None = "0 3 1 * *",
        when: Sequence[str] = ("drift", "verdicts", "performance"),
        clock: Literal["wall", "event"] = "wall",
        days: int | None = None,
        source: Mapping[str, Any] | None = None,
        budget: str = "2m",
        learners: Sequence[str] = (),
        shadow: str = "14d",
        watch: str = "14d",
        approval: bool = False,
    ) -> Pipeline:
        """Retrain monthly and when drifted, shadow, promote if better, watch, roll back if worse.

        Args:
            name: what to call the pipeline.
            cron: when it runs, in the deployment's time zone; None for not by a schedule.
            when: rules or signals whose firing starts it too.
            clock: `wall`, or `event` for a past that is replayed: then days are days of the rows' own time.
            days: how far back the rows to learn from reach; all without.
            source: fields of another import step, such as `{"from": "folder", "path": "new"}`; without, it learns from
                what the champion was trained on and what the deployment has answered since and has labels for.
            budget: how long a training may take.
            learners: which to try; all without.
            shadow: how long the new model is the challenger before it is compared.
            watch: how long it is watched after it was promoted.
            approval: whether a person has to approve of the promotion.
        """
        wanted = {
            "name": name,
            "cron": cron,
            "when": list(when),
            "clock": clock,
            "days": days,
            "source": dict(source) if source is not None else None,
            "budget": budget,
            "learners": list(learners),
            "shadow": shadow,
            "watch": watch,
            "approval": approval,
        }
        return Pipeline(self._caller, self._caller.post(f"{self._path}/retrain", wanted))


def read_version(said: Mapping[str, Any]) -> PipelineVersion:
    return PipelineVersion(
        number=int(said["number"]),
        definition=said["definition"],
        yaml=said["yaml"],
        created=known_moment(said["created"]),
        created_by=said["created_by"],
    )


def _definition(graph: Graph) -> dict[str, Any]:
    if isinstance(graph, Mapping):
        return {"definition": dict(graph)}
    if isinstance(graph, str) and "\n" in graph:
        return {"yaml": graph}
    path = Path(graph)
    if not path.is_file():
        raise Refused(f"There is no file '{path}'. Give a path, YAML, or a dict.", code="no-file", fields=("graph",))
    return {"yaml": path.read_text(encoding="utf-8")}
