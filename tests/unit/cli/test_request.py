"""A person decides what became of a request: what waits is listed, and each way on does what it says, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.main import app
from hub.flows.answer import Answer, Verdict
from hub.flows.registry import settle_item
from hub.mapping.config import load_setup
from hub.model.events import EventKind
from hub.model.fulfilment import Negotiation
from hub.model.identity import LineId, OrderId
from hub.model.queue import OutboxState
from tests.builders import Desk
from tests.fakes.installation import CANARY, Installation, connection

LONG_AGO = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)
ORDER = OrderId("shop-5001")
PO = "P00000001"
KEY = f"fulfilment:{PO}"
NOTE = "The answer was lost and the partner can't be asked; it is not sent again."


@contextmanager
def desk(installation: Installation, now: datetime = LONG_AGO) -> Iterator[Desk]:
    """The flows on the installation's own database."""
    storage = installation.storage()
    with storage.begin() as uow:
        yield Desk(load_setup(installation.config).network, uow, now)
    storage.close()


@pytest.fixture
def shop(installation: Installation) -> Installation:
    """One channel that sells what two suppliers have; an order of 3 that the first was asked for."""
    installation.configure(
        {name: connection() for name in ("shop", "acme", "bolt")},
        channels={"shop": {"connection": "shop", "sells_from": ["acme", "bolt"]}},
        locations={
            "acme": {"kind": "dropship", "connection": "acme", "cost": {"per_request": "5"}},
            "bolt": {"kind": "dropship", "connection": "bolt", "cost": {"per_request": "8"}},
        },
    )
    with desk(installation) as at_work:
        at_work.stock("acme", KITE=9)
        at_work.stock("bolt", KITE=9)
        at_work.tick()
        at_work.place(KITE=3)
    return installation


def in_doubt(shop: Installation, state: OutboxState) -> None:
    """Sent, and nobody knows; a day later the order is held."""
    with desk(shop) as at_work:
        (item,) = at_work.pending("fulfilment")
        at_work.uow.outbox.settle(item.key, state, NOTE)
        settle_item(at_work.work("acme"), item, Answer(Verdict.UNCERTAIN, LONG_AGO, message=NOTE))
        at_work.tick(25 * 60)


def silent(shop: Installation, *, engine_ran: bool = True) -> None:
    """The location has it and says nothing for a day."""
    with desk(shop) as at_work:
        at_work.send()
        if engine_ran:
            at_work.tick(25 * 60)


def states(shop: Installation, *words: str) -> dict[str, str]:
    return {row["request_id"]: row["state"] for row in shop.json("request", "list", *words)["requests"]}


def outbox_state(shop: Installation) -> OutboxState:
    with desk(shop) as at_work:
        item = at_work.uow.outbox.get(KEY)
        assert item is not None
        return item.state


def failure(shop: Installation, *words: str) -> tuple[int, str]:
    """Exit code and error code."""
    done, found = shop.run(*words), shop.json(*words)
    assert done.exit_code == found["exit"]
    assert "crossdock.error/1" == found["schema"]
    return done.exit_code, found["code"]


def test_where_nothing_waits_the_list_says_so(shop: Installation) -> None:
    done = shop.run("request", "list")
    assert (0, "No request waits for a person.\n") == (done.exit_code, done.stdout)
    assert "No request is failed.\n" == shop.run("request", "list", "--state", "failed").stdout
    assert {"schema": "crossdock.request-list/1", "requests": []} == shop.json("request", "list")


@pytest.mark.parametrize("state", ["waiting", "unknown", "failed"])
def test_request_without_an_outcome_is_listed_with_its_note(shop: Installation, state: str) -> None:
    in_doubt(shop, OutboxState(state))
    assert {PO: state} == states(shop) == states(shop, "--state", state)
    assert {} == states(shop, "--state", "unacknowledged")
    text = shop.run("request", "list").stdout
    assert all(words in text for words in (PO, ORDER, "acme", state, NOTE, f"hub request show {PO}"))


@pytest.mark.parametrize("engine_ran", [True, False], ids=["order held", "engine stood still"])
def test_request_past_its_deadline_is_listed(shop: Installation, engine_ran: bool) -> None:
    silent(shop, engine_ran=engine_ran)
    assert {PO: "unacknowledged"} == states(shop) == states(shop, "--state", "unacknowledged")
    assert {} == states(shop, "--state", "waiting")


def test_request_whose_deadline_is_to_come_is_not_listed(shop: Installation) -> None:
    with desk(shop, datetime(2999, 1, 1, tzinfo=UTC)) as at_work:
        at_work.send()
    assert {} == states(shop)


