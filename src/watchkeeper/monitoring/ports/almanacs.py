"""What references tell of their seasons, kept."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol


@dataclass(frozen=True)
class KeptAlmanac:
    """`why` there is none, or the almanac packed."""

    why: str = ""
    packed: bytes = b""

    @property
    def digest(self) -> str:
        """Of what is packed, by which it is known again."""
        return sha256(self.packed).hexdigest() if self.packed else ""


class Almanacs(Protocol):
    def head(self, deployment: str, of: str) -> tuple[str, str] | None:
        """Of a model's predictions, or of the features, why there is none, or else its digest; None before it was
        looked for."""
        ...

    def packed(self, deployment: str, of: str) -> bytes: ...

    def keep(self, deployment: str, of: str, found: KeptAlmanac) -> None: ...
