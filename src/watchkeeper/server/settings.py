"""Everything that can be set, read once. The only reader of the server's environment."""

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from watchkeeper.health.disk import WhenFull, low_of
from watchkeeper.monitoring.errors import RetentionRefused
from watchkeeper.monitoring.retention import HOURS_KEPT, known_hours, known_retention
from watchkeeper.server.errors import SettingRefused

WORDS = ("database", "host", "public_url", "smtp", "smtp_sender", "secret_keys", "disk_low", "when_disk_full")
NUMBERS = ("port", "predict_port", "workers", "largest_upload", "longest_call", "keep_days", "keep_bytes", "keep_hours")
HANDED_OVER = "WATCHKEEPER_HANDED_OVER"
"""Where a server that exchanges itself for a newer one leaves what it holds."""
FLAGS = ("metrics_open", "spare")
YES, NO = {"1", "true", "yes"}, {"", "0", "false", "no"}
SECONDS = ("sync_every",)
LISTS = ("allowed_hosts", "webhooks_allowed", "folders")
LONGEST = 3600
SMTP_SCHEMES = {"smtp", "smtps", "smtp+starttls"}


@dataclass(frozen=True)
class Settings:
    """How this installation runs.

    Attributes:
        data_dir: where everything is kept. WATCHKEEPER_DATA_DIR, else ~/.local/share/watchkeeper.
        host: the address that console and plane listen on. WATCHKEEPER_HOST.
        port: the console's port (API and pages); 0 takes any that is free. WATCHKEEPER_PORT.
        predict_port: the plane's port; 0 takes any that is free. WATCHKEEPER_PREDICT_PORT.
        workers: how many prediction processes share the plane's port. WATCHKEEPER_WORKERS.
        spare: where there is only one, keep another in reserve, which has loaded everything too and takes over at once
            where the first one dies. WATCHKEEPER_SPARE, 1 or 0.
        database: SQLAlchemy's URL of the metadata. WATCHKEEPER_DATABASE, else SQLite in the data directory.
        tls_cert: a certificate chain (PEM); with it the console and the plane speak HTTPS.
        tls_key: the certificate's key (PEM).
        behind_proxy: addresses of the proxies whose X-Forwarded headers are believed; empty means none.
        allowed_hosts: names the console answers to besides its own address. WATCHKEEPER_ALLOWED_HOSTS, by commas.
        public_url: where people reach the console, for links in messages; else its own address. WATCHKEEPER_PUBLIC_URL.
        smtp: the mail server, `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`. WATCHKEEPER_SMTP.
        smtp_sender: the address that mails come from. WATCHKEEPER_SMTP_SENDER.
        webhooks_allowed: internal networks into which webhooks may lead, such as 10.1.0.0/16; by commas in
            WATCHKEEPER_WEBHOOKS_ALLOWED.
        folders: folders of this machine that pipelines may import from and export to, by commas in WATCHKEEPER_FOLDERS;
            else `exchange` in the data directory.
        secret_keys: Fernet keys, the newest first, that seal the secrets kept here; else a file of the data directory.
            By commas in WATCHKEEPER_SECRET_KEYS.
        largest_upload: bytes an uploaded file may have. WATCHKEEPER_LARGEST_UPLOAD.
        metrics_open: let anybody read /metrics, which names deployments; else it takes an administrator's key.
            WATCHKEEPER_METRICS_OPEN, 1 or 0.
        largest_body: bytes any other request's body may have.
        longest_call: seconds after which a prediction that still waits is refused, unless its caller allows it less
            (`X-Request-Timeout`). WATCHKEEPER_LONGEST_CALL.
        sync_every: seconds after which what was answered is on the disk itself, which is what a loss of power can cost
            (a process that is killed costs nothing); 0: before each answer. WATCHKEEPER_SYNC_EVERY.
        disk_low: the room left on the data directory's disk below which it is nearly full, as a share (`5%`) or in
            bytes; else the smaller of 5 % and 1 GiB. Into the last quarter of it no call is recorded.
            WATCHKEEPER_DISK_LOW.
        when_disk_full: `refuse` the predictions that can't be recorded, or `answer` them and count how many were not.
            WATCHKEEPER_WHEN_DISK_FULL.
        keep_days: days for which raw rows of a journal are kept after they came, unless a deployment has a rule of its
            own; else without end. WATCHKEEPER_KEEP_DAYS.
        keep_bytes: bytes that a deployment's journal may have, beyond which the oldest rows go, unless it has a rule of
            its own; else without end. WATCHKEEPER_KEEP_BYTES.
        keep_hours: days, back from the newest that has rows, for which profiles by the hour are kept, 100 or more;
            those by the day stay. WATCHKEEPER_KEEP_HOURS.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8090
    predict_port: int = 8091
    workers: int = 1
    spare: bool = True
    database: str = ""
    tls_cert: str | None = None
    tls_key: str | None = None
    behind_proxy: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = field(default=())
    public_url: str = ""
    smtp: str = ""
    smtp_sender: str = "watchkeeper@localhost"
    webhooks_allowed: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    secret_keys: str = ""
    largest_upload: int = 20 * 2**30
    metrics_open: bool = False
    largest_body: int = 32 * 2**20
    longest_call: int = 60
    sync_every: float = 1.0
    disk_low: str = ""
    when_disk_full: str = WhenFull.REFUSE.value
    keep_days: int | None = None
    keep_bytes: int | None = None
    keep_hours: int = HOURS_KEPT

    @property
    def scheme(self) -> str:
        return "https" if self.tls_cert else "http"

    @property
    def reachable_host(self) -> str:
        if self.host in {"0.0.0.0", "::"}:  # noqa: S104
            return "127.0.0.1"
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.reachable_host}:{self.port}"

    @property
    def shown_url(self) -> str:
        """Where people are sent."""
        return self.public_url.rstrip("/") or self.url

    @property
    def predict_url(self) -> str:
        return f"{self.scheme}://{self.reachable_host}:{self.predict_port}"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data_dir / 'watchkeeper.sqlite'}"


def default_data_dir() -> Path:
    given = os.environ.get("WATCHKEEPER_DATA_DIR")
    return Path(given).expanduser() if given else Path.home() / ".local" / "share" / "watchkeeper"


def read_environment() -> dict[str, object]:
    """The settings that the environment gives; what the command line says comes after and wins.

    Raise SettingRefused for a number that is none.
    """
    names = (*WORDS, *NUMBERS, *SECONDS, *FLAGS, *LISTS)
    given = {name: os.environ.get(f"WATCHKEEPER_{name.upper()}", "") for name in names}
    for name, check in CHECKS.items():
        check(given[name])
    return {
        **{name: given[name] for name in WORDS if given[name]},
        **{name: _number(name, given[name]) for name in NUMBERS if given[name]},
        **{name: _flag(name, given[name]) for name in FLAGS if given[name]},
        **{name: _seconds(name, given[name]) for name in SECONDS if given[name]},
        **{
            name: tuple(part.strip() for part in given[name].split(",") if part.strip())
            for name in LISTS
            if given[name]
        },
    }


def handed_over() -> str | None:
    """Taken, so that no other process gets it."""
    return os.environ.pop(HANDED_OVER, None)


def _number(name: str, text: str) -> int:
    if not text.isdigit():
        raise SettingRefused(f"WATCHKEEPER_{name.upper()} is '{text}', which is no whole number. Mend or unset it.")
    return int(text)


def _flag(name: str, text: str) -> bool:
    if text.lower() not in YES | NO:
        raise SettingRefused(f"WATCHKEEPER_{name.upper()} is '{text}'; write 1 or 0.")
    return text.lower() in YES


def _seconds(name: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= LONGEST:
        raise SettingRefused(
            f"WATCHKEEPER_{name.upper()} is '{text}', which is no number of seconds from 0 to {LONGEST:,}. "
            "Mend or unset it."
        )
    return found


def _check_smtp(text: str) -> None:
    parts = urlsplit(text)
    if text and (parts.scheme not in SMTP_SCHEMES or not parts.hostname or _port(text) is None):
        known = ", ".join(f"{scheme}://" for scheme in sorted(SMTP_SCHEMES))
        raise SettingRefused(f"WATCHKEEPER_SMTP has to begin with one of {known} and to name a host.")


def _check_url(text: str) -> None:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or _port(text) is None):
        raise SettingRefused("WATCHKEEPER_PUBLIC_URL has to be an http or https address.")


def _check_networks(text: str) -> None:
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError:
            raise SettingRefused(
                f"WATCHKEEPER_WEBHOOKS_ALLOWED has '{part}', which is no network such as 10.1.0.0/16."
            ) from None


def _check_low(text: str) -> None:
    try:
        low_of(text, 0)
    except ValueError:
        raise SettingRefused(
            f"WATCHKEEPER_DISK_LOW is '{text}', which is neither a share such as 5% nor a number of bytes."
        ) from None


def _check_when_full(text: str) -> None:
    if text and text not in set(WhenFull):
        raise SettingRefused(f"WATCHKEEPER_WHEN_DISK_FULL is '{text}'; it is one of {', '.join(WhenFull)}.")


def _check_keep_days(text: str) -> None:
    _check_keep("DAYS", text, lambda number: known_retention(number, None))


def _check_keep_bytes(text: str) -> None:
    _check_keep("BYTES", text, lambda number: known_retention(None, number))


def _check_keep_hours(text: str) -> None:
    _check_keep("HOURS", text, known_hours)


def _check_keep(name: str, text: str, known: Callable[[int], object]) -> None:
    try:
        known(int(text) if text.isdigit() else 0) if text else None
    except RetentionRefused as refused:
        raise SettingRefused(f"WATCHKEEPER_KEEP_{name}: {refused.message}") from None


CHECKS = {
    "smtp": _check_smtp,
    "public_url": _check_url,
    "webhooks_allowed": _check_networks,
    "disk_low": _check_low,
    "when_disk_full": _check_when_full,
    "keep_days": _check_keep_days,
    "keep_bytes": _check_keep_bytes,
    "keep_hours": _check_keep_hours,
}


def _port(text: str) -> int | None:
    """0 where none is given, None where it is none."""
    try:
        return urlsplit(text).port or 0
    except ValueError:
        return None
