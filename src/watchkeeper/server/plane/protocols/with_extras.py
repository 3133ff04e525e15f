"""A form of asking and answering, for one call that wants more beside its answers."""

from watchkeeper.errors import WatchkeeperError
from watchkeeper.learning.model import Explanation
from watchkeeper.server.plane.asking import Asked, Read
from watchkeeper.server.plane.call import ModelFailed
from watchkeeper.server.plane.extras import Beside, Extras
from watchkeeper.server.plane.protocol import Protocol
from watchkeeper.server.plane.reading import Reader
from watchkeeper.server.plane.shelf import Held, Served
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.errors import RowsRefused
from watchkeeper.serving.frames import Frame

MOST_EXPLAINED = 100
"""Rows of one call: a row of a large forest takes up to a tenth of a second."""


class WithExtras:
    """What stands beside is not recorded: it follows from the record and the model."""

    small = 0  # explaining takes its time, off the loop

    def __init__(self, inner: Protocol, served: Served, extras: Extras) -> None:
        self._inner = inner
        self._served = served
        self._extras = extras
        self.name = inner.name

    def asks_more(self, body: bytes) -> bool:
        return self._inner.asks_more(body)

    def read(self, body: bytes, reader: Reader) -> Read:
        """Raise before the model is asked what it can't say."""
        asked, coerced = self._inner.read(body, reader)
        self._extras |= asked.extras
        if self._extras.explain and asked.count > MOST_EXPLAINED:
            raise RowsRefused(
                f"{asked.count:,} rows are more than the {MOST_EXPLAINED} that are explained in one call; split them.",
                fields=("rows",),
            )
        champion = self._served.models.get(Role.CHAMPION)
        if self._extras.interval is not None and champion is not None:
            champion.half_width(self._extras.interval)
        return asked, coerced

    def written(self, frame: Frame, asked: Asked, beside: Beside | None = None) -> tuple[str, bytes]:
        del beside
        return self._inner.written(frame, asked, self._beside(frame))

    def _beside(self, frame: Frame) -> Beside:
        if len(frame.at) != len(frame.ids):
            raise RowsRefused(
                "The rows of this call fell to both models of a split; ask for more than answers with one row a call.",
                fields=("rows",),
            )
        model, extras = self._served.models[Role(frame.role)], self._extras
        interval = None if extras.interval is None else (extras.interval, model.half_width(extras.interval))
        return Beside(self._explained(model, frame) if extras.explain else None, interval)

    def _explained(self, model: Held, frame: Frame) -> Explanation:
        try:
            return model.explain(frame.inputs, frame.at)
        except WatchkeeperError:
            raise
        except Exception as error:
            raise ModelFailed(
                f"The {frame.role} cannot explain these rows ({type(error).__name__}: {error})."
            ) from error
