"""Errors over HTTP: RFC 9457 problem documents, never with a body, a secret or a traceback in them."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import (
    ConfigurationError,
    DataError,
    HubError,
    RefusedError,
    TransientError,
)
from hub.sync.retry import as_hub_error

_log = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"
_RETRY_SECONDS = 5


def problem(status: int, code: str, detail: str, *, retry_after: float | None = None) -> JSONResponse:
    """One problem document; ``type`` is the error's page in the reference."""
    headers = {"Retry-After": str(max(1, round(retry_after)))} if retry_after is not None else None
    content = {
        "type": f"urn:crossdock:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return JSONResponse(content, status, headers, PROBLEM)


def status_of(error: HubError) -> int:
    """The HTTP status that says what the caller should do."""
    match error:
        case RefusedError():
            return 401 if error.code.startswith("webhook.") else 422
        case TransientError():
            return 503
        case ConfigurationError():
            return 404 if error.code in {"configuration.no-webhooks", "configuration.unknown-name"} else 503
        case DataError():
            return 422
        case _:
            return 500


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""

    @app.exception_handler(HubError)
    async def hub_error(_request: Request, error: HubError) -> JSONResponse:
        status = status_of(error)
        wait = getattr(error, "retry_after_seconds", None) or _RETRY_SECONDS
        detail = error.message if status != 500 else "The hub failed by a fault of its own."
        return problem(status, error.code, detail, retry_after=wait if status == 503 else None)

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        return problem(error.status_code, f"http.{phrase.lower().replace(' ', '-')}", str(error.detail or phrase))

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        places = sorted({".".join(str(step) for step in each["loc"]) for each in error.errors()})
        return problem(422, "http.invalid-parameter", f"Not usable: {', '.join(places)}.")

    app.add_middleware(Guard)


class Guard:
    """Answers what nobody foresaw with 500, and logs its type and place: the text of a stranger's exception may hold
    a person's data, and the server would log it whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as raised:  # noqa: BLE001  the last resort
            error = as_hub_error(raised)
            _log.error("request_failed", path=scope.get("path", ""), code=error.code, detail=error.message)
            if not started:
                answer = problem(500, "hub.internal", "The hub failed by a fault of its own.")
                await answer(scope, receive, send)
