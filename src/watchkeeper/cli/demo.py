"""`watchkeeper demo`: the Electricity Forecast, from data to a watched deployment."""

import json as jsons
import signal
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from watchkeeper.cli.output import connected
from watchkeeper.cli.up import running, settings_of
from watchkeeper.demo.history import History, from_file
from watchkeeper.demo.incidents import INCIDENTS, Incident
from watchkeeper.demo.story import tell
from watchkeeper.sdk import Client, connect
from watchkeeper.sdk.connecting import remembered
from watchkeeper.sdk.errors import Refused, Unreachable, WatchkeeperError
from watchkeeper.server.errors import CannotStart
from watchkeeper.server.supervisor import Supervisor
from watchkeeper.storage.migrating import NewerData

terminal = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Platform:
    """Where the story is told. If it was started for it, `data_dir` is where it keeps everything, and `watching` ends
    when it is told to stop; else both are None."""

    client: Client
    data_dir: Path | None = None
    watching: Thread | None = None


class Bars:
    """The story's progress as bars on the terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def step(self, words: str, *, total: float) -> Callable[[float, str], None]:
        task = self._progress.add_task(words, total=total, note="")
        return lambda done, note: self._progress.update(task, completed=done, note=note)


def demo(
    data: Annotated[Path | None, typer.Option(help="Half-hourly demand as CSV; simulated without.")] = None,
    without: Annotated[
        list[str] | None, typer.Option(help=f"An incident to leave out, repeatable: {', '.join(INCIDENTS)}.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the platform keeps everything.")] = None,
    exit_: Annotated[bool, typer.Option("--exit", help="Stop when the story is told.")] = False,
    json: Annotated[bool, typer.Option("--json", help="What happened, as one JSON object on the last line.")] = False,
) -> None:
    """Train, deploy, replay two years of production, and watch. Starts the platform if it is not up."""
    try:
        with tempfile.TemporaryDirectory() as into:
            history = _history(data, Path(into), without or ())
            with platform(data_dir) as here:
                outcome = _told(here, history)
                _say_where(here, outcome, stops=exit_)
                if json:
                    typer.echo(jsons.dumps(outcome))
                if here.watching and not exit_:
                    terminal.print("Ctrl-C stops the platform; its data stays.")
                    here.watching.join()
    except (CannotStart, NewerData) as error:
        terminal.print(f"{error.message} ({error.code})", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


@contextmanager
def platform(data_dir: Path | None) -> Iterator[Platform]:
    """The platform that is up, or one that is started now and stopped in the end."""
    client = _up_already() if data_dir is None else None
    if client is not None:
        yield Platform(client)
        return
    settings = settings_of(data_dir=data_dir)
    with running(settings) as server, _watched(server.supervisor) as watching:
        yield Platform(connect(server.url, server.key), settings.data_dir, watching)


@contextmanager
def _watched(supervisor: Supervisor) -> Iterator[Thread]:
    """What dies is started again during the story, too."""
    watching = Thread(target=supervisor.watch, name="watching")
    watching.start()
    try:
        yield watching
    finally:
        supervisor.stop_soon()
        watching.join()


def _up_already() -> Client | None:
    """None where nothing is known, or nothing answers any more at the address that an earlier start left."""
    try:
        client = connected()
    except Unreachable:
        return None
    try:
        client.me()
    except WatchkeeperError:
        client.close()
        if remembered(client.url) is None:  # it was named on purpose
            raise
        return None
    return client


def _history(data: Path | None, into: Path, without: Collection[str]) -> History:
    if data is None:
        from watchkeeper.demo.simulated import simulated_history

        return simulated_history(into=into, without=without)
    if without:
        raise Refused(
            "Incidents can be left out of the simulation only: give --without or --data.", fields=("without",)
        )
    return from_file(data, into=into)


def _told(here: Platform, history: History) -> dict[str, Any]:
    terminal.print("[bold]The Electricity Forecast[/]")
    terminal.print(history.told, markup=False)
    columns = (
        TextColumn("{task.description:<36}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with _interruptible(), Progress(*columns, console=terminal) as progress:
        outcome = dict(tell(here.client, history, telling=Bars(progress)).outcome)
    terminal.print(_results(outcome))
    terminal.print(outcome["comparison"], markup=False)
    if history.incidents:
        terminal.print("\nWhat really happened, in the simulation:")
        terminal.print(_happened(history.incidents))
    return outcome


@contextmanager
def _interruptible() -> Iterator[None]:
    """A signal ends the story at once, where otherwise it would only end the platform's watch."""
    kept = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _results(outcome: Mapping[str, Any]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("", "champion", "challenger"):
        table.add_column(heading, justify="right" if heading else "left")
    pair = [outcome["champion"], outcome["challenger"]]
    table.add_row("learner", *(each["learner"] for each in pair))
    table.add_row("predictions", *(f"{count:,}" for count in outcome["predictions"].values()))
    table.add_row("MAPE", *(_number(each["mape"], " %", digits=2) for each in pair))
    table.add_row("calls", f"{outcome['usage']['calls']:,}", "")
    table.add_row("errors", f"{outcome['usage']['errors']:,}", "")
    table.add_row("mean response", _number(outcome["usage"]["response_ms"], " ms", digits=1), "")
    table.add_row("labels", f"{outcome['labels']:,}", "")
    table.add_row("global drift", _number(outcome["drift"]["global"], digits=3), "")
    return table


def _number(value: float | None, unit: str = "", *, digits: int) -> str:
    return "unknown" if value is None else f"{value:.{digits}f}{unit}"


def _happened(incidents: Sequence[Incident]) -> Table:
    table = Table("incident", "first day", "last day", "what it was", show_edge=False, pad_edge=False)
    for each in incidents:
        table.add_row(each.name, each.first.isoformat(), each.last.isoformat(), each.sentence)
    return table


def _say_where(here: Platform, outcome: Mapping[str, Any], *, stops: bool) -> None:
    """The page to open; if the platform stops now, how to start it again."""
    project, _, deployment = outcome["deployment"].partition(".")
    page = f"/projects/{project}/deployments/{deployment}"
    if here.data_dir and stops:
        again = f"watchkeeper up --data-dir {here.data_dir}"
        terminal.print(f"To look at it: {again}, then {page} on the console.", markup=False, soft_wrap=True)
        return
    link = here.client.sign_in_link().url
    terminal.print(f"Open {outcome['url']}{page}", markup=False, soft_wrap=True)
    terminal.print(f"Sign in within ten minutes, once: {link}", markup=False, soft_wrap=True)
