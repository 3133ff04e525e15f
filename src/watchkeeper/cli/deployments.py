"""`watchkeeper deployments`."""

import json as jsons
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from watchkeeper.cli import acceptances, drift_policy, integrity, profiles, releasing, segments, watching
from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project
from watchkeeper.cli.splitting import ByColumn, ByHeader, Ramp, SplitShare, given_split
from watchkeeper.cli.watching import Named, the_deployment
from watchkeeper.sdk.predicting import Answer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Models that answer at an address, how they fare.")


@app.command("list")
def list_(project: InProject = None, json: Json = False) -> None:
    """The deployments of a project."""
    found = the_project(project).deployments.list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What to call it, from which its address is made.")],
    champion: Annotated[str, typer.Option(help="The id of the model that answers (`experiments leaderboard`).")],
    challenger: Annotated[str | None, typer.Option(help="The id of the model that answers unseen.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Of its days; else the experiment's.")] = None,
    type_policy: Annotated[
        Literal["best_effort", "strict"], typer.Option(help="Mend values of a wrong type, or refuse them.")
    ] = "best_effort",
    threshold: Annotated[float, typer.Option(help="The probability from which the positive class is answered.")] = 0.5,
    shadow: Annotated[float, typer.Option(help="The share of the rows that the challenger answers unseen.")] = 1.0,
    split: SplitShare = None,
    split_by_column: ByColumn = None,
    split_by_header: ByHeader = None,
    ramp: Ramp = None,
    isolation: Annotated[
        Literal["shared", "process"],
        typer.Option(help="Answered by the prediction processes that all share, or its own."),
    ] = "shared",
    segment: Annotated[str | None, typer.Option(help="The feature by which rows are counted apart.")] = None,
    wait: Annotated[bool, typer.Option(help="Return when it can be called.")] = True,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Give a model an address."""
    found = the_project(project).deployments.create(
        name,
        champion=champion,
        challenger=challenger,
        time_zone=time_zone,
        type_policy=type_policy,
        threshold=threshold,
        shadow=shadow,
        split=given_split(split, column=split_by_column, header=split_by_header, ramp=ramp, otherwise=None),
        isolation=isolation,
        segment=segment,
        wait=wait,
    )
    show(found.to_json(), facts({**found.glance(), "url": found.url}), as_json=json)


@app.command("show")
def show_(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """One deployment."""
    found = the_deployment(deployment, project)
    told = {**found.glance(), "url": found.url, "time zone": found.time_zone, **releasing.settings_of(found)}
    show(found.to_json(), facts(told), as_json=json)


@app.command()
def predict(
    deployment: Named,
    rows: Annotated[str, typer.Argument(help="A row or a list of rows as JSON, @FILE, or - for standard input.")],
    project: InProject = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds that the call may wait for its turn.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what each input added to the answer.")] = False,
    interval: Annotated[
        float | None, typer.Option(help="Say between which numbers the truth lies in this share of rows, like 0.9.")
    ] = None,
    json: Json = False,
) -> None:
    """Ask the champion."""
    asked = _read_rows(rows)
    found = the_deployment(deployment, project)
    if isinstance(asked, dict):
        answer = found.predict(asked, timeout=timeout, explain=explain, interval=interval)
        show(answer, facts(_told(answer)), as_json=json)
        if answer.contributions is not None and not json:
            show(None, table(_added(answer)), as_json=False)
        violations = answer.violations
    else:
        answers = found.predict(asked, timeout=timeout, explain=explain, interval=interval)
        document = {"release": answers.release, "predictions": answers.records(), "violations": answers.violations}
        show(document, table(answers.records()), as_json=json)
        violations = answers.violations
    if violations and not json:
        for each in violations:
            typer.echo(f"Row {each.row}, {each.column}: {each.violation}", err=True)


def _told(answer: Answer) -> dict[str, Any]:
    told = {"value": answer.value, "id": answer.id, "release": answer.release}
    more = {"probability": answer.probability, "low": answer.low, "high": answer.high}
    return told | {name: value for name, value in more.items() if value is not None}


def _added(answer: Answer) -> list[dict[str, Any]]:
    """What each input added, the most first, from what they begin from on."""
    added = sorted((answer.contributions or {}).items(), key=lambda each: -abs(each[1]))
    return [{"input": name, f"adds ({answer.unit})": value} for name, value in [("(base)", answer.base), *added]]


def _read_rows(text: str) -> Any:
    try:
        if text == "-":
            text = sys.stdin.read()
        elif text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        found = jsons.loads(text)
    except OSError as error:
        raise typer.BadParameter(f"{text[1:]} can't be read: {error.strerror}.", param_hint="rows") from None
    except ValueError as error:
        raise typer.BadParameter(
            f"""That is no JSON ({error}). Write a row like '{{"Temperature": 21.4}}'.""", param_hint="rows"
        ) from None
    whole = isinstance(found, dict) or (isinstance(found, list) and all(isinstance(row, dict) for row in found))
    if not whole:
        raise typer.BadParameter("Give a row as a JSON object, or a list of them.", param_hint="rows")
    return found


watching.add_commands(app)
drift_policy.add_commands(app)
acceptances.add_commands(app)
integrity.add_commands(app)
profiles.add_commands(app)
segments.add_commands(app)
releasing.add_commands(app)
