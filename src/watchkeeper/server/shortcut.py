"""What a server's requests may take instead of the whole way through ASGI, which costs a small one more than its
answer does."""

from collections.abc import Callable, Sequence
from typing import Protocol

Headers = Sequence[tuple[bytes, bytes]]
Answer = tuple[bytes, bytes]
"""The head's lines that belong to it, each with its end; and the body."""
Tell = Callable[[Answer | None], None]
Way = Callable[[bytes, Tell], bool]
"""Give a request's body, and where to say what its answer is; None where it has to go the whole way after all. False
where it has to at once: then nothing is ever said."""


class Shortcut(Protocol):
    def way(self, method: bytes, url: bytes, headers: Headers) -> Way | None:
        """For all requests with this very head; None where there is none."""
        ...


class NoShortcut:
    def way(self, method: bytes, url: bytes, headers: Headers) -> Way | None:  # noqa: ARG002
        return None
