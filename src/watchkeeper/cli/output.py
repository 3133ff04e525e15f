"""What every command shares: the connection, one document or a friendly table, one red line for a failure."""

import json as jsons
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.sdk.errors import Forbidden, Refused, Unidentified, WatchkeeperError
from watchkeeper.sdk.reading import spelled

if TYPE_CHECKING:
    from watchkeeper.sdk import Client, Project

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
InProject = Annotated[
    str | None, typer.Option("--project", "-p", help="The project's slug, name or id; the only one without.")
]
HINTS: Mapping[type[WatchkeeperError], str] = {
    Unidentified: "Check --key, WATCHKEEPER_KEY, or what `watchkeeper up` left.",
    Forbidden: "Ask an admin of the project for the right, or use another key.",
}


@dataclass(frozen=True)
class Given:
    """What was said before the command's name."""

    url: str | None = None
    key: str | None = None


NOTHING_GIVEN = Given()
_given: ContextVar[Given] = ContextVar("given", default=NOTHING_GIVEN)


def choose(given: Given) -> None:
    _given.set(given)


def connected() -> "Client":
    from watchkeeper.sdk import connect

    return connect(_given.get().url, _given.get().key)


def the_project(name: str | None, client: "Client | None" = None) -> "Project":
    """The project of this name, or the only one that the key sees."""
    projects = (client or connected()).projects
    if name is not None:
        return projects.get(name)
    found = projects.list()
    if len(found) != 1:
        there = ", ".join(project.slug for project in found)
        raise Refused(
            f"Say which project with --project. There is: {there}."
            if found
            else "There is no project yet. Make one with `watchkeeper projects create NAME`.",
            code="which-project",
        )
    return found[0]


def show(document: Any, friendly: Any, *, as_json: bool) -> None:
    """One JSON document on stdout, or something for people."""
    if as_json:
        typer.echo(jsons.dumps(document, default=_plain, ensure_ascii=False))
        return
    from rich.console import Console

    Console(highlight=False, markup=False, soft_wrap=isinstance(friendly, str)).print(friendly)


def table(records: Sequence[Mapping[str, Any]], *, columns: Sequence[str] | None = None) -> Any:
    """A table, or a word about there being nothing."""
    from watchkeeper.sdk.showing import rich_table

    return rich_table(records, columns=columns) if records else "Nothing yet."


def facts(record: Mapping[str, Any]) -> Any:
    """One thing, a line a fact."""
    from rich.table import Table
    from rich.text import Text

    from watchkeeper.sdk.showing import shown

    lines = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
    lines.add_column(style="dim")
    lines.add_column(overflow="fold")
    for name, value in record.items():
        lines.add_row(Text(name), Text(shown(value)))
    return lines


def tell_error(error: WatchkeeperError) -> None:
    """`message (code)` in red on stderr, and what to do where the message can't know it."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    at = f" At: {', '.join(error.fields)}." if error.fields else ""
    console.print(f"{error.message} ({error.code}){at}", style="red")
    hint = HINTS.get(type(error))
    if hint:
        console.print(hint)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return spelled(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
