"""`watchkeeper up`: start the server and keep it running."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from watchkeeper.sdk.connecting import remember, remembered
from watchkeeper.server.errors import CannotStart
from watchkeeper.server.preparing import bind, check_exposure, open_data_dir, prepare, with_ports
from watchkeeper.server.settings import Settings, default_data_dir, read_environment
from watchkeeper.server.supervisor import Supervisor
from watchkeeper.storage.migrating import NewerData
from watchkeeper.storage.work import StorageUnavailable

READY_WITHIN = 60.0
terminal = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str
    predict_url: str
    key: str
    sign_in: str
    supervisor: Supervisor


def up(
    data_dir: Annotated[Path | None, typer.Option(help="Where everything is kept.", show_default=False)] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on; else 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The console's port (pages and API); else 8090.")
    ] = None,
    predict_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port that predicts; else 8091.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Prediction processes; else one.")] = None,
    tls_cert: Annotated[str | None, typer.Option(help="Certificate chain (PEM) to speak HTTPS with.")] = None,
    tls_key: Annotated[str | None, typer.Option(help="Its key (PEM).")] = None,
    behind_proxy: Annotated[str, typer.Option(help="Addresses of trusted proxies, by commas.")] = "",
) -> None:
    """Start the console, the plane and the worker, and keep them running until Ctrl-C."""
    try:
        settings = settings_of(
            data_dir=data_dir,
            host=host,
            port=port,
            predict_port=predict_port,
            workers=workers,
            tls_cert=tls_cert,
            tls_key=tls_key,
            behind_proxy=behind_proxy,
        )
        with running(settings) as server:
            terminal.print(f"Watchkeeper is up at [bold]{server.url}[/] (predictions at {server.predict_url})")
            terminal.print(f"Sign in within ten minutes, once: {server.sign_in}", soft_wrap=True)
            terminal.print(f"Data in {settings.data_dir}. Ctrl-C stops it.")
            server.supervisor.watch()
            terminal.print("Stopping.")
    except (CannotStart, NewerData, StorageUnavailable) as error:
        terminal.print(f"[red]{error.message}[/] ({error.code})", soft_wrap=True)
        raise typer.Exit(1) from None


def settings_of(*, data_dir: Path | None, behind_proxy: str = "", **given: object) -> Settings:
    """The environment's settings, and over them the command line's."""
    proxies = tuple(address.strip() for address in behind_proxy.split(",") if address.strip())
    chosen = (data_dir or default_data_dir()).expanduser().absolute()
    said = {name: value for name, value in given.items() if value is not None}
    return Settings(**{**read_environment(), **said, "data_dir": chosen, "behind_proxy": proxies})  # type: ignore[arg-type]


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    """A server for as long as the context lasts. Signals end its watch; leaving it stops every process."""
    check_exposure(settings)
    with (
        open_data_dir(settings.data_dir),
        bind(settings.host, settings.port, option="--port") as console,
        bind(settings.host, settings.predict_port, option="--predict-port") as plane,
    ):
        settings = with_ports(settings, console, plane)
        key, sign_in = prepare(settings, known_secret=remembered(settings.url))
        supervisor = Supervisor(settings, console=console, plane=plane, tell=_tell)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: supervisor.stop_soon())
        try:
            supervisor.start()
            supervisor.wait_ready(seconds=READY_WITHIN)
            remember(settings.url, key)
            yield Running(settings.url, settings.predict_url, key, sign_in, supervisor)
        finally:
            supervisor.stop()


def _tell(message: str) -> None:
    terminal.print(f"[yellow]{message}[/]")
