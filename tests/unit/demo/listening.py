"""A tiny real server on a port that was free, which notes what it was asked."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Reply = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    path: str
    key: str
    document: Any


@dataclass
class Listener:
    """What it was asked, in order."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def listening(reply: Callable[[Asked], Reply]) -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.path, self.headers.get("Authorization", ""), json.loads(body) if body else None)
            listener.asked.append(asked)
            status, document = reply(asked)
            answer = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _answer  # noqa: N815  (the names that the library calls)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener = Listener(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()
