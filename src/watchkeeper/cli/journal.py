"""`watchkeeper journal`: what of a deployment's rows is kept from readers. `deployments journal` reads them."""

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from watchkeeper.cli.conditions import Conditions, read_where
from watchkeeper.cli.output import InProject, Json, facts, show, table
from watchkeeper.cli.watching import JournalEnd, JournalStart, Named, the_deployment
from watchkeeper.sdk.errors import Refused

if TYPE_CHECKING:
    from watchkeeper.sdk.monitoring.erasures import Erasure
    from watchkeeper.sdk.monitoring.journal import Journalled

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="What of a deployment's rows is kept from readers: columns, erasures. `deployments journal` reads the rows.",
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
