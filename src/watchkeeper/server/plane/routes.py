"""What a path on the plane asks for."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from urllib.parse import unquote

from watchkeeper.server.plane.protocol import Protocol
from watchkeeper.server.plane.protocols.arrow import MEDIA_TYPE as ARROW
from watchkeeper.server.plane.protocols.arrow import ArrowStream
from watchkeeper.server.plane.protocols.json_rows import JsonRows
from watchkeeper.server.plane.protocols.open_inference import OpenInference

Headers = Mapping[bytes, bytes]
PREFIX, SUFFIX = "/v1/deployments/", "/predict"
OPEN = "/v2/models/"
OPEN_PATH = re.compile(r"/v2/models/([^/]+)(?:/versions/([^/]+))?(/infer|/ready|)")
JSON_ROWS, ARROW_STREAM = JsonRows(), ArrowStream()
MOST_PATHS = 256
"""Remembered, since nearly all calls are for few."""


class Wish(Enum):
    PREDICTION = auto()
    METADATA = auto()
    READINESS = auto()


OPEN_WISHES: Mapping[str, Wish] = {"/infer": Wish.PREDICTION, "/ready": Wish.READINESS, "": Wish.METADATA}


def _ours(headers: Headers) -> Protocol:
    said = headers.get(b"content-type", b"")
    return ARROW_STREAM if said.startswith(ARROW.encode()) else JSON_ROWS


@dataclass(frozen=True)
class Asking:
    """About the deployment at an address; with `version`, about that release of it and no other."""

    address: str
    wish: Wish = Wish.PREDICTION
    version: str | None = None
    protocol: Callable[[Headers], Protocol] = _ours


@lru_cache(MOST_PATHS)
def asking_of(path: str) -> Asking | None:
    """None where it is about no deployment."""
    if path.startswith(PREFIX) and path.endswith(SUFFIX):
        return Asking(unquote(path[len(PREFIX) : -len(SUFFIX)]))
    found = OPEN_PATH.fullmatch(path) if path.startswith(OPEN) else None
    if found is None:
        return None
    address = unquote(found[1])
    return Asking(address, OPEN_WISHES[found[3]], found[2], lambda headers: OpenInference(address, headers))
