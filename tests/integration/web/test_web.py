"""The web over a real engine and database: durable before 200, problems as RFC 9457, nobody's address."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from hub.errors import TransientError
from hub.model.identity import ConnectionId
from hub.ports import UnitOfWork
from hub.sync.daemon import Engine
from hub.web.app import create_app
from hub.web.webhooks import MAX_BYTES
from tests.fakes.installation import STREET, fill
from tests.fakes.world import START, World

BODY = json.dumps({"kind": "order", "at": START.isoformat(), "id": "77", "lines": {"KITE": "1"}}).encode()
SIGNED = {"X-Signature": "signed", "X-Id": "1"}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    made = World(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def engine(world: World) -> Engine:
    return world.engine()


def ask(engine: Engine, *requests: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]) -> list[httpx.Response]:
    """All requests at the same time."""

    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(engine), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return list(await asyncio.gather(*(request(client) for request in requests)))

    return asyncio.run(all_of_them())


def get(engine: Engine, path: str) -> httpx.Response:
    return ask(engine, lambda client: client.get(path))[0]


def post(engine: Engine, connection: str, headers: Mapping[str, str], body: bytes = BODY) -> httpx.Response:
    return ask(engine, lambda client: client.post(f"/webhooks/{connection}", headers=headers, content=body))[0]


def stored(engine: Engine) -> int:
    with engine.runtime.storage.read() as uow:
        return len(uow.documents.page(limit=1000))


def test_a_webhook_is_stored_before_it_is_answered(engine: Engine) -> None:
    answer = post(engine, "shop", SIGNED)
    assert (200, {"stored": 1}) == (answer.status_code, answer.json())
    with engine.runtime.storage.read() as uow:
        assert [BODY] == [document.body for document in uow.documents.page()]
        assert {ConnectionId("shop"): 1} == uow.inbox.backlog()


def test_a_repeat_is_answered_the_same_and_stored_once(engine: Engine) -> None:
    assert [200, 200, 200] == [post(engine, "shop", SIGNED).status_code for _ in range(3)]
    assert 1 == stored(engine)


def test_many_at_once_are_all_stored(engine: Engine) -> None:
    def send(number: int) -> Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]:
        headers = {"X-Signature": "signed", "X-Id": f"{number}"}
        return lambda client: client.post("/webhooks/shop", headers=headers, content=BODY)

    answers = ask(engine, *(send(number) for number in range(100)))
    assert {200} == {answer.status_code for answer in answers}
    assert 100 == stored(engine)


@pytest.mark.parametrize("headers", [{}, {"X-Signature": "forged", "X-Id": "1"}], ids=["unsigned", "forged"])
def test_a_forged_webhook_is_refused_and_nothing_is_stored(engine: Engine, headers: Mapping[str, str]) -> None:
    answer = post(engine, "shop", headers)
    assert (401, "webhook.bad-signature") == (answer.status_code, answer.json()["code"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert 0 == stored(engine)


@pytest.mark.parametrize("connection", ["nobody", "east"], ids=["unknown", "takes none"])
def test_a_webhook_for_nobody_is_not_found(engine: Engine, connection: str) -> None:
    answer = post(engine, connection, SIGNED)
    assert (404, "configuration.no-webhooks") == (answer.status_code, answer.json()["code"])


def test_a_body_past_the_limit_is_refused(engine: Engine) -> None:
    answer = post(engine, "shop", SIGNED, b"x" * (MAX_BYTES + 1))
    assert (413, "webhook.too-large", 0) == (answer.status_code, answer.json()["code"], stored(engine))


def test_more_webhooks_than_can_wait_are_sent_away_to_come_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.web.webhooks.MAX_WAITING", 0)
    answer = post(engine, "shop", SIGNED)
    assert (503, "webhook.too-many", "1") == (answer.status_code, answer.json()["code"], answer.headers["retry-after"])
    assert 0 == stored(engine)


class Broken:
    """A storage whose disk is full."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        raise self.error

    read = begin

    def close(self) -> None:
        return None


