"""Projects: the scope of everything."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from watchkeeper.sdk.access import Keys
from watchkeeper.sdk.alerts.channels import Channels
from watchkeeper.sdk.alerts.firings import Firings
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.datasets import Datasets
from watchkeeper.sdk.errors import Conflict
from watchkeeper.sdk.experiments import Experiments
from watchkeeper.sdk.members import Members
from watchkeeper.sdk.pipelines import Pipelines
from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.resource import Resource, pick
from watchkeeper.sdk.runs import Runs
from watchkeeper.sdk.serving.deployments import Deployments


class Project(Resource):
    """A project.

    Attributes:
        datasets: data brought in and kept.
        experiments: questions asked of it.
        deployments: models that answer at an address.
        keys: who may call them.
        members: who belongs to it.
        firings: each time that one of its deployments' rules fired.
        channels: by which ways people are told.
        pipelines: graphs of steps that run by themselves.
        runs: the executions of all pipelines.
    """

    kind = "project"
    path = "projects"

    def __init__(self, caller: Caller, document: Mapping[str, Any]) -> None:
        super().__init__(caller, document)
        self.datasets = Datasets(caller, self.id)
        self.experiments = Experiments(caller, self.id)
        self.deployments = Deployments(caller, self.id)
        self.keys = Keys(caller, self.id)
        self.members = Members(caller, self.id)
        self.firings = Firings(caller, project=self.id)
        self.channels = Channels(caller, self.id)
        self.pipelines = Pipelines(caller, self.id)
        self.runs = Runs(caller, f"/projects/{self.id}/runs")

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def slug(self) -> str:
        """The name as it stands in addresses."""
        return str(self._document["slug"])

    @property
    def description(self) -> str:
        return str(self._document.get("description") or "")

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    def glance(self) -> Mapping[str, Any]:
        return {"name": self.name, "slug": self.slug, "description": self.description, "created": self.created}


class Projects:
    """The projects that this key may see."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(self, name: str, *, description: str = "", exist_ok: bool = False) -> Project:
        """Make a project.

        Args:
            name: its name, from which its slug is made.
            description: what it is about.
            exist_ok: return the project of this name if there is one.

        Raises:
            Conflict: there is one of this name, or one that shares its slug.
        """
        try:
            return Project(self._caller, self._caller.post("/projects", {"name": name, "description": description}))
        except Conflict:
            same = [project for project in self.list() if _plain(project.name) == _plain(name)] if exist_ok else []
            if not same:
                raise
            return same[0]

    def get(self, project: str) -> Project:
        """The project of this id, slug or name.

        Raises:
            NotFound: there is none, or none that this key may see.
        """
        return pick(Project, self.list(), project, names=lambda each: (each.slug, each.name))

    def list(self) -> Sequence[Project]:
        """All of them."""
        return [Project(self._caller, document) for document in self._caller.pages("/projects")]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
