"""POST /webhooks/{connection}: answered 200 only once what it brought is durable."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from hub.model.identity import ConnectionId
from hub.sync.daemon import Engine
from hub.web.problems import problem

MAX_BYTES = 5 * 1024 * 1024
"""Shopify's webhooks may be a few megabytes; nothing honest is larger."""
_THREADS = 64
MAX_WAITING = 1000
"""Webhooks in hand at one time; more are told to come again."""


def router(engine: Engine) -> APIRouter:
    """The route. Each waits for its commit in a thread of its own pool: those who wait together share one commit."""
    routes = APIRouter()
    pool = ThreadPoolExecutor(_THREADS, "webhook")
    waiting = 0

    @routes.post("/webhooks/{connection}", tags=["webhooks"], summary="Take a partner's webhook")
    async def webhook(connection: str, request: Request) -> JSONResponse:
        nonlocal waiting
        if waiting >= MAX_WAITING:
            return problem(503, "webhook.too-many", "Too many webhooks wait to be stored.", retry_after=1)
        waiting += 1
        try:
            body = await _body(request)
            if body is None:
                return problem(413, "webhook.too-large", f"A webhook holds at most {MAX_BYTES} bytes.")
            headers = {name.lower(): value for name, value in request.headers.items()}
            loop = asyncio.get_running_loop()
            stored = await loop.run_in_executor(pool, engine.accept_webhook, ConnectionId(connection), headers, body)
        finally:
            waiting -= 1
        return JSONResponse({"stored": len(stored)})

    return routes


async def _body(request: Request) -> bytes | None:
    """The raw body, None once it grows past the limit (what the sender claims of its length is not believed)."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)
