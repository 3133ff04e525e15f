"""What a form of asking and answering can do."""

from typing import Protocol as Form

from watchkeeper.server.plane.asking import Asked, Read
from watchkeeper.server.plane.extras import Beside
from watchkeeper.server.plane.reading import Reader
from watchkeeper.serving.frames import Frame


class Protocol(Form):
    """Made for one call, or for all where it needs nothing of a call but the body."""

    @property
    def name(self) -> str: ...
    @property
    def small(self) -> int:
        """Bytes of a body up to which a call is answered where it arrived; larger ones make way for others."""
        ...

    def read(self, body: bytes, reader: Reader) -> Read:
        """Raise the named error of what is wrong with the body."""
        ...

    def asks_more(self, body: bytes) -> bool:
        """Whether the body itself may ask for extras."""
        ...

    def written(self, frame: Frame, asked: Asked, beside: Beside | None = None) -> tuple[str, bytes]:
        """The answer's media type, and the answer with what stands beside it."""
        ...
