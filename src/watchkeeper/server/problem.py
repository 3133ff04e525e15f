"""A failure as an application/problem+json document (RFC 9457), in one form for console and plane."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, fields: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "type": f"urn:watchkeeper:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "fields": list(fields),
    }


def problem_of(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The document of an error that was kept beside what failed; None for none."""
    return None if kept is None else problem(422, kept["code"], kept["message"], kept.get("fields", ()))
