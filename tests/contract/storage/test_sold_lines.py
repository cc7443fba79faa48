"""What channels sold, line by line: kept with every order, and made up for orders of an older release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from hub.model.identity import ChannelId, LineId, Sku
from hub.model.order import LineCounters, OrderRecord
from hub.model.stock import ChannelSales
from hub.orders.lifecycle import with_status
from hub.ports import Storage
from hub.storage import open_storage
from hub.storage.schema import alembic_config
from tests.builders import SHOP, an_order, at
from tests.fakes.postgres import PostgresServer
from tests.fakes.storage import NOW

A, B = Sku("A"), Sku("B")


def a_record(number: int, **lines: int) -> OrderRecord:
    order = an_order(number, "1", **lines)
    return with_status(OrderRecord(order, {line.line_id: LineCounters.fresh(line.quantity) for line in order.lines}))


def cancelled(record: OrderRecord, units: int) -> OrderRecord:
    count = record.counters[LineId("A")]
    fewer = count.model_copy(update={"open": count.open - units, "cancelled": Decimal(units)})
    return replace(record, counters={**record.counters, LineId("A"): fewer})


def test_sales_are_what_was_ordered_and_what_was_cancelled(storage: Storage) -> None:
    with storage.begin() as work:
        for each in (a_record(1, A=5, B=1), a_record(2, A=2)):
            assert work.orders.add(each)
        work.orders.save(cancelled(a_record(1, A=5, B=1), 3))
        assert work.orders.sold(SHOP, [A, B, Sku("C")]) == {
            A: ChannelSales(ordered=Decimal(7), cancelled=Decimal(3)),
            B: ChannelSales(ordered=Decimal(1)),
        }
        assert {} == work.orders.sold(ChannelId("other"), [A])
        assert Decimal(2) == work.orders.sold(SHOP, [A], since=at(2))[A].net
        assert (at(1), at(2)) == (
            work.orders.first_sale(SHOP, A, since=NOW),
            work.orders.first_sale(SHOP, A, since=at(1.5)),
        )
        assert work.orders.first_sale(SHOP, A, since=at(3)) is None


def test_line_counts_once_its_item_is_known(storage: Storage) -> None:
    unmapped = an_order(1, L1=(None, 4))
    record = with_status(OrderRecord(unmapped, {LineId("L1"): LineCounters.fresh(Decimal(4))}))
    mapped = unmapped.model_copy(update={"lines": (unmapped.lines[0].model_copy(update={"sku": A}),)})
    with storage.begin() as work:
        work.orders.add(record)
        assert {} == work.orders.sold(SHOP, [A])
        work.orders.save(replace(record, order=mapped))
        assert Decimal(4) == work.orders.sold(SHOP, [A])[A].net


@contextmanager
def of_the_release_before(url: str) -> Iterator[Connection]:
    """An empty database as the release before had it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        yield connection
    engine.dispose()


def fill(connection: Connection) -> None:
    record = cancelled(a_record(1, A=5, B=1), 2)
    body = record.order.model_dump_json()
    counters = "{" + ", ".join(f'"{name}": {each.model_dump_json()}' for name, each in record.counters.items()) + "}"
    connection.execute(
        text(
            "INSERT INTO orders (order_id, channel, external_id, number, status, hold, attempts, version, body,"
            " counters, excluded) VALUES ('shop-5001', 'shop', '5001', '#1', 'open', '', 0, 0, :body, :counters, '{}')"
        ),
        {"body": body, "counters": counters},
    )
    connection.execute(
        text("INSERT INTO publications (channel, sku, requested, confirmed) VALUES ('shop', 'A', 9000000, 7000000)")
    )


def check(url: str) -> None:
    with closing(open_storage(url, clock=lambda: NOW)) as storage, storage.begin() as work:
        sales = ChannelSales(ordered=Decimal(5), cancelled=Decimal(2))
        assert sales == work.orders.sold(SHOP, [A])[A]
        [publication] = work.publications.page(SHOP)
        assert (None, Decimal(7), sales) == (publication.requested, publication.confirmed, publication.sales)
        assert at(1) == work.orders.first_sale(SHOP, A, since=NOW)


def test_orders_of_an_older_release_count_as_sold(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    with of_the_release_before(url) as connection:
        fill(connection)
    check(url)


@pytest.mark.postgres
def test_orders_of_an_older_release_count_as_sold_on_postgresql(postgres: PostgresServer) -> None:
    url = postgres.create()
    with of_the_release_before(url.replace("postgresql:", "postgresql+psycopg:")) as connection:
        fill(connection)
    check(url)
