"""`watchkeeper up`: start the server and keep it running."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console

from watchkeeper.sdk.connecting import remember, remembered
from watchkeeper.server.errors import CannotStart
from watchkeeper.server.isolating import Isolated
from watchkeeper.server.preparing import bind, check_exposure, open_data_dir, prepare, way_in, with_ports
from watchkeeper.server.renewing import TRY, Inherited, inherited, offer, renew, replace_all
from watchkeeper.server.settings import Settings, default_data_dir, handed_over, read_environment
from watchkeeper.server.supervisor import Supervisor
from watchkeeper.server.trying import try_out
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.migrating import NewerData
from watchkeeper.storage.work import StorageUnavailable

READY_WITHIN = 60.0
STANDARD_ERROR = 2
terminal = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    key: str
    sign_in: str
    supervisor: Supervisor
    settings: Settings
    lock: IO[str]
    console: socket.socket
    plane: socket.socket

    @property
    def url(self) -> str:
        return self.settings.url

    def renew(self) -> None:
        """Exchange this program for a newer one, or say why not."""
        places = Places(self.settings.data_dir)
        renew(self.supervisor, places=places, lock=self.lock, console=self.console, plane=self.plane)


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
    try_: Annotated[bool, typer.Option(TRY, hidden=True)] = False,
) -> None:
    """Start the console, the plane and the worker, and keep them running until Ctrl-C.

    SIGHUP replaces them as `watchkeeper restart` does, except in a terminal, whose closing it says.
    """
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
        if try_:
            try_out(settings)
            return
        left = inherited(handed_over())
        with renewed(settings, left) if left else running(settings) as server:
            if left is None:
                _greet(server)
            _watch(server)
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
    """A server for as long as the context lasts."""
    check_exposure(settings)
    with (
        open_data_dir(settings.data_dir) as lock,
        bind(settings.host, settings.port, option="--port") as console,
        bind(settings.host, settings.predict_port, option="--predict-port") as plane,
    ):
        settings = with_ports(settings, console, plane)
        prepare(settings)
        key, sign_in = way_in(settings, known_secret=remembered(settings.url))
        isolated = Isolated(settings)
        supervisor = Supervisor(settings, console=console, plane=plane, tell=_tell, isolated=isolated.now)
        with isolated, _ended(supervisor):
            supervisor.start()
            supervisor.wait_ready(seconds=READY_WITHIN)
            remember(settings.url, key)
            yield Running(key, sign_in, supervisor, settings, lock, console, plane)


@contextmanager
def renewed(settings: Settings, left: Inherited) -> Iterator[Running]:
    """The server that this program has run before it was exchanged; it replaces what runs."""
    with left.lock, left.console as console, left.plane as plane:
        settings = with_ports(settings, console, plane)
        isolated = Isolated(settings)
        supervisor = Supervisor(
            settings,
            console=console,
            plane=plane,
            tell=_tell,
            isolated=isolated.now,
            adopted=left.children,
            sockets=left.sockets,
        )
        with _ended(supervisor):
            replace_all(supervisor, left.restart, migrate=partial(prepare, settings))
            key = remembered(settings.url) or ""
            with isolated:  # the tables are known only now
                yield Running(key, "", supervisor, settings, left.lock, console, plane)


@contextmanager
def _ended(supervisor: Supervisor) -> Iterator[None]:
    """Signals end its watch; leaving this stops every process."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.stop_soon())
    try:
        yield
    finally:
        supervisor.stop()


def _watch(server: Running) -> None:
    """Until a signal ends it; others have it restarted."""
    asks = [signal.SIGUSR1] if os.isatty(STANDARD_ERROR) else [signal.SIGUSR1, signal.SIGHUP]
    for number in asks:
        signal.signal(number, lambda *_: server.supervisor.renew_soon())
    offer(server.lock)
    server.supervisor.watch(renew=server.renew)


def _greet(server: Running) -> None:
    terminal.print(f"Watchkeeper is up at [bold]{server.url}[/] (predictions at {server.settings.predict_url})")
    terminal.print(f"Sign in within ten minutes, once: {server.sign_in}", soft_wrap=True)
    terminal.print(f"Data in {server.settings.data_dir}. Ctrl-C stops it.")


def _tell(message: str) -> None:
    terminal.print(f"[yellow]{message}[/]")
