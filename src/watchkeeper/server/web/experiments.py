from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.experiments.errors import NoExperiment
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.datasets import show_dataset
from watchkeeper.server.api.experiments import show_experiment, show_version
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.web.context import of_project, page, shown, the_project

router = APIRouter(include_in_schema=False)
MOST = 500


@router.get(PAGES["experiments"], **needs(Right.READ))
def experiments(request: Request, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = work.experiments.page(project.id, after=None, limit=MOST)
        return page(
            request,
            "experiments.html",
            project=shown(project),
            experiments=[show_experiment(each, work).model_dump() for each in found],
            datasets=[
                show_dataset(each).model_dump() for each in work.datasets.page(project.id, after=None, limit=MOST)
            ],
        )


@router.get(PAGES["version"], **needs(Right.READ))
def version(request: Request, experiment: str, number: int, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        question = of_project(project, work.experiments.get(experiment), "experiment")
        found = next((each for each in work.experiments.versions(question.id) if each.number == number), None)
        if found is None:
            raise NoExperiment("There is no such version of this experiment.")
        dataset = work.datasets.get(found.dataset)
        seen = show_version(found, work).model_dump()
        return page(
            request,
            "experiment_version.html",
            project=shown(project),
            experiment=show_experiment(question, work).model_dump(),
            version=seen,
            dataset=show_dataset(dataset).model_dump() if dataset else None,
            held_out=_held_out(seen["models"]),
        )


def _held_out(models: list[Mapping[str, Any]]) -> str | None:
    """What the models were scored on, as their cards say."""
    return next((model["card"]["holdout"].get("sentence") for model in models if "holdout" in model["card"]), None)
