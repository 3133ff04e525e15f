"""`watchkeeper journal`: for how long a deployment's rows are kept, and what of them is kept from readers. `deployments
journal` reads them."""

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from watchkeeper.cli.conditions import Conditions, read_where
from watchkeeper.cli.output import InProject, Json, facts, show, table
from watchkeeper.cli.watching import JournalEnd, JournalStart, Named, the_deployment
from watchkeeper.sdk.errors import Refused

if TYPE_CHECKING:
    from watchkeeper.sdk.monitoring.erasures import Erasure
    from watchkeeper.sdk.monitoring.journal import Journalled
    from watchkeeper.sdk.monitoring.retention import Retention

MOST = 1e18
"""Beyond it a number is nothing that anybody means."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="What of a deployment's rows is kept: for how long, columns, erasures. `deployments journal` reads the rows.",
)


@app.command()
def columns(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """How each input is journalled: in full, hashed, or left out."""
    found = the_deployment(deployment, project).journal.columns()
    show(found.to_json(), table(found.records()), as_json=json)


@app.command()
def change(
    deployment: Named,
    columns: Annotated[list[str], typer.Argument(help="Like `email=hashed`, `notes=left_out` or `size=full`.")],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Say how inputs are journalled from now on. Rows that are there stay as they are."""
    wanted: dict[str, Journalled] = {}
    for each in columns:
        name, sign, word = each.rpartition("=")
        if not sign:
            raise Refused(f"'{each}' says no more than a name. Write it like email=hashed.", fields=("columns",))
        wanted[name] = cast("Journalled", word)
    found = the_deployment(deployment, project).journal.change(wanted)
    show(found.to_json(), table(found.records()), as_json=json)


@app.command()
def erase(
    deployment: Named,
    ids: Annotated[list[str] | None, typer.Option("--id", help="The id of a row; any number.")] = None,
    where: Conditions = None,
    start: JournalStart = None,
    end: JournalEnd = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Erase rows in both roles, with their labels. Counts stay. It can't be undone."""
    found = the_deployment(deployment, project)
    if not yes:
        typer.confirm(f"Erase these rows of {found.address} for good?", abort=True, err=True)
    done = found.journal.erase(ids or None, where=read_where(where), start=start, end=end)
    show(done.to_json(), facts(_told(done)), as_json=json)


@app.command()
def erasures(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """Who asked when for which rows to be gone."""
    found = the_deployment(deployment, project).journal.erasures()
    show({"items": [each.to_json() for each in found]}, table([_told(each) for each in found]), as_json=json)


@app.command()
def retention(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """For how long raw rows are kept, how much there is, and what has gone."""
    found = the_deployment(deployment, project).retention
    show(found.to_json(), facts(_held(found)), as_json=json)


@app.command()
def keep(
    deployment: Named,
    days: Annotated[str | None, typer.Option(help="Days after rows came.")] = None,
    gb: Annotated[str | None, typer.Option(help="Gigabytes that the journal may have; 0.5 or more.")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Without end.")] = False,
    usual: Annotated[bool, typer.Option("--as-usual", help="As the installation's settings say.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Say for how long raw rows are kept. Those beyond it go for good; what was counted from them stays."""
    if [bool(days or gb), everything, usual].count(True) != 1:
        raise Refused("Say either --days, --gb or both; or --everything; or --as-usual.", fields=("days", "gb"))
    found = the_deployment(deployment, project)
    if not (yes or everything):
        typer.confirm(f"Let rows of {found.address} beyond this go, for good?", abort=True, err=True)
    if usual:
        held = found.keep_as_usual()
    else:
        held = found.keep(days=cast("Any", _number(days, 1)), bytes=cast("Any", _number(gb, 10**9)))
    show(held.to_json(), facts(_held(held)), as_json=json)


@app.command()
def retentions(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """Who said when for how long rows are kept."""
    found = [each.to_json() for each in the_deployment(deployment, project).retentions()]
    show({"items": found}, table(found), as_json=json)


def _number(text: str | None, times: int) -> Any:
    """What is no number is left to the server, which says what a number would be."""
    if text is None:
        return None
    try:
        number = float(text) * times
    except ValueError:
        return text
    return round(number) if abs(number) < MOST and (times > 1 or number.is_integer()) else text


def _held(found: "Retention") -> dict[str, Any]:
    ends = {"days": found.days, "GB": found.bytes and found.bytes / 1e9}
    rule = " and ".join(f"{value:,g} {unit}" for unit, value in ends.items() if value) or "without end"
    return {
        "kept": rule if found.own else f"{rule}, as usual here",
        "set": f"{found.since:%Y-%m-%d %H:%M} by {found.set_by}" if found.since else None,
        "rows": found.rows_kept,
        "megabytes": round(found.bytes_kept / 1e6, 1),
        "rows that go next": found.rows_going,
        "rows that have gone": found.rows_gone,
        "all kept since": found.kept_since,
    }


def _told(erasure: "Erasure") -> dict[str, Any]:
    period = {name: moment for name, moment in (("from", erasure.start), ("to", erasure.end)) if moment}
    which = f"{erasure.given:,} ids" if erasure.given else ", ".join(_condition(each) for each in erasure.where)
    return {
        "asked": erasure.asked,
        "by": erasure.asked_by,
        "which": " ".join([which, *(f"{name} {moment:%Y-%m-%d %H:%M}" for name, moment in period.items())]).strip(),
        "state": erasure.error or erasure.state,
        "rows": erasure.rows,
        "labels": erasure.labels,
    }


def _condition(each: Any) -> str:
    return " ".join(str(part) for part in each)
