"""How many requests the console has answered, how, and in what time."""

import time
from collections import Counter
from collections.abc import Iterator

from watchkeeper.server.figures import BUCKETS, Sample, Spread, spread
from watchkeeper.server.protecting import App, Message, Receive, Send


class Requests:
    def __init__(self) -> None:
        self._statuses: Counter[int] = Counter()
        self._seconds = Spread(BUCKETS)

    def answered(self, status: int, seconds: float) -> None:
        self._statuses[status] += 1
        self._seconds.add(seconds)

    def samples(self) -> Iterator[Sample]:
        for status, count in sorted(self._statuses.items()):
            yield Sample("watchkeeper_requests_total", (str(status),), count)
        yield spread("watchkeeper_request_seconds", (), self._seconds)


class Count:
    """Counts what goes through it."""

    def __init__(self, app: App, *, requests: Requests) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._requests.answered(message["status"], time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, counted)
