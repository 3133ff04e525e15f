"""Heads of requests that the parser has read before. A client sends the same one with each call, but for the body."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from watchkeeper.server.shortcut import Headers, Way

LONGEST, LARGEST_BODY = 4_096, 32_768
"""Bytes."""
MOST_KNOWN = 1_024
END = b"\r\n\r\n"
BODY_IS_OTHERWISE = frozenset({b"transfer-encoding", b"content-encoding", b"expect", b"upgrade"})


class Known(msgspec.Struct, frozen=True):
    """A head whose body has so many bytes."""

    length: int
    way: Way


class Heads:
    """Kept by their digests, since they hold keys. Those of one process; when there are many, all are forgotten."""

    def __init__(self) -> None:
        self._known: dict[bytes, Known] = {}

    def find(self, head: bytes) -> Known | None:
        return self._known.get(sha256(head).digest())

    def learn(self, head: bytes, headers: Headers, way: Way) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[sha256(head).digest()] = Known(length_of(headers) or 0, way)


def may_be_learned(head: bytes, headers: Headers) -> bool:
    """Whether the parser will read this head alike each time, and as one whose body is as long as it says and follows.
    Lines may end otherwise than is usual, or go on in the next; then they are not as many as the headers."""
    ends = head.count(b"\r\n")
    return (
        len(head) <= LONGEST
        and head.count(b"\r") == head.count(b"\n") == ends == len(headers)
        and not BODY_IS_OTHERWISE & {name for name, _ in headers}
        and length_of(headers) is not None
    )


def length_of(headers: Headers) -> int | None:
    """Of the body, where it is said once, plainly, and is small."""
    said: Sequence[bytes] = [value for name, value in headers if name == b"content-length"]
    if len(said) != 1 or not said[0].isdigit():
        return None
    length = int(said[0])
    return length if 0 < length <= LARGEST_BODY else None
