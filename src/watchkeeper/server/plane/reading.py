"""From a body to rows that fit the signature of a model."""

from collections.abc import Collection

from watchkeeper.learning.signature import Signature
from watchkeeper.server.plane.asking import Read, read_json
from watchkeeper.server.plane.usual import usual
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.deployment import TypePolicy


class Reader:
    """Made once a model; called with each body."""

    def __init__(self, signature: Signature, policy: TypePolicy, *, passed_over: Collection[str]) -> None:
        self._usual = usual(signature, passed_over=passed_over)
        self._coercer = Coercer(signature, policy, passed_over=passed_over)

    def __call__(self, body: bytes) -> Read:
        """Raise the named error of what is wrong with it."""
        return self._usual(body) or read_json(body, self._coercer)
