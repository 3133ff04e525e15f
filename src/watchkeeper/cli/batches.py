"""`watchkeeper batches`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from watchkeeper.cli.output import InProject, Json, connected, facts, show, table
from watchkeeper.cli.progress import progress_bar
from watchkeeper.cli.watching import Named, the_deployment

if TYPE_CHECKING:
    from watchkeeper.sdk.batches import Batch

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Whole tables answered by a deployment's models.")
TheBatch = Annotated[str, typer.Argument(help="The batch's id.")]


@app.command()
def run(
    deployment: Named,
    data: Annotated[str, typer.Argument(help="A dataset's name or id, or a CSV or Parquet file to bring in.")],
    name: Annotated[str | None, typer.Option(help="What to call the dataset of a file.")] = None,
    journal: Annotated[bool, typer.Option(help="Let its rows be predictions, and watch them.")] = True,
    wait: Annotated[bool, typer.Option(help="Return when it is over; status 1 where it is not done.")] = True,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Answer all rows of a table by champion and challenger."""
    batches = the_deployment(deployment, project).batches
    with progress_bar("Answering", shown=wait and not json) as report:
        found = batches.run(data, name=name, journal=journal, wait=wait, progress=lambda share: report(share, ""))
    told(found, json)


@app.command("list")
def list_(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """A deployment's batches, newest first."""
    found = the_deployment(deployment, project).batches.list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command("show")
def show_(batch: TheBatch, json: Json = False) -> None:
    """How far it is, and what broke the signature."""
    told(_batch(batch), json)


@app.command()
def download(
    batch: TheBatch,
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    format_: Annotated[
        Literal["parquet", "csv"] | None, typer.Option("--format", help="Else by the file's ending.")
    ] = None,
    inputs: Annotated[bool, typer.Option(help="Put the dataset's columns before the answers.")] = True,
    json: Json = False,
) -> None:
    """Write its results to a file."""
    written = _batch(batch).download(file, format_, inputs=inputs)
    show({"file": str(written), "bytes": written.stat().st_size}, f"Written to {written}.", as_json=json)


@app.command()
def dataset(batch: TheBatch, name: Annotated[str, typer.Argument(help="What to call it.")], json: Json = False) -> None:
    """Make a dataset of its rows with their answers."""
    made = _batch(batch).as_dataset(name)
    show(made.to_json(), facts(made.glance()), as_json=json)


@app.command()
def cancel(batch: TheBatch, json: Json = False) -> None:
    """End it; it can be resumed."""
    told(_batch(batch).cancel(), json)


@app.command()
def resume(batch: TheBatch, json: Json = False) -> None:
    """Let one that failed or was cancelled go on where it stopped."""
    told(_batch(batch).resume(), json)


@app.command()
def delete(batch: TheBatch, json: Json = False) -> None:
    """Remove one that is over, with its results."""
    found = _batch(batch)
    found.delete()
    show({"deleted": found.id}, f"Deleted the batch {found.id}.", as_json=json)


def told(batch: "Batch", json: bool) -> None:
    show(batch.to_json(), facts(batch.glance()), as_json=json)
    if json:
        return
    if batch.error:
        show(None, str(batch.error["detail"]), as_json=False)
    if batch.challenger_error:
        show(None, batch.challenger_error, as_json=False)
    if batch.violations:
        show(None, table([vars(each) for each in batch.violations]), as_json=False)


def _batch(name: str) -> "Batch":
    return connected().batch(name)
