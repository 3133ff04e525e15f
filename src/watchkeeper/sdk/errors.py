"""What a call to the server can fail with.

WatchkeeperError
├── Refused           the request is wrong; mend what `fields` names
│   └── MissingExtra  something has to be installed for this
├── Unidentified      no key, or one that is not valid
├── Forbidden         known, but without the right
├── NotFound          no such thing, or none that this key may see
├── Conflict          it clashes with what is there
├── Unavailable       not now; trying again later may help
└── Unreachable       nothing answered

The message says what to do; `code` is stable and for programs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class WatchkeeperError(Exception):
    """The root of all failures that have a name.

    Attributes:
        message: what went wrong and what to do, for people.
        code: the same for programs; stable.
        fields: the names of the fields, columns or options at fault.
        status: the HTTP status it came with, or None when it arose on this side.
    """

    default_code: ClassVar[str] = "failure"

    def __init__(
        self, message: str, *, code: str | None = None, fields: Sequence[str] = (), status: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.fields = tuple(fields)
        self.status = status


class Refused(WatchkeeperError):
    default_code = "refused"


class MissingExtra(Refused):
    default_code = "missing-extra"


class Unidentified(WatchkeeperError):
    default_code = "unidentified"


class Forbidden(WatchkeeperError):
    default_code = "forbidden"


class NotFound(WatchkeeperError):
    default_code = "not-found"


class Conflict(WatchkeeperError):
    default_code = "conflict"


class Unavailable(WatchkeeperError):
    """`retry_after` is the server's advice in seconds, if it gave one."""

    default_code = "unavailable"
    retry_after: float | None = None


class Unreachable(WatchkeeperError):
    default_code = "unreachable"


_BY_STATUS: Mapping[int, type[WatchkeeperError]] = {
    401: Unidentified,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def from_problem(status: int, problem: Mapping[str, Any]) -> WatchkeeperError:
    """The error that an application/problem+json document speaks of."""
    kind = _BY_STATUS.get(status) or (Refused if 400 <= status < 500 else WatchkeeperError)
    message = problem.get("detail") or problem.get("message") or problem.get("title")
    return kind(
        str(message or f"The server answered with status {status} and no reason."),
        code=problem.get("code"),
        fields=tuple(problem.get("fields") or ()),
        status=status,
    )
