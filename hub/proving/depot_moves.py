"""What depots do. A move gives False where there was nothing to do."""

from __future__ import annotations

import random

from hub.model.identity import Sku
from hub.proving import messages
from hub.proving.stage import Stage
from hub.proving.world import Asked, AskedLine, Depot


def answer_request(stage: Stage, rng: random.Random) -> bool:
    """A depot says what it makes of a request, for the first time or again."""
    with stage.lock:
        asked = [(depot, each) for depot in stage.depots() for each in depot.books.values() if each.open]
        fresh = [pair for pair in asked if pair[1].answered is None]
        if not asked:
            return False
        depot, one = rng.choice(fresh if fresh and rng.random() < 0.8 else asked)
        for number, line in one.lines.items():
            if line.open:
                _make_up_its_mind(depot, one, number, line, rng)
        tell_answer(stage, depot, one)
    return True


def tell_answer(stage: Stage, depot: Depot, one: Asked) -> None:
    """The depot answers as its books stand."""
    one.answered = one.answered or stage.world.now
    told = messages.an_answer(depot, one, stage.world.now)
    if told.lines:
        # When units were rejected says the first answer that tells of it: a repeat must not overtake that one.
        stage.post(told, depot.location.connection, about=one.request.request_id, last=one.told_rejected)
        one.told_rejected = one.told_rejected or any(each.rejected for each in one.lines.values())


def _make_up_its_mind(depot: Depot, one: Asked, number: int, line: AskedLine, rng: random.Random) -> None:
    free = depot.shelf[line.sku] - depot.due()[line.sku]
    chance = rng.random()
    if chance < 0.08:
        one.give_up(number, asked=False)
        return
    if chance < 0.16:
        line.backordered = rng.randint(0, line.open)
    elif line.backordered and free > 0:
        line.backordered -= min(line.backordered, free)
    if free < 0:
        # Somebody else bought it: it can't all be shipped now.
        line.backordered = min(line.open, line.backordered - free)
        if chance > 0.6:
            one.give_up(number, asked=False)
            return
    line.accepted = line.due


def answer_cancellation(stage: Stage, rng: random.Random) -> bool:
    """A depot that had to think about it agrees to stop a request, or refuses."""
    with stage.lock:
        for depot in stage.depots():
            for index, (request_id, numbers) in enumerate(depot.cancellations):
                # What left before must have been told: "we stop the rest" says nothing of units.
                if stage.bag.mentions(request_id):
                    continue
                del depot.cancellations[index]
                one = depot.find(request_id)
                if one is None or not one.open:
                    return False
                # Of what has left nothing can be stopped: an agreement does not say which cancellation it is to.
                agrees = rng.random() < 0.7 and one.can_stop(numbers)
                if agrees:
                    depot.stop(request_id, numbers)
                told = messages.an_answer(depot, one, stage.world.now, cancel=agrees)
                stage.post(told, depot.location.connection, about=request_id, last=True)
                return True
    return False


def ship(stage: Stage, rng: random.Random) -> bool:
    """A parcel leaves."""
    with stage.lock:
        asked = [(depot, each) for depot in stage.depots() for each in depot.books.values() if each.open]
        if not asked:
            return False
        depot, one = rng.choice(asked)
        left, units = dict(depot.shelf), dict[int, int]()
        for number, line in one.lines.items():
            most = min(line.due, left[line.sku])
            if most > 0 and rng.random() < 0.8:
                units[number] = rng.randint(1, most) if rng.random() < 0.5 else most
                left[line.sku] -= units[number]
        if not units:
            return False
        tell_shipment(stage, depot, one, units, closes=rng.random() < 0.08)
    return True


def tell_shipment(stage: Stage, depot: Depot, one: Asked, units: dict[int, int], *, closes: bool) -> None:
    """Units by line leave in a parcel; ``closes``: and no more will come of these lines."""
    for number, shipped in units.items():
        depot.shelf[one.lines[number].sku] -= shipped
        one.ship(number, shipped)
        if closes:
            one.give_up(number, asked=False)
    told = messages.a_shipment(depot, one, units, stage.world.now, closes=closes)
    stage.post(told, depot.location.connection, about=one.request.request_id, last=closes)


def count(stage: Stage, rng: random.Random) -> bool:
    """A depot counts, everything or some of it."""
    with stage.lock:
        depots = stage.depots()
        if not depots:
            return False
        depot = rng.choice(depots)
        full = rng.random() < 0.5
        whole = full and depot.location.counting.names_all
        named = stage.world.skus if whole else rng.sample(stage.world.skus, rng.randint(1, len(stage.world.skus)))
        tell_count(stage, depot, named, full=full)
    return True


def tell_count(stage: Stage, depot: Depot, named: tuple[Sku, ...] | list[Sku], *, full: bool) -> None:
    """The depot counts these items."""
    told = messages.a_count(depot, named, stage.world.now, full=full)
    stage.post(told, depot.location.connection)


def receive(stage: Stage, rng: random.Random) -> bool:
    """Goods arrive at a depot."""
    with stage.lock:
        depots = stage.depots()
        if not depots:
            return False
        depot = rng.choice(depots)
        goods = {sku: rng.choice((6, 12, 24)) for sku in rng.sample(stage.world.skus, rng.randint(1, 2))}
        for sku, units in goods.items():
            depot.shelf[sku] += units
        stage.post(messages.a_receipt(depot, goods, stage.world.now), depot.location.connection)
    return True


def sell_elsewhere(stage: Stage, rng: random.Random) -> bool:
    """A customer of the depot's own buys; nobody tells us."""
    with stage.lock:
        depots = [depot for depot in stage.depots() if depot.foreign]
        if not depots:
            return False
        depot, sku = rng.choice(depots), rng.choice(stage.world.skus)
        depot.shelf[sku] -= rng.randint(0, min(5, depot.shelf[sku]))
    return True
