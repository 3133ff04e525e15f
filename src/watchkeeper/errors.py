"""The kinds of failure, each with what to do next.

WatchkeeperError
├── Refused       the request is wrong; the caller can mend it            (HTTP 422)
│   ├── TooLarge  the body is larger than this server takes               (HTTP 413)
│   └── CursorRefused  no page has given this cursor                      (HTTP 422)
├── Unidentified  no key or session, or one that is not valid             (HTTP 401)
├── Forbidden     known, but without the right                            (HTTP 403)
├── NotFound      no such thing, or none that this caller may see         (HTTP 404)
├── Conflict      it clashes with what is there                           (HTTP 409)
└── Unavailable   not now; trying again later may help                    (HTTP 503)

Rooms define their own errors below these. `code` is stable and for programs; the message is for people and says
what to do; `fields` names the places at fault.
"""

from typing import ClassVar


class WatchkeeperError(Exception):
    """The root of all failures that have a name."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "failure"

    def __init__(self, message: str, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


class Refused(WatchkeeperError):
    status = 422
    code = "refused"


class TooLarge(Refused):
    status = 413
    code = "too-large"


class CursorRefused(Refused):
    """A cursor that no page has given."""

    code = "cursor-refused"


class Unidentified(WatchkeeperError):
    status = 401
    code = "unidentified"


class Forbidden(WatchkeeperError):
    status = 403
    code = "forbidden"


class NotFound(WatchkeeperError):
    status = 404
    code = "not-found"


class Conflict(WatchkeeperError):
    status = 409
    code = "conflict"


class Unavailable(WatchkeeperError):
    status = 503
    code = "unavailable"
