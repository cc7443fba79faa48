"""What shops do before there is an order: units are kept for a cart, longer or no more, and then ordered."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Final

from hub.errors import DataError
from hub.flows.hold_stock import Wanted, extend_hold, hold_stock, release_hold
from hub.flows.work import Work
from hub.model.identity import Sku, SoftHoldKey
from hub.model.soft_hold import SoftHold
from hub.proving import messages
from hub.proving.bench import LawBrokenError
from hub.proving.laws import Broken
from hub.proving.stage import Stage
from hub.proving.world import Shop

LONGEST: Final = timedelta(hours=1)
"""No cart is kept longer at once."""


def fill_cart(stage: Stage, rng: random.Random) -> bool:
    """A buyer fills a cart; the shop may ask for its units twice."""
    with stage.lock:
        shops = [each for each in stage.shops() if each.channel.sells_from]
        if not shops:
            return False
        shop, now = rng.choice(shops), stage.world.now
        shop.cart_count += 1
        key = SoftHoldKey(f"{stage.world.name}-{shop.channel.channel}-{shop.cart_count}")
        skus = rng.sample(stage.world.skus, rng.choice((1, 1, 2)))
        units = {sku: Decimal(rng.randint(1, 8)) for sku in skus}
        where = rng.choice(shop.channel.sells_from) if rng.random() < 0.3 else None
    wanted = Wanted(key, units, now + LONGEST * rng.uniform(0.05, 1), where, shop.channel.channel)
    try:
        hold = stage.bench.run(rng, now, lambda work: hold_stock(work, wanted))
    except DataError as error:
        if error.code != "hold.not-covered":
            raise
        return False
    if rng.random() < 0.3:
        again = stage.bench.run(rng, now, lambda work: hold_stock(work, wanted))
        # In a crowd its time may be over by now.
        if stage.mine is None and again != hold:
            raise LawBrokenError([Broken("6 twice is once", f"{key} was asked for twice: {hold}, then {again}")])
    with stage.lock:
        shop.carts[key] = {sku: int(quantity) for sku, quantity in units.items()}
    return True


def change_cart(stage: Stage, rng: random.Random) -> bool:
    """A buyer thinks about it for longer, or leaves the shop."""
    with stage.lock:
        found = _some_cart(stage, rng)
        now = stage.world.now
    if found is None:
        return False
    key = found[1]

    def act(work: Work) -> SoftHold:
        return release_hold(work, key) if leaves else extend_hold(work, key, now + LONGEST)

    leaves = rng.random() < 0.5
    try:
        stage.bench.run(rng, now, act)
    except DataError as error:
        # Its time was over, or its order is here already.
        if error.code not in {"hold.ended", "hold.owed"}:
            raise
    return True


def order_cart(stage: Stage, rng: random.Random) -> bool:
    """A buyer orders what is in the cart, sometimes more or less of it."""
    with stage.lock:
        found = _some_cart(stage, rng)
        if found is None:
            return False
        shop, key = found
        units = shop.carts.pop(key) if rng.random() < 0.9 else shop.carts[key]
        wanted: list[tuple[Sku, int]] = [
            (sku, max(1, count + rng.choice((-1, 0, 0, 0, 2)))) for sku, count in units.items()
        ]
        sold = shop.sell(f"{stage.world.name}-{len(shop.orders) + 1}", wanted, stage.world.now)
        sold.soft_hold = key
        stage.post(messages.an_order(shop, sold), shop.channel.connection)
    return True


def _some_cart(stage: Stage, rng: random.Random) -> tuple[Shop, SoftHoldKey] | None:
    carts = [(shop, key) for shop in stage.shops() for key in shop.carts]
    return rng.choice(carts) if carts else None
