"""Where the server is and who asks: arguments, else the environment, else what `watchkeeper up` left."""

import json
import os
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.sdk.client import Client
from watchkeeper.sdk.errors import Refused, Unidentified, Unreachable, WatchkeeperError

OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Connection:
    url: str
    key: str = field(repr=False)


def connect(url: str | None = None, key: str | None = None) -> Client:
    """Connect to a Watchkeeper server.

    Args:
        url: the console's address, such as `http://localhost:8090`. Without it WATCHKEEPER_URL, else the address
            that this user's last `watchkeeper up` on this machine left.
        key: a key (`wk_...`). Without it WATCHKEEPER_KEY, else the key that `watchkeeper up` left for that address.

    Raises:
        Unreachable: no address is known (code `not-connected`).
        Unidentified: no key is known for the address (code `no-key`).
        Refused: the address is none, or the file that `watchkeeper up` left can be read by others.

    Example:
        >>> import watchkeeper as wk
        >>> client = wk.connect("http://localhost:8090", key="wk_...")  # doctest: +SKIP
    """
    url = url or os.environ.get("WATCHKEEPER_URL")
    key = key or os.environ.get("WATCHKEEPER_KEY")
    if not (url and key):
        left = read_connection(connection_file())
        url = url or (left.url if left else None)
        # A key goes to no other address than the one it was left for.
        key = key or (left.key if left and url and _same(url, left.url) else None)
    if not url:
        raise Unreachable(
            "No server is known. Start one with `watchkeeper up`, or give url= and key=, or set WATCHKEEPER_URL and "
            "WATCHKEEPER_KEY.",
            code="not-connected",
        )
    if not key:
        raise Unidentified(f"No key is known for {url}. Give key=, or set WATCHKEEPER_KEY.", code="no-key")
    return Client(_checked(url), key)


def connection_file() -> Path:
    """Where `watchkeeper up` leaves the address and key for this user."""
    state = os.environ.get("XDG_STATE_HOME", "")
    home = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    return home / "watchkeeper" / "connection.json"


def remember(url: str, key: str, *, file: Path | None = None) -> Path:
    """Leave address and key for `connect()`, for this user's eyes only."""
    file = file or connection_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".connection.")  # mkstemp's files are 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            json.dump({"url": url, "key": key}, target)
            target.flush()
            os.fsync(target.fileno())
        Path(unfinished).replace(file)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return file


def remembered(url: str) -> str | None:
    """The key that was left for this address, if there is a sound one."""
    try:
        left = read_connection(connection_file())
    except WatchkeeperError:
        return None
    return left.key if left and _same(url, left.url) else None


def read_connection(file: Path) -> Connection | None:
    """What the file says; None without a file.

    Raises:
        Refused: others may read it, or it holds something else.
    """
    try:
        with file.open(encoding="utf-8") as source:
            _check_private(source.fileno(), file)
            said = json.load(source)
        return Connection(url=str(said["url"]), key=str(said["key"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{file} can't be read: {error.strerror}.", code="connection-file-unreadable") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(
            f"{file} is broken. Remove it, and start `watchkeeper up` again.", code="connection-file-broken"
        ) from None


def _check_private(descriptor: int, file: Path) -> None:
    if os.name == "nt":  # its rights are not in the mode
        return
    found = os.fstat(descriptor)
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & OTHERS:
        raise Refused(
            f"{file} holds a key and can be read by others, so it is not used. Make another key if they may have read "
            f"it, then `chmod 600 {file}`, or remove the file and start `watchkeeper up` again.",
            code="connection-file-exposed",
        )


def _checked(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise Refused(
            f"'{url}' is no address of a server. Write it like http://localhost:8090.",
            code="invalid-url",
            fields=("url",),
        )
    return url.rstrip("/")


def _same(url: str, other: str) -> bool:
    return url.rstrip("/").lower() == other.rstrip("/").lower()
