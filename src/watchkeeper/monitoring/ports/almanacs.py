"""What references tell of their seasons, kept."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class KeptAlmanac:
    """`why` there is none, or the almanac packed."""

    why: str = ""
    packed: bytes = b""


class Almanacs(Protocol):
    def get(self, deployment: str, of: str) -> KeptAlmanac | None:
        """Of a model's predictions, or of the features; None before it was looked for."""
        ...

    def keep(self, deployment: str, of: str, found: KeptAlmanac) -> None: ...
