"""What shops and their buyers do. A move gives False where there was nothing to do."""

from __future__ import annotations

import random

from hub.model.identity import LineId, Sku, order_id_for
from hub.proving import messages
from hub.proving.stage import Stage
from hub.proving.world import Shop, Sold

_LIVELY = 60
"""So many of a shop's newest orders are still changed and cancelled."""


def sell(stage: Stage, rng: random.Random) -> bool:
    """A buyer orders: mostly what is shown, sometimes more than there is."""
    with stage.lock:
        shops = stage.shops()
        if not shops:
            return False
        shop = rng.choice(shops)
        greedy = rng.random() < 0.2
        wanted: list[tuple[Sku, int]] = []
        for sku in rng.sample(stage.world.offered, rng.choice((1, 1, 2, min(3, len(stage.world.skus))))):
            most = 30 if greedy else min(8, shop.shown.get(sku, 0) - sum(n for each, n in wanted if each == sku))
            if most > 0:
                wanted.append((sku, rng.randint(1, most)))
        if not wanted:
            return False
        if rng.random() < 0.1:
            wanted.append((wanted[0][0], 1))
        sold = shop.sell(f"{stage.world.name}-{len(shop.orders) + 1}", wanted, stage.world.now)
        stage.post(messages.an_order(shop, sold), shop.channel.connection)
    return True


def sell_one_each(stage: Stage) -> None:
    """A buyer in every shop takes one of each item that it shows."""
    with stage.lock:
        for shop in stage.shops():
            wanted = [(sku, 1) for sku, units in shop.shown.items() if units > 0]
            if wanted:
                sold = shop.sell(f"{stage.world.name}-{len(shop.orders) + 1}", wanted, stage.world.now)
                stage.post(messages.an_order(shop, sold), shop.channel.connection)


def change_order(stage: Stage, rng: random.Random) -> bool:
    """A buyer wants more, less, or something else as well."""
    with stage.lock:
        found = _some_order(stage, rng)
        if found is None:
            return False
        shop, sold = found
        line_id = rng.choice(list(sold.lines))
        sku, _ = sold.lines[line_id]
        if rng.random() < 0.3 and len(sold.lines) < 4:
            line_id, sku = LineId(str(len(sold.lines) + 1)), rng.choice(stage.world.offered)
        before = sold.lines.get(line_id, (sku, 0))[1]
        # Nor is a line dropped that may be on its way to be cancelled: the hub may never have heard of it.
        sold.lines[line_id] = (sku, rng.randint(1 if sold.cancellations else 0, 9))
        if not any(units for _, units in sold.lines.values()):
            sold.lines[line_id] = (sku, 1)
        units = sold.lines[line_id][1]
        shop.put_back(sold, line_id, before - units)
        most = sold.most.get(line_id, 0)
        sold.wavered = sold.wavered or (before < units and before < most)
        sold.most[line_id] = max(most, units)
        sold.revision += 1
        stage.post(messages.an_order(shop, sold), shop.channel.connection)
    return True


def cancel_order(stage: Stage, rng: random.Random) -> bool:
    """A buyer wants nothing of an order any more, or less of a line."""
    with stage.lock:
        found = _some_order(stage, rng)
        if found is None:
            return False
        shop, sold = found
        sold.cancellations += 1
        lines: dict[LineId, int | None] = {}
        if rng.random() < 0.5:
            line_id = rng.choice([each for each, (_, units) in sold.lines.items() if units])
            lines[line_id] = rng.choice((None, rng.randint(1, 4)))
        else:
            sold.cancelled = True
        stage.post(messages.a_cancellation(shop, sold, lines, stage.world.now), shop.channel.connection)
    return True


def take_back(stage: Stage, rng: random.Random) -> bool:
    """Shipped goods come back and are put on a shelf."""
    with stage.lock:
        left = stage.world.shipped()
        back = [
            (shop, sold, line_id, whole - sold.taken_back.get(line_id, 0))
            for shop in stage.shops()
            for sold in list(shop.orders.values())[-_LIVELY:]
            for order_id in [order_id_for(shop.channel.channel, sold.external_id)]
            for line_id, (sku, _) in sold.lines.items()
            for whole in [
                min(left.get((order_id, part), 0) // each for part, _, each in stage.world.parts(line_id, sku))
            ]
            if whole > sold.taken_back.get(line_id, 0)
        ]
        if not back:
            return False
        shop, sold, line_id, most = rng.choice(back)
        units = rng.randint(1, most)
        depot = rng.choice(list(stage.world.depots.values()))
        told = messages.a_return(shop, sold, line_id, units, depot.location.location, stage.world.now)
        sold.taken_back[line_id] = sold.taken_back.get(line_id, 0) + units
        for _, part, each in stage.world.parts(line_id, sold.lines[line_id][0]):
            depot.shelf[part] += units * each
        stage.post(told, shop.channel.connection)
    return True


def resume(stage: Stage, rng: random.Random) -> bool:
    """A shop's orders have all been fetched and taken: what it shows may be raised again."""
    with stage.lock:
        waiting = {letter.connection for letter in stage.bag.waiting}
        idle = [shop.channel.connection for shop in stage.shops() if shop.channel.connection not in waiting]
        now = stage.world.now
    return sum(stage.bench.resume(rng, now, connection) for connection in idle) > 0


def _some_order(stage: Stage, rng: random.Random) -> tuple[Shop, Sold] | None:
    lively = [
        (shop, sold) for shop in stage.shops() for sold in list(shop.orders.values())[-_LIVELY:] if not sold.cancelled
    ]
    return rng.choice(lively) if lively else None
