"""``hub route reoptimise``: shows the moves, makes them, says what was dropped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from hub.flows import reoptimise_pool
from hub.mapping.config import load_setup
from hub.model.identity import OrderId
from tests.builders import Desk
from tests.fakes.installation import Installation, connection

LONG_AGO = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)


@contextmanager
def desk(installation: Installation) -> Iterator[Desk]:
    """The flows on the installation's own database."""
    storage = installation.storage()
    with storage.begin() as uow:
        yield Desk(load_setup(installation.config).network, uow, LONG_AGO)
    storage.close()


@pytest.fixture
def shop(installation: Installation) -> Installation:
    """The last A of acme went to the first order; the second needs two parcels."""
    installation.configure(
        {name: connection() for name in ("shop", "acme", "bolt")},
        channels={"shop": {"connection": "shop", "sells_from": ["acme", "bolt"]}},
        locations={
            "acme": {"kind": "dropship", "connection": "acme", "cost": {"per_request": "5"}},
            "bolt": {"kind": "dropship", "connection": "bolt", "cost": {"per_request": "8"}},
        },
    )
    with desk(installation) as at_work:
        at_work.stock("acme", A=1, B=5)
        at_work.stock("bolt", A=5)
        at_work.tick()
        at_work.place(1, A=1)
        at_work.place(2, A=1, B=1)
    return installation


def asked(shop: Installation) -> list[list[str]]:
    """Locations that are asked for each of the two orders now."""
    with desk(shop) as at_work:
        orders = [OrderId(each.order_id) for each in at_work.uow.orders.page()]
        return [[each.location for each in at_work.requests(one) if not each.finished] for one in orders]


def test_dry_run_shows_the_moves_and_makes_none(shop: Installation) -> None:
    before = asked(shop)
    found = shop.json("route", "reoptimise", "--dry-run", "--churn", "100")
    assert ("18.00", "15.00", 2, 0) == (found["before"], found["after"], found["orders"], found["dropped"])
    assert [(None, 2)] == [(bundle["made"], len(bundle["moves"])) for bundle in found["bundles"]]
    assert before == asked(shop) == [["acme"], ["bolt", "acme"]]


def test_moves_are_made_and_told(shop: Installation) -> None:
    done = shop.run("route", "reoptimise", "--churn", "100")
    assert 0 == done.exit_code
    assert "2 of 2 open orders move: 18.00 to 15.00" in done.stdout
    assert "Moved to acme for 5.00" in done.stdout
    assert asked(shop) == [["bolt"], ["acme"]]
    assert "nothing to gain" in shop.run("route", "reoptimise", "--churn", "100").stdout


def test_dropped_bundle_is_said_with_its_exit_code(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    find = reoptimise_pool.find_moves

    def and_then_send(*given: object) -> reoptimise_pool.PoolAnswer:
        answer = find(*given)  # type: ignore[arg-type]
        with desk(shop) as at_work:
            at_work.send()
        return answer

    monkeypatch.setattr(reoptimise_pool, "find_moves", and_then_send)
    done = shop.run("route", "reoptimise", "--churn", "100")
    assert 6 == done.exit_code
    assert "1 dropped" in done.stdout
    assert asked(shop) == [["acme"], ["bolt", "acme"]]


def test_change_fee_and_churn_keep_orders_where_they_are(shop: Installation) -> None:
    assert [] == shop.json("route", "reoptimise", "--churn", "100", "--change-fee", "2.50")["bundles"]
    assert [] == shop.json("route", "reoptimise", "--churn", "2")["bundles"], "one order of two may move, no pair"


def test_unknown_channel_and_missing_solver_are_said_with_their_cure(
    shop: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = shop.run("route", "reoptimise", "--channel", "fair")
    assert 2 == unknown.exit_code
    assert "Known: shop" in unknown.output
    monkeypatch.setitem(sys.modules, "highspy", None)
    missing = shop.run("route", "reoptimise", "--channel", "shop")
    assert 3 == missing.exit_code
    assert "crossdock[optimiser]" in missing.output
