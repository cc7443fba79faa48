"""The web application over one engine."""

from __future__ import annotations

from fastapi import FastAPI

from hub import __version__
from hub.sync.daemon import Engine
from hub.web import api, problems, status, webhooks


def create_app(engine: Engine) -> FastAPI:
    """Webhooks, health, metrics, the read-only API and /openapi.json. No page loads anything from outside."""
    app = FastAPI(
        title="Crossdock",
        version=__version__,
        summary="An open distributed order management hub.",
        # The interactive pages of FastAPI load their scripts from a CDN.
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    app.include_router(webhooks.router(engine))
    app.include_router(status.router(engine))
    app.include_router(api.router(engine))
    return app
