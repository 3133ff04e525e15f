"""Calls to the server: one kept-alive connection, errors by name, patience where repeating is safe."""

import os
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, TypeVar
from weakref import finalize

import httpx2

from watchkeeper.sdk.bodies import written
from watchkeeper.sdk.errors import Unavailable, Unreachable, WatchkeeperError, from_problem

PREFIX = "/api/v1"
PAUSES = (0.1, 0.3, 0.6)
LONGEST_PAUSE = 5.0
PIECE = 1 << 20
NO_CONTENT = 204
TIMEOUT = httpx2.Timeout(60.0, connect=5.0)
UPLOAD_TIMEOUT = httpx2.Timeout(600.0, connect=5.0)
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout)
BROKEN = (*NOT_SENT, httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

Answered = TypeVar("Answered")
Params = Mapping[str, Any]


class Caller:
    """Calls one server with one key.

    What is safe to repeat is repeated a few times, when the connection breaks or the server says 503 with a
    Retry-After; what is not, only when it can't have arrived.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        transport: httpx2.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url
        self.pause = pause
        self._http = httpx2.Client(
            headers={"Authorization": f"Bearer {key.strip()}", "Accept": "application/json"},
            timeout=TIMEOUT,
            transport=transport,
            # A proxy named in the environment is not meant for this very machine; a certificate is.
            trust_env=httpx2.URL(url).host not in LOOPBACK,
            verify=_trusted(),
        )
        # Few close a client; its sockets go with it all the same.
        self._closing = finalize(self, self._http.close)

    def close(self) -> None:
        self._closing()

    def get(self, path: str, params: Params | None = None) -> Any:
        return self._trying(lambda: _json(self._request("GET", path, params=_given(params))), safe=True)

    def pages(self, path: str, params: Params | None = None) -> Iterator[dict[str, Any]]:
        """The items of all pages of a list."""
        cursor = None
        while True:
            page = self.get(path, {**(params or {}), "cursor": cursor})
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return

    def post(self, path: str, document: Any = None, *, safe: bool = False) -> Any:
        """What `written` says of a document is true of each that is sent."""
        body = _body(document)
        return self._trying(lambda: _json(self._request("POST", path, **body)), safe=safe)

    def post_bytes(
        self, path: str, content: bytes, *, safe: bool, media: str = "application/json", timeout: float | None = None
    ) -> Any:
        """What is written already. With `timeout` the server may let it wait so many seconds."""
        headers = {"Content-Type": media} | ({} if timeout is None else {"X-Request-Timeout": str(timeout)})
        return self._trying(lambda: _json(self._request("POST", path, content=content, headers=headers)), safe=safe)

    def put(self, path: str, document: Any) -> Any:
        body = _body(document)
        return self._trying(lambda: _json(self._request("PUT", path, **body)), safe=True)

    def patch(self, path: str, document: Any) -> Any:
        """Ours say how things are to be, so they are safe to repeat."""
        body = _body(document)
        return self._trying(lambda: _json(self._request("PATCH", path, **body)), safe=True)

    def delete(self, path: str, params: Params | None = None) -> None:
        self._trying(lambda: self._request("DELETE", path, params=_given(params)), safe=True)

    def send_file(self, path: str, file: Path, *, params: Params, progress: Callable[[float], None]) -> Any:
        """The file as the body, never whole in memory."""
        size = file.stat().st_size
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}

        def attempt() -> Any:
            body = _pieces(file, size=size, progress=progress)
            return _json(
                self._request("POST", path, params=params, content=body, headers=headers, timeout=UPLOAD_TIMEOUT)
            )

        return self._trying(attempt, safe=False)

    def fetch(self, path: str, target: Path, params: Params | None = None) -> None:
        """The answer's body in a file, which appears whole or not at all."""
        self._trying(lambda: self._fetch(path, target, _given(params)), safe=True)

    @contextmanager
    def stream(self, path: str, params: Params | None = None) -> Iterator[BufferedReader]:
        """The answer's body as it comes. Beginning is repeated where that may help, going on is not: what breaks off
        half-way raises Unreachable."""
        request = self._http.build_request("GET", self._address(path), params=_given(params))
        response = self._trying(lambda: self._begun(request), safe=True)
        try:
            yield BufferedReader(Body(response))  # which gives as many bytes as are asked for
        finally:
            response.close()

    def _begun(self, request: httpx2.Request) -> httpx2.Response:
        response = self._http.send(request, stream=True)
        if response.is_error:
            try:
                response.read()
                _check(response)
            finally:
                response.close()
        return response

    def _fetch(self, path: str, target: Path, params: Params) -> None:
        with self._http.stream("GET", self._address(path), params=params) as response:
            if response.is_error:
                response.read()
            _check(response)
            handle, unfinished = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    for piece in response.iter_bytes(PIECE):
                        file.write(piece)
                _as_an_ordinary_file(unfinished)
                Path(unfinished).replace(target)
            except BaseException:
                Path(unfinished).unlink(missing_ok=True)
                raise

    def _request(self, method: str, path: str, **parts: Any) -> httpx2.Response:
        response = self._http.request(method, self._address(path), **parts)
        _check(response)
        return response

    def _address(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else f"{self.url}{PREFIX}{path}"

    def _trying(self, attempt: Callable[[], Answered], *, safe: bool) -> Answered:
        for pause in (*PAUSES, None):
            try:
                return attempt()
            except httpx2.TransportError as error:
                if pause is None or not isinstance(error, BROKEN if safe else NOT_SENT):
                    raise _unreachable(error, safe=safe) from error
                self.pause(pause)
            except Unavailable as error:
                if pause is None or not safe or error.retry_after is None:
                    raise
                self.pause(min(max(error.retry_after, pause), LONGEST_PAUSE))
        raise AssertionError("the last attempt answers or raises")


class Body(RawIOBase):
    """A body that is read while it comes."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self._pieces = response.iter_bytes(PIECE)
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            while not self._held:
                self._held = next(self._pieces)
        except StopIteration:
            return 0
        except httpx2.TransportError as error:
            raise _unreachable(error, safe=True) from error
        size = min(len(into), len(self._held))
        into[:size], self._held = self._held[:size], self._held[size:]
        return size


def _body(document: Any) -> dict[str, Any]:
    if document is None:
        return {}
    return {"content": written(document), "headers": {"Content-Type": "application/json"}}


def _trusted() -> ssl.SSLContext | bool:
    """The authorities that SSL_CERT_FILE or SSL_CERT_DIR name, else the usual ones."""
    file, directory = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    return ssl.create_default_context(cafile=file, capath=directory) if file or directory else True


def _check(response: httpx2.Response) -> None:
    if response.is_success:
        return
    error = from_problem(response.status_code, _problem(response))
    if isinstance(error, Unavailable):
        error.retry_after = _seconds(response.headers.get("Retry-After"))
    raise error


def _json(response: httpx2.Response) -> Any:
    """None where nothing is answered but that it is done."""
    if response.status_code == NO_CONTENT:
        return None
    try:
        return response.json()
    except ValueError:
        raise WatchkeeperError(**_foreign(response)) from None


def _problem(response: httpx2.Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError:
        document = None
    if isinstance(document, dict) and "code" in document:
        return document
    foreign = _foreign(response)
    return {"detail": foreign["message"], "code": foreign["code"]}


def _foreign(response: httpx2.Response) -> dict[str, Any]:
    where = f"{response.request.url.scheme}://{response.request.url.netloc.decode()}"
    detail = f"{where} answered {response.status_code} {response.reason_phrase}, not as a Watchkeeper does."
    return {"message": f"{detail} Is this its address?", "code": "unexpected-answer"}


def _unreachable(error: httpx2.TransportError, *, safe: bool) -> WatchkeeperError:
    where = f"{error.request.url.scheme}://{error.request.url.netloc.decode()}"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Unreachable(
            f"The certificate of {where} is not trusted ({error}). Name its authority's file in SSL_CERT_FILE.",
            code="certificate-not-trusted",
        )
    if isinstance(error, NOT_SENT):
        return Unreachable(f"Nothing answers at {where}. Is `watchkeeper up` running there?")
    if isinstance(error, httpx2.TimeoutException):
        return Unreachable(f"{where} took too long to answer. Its health says why; try again later.")
    repeat = "" if safe else " It may have arrived all the same: look before you send it again."
    return Unreachable(f"The connection to {where} broke ({error}).{repeat}")


def _pieces(file: Path, *, size: int, progress: Callable[[float], None]) -> Iterator[bytes]:
    sent = 0
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
            sent += len(piece)
            progress(sent / size)


def _seconds(retry_after: str | None) -> float | None:
    try:
        return float(retry_after) if retry_after is not None else None
    except ValueError:  # a date; it says at least that trying again may help
        return 1.0


def _given(params: Params | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value is not None}


def _as_an_ordinary_file(path: str) -> None:
    """Temporary files are private; a download gets the rights that any new file gets."""
    mask = os.umask(0)
    os.umask(mask)
    Path(path).chmod(0o666 & ~mask)
