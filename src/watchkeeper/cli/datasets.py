"""`watchkeeper datasets`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project
from watchkeeper.cli.progress import progress_bar

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Data brought in and kept.")
Named = Annotated[str, typer.Argument(help="The dataset's name or id.")]


@app.command("list")
def list_(project: InProject = None, json: Json = False) -> None:
    """The datasets of a project."""
    found = the_project(project).datasets.list()
    show([dataset.to_json() for dataset in found], table([dataset.glance() for dataset in found]), as_json=json)


@app.command()
def upload(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    file: Annotated[Path, typer.Argument(help="CSV (, ; tab or |, plain, gzip or zip) or Parquet.")],
    project: InProject = None,
    wait: Annotated[bool, typer.Option(help="Return when it is imported.")] = True,
    json: Json = False,
) -> None:
    """Bring a file in."""
    datasets = the_project(project).datasets
    with progress_bar(f"Bringing in {file.name}", shown=not json) as report:
        dataset = datasets.upload(name, file, wait=wait, progress=lambda share: report(share, ""))
    show(dataset.to_json(), facts(dataset.glance()), as_json=json)


@app.command("show")
def show_(dataset: Named, project: InProject = None, json: Json = False) -> None:
    """Its columns, and what each holds."""
    found = the_project(project).datasets.get(dataset)
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, facts(found.glance()), as_json=False)
    error = found.to_json().get("error")
    show(None, error["detail"] if error else table(found.summary().records()), as_json=False)


@app.command()
def preview(
    dataset: Named,
    rows: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Its first rows."""
    found = the_project(project).datasets.get(dataset).preview(rows)
    show({"columns": found.columns, "rows": found.rows}, table(found.records(), columns=found.columns), as_json=json)


@app.command()
def download(
    dataset: Named,
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    format_: Annotated[
        Literal["parquet", "csv"] | None, typer.Option("--format", help="Else by the file's ending.")
    ] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Write it to a file."""
    written = the_project(project).datasets.get(dataset).download(file, format_)
    show({"file": str(written), "bytes": written.stat().st_size}, f"Written to {written}.", as_json=json)


@app.command()
def delete(dataset: Named, project: InProject = None, json: Json = False) -> None:
    """Remove it for good."""
    found = the_project(project).datasets.get(dataset)
    found.delete()
    show({"deleted": found.id}, f"Deleted '{found.name}'.", as_json=json)