def test_other_outbox_items_are_no_requests(shop: Installation) -> None:
    in_doubt(shop, OutboxState.WAITING)
    with desk(shop) as at_work:
        for item in at_work.pending("inventory"):
            at_work.uow.outbox.settle(item.key, OutboxState.FAILED)
    assert {PO: "waiting"} == states(shop)


def test_unknown_state_and_request_are_usage_errors(shop: Installation) -> None:
    assert (2, "cli.unknown-status") == failure(shop, "request", "list", "--state", "lost")
    assert (2, "cli.unknown-request") == failure(shop, "request", "show", "P9")
    assert (2, "cli.unknown-request") == failure(shop, "request", "reroute", "P9")
    assert (2, "cli.unknown-request") == failure(shop, "request", "resend", "P9", "--yes")
    assert (2, "cli.unknown-request") == failure(shop, "request", "settle", "P9", "--accepted", "--reason", "x")


WAYS = {
    "waiting": ["settle", "settle", "resend", "reroute"],
    "failed": ["settle", "settle", "resend", "reroute"],
    "unknown": ["settle", "settle", "reroute"],
    "silent": ["release", "reroute"],
    "pending": [],
}


@pytest.mark.parametrize("state", WAYS)
def test_show_names_every_way_on_and_no_other(shop: Installation, state: str) -> None:
    if state == "silent":
        silent(shop)
    elif state != "pending":
        in_doubt(shop, OutboxState(state))
    found = shop.json("request", "show", PO)
    assert "crossdock.request-show/1" == found["schema"]
    assert WAYS[state] == [command.split()[2] for command in found["next"]]
    text = shop.run("request", "show", PO).stdout
    assert all(command in text for command in found["next"])


def test_show_gives_the_request_its_item_and_its_orders_hold(shop: Installation) -> None:
    in_doubt(shop, OutboxState.WAITING)
    found = shop.json("request", "show", PO)["request"]
    expected = {
        "request_id": PO, "order_id": ORDER, "location": "acme", "connection": "acme", "state": "waiting",
        "outbox": "waiting", "note": NOTE, "negotiation": "unsubmitted", "submitted_at": None,
    }  # fmt: skip
    assert expected == {name: found[name] for name in expected}
    assert found["hold"].startswith("order.unacknowledged")
    (line,) = found["lines"]
    assert ("KITE", "3", "0", "3") == tuple(line[name] for name in ("sku", "quantity", "accepted", "outstanding"))


def test_secret_in_a_note_is_not_shown(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.transport.redact.Redactor.text", lambda _, text: text.replace(CANARY, "[secret]"))
    with desk(shop) as at_work:
        at_work.uow.outbox.settle(KEY, OutboxState.WAITING, f"It said {CANARY}.")
    for words in (("request", "list"), ("request", "show", PO)):
        assert CANARY not in shop.run(*words).stdout
        assert "[secret]" in shop.run(*words).stdout


def test_accepted_request_waits_for_its_acknowledgement(shop: Installation) -> None:
    in_doubt(shop, OutboxState.WAITING)
    found = shop.json("request", "settle", PO, "--accepted", "--reason", "told by phone")
    held = found.pop("hold")
    expected = {"request_id": PO, "order_id": ORDER, "outcome": "accepted"}
    assert {"schema": "crossdock.request-settle/1", **expected} == found
    assert held.startswith("order.unacknowledged")
    with desk(shop) as at_work:
        assert Negotiation.SUBMITTED is at_work.request(ORDER).negotiation
        item = at_work.uow.outbox.get(KEY)
        assert item is not None
        assert (OutboxState.ACCEPTED, "told by phone") == (item.state, item.note)
    assert {} == states(shop)


def test_refused_request_frees_its_units_for_another_location(shop: Installation) -> None:
    in_doubt(shop, OutboxState.UNKNOWN)
    done = shop.run("request", "settle", PO, "--refused", "--reason", "out of stock")
    assert 0 == done.exit_code
    assert f"hub order release {ORDER}" in done.stdout
    assert 0 == shop.run("order", "release", ORDER).exit_code
    with desk(shop, datetime(2999, 1, 1, tzinfo=UTC)) as at_work:
        refused = next(event for event in at_work.uow.orders.timeline(ORDER) if event.kind is EventKind.REQUEST_REFUSED)
        assert ("operator", "out of stock") == (refused.actor, refused.data["reason"])
        assert 3 == at_work.counters(ORDER, "KITE").open
        assert {"acme"} == at_work.order(ORDER).excluded[LineId("KITE")]


def test_settle_needs_an_outcome_and_a_reason(shop: Installation) -> None:
    in_doubt(shop, OutboxState.WAITING)
    assert 2 == shop.run("request", "settle", PO, "--reason", "x").exit_code
    assert 2 == shop.run("request", "settle", PO, "--accepted").exit_code
    assert OutboxState.WAITING is outbox_state(shop)


@pytest.mark.parametrize(
    "words", [("settle", PO, "--accepted", "--reason", "x"), ("resend", PO, "--yes")], ids=" ".join
)
def test_what_has_its_outcome_is_not_decided_again(shop: Installation, words: tuple[str, ...]) -> None:
    silent(shop)
    assert (2, "cli.request-decided") == failure(shop, "request", *words)
    assert OutboxState.ACCEPTED is outbox_state(shop)


@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.FAILED])
def test_resend_puts_the_request_back_into_the_outbox(shop: Installation, state: OutboxState) -> None:
    in_doubt(shop, state)
    found = shop.json("request", "resend", PO, "--yes")
    assert ("crossdock.request-resend/1", PO, ORDER) == (found["schema"], found["request_id"], found["order_id"])
    assert OutboxState.PENDING is outbox_state(shop)


