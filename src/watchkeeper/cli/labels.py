"""`watchkeeper labels`."""

import json as jsons
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table
from watchkeeper.cli.watching import Days, End, Named, Start, day_of, the_deployment

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The truth of what was predicted, as it arrives.")


@app.command()
def send(
    deployment: Named,
    labels: Annotated[
        str, typer.Argument(help="A CSV or Parquet file with id and value, a list of them as JSON, or - for JSON read.")
    ],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Say what the truth was. The last value of a row counts; good ones are taken, bad ones listed."""
    given = _read(labels)
    sent = the_deployment(deployment, project).labels.send(given)
    counts = {name: value for name, value in vars(sent).items() if name != "reasons"}
    show(sent.to_json(), facts(counts), as_json=json)
    if sent.reasons and not json:
        for each in sent.reasons:
            typer.echo(f"Label {each.place}, {each.id or 'without id'}: {each.reason}", err=True)


@app.command()
def status(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """How many have come, and how many of them are of rows that the journal has."""
    found = the_deployment(deployment, project).labels.status()
    show(found.to_json(), facts(vars(found)), as_json=json)


@app.command()
def arrived(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """The share of rows that have a label, by day; and how long labels without a row are there."""
    found = the_deployment(deployment, project).labels.arrived(days, start=day_of(start), end=day_of(end))
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, table(found.records()), as_json=False)
    show(None, facts({f"unmatched, {within}": labels for within, labels in found.unmatched.items()}), as_json=False)


@app.command()
def history(
    deployment: Named,
    row: Annotated[str, typer.Argument(help="The row's id.")],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Every value that a row's label has had, newest first; the first counts."""
    found = the_deployment(deployment, project).labels.history(row)
    told = [{**vars(each), "received": each.received.isoformat()} for each in found]
    show({"items": told}, table([vars(each) for each in found]) if found else "No label.", as_json=json)


@app.command()
def save(
    deployment: Named,
    path: Annotated[Path, typer.Argument(help="The Parquet file to write.")],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Write the labels that count to a Parquet file."""
    written = the_deployment(deployment, project).labels.save(path)
    show({"file": str(written), "bytes": written.stat().st_size}, f"Written to {written}.", as_json=json)


def _read(text: str) -> Any:
    """A file's path, or rows."""
    if text != "-" and text.lstrip()[:1] not in {"[", "{"}:
        return text
    try:
        found = jsons.loads(sys.stdin.read() if text == "-" else text)
    except ValueError as error:
        raise typer.BadParameter(
            f"""That is no JSON ({error}). Write labels like '[{{"id": "a1", "value": 4.2}}]', or name a file.""",
            param_hint="labels",
        ) from None
    return found if isinstance(found, list) else [found]
