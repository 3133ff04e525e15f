"""Failures as application/problem+json, in one form for the whole API."""

import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from watchkeeper.errors import WatchkeeperError
from watchkeeper.server.problem import MEDIA_TYPE, problem

log = logging.getLogger(__name__)


Page = Callable[[Request, dict[str, Any]], Response]


def answer(status: int, code: str, detail: str, fields: Sequence[str] = ()) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    return JSONResponse(problem(status, code, detail, fields), status, headers, media_type=MEDIA_TYPE)


def add_problem_handlers(app: FastAPI, *, wants_page: Callable[[Request], bool], page: Page) -> None:
    """Every failure becomes a problem: as JSON, or as a page where a page was asked for."""

    def answered(request: Request, status: int, code: str, detail: str, fields: Sequence[str] = ()) -> Response:
        if wants_page(request):
            return page(request, problem(status, code, detail, fields))
        return answer(status, code, detail, fields)

    def named(request: Request, error: WatchkeeperError) -> Response:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("%s %s: %s", request.method, request.url.path, error.message)
        return answered(request, error.status, error.code, error.message, error.fields)

    def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [_fault(each) for each in error.errors()]
        detail = "; ".join(f"{place or 'body'}: {message}" for place, message in faults)
        fields = [place for place, _ in faults]
        return answered(request, 422, "invalid-request", f"{detail}. See /api/docs for what is expected.", fields)

    def plain(request: Request, error: HTTPException) -> Response:
        code = {404: "no-such-route", 405: "method-not-allowed"}.get(error.status_code, "http-error")
        return answered(request, error.status_code, code, f"{error.detail}: {request.method} {request.url.path}")

    def unforeseen(request: Request, error: Exception) -> Response:
        log.error("unforeseen failure at %s %s", request.method, request.url.path, exc_info=error)
        return answered(request, 500, "unforeseen", "Something failed that should not. It is in the console's log.")

    def unwritable(request: Request, error: UnicodeEncodeError) -> Response:
        return answered(request, 422, "invalid-text", f"A text holds what can't be written: {error.reason}. Mend it.")

    app.exception_handler(UnicodeEncodeError)(unwritable)
    app.exception_handler(WatchkeeperError)(named)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(HTTPException)(plain)
    app.exception_handler(Exception)(unforeseen)


def _fault(found: Mapping[str, Any]) -> tuple[str, str]:
    """Where it is, and what. Of JSON that is none the place is where reading it ended."""
    if found["type"] == "json_invalid":
        return "", f"that is no JSON from character {found['loc'][-1]} on ({found['ctx']['error']})"
    return ".".join(str(part) for part in found["loc"][1:]), found["msg"]
