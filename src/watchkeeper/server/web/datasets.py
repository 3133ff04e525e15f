from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.datasets.dataset import State
from watchkeeper.datasets.errors import DatasetBroken
from watchkeeper.datasets.reading import preview
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.datasets import download_dataset, show_dataset
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.problem import problem
from watchkeeper.server.web.context import of_project, page, shown, the_project

router = APIRouter(include_in_schema=False)
MOST, PREVIEW = 500, 8


@router.get(PAGES["datasets"], **needs(Right.READ))
def datasets(request: Request, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = [show_dataset(each).model_dump() for each in work.datasets.page(project.id, after=None, limit=MOST)]
    return page(request, "datasets.html", project=shown(project), datasets=found)


@router.get(PAGES["dataset"], **needs(Right.READ))
def dataset(request: Request, dataset: str, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = of_project(project, work.datasets.get(dataset), "dataset")
    seen, known = None, show_dataset(found).model_dump()
    if found.state is State.READY:
        try:
            columns, rows = preview(assembly.places.table(found.id), rows=PREVIEW)
            seen = {"columns": columns, "rows": rows}
        except DatasetBroken as broken:
            known["error"] = problem(broken.status, broken.code, broken.message, broken.fields)
    return page(request, "dataset.html", project=shown(project), dataset=known, preview=seen)


@router.get(PAGES["download"], **needs(Right.READ))
def download(request: Request, dataset: str, assembly: TheAssembly, format: str = "parquet") -> Response:  # noqa: A002
    with assembly.store.look() as work:
        of_project(the_project(request, work), work.datasets.get(dataset), "dataset")
    return download_dataset(dataset, assembly, "csv" if format == "csv" else "parquet")