@pytest.mark.parametrize(
    ("error", "status"),
    [(TransientError("Full.", code="storage.unavailable"), 503), (KeyError(STREET), 500)],
    ids=["full", "bug"],
)
def test_a_webhook_that_cannot_be_stored_is_not_accepted(
    world: World, error: Exception, status: int, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    broken = world.engine(Broken(error))
    answer = post(broken, "shop", SIGNED)
    assert status == answer.status_code
    assert STREET not in answer.text + caplog.text + "".join(capsys.readouterr())
    assert (status == 503) == ("retry-after" in answer.headers)


def test_health_is_ok_with_every_connection(engine: Engine) -> None:
    answer = get(engine, "/health")
    assert (200, "ok") == (answer.status_code, answer.json()["status"])
    assert ["east", "shop", "west"] == [one["connection"] for one in answer.json()["connections"]]


def test_a_partner_that_is_down_is_degraded_not_down(world: World) -> None:
    engine = world.engine()
    world.books["east"].faults["fetch"] = [TransientError("Away.")] * 9
    engine.run_until_idle()
    answer = get(engine, "/health")
    assert (200, "degraded") == (answer.status_code, answer.json()["status"])


def test_a_database_that_is_down_is_down(world: World) -> None:
    answer = get(world.engine(Broken(TransientError("Away.", code="storage.unavailable"))), "/health")
    assert (503, "down", "storage.unavailable") == (
        answer.status_code,
        answer.json()["status"],
        answer.json()["code"],
    )


def test_metrics_are_prometheus_text(engine: Engine) -> None:
    post(engine, "shop", SIGNED)
    answer = get(engine, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'hub_documents_fetched_total{connection="shop"} 1.0' in answer.text
    assert 'hub_connection_up{connection="east"} 1.0' in answer.text


def test_the_api_shows_orders_documents_and_stock_without_bodies_and_addresses(world: World) -> None:
    engine = world.engine()
    fill(engine.runtime.storage)
    world.stock("east", {"KITE": 9})
    world.live(engine, rounds=2)
    answers = [
        get(engine, f"/api/v1/{path}")
        for path in ("orders", "orders/shop-1001", "documents/D000000001", "stock/KITE", "orders?limit=1&status=held")
    ]
    assert [200] * 5 == [answer.status_code for answer in answers]
    texts = "".join(answer.text for answer in answers)
    assert STREET not in texts
    assert "Casey" not in texts
    listed, order, document, stock, held = (answer.json() for answer in answers)
    assert (["shop-1001"], []) == ([row["order_id"] for row in listed["orders"]], held["orders"])
    assert ("#1001", ["shop-1001"]) == (order["number"], document["orders"])
    # Nine were counted, and the order's two have left since.
    assert "7" == next(place["on_hand"] for place in stock["locations"] if place["location"] == "east")


def test_orders_go_on_by_key(world: World) -> None:
    engine = world.engine()
    for number in range(5):
        world.order(str(number), {"KITE": 1})
    world.live(engine, rounds=1)
    seen: list[str] = []
    following: str | None = ""
    while following is not None:
        page = get(engine, f"/api/v1/orders?limit=2&after={following}").json()
        seen += [row["order_id"] for row in page["orders"]]
        following = page["next"]
    assert [f"shop-{number}" for number in range(5)] == seen


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/orders/nope", 404, "http.not-found"),
        ("/api/v1/documents/nope", 404, "http.not-found"),
        ("/api/v1/stock/NOPE", 404, "http.not-found"),
        ("/api/v1/orders?limit=0", 422, "http.invalid-parameter"),
        ("/nothing", 404, "http.not-found"),
        ("/webhooks/shop", 405, "http.method-not-allowed"),
    ],
)
def test_every_error_is_a_problem_document(engine: Engine, path: str, status: int, code: str) -> None:
    answer = get(engine, path)
    problem: dict[str, Any] = answer.json()
    assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert {"type", "title", "status", "detail", "code"} == set(problem)
    assert (status, code) == (problem["status"], problem["code"])


def test_openapi_names_every_path(engine: Engine) -> None:
    found = get(engine, "/openapi.json").json()
    assert {
        "/webhooks/{connection}",
        "/health",
        "/metrics",
        "/api/v1/orders",
        "/api/v1/orders/{order_id}",
        "/api/v1/stock/{sku}",
        "/api/v1/documents/{document_id}",
    } == set(found["paths"])


def test_no_page_loads_anything_from_outside(engine: Engine) -> None:
    assert [404, 404] == [get(engine, path).status_code for path in ("/docs", "/redoc")]
