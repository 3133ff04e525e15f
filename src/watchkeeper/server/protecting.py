"""What every answer of the console carries, and which requests are not even looked at."""

import ipaddress
import json
import re
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from watchkeeper.server.problem import MEDIA_TYPE, problem
from watchkeeper.server.settings import Settings

WILDCARDS = {"0.0.0.0", "::"}  # noqa: S104

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
UPLOADS = re.compile(r"/api/v1/projects/[^/]+/datasets")
ROWS = re.compile(r"/api/v1/deployments/[^/]+/(labels|log)|/projects/[^/]+/deployments/[^/]+/journal/log")
LARGEST_BODY = 2**20
"""Bytes of any request but an upload or many rows, whose own limits are settings."""

UNKNOWN_HOST = problem(
    421, "unknown-host", "This server does not answer to that host name. Add it to WATCHKEEPER_ALLOWED_HOSTS."
)


class Protect:
    """Checks the Host header (against rebinding of names) and the body's size, and adds the security headers."""

    def __init__(self, app: App, *, settings: Settings) -> None:
        self._app = app
        self._largest_rows = settings.largest_body
        self._hosts = {"127.0.0.1", "localhost", "[::1]", *(_bare(host) for host in settings.allowed_hosts)}
        self._hosts.add(_bare(settings.host))
        self._hosts |= {_bare(host) for host in [urlsplit(settings.public_url).hostname] if host}
        if settings.host in WILDCARDS:
            self._hosts.add(socket.gethostname().lower())
        self._strict = [(b"strict-transport-security", b"max-age=31536000")] if settings.tls_cert else []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS, *self._strict]
            await send(message)

        headers = dict(scope["headers"])
        if not self._is_ours(scope, headers):
            await _refuse(protected, UNKNOWN_HOST)
        elif UPLOADS.fullmatch(scope["path"]):
            await self._app(scope, receive, protected)
        elif _declared(headers) > (largest := self._largest(scope["path"])):
            await _refuse(protected, _too_large(largest))
        else:
            await self._app(scope, _bounded(receive, largest), protected)

    def _largest(self, path: str) -> int:
        return self._largest_rows if ROWS.fullmatch(path) else LARGEST_BODY

    def _is_ours(self, scope: Message, headers: Mapping[bytes, bytes]) -> bool:
        """One of our names, or the very address that the connection came to, which no name can be rebound to."""
        host = _bare(headers.get(b"host", b"").decode("latin-1"))
        return host in self._hosts or bool(scope.get("server") and host == scope["server"][0] and _is_address(host))


def _too_large(largest: int) -> dict[str, Any]:
    return problem(413, "body-too-large", f"The body is larger than the {largest:,} bytes that are taken here.")


def _bounded(receive: Receive, largest: int) -> Receive:
    """What declares no length is counted; past the limit it reads as if the caller had gone."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return message if size <= largest else {"type": "http.disconnect"}

    return counted


async def _refuse(send: Send, said: dict[str, Any]) -> None:
    body = json.dumps(said).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": said["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _declared(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _bare(host: str) -> str:
    """In small letters, without a port; an IPv6 address keeps its brackets."""
    host = host.strip().lower()
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False
