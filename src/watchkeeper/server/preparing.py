"""What has to be true before the first process starts: the directory, the address, the tables, an administrator."""

import fcntl
import ipaddress
import os
import socket
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from watchkeeper.access.identifying import first_administrator, identity_of_key, issue_key, issue_link
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.errors import AlreadyUp, DataDirRefused, PortInUse, TlsRequired
from watchkeeper.server.settings import Settings
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.migrating import migrate

BACKLOG = 2048


def check_exposure(settings: Settings) -> None:
    """A public address needs TLS, or a proxy that has it."""
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise TlsRequired("--tls-cert and --tls-key go together; give both.")
    for path in (settings.tls_cert, settings.tls_key):
        if path and not os.access(path, os.R_OK):
            raise TlsRequired(f"{path} can't be read. Give the path of a PEM file that this user may read.")
    if not (settings.tls_cert or settings.behind_proxy or _is_loopback(settings.host)):
        raise TlsRequired(
            f"Without TLS, keys would cross the network readable on {settings.host}. Give --tls-cert and --tls-key, "
            "or --behind-proxy with the proxy's address, or keep --host 127.0.0.1."
        )


def open_data_dir(path: Path) -> IO[str]:
    """Make and lock the data directory; it stays locked while the returned file is open."""
    try:
        os.umask(0o077)  # what is kept here is for this user alone, and so for every process that is started
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        lock = Places(path).lock().open("a+")
    except OSError as error:
        raise DataDirRefused(
            f"The data directory {path} can't be written: {error.strerror}. "
            "Choose another with --data-dir, or mend its rights."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise AlreadyUp(
            f"Another `watchkeeper up` runs on {path}. Stop it first, or choose another --data-dir."
        ) from None
    lock.truncate(0)
    return lock


def bind(host: str, port: int, *, option: str) -> socket.socket:
    """A listening socket that the processes share, so that the port stays open while one of them is replaced."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortInUse(
            f"Port {port} on {host} can't be taken: {error.strerror}. Choose another with {option}."
        ) from None
    listener.set_inheritable(True)
    return listener


def listen_here(path: Path) -> socket.socket:
    """A listening socket at a path of this machine, in a directory that is this user's alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent.stat().st_uid != os.getuid():
        raise DataDirRefused(f"{path.parent} is somebody else's; a socket there could be, too. Have it removed.")
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(os.fspath(path))
    listener.listen(BACKLOG)
    return listener


def prepare(settings: Settings) -> None:
    """Bring the tables up to date, and make the directories."""
    assembly = assemble(settings)
    try:
        migrate(assembly.store)
        for directory in (assembly.places.logs(), assembly.places.segments(), assembly.places.cache()):
            directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirRefused(f"{settings.data_dir} can't be written: {error.strerror}.") from None
    finally:
        assembly.store.close()


def way_in(settings: Settings, *, known_secret: str | None) -> tuple[str, str]:
    """A working key of an administrator (the known one while it works), and a sign-in link's address."""
    assembly = assemble(settings)
    try:
        return _administrator(assembly, known_secret)
    finally:
        assembly.store.close()


def with_ports(settings: Settings, console: socket.socket, plane: socket.socket) -> Settings:
    """The settings with the ports that were really taken (a port of 0 asks for any)."""
    return replace(settings, port=console.getsockname()[1], predict_port=plane.getsockname()[1])


def _administrator(assembly: Assembly, known_secret: str | None) -> tuple[str, str]:
    clock = assembly.clock
    with assembly.store.work() as work:
        user = first_administrator(users=work.users, clock=clock)
        known = known_secret and identity_of_key(known_secret, keys=work.keys, users=work.users, clock=clock)
        if known and known_secret and known.user == user:
            secret = known_secret
        else:
            _, secret = issue_key(
                f"watchkeeper up on {socket.gethostname()}", keys=work.keys, clock=clock, user=user.id
            )
            work.generations.advance()
        token, _ = issue_link(user.id, links=work.links, clock=clock)
    return secret, f"{assembly.settings.url}/sign-in?token={token}"


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
