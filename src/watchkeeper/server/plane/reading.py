"""What reads the bodies of calls for one model."""

from collections.abc import Collection

from watchkeeper.learning.signature import Signature
from watchkeeper.server.plane.usual import usual
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.deployment import TypePolicy


class Reader:
    """Made once a model. `usual` reads JSON that needs no care, `coercer` makes any rows or columns fit."""

    def __init__(
        self, signature: Signature, policy: TypePolicy, *, passed_over: Collection[str], key: str | None = None
    ) -> None:
        self.signature = signature
        self.coercer = Coercer(signature, policy, passed_over=passed_over, key=key)
        self.usual = usual(signature, self.coercer, passed_over=passed_over, key=key)
