"""Answers of some hundred kilobytes and more."""

from typing import Any

import msgspec
from fastapi.responses import JSONResponse


class Quick(JSONResponse):
    """Of plain values."""

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)
