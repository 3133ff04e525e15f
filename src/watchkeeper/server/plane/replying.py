"""What leaves: answers about a model, problems, and what stands above them."""

from collections.abc import Awaitable, Callable

import msgspec

from watchkeeper.errors import WatchkeeperError
from watchkeeper.server.plane.bodies import Message
from watchkeeper.server.plane.protocols.open_inference import metadata
from watchkeeper.server.plane.rates import Header
from watchkeeper.server.plane.routes import Asking, Wish
from watchkeeper.server.plane.shelf import Served
from watchkeeper.server.problem import MEDIA_TYPE, problem
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.errors import NotLoaded

Send = Callable[[Message], Awaitable[None]]
Reply = tuple[int, str, bytes]
"""Status, media type and body."""
JSON = "application/json"

encode = msgspec.json.Encoder().encode


def told(asking: Asking, served: Served) -> Reply:
    """What is asked about a model, but no prediction. Raise NotLoaded."""
    champion = served.models.get(Role.CHAMPION)
    if asking.wish is Wish.READINESS:
        ready = {"name": asking.address, "ready": champion is not None}
        return 200 if champion else 503, JSON, encode(ready)
    if champion is None:
        raise NotLoaded("The champion is not loaded. Its health says more.")
    return 200, JSON, encode(metadata(asking.address, served, champion.signature))


def refusal(error: WatchkeeperError) -> Reply:
    """With the word under which clients of the Open Inference Protocol look for what went wrong."""
    document = problem(error.status, error.code, error.message, error.fields)
    return error.status, MEDIA_TYPE, encode({**document, "error": error.message})


def unforeseen() -> Reply:
    said = problem(500, "unforeseen", "Something failed that should not. It is in the plane's log.")
    return 500, MEDIA_TYPE, encode(said)


async def reply(send: Send, said: Reply, more: tuple[Header, ...] = ()) -> None:
    status, media, body = said
    headers = [(b"content-type", media.encode()), (b"content-length", str(len(body)).encode()), *more]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    elif status == 503:
        headers.append((b"retry-after", b"1"))
    elif status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
