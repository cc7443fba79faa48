"""What partners get wrong: each kind gets its error class, its document is kept, and the rest flows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.cli.demo.partners import write_yaml
from hub.cli.demo.toy import CHANNEL, WAREHOUSE
from hub.mapping.yaml_file import read_yaml
from hub.model.identity import ConnectionId
from hub.model.queue import ConnectionState
from tests.e2e.shop_world import ShopWorld, order_payload, shop_world

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    """A world whose partners are given up on within seconds."""
    with shop_world(tmp_path_factory.mktemp("world") / "toys", change=_impatient) as running:
        running.sell(kite=1)
        yield running


def _impatient(config: Path) -> None:
    content = read_yaml(config)
    content["connections"][WAREHOUSE]["settings"]["timeout_seconds"] = 2
    content["connections"][CHANNEL]["settings"]["deadline_seconds"] = 2
    write_yaml(config, content)


def test_unknown_sku_holds_its_line_and_is_kept(world: ShopWorld) -> None:
    body = json.dumps(order_payload(880_001, "TOY-NOBODY-KNOWS")).encode()
    assert 200 == world.webhook(body)[0]
    entry = world.quarantined("data.unmapped-sku")
    assert body == kept(world, entry.document)
    assert entry.cure
    record = world.record("880001")
    assert record is not None
    assert record.hold or record.order.lines[0].sku is None
    assert_rest_flows(world)


def test_broken_json_is_quarantined_whole(world: ShopWorld) -> None:
    body = b'{"id": 880002, "line_items": [{"sku": "TOY-KITE", '
    assert 200 == world.webhook(body)[0]
    documents = world.eventually("its quarantine entry", lambda: entries_of(world, body))
    assert {"data"} == {code.partition(".")[0] for code in documents}
    assert_rest_flows(world)


def test_wrong_signature_is_refused_and_not_stored(world: ShopWorld) -> None:
    body = json.dumps(order_payload(880_003, "TOY-KITE")).encode()
    status, answer = world.webhook(body, secret="not-the-secret")
    assert (401, "webhook.bad-signature") == (status, json.loads(answer)["code"])
    assert b"TOY-KITE" not in answer
    assert not kept_bodies(world, CHANNEL, body)
    assert_rest_flows(world)


def test_truncated_x12_is_quarantined_with_its_bytes(world: ShopWorld) -> None:
    folder = world.partners.folder / "partners" / "grosswell" / "outbound"
    whole = world.eventually("a stock file", lambda: sorted((folder / "done").glob("*-846.edi")))[0].read_bytes()
    cut = whole[: len(whole) * 2 // 3]
    drop(folder, "900000001-846.edi", cut)
    codes = world.eventually("its quarantine entry", lambda: entries_of(world, cut))
    assert all(code.startswith(("data.", "x12.")) for code in codes)
    assert_rest_flows(world)


def test_soap_fault_degrades_only_its_connection(world: ShopWorld) -> None:
    world.simulator(WAREHOUSE).server.misbehave("fault-500", 3, operation="GetInventoryByQuery")
    assert_degrades_and_recovers(world, WAREHOUSE)


def test_html_with_503_degrades_only_its_connection(world: ShopWorld) -> None:
    world.simulator(CHANNEL).server.faults.next("503-html", 4)
    assert_degrades_and_recovers(world, CHANNEL)


def test_answer_that_never_ends_is_given_up_and_asked_for_again(world: ShopWorld) -> None:
    world.simulator(WAREHOUSE).server.misbehave("never-ending", 2, operation="GetInventoryByQuery")
    assert_degrades_and_recovers(world, WAREHOUSE)


def test_answer_to_an_order_that_never_ends_is_looked_up(world: ShopWorld) -> None:
    world.simulator(WAREHOUSE).server.misbehave("timeout-after", 1, operation="ProcessOrder")
    reference = world.sell(slide=1)
    record = world.finished(reference)
    request = world.request_of(record.order_id)
    assert WAREHOUSE == request.location
    book = world.simulator(WAREHOUSE).book()
    assert 0 == book.duplicates
    assert 1 == book.instructions[request.request_id].times


def assert_degrades_and_recovers(world: ShopWorld, connection: str) -> None:
    """The connection says what is wrong while others go on, and is well again by itself."""
    bad = world.eventually("the connection to ail", lambda: ailing(world, connection))
    assert bad.startswith(("partner.", "transport.", "soap.", "http.", "shopify.", "ongoing."))
    if connection != CHANNEL:
        assert_rest_flows(world)
    world.eventually("the connection to be well again", lambda: not ailing(world, connection))
    assert_rest_flows(world)


def ailing(world: ShopWorld, connection: str) -> str:
    """The code of what ails it, empty where it is well."""
    with world.hub.storage.read() as uow:
        health = uow.connections.health().get(ConnectionId(connection))
    return health.code if health is not None and health.state is not ConnectionState.OK else ""


def assert_rest_flows(world: ShopWorld) -> None:
    """Three dolls are bought and shipped by a supplier."""
    record = world.finished(world.sell(doll=3))
    assert WAREHOUSE != world.request_of(record.order_id).location


def kept(world: ShopWorld, document_id: str) -> bytes:
    with world.hub.storage.read() as uow:
        return next(each.body for each in uow.documents.page(limit=2000) if each.id == document_id)


def kept_bodies(world: ShopWorld, connection: str, body: bytes) -> list[str]:
    """Ids of stored documents with exactly these bytes."""
    with world.hub.storage.read() as uow:
        page = uow.documents.page(connection=ConnectionId(connection), limit=2000)
        return [each.id for each in page if each.body == body]


def entries_of(world: ShopWorld, body: bytes) -> list[str]:
    """Codes of open quarantine entries whose document has these bytes."""
    with world.hub.storage.read() as uow:
        found = uow.quarantine.open(limit=1000)
        bodies = {each.id: each.body for each in uow.documents.page(limit=2000)}
    return [entry.code for entry in found if bodies.get(entry.document) == body]


def drop(folder: Path, name: str, body: bytes) -> None:
    """Put a file into a mailbox the way a careful partner does."""
    part = folder / f".{name}.part"
    part.write_bytes(body)
    part.rename(folder / name)
