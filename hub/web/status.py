"""GET /health and /metrics: is the hub able to work, and what does it do."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from hub.sync.daemon import Engine
from hub.sync.retry import as_hub_error
from hub.web import shapes

_log = structlog.get_logger(__name__)


def router(engine: Engine) -> APIRouter:
    """Health is 503 only where the hub itself can't work; a partner that is down shows in the body, with 200."""
    routes = APIRouter(tags=["status"])

    @routes.get("/health", summary="Whether the hub can work, and how every connection does")
    def health() -> JSONResponse:
        try:
            connections = engine.health()
        except Exception as raised:  # noqa: BLE001  whatever keeps it from looking keeps it from working
            error = as_hub_error(raised)
            _log.warning("health_failed", code=error.code)
            return JSONResponse({"status": "down", "code": error.code, "connections": []}, 503)
        ailing = any(one.state != "ok" or one.late for one in connections)
        return JSONResponse(
            {"status": "degraded" if ailing else "ok", "connections": [shapes.connection(one) for one in connections]}
        )

    @routes.get("/metrics", summary="Prometheus metrics", response_class=Response)
    def metrics() -> Response:
        return Response(engine.prometheus(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes
