"""Planted secrets and personal data: no output of the hub may ever show them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hub.cli.demo.toy import CHANNEL, WAREHOUSE
from tests.e2e.shop_world import ShopWorld, order_payload, shop_world

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

PERSON = {
    "name": "Quillon Kanarie",
    "address1": "77 Featherquill Mews",
    "city": "Kanariaville",
    "provinceCode": "NY",
    "zip": "10987",
    "countryCodeV2": "US",
    "phone": "+15550107733",
}
EMAIL = "quillon@kanarie.example"
PERSONAL = [PERSON["name"], PERSON["address1"], PERSON["city"], PERSON["phone"], EMAIL, "Kanarie", "Featherquill"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    """A world in which a person with a name that occurs nowhere else has bought, and much has gone wrong."""
    with shop_world(tmp_path_factory.mktemp("world") / "toys") as running:
        go_wrong(running)
        yield running


def go_wrong(world: ShopWorld) -> None:
    storefront = world.simulator(CHANNEL).storefront
    placed = []
    for basket in ([("TOY-BLOCKS", 3)], [("TOY-DRUM", 1)]):
        order = partial(storefront.place_order, basket, PERSON, email=EMAIL)
        placed.append(world.eventually("an order of a person", order))
    for order in placed:
        world.finished(order.id.rsplit("/", 1)[1])
    person = json.dumps(order_of(990_001))
    world.webhook(person.encode())
    world.webhook(person[:-40].encode())
    world.webhook(person.encode(), secret="wrong")
    outbound = world.partners.folder / "partners" / "grosswell" / "outbound"
    whole = min((outbound / "done").glob("*-846.edi")).read_bytes()
    spoilt = whole.replace(b"~LIN*", f"~N3*{PERSON['address1']}~LIN*".encode(), 1)
    for number, body in enumerate((spoilt, spoilt[:-60])):
        (outbound / f".{number}.part").write_bytes(body)
        (outbound / f".{number}.part").rename(outbound / f"90000000{number}-846.edi")
    world.quarantined("data.unmapped-sku")
    world.simulator(WAREHOUSE).server.misbehave("401", 1, operation="GetInventoryByQuery")
    world.simulator(CHANNEL).server.faults.next("top-level-error", 2)
    world.eventually("something to ail", lambda: world.logged(event="fetch_failed"))


def test_log_holds_no_secret_and_no_person(world: ShopWorld) -> None:
    assert [] == leaks(world, world.log.read_text(encoding="utf-8", errors="replace"))


@pytest.mark.parametrize("path", ["/health", "/metrics", "/openapi.json", "/nowhere"])
def test_web_answers_hold_no_secret_and_no_person(world: ShopWorld, path: str) -> None:
    assert [] == leaks(world, world.get(path)[1].decode())


def test_refused_webhook_is_not_echoed(world: ShopWorld) -> None:
    body = json.dumps(order_of(990_002)).encode()
    assert [] == leaks(world, world.webhook(body, secret="wrong")[1].decode())


def order_of(reference: int) -> dict[str, Any]:
    """A webhook's order of the person, for something nobody sells."""
    order = order_payload(reference, "TOY-NOBODY-KNOWS")
    address = {"province_code": "NY", "country_code": "US"} | {key: PERSON[key] for key in PERSON if key.islower()}
    return order | {"email": EMAIL, "note": f"Ring at {PERSON['address1']}", "shipping_address": address}


def commands(world: ShopWorld) -> list[list[str]]:
    with world.hub.storage.read() as uow:
        order = uow.orders.page()[0].order_id
        entry = uow.quarantine.open()[0]
    return [
        ["status"],
        ["doctor"],
        ["order", "list"],
        ["order", "show", order],
        ["order", "trace", order],
        ["order", "why-missing", order],
        ["order", "show", "no-such-order", "--debug"],
        ["route", "explain", order],
        ["stock", "show"],
        ["stock", "explain", "TOY-BLOCKS"],
        ["document", "list"],
        ["document", "show", entry.document],
        ["quarantine", "list"],
        ["quarantine", "show", str(entry.id)],
        ["connector", "list"],
        ["connector", "test", WAREHOUSE],
        ["config", "validate"],
    ]


def test_commands_show_no_secret_and_no_person(world: ShopWorld) -> None:
    found = {}
    for words in commands(world):
        for form in ([], ["--json"]):
            done = run(world, [*words, *form])
            assert "Traceback" not in done.stderr or "--debug" in words
            shown = leaks(world, done.stdout + done.stderr)
            if shown:
                found[" ".join([*words, *form])] = shown
    assert {} == found


def test_canaries_are_where_they_belong(world: ShopWorld) -> None:
    """The grep would find them: they are in the stored documents and in the environment."""
    with world.hub.storage.read() as uow:
        stored = [each for record in uow.orders.page() for each in uow.documents.for_order(record.order_id)]
    bodies = b"".join(each.body for each in stored).decode("utf-8", "replace")
    assert {PERSON["name"], PERSON["address1"], EMAIL} <= set(leaks(world, bodies))
    assert len(secrets(world)) >= 4


def secrets(world: ShopWorld) -> list[str]:
    return sorted(world.partners.environment().values())


def leaks(world: ShopWorld, text: str) -> list[str]:
    return [canary for canary in (*PERSONAL, *secrets(world)) if canary in text]


def run(world: ShopWorld, words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hub.cli.main", *words, "--config", str(world.config)],
        env={**world.hub.environment, **world.partners.environment(), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        cwd=Path(world.config).parent,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