def asked(shop: Installation, answer: str) -> Any:
    variables = {"BOOTH_TOKEN": CANARY, "CROSSDOCK_CONFIG": str(shop.config)}
    return CliRunner().invoke(app, ["request", "resend", PO], env=variables, input=answer)


def test_resend_asks_first_and_yes_sends(shop: Installation) -> None:
    in_doubt(shop, OutboxState.WAITING)
    done = asked(shop, "y\n")
    assert 0 == done.exit_code
    assert "acme may have P00000001 already" in done.stderr
    assert "may have" not in done.stdout
    assert OutboxState.PENDING is outbox_state(shop)


@pytest.mark.parametrize("answer", ["n\n", "\n", ""], ids=["no", "enter", "nobody there"])
def test_resend_without_a_yes_sends_nothing(shop: Installation, answer: str) -> None:
    in_doubt(shop, OutboxState.WAITING)
    done = asked(shop, answer)
    assert 2 == done.exit_code
    assert "cli.not-confirmed" in done.stderr
    assert OutboxState.WAITING is outbox_state(shop)


def test_resend_in_json_never_asks(shop: Installation) -> None:
    in_doubt(shop, OutboxState.WAITING)
    assert 2 == shop.json("request", "resend", PO)["exit"]
    assert OutboxState.WAITING is outbox_state(shop)


def test_request_the_hub_still_asks_about_is_not_sent_again(shop: Installation) -> None:
    in_doubt(shop, OutboxState.UNKNOWN)
    assert (2, "cli.request-decided") == failure(shop, "request", "resend", PO, "--yes")


def test_reroute_frees_the_units_and_says_that_the_first_location_may_still_ship(shop: Installation) -> None:
    silent(shop)
    done = shop.run("request", "reroute", PO)
    assert 0 == done.exit_code
    assert "acme was not told and may still ship" in done.stdout
    assert f"hub order release {ORDER}" in done.stdout
    with desk(shop) as at_work:
        assert Negotiation.TIMED_OUT is at_work.request(ORDER).negotiation
        assert 3 == at_work.counters(ORDER, "KITE").open
    assert {} == states(shop)
    assert (2, "cli.request-decided") == failure(shop, "request", "reroute", PO)


def test_rerouted_and_released_order_goes_to_another_location(shop: Installation) -> None:
    silent(shop)
    found = shop.json("request", "reroute", PO)
    assert ("crossdock.request-reroute/1", "acme") == (found["schema"], found["location"])
    assert "may still ship" in found["warning"]
    shop.run("order", "release", ORDER)
    with desk(shop, datetime(2999, 1, 1, tzinfo=UTC)) as at_work:
        at_work.stock("bolt", KITE=9)
        at_work.tick()
        assert ["acme", "bolt"] == [request.location for request in at_work.requests(ORDER)]


def test_rerouted_request_in_doubt_waits_for_nobody_any_more(shop: Installation) -> None:
    in_doubt(shop, OutboxState.WAITING)
    assert 0 == shop.run("request", "reroute", PO).exit_code
    assert {} == states(shop)
    assert OutboxState.SUPERSEDED is outbox_state(shop)
    assert (2, "cli.request-decided") == failure(shop, "request", "resend", PO, "--yes")
