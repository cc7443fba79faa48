"""To an end: all letters arrive, every depot ships or gives up what it owes, everyone counts, shops are told."""

from __future__ import annotations

import random

from hub.proving import hub_moves, shop_moves
from hub.proving.bench import LawBrokenError
from hub.proving.cart_moves import LONGEST
from hub.proving.depot_moves import answer_cancellation, tell_answer, tell_count, tell_shipment
from hub.proving.laws import Broken
from hub.proving.stage import Stage
from hub.proving.world import Asked, Depot

ROUNDS = 400


def rest(stage: Stage, rng: random.Random) -> None:
    """Until everyone has counted and the hub wants nothing of anybody: what a count frees may be asked for at once."""
    with stage.lock:
        # What nobody ordered is kept for nobody.
        stage.world.now += LONGEST
    for _ in range(ROUNDS):
        finish(stage, rng)
        count_all(stage, rng)
        if stage.bag.waiting:
            raise LawBrokenError([Broken("fair", f"nobody takes {stage.bag.waiting[:3]!r}")])
        if not any(one.open for depot in stage.depots() for one in depot.books.values()):
            return
    raise LawBrokenError([Broken("fair", f"after {ROUNDS} rounds the hub still asks for units")])


def deliver_all(stage: Stage, rng: random.Random) -> None:
    """Until nothing is on its way, in either direction, and no timer is due."""
    for _ in range(ROUNDS):
        moved = False
        while stage.bag.waiting and sum(_deliver(stage, rng) for _ in stage.bag.waiting[:]):
            moved = True
        stage.advance(rng)
        while hub_moves.tick(stage, rng):
            moved = True
        for connection in stage.connections:
            moved = hub_moves.recover_at(stage, rng, connection) or moved
            while hub_moves.send_to(stage, rng, connection, fair=True):
                moved = True
        while answer_cancellation(stage, rng):
            moved = True
        if not moved:
            return
    raise LawBrokenError([Broken("fair", f"after {ROUNDS} rounds letters are still written")])


def finish(stage: Stage, rng: random.Random) -> None:
    """Depots ship what they have and give up what they have not, until the hub wants nothing more of them."""
    for _ in range(ROUNDS):
        deliver_all(stage, rng)
        owing = [(depot, one) for depot in stage.depots() for one in list(depot.books.values()) if one.open]
        for depot, one in owing:
            stage.advance(rng)
            _settle(stage, depot, one)
        if not owing and not hub_moves.release(stage, rng):
            return
    raise LawBrokenError([Broken("fair", f"after {ROUNDS} rounds the hub still asks for units")])


def count_all(stage: Stage, rng: random.Random) -> None:
    """Everyone counts everything, and shops are told."""
    for depot in stage.depots():
        stage.advance(rng)
        tell_count(stage, depot, stage.world.skus, full=True)
    deliver_all(stage, rng)
    for _ in range(ROUNDS):
        stage.advance(rng)
        if not shop_moves.resume(stage, rng):
            return
        deliver_all(stage, rng)
    raise LawBrokenError([Broken("fair", f"after {ROUNDS} rounds a shop still shows what nobody told it to show")])


def _deliver(stage: Stage, rng: random.Random) -> bool:
    stage.advance(rng)
    return hub_moves.deliver(stage, rng)


def _settle(stage: Stage, depot: Depot, one: Asked) -> None:
    units: dict[int, int] = {}
    given_up = False
    left = dict(depot.shelf)
    for number, line in one.lines.items():
        ready = min(line.open, left[line.sku])
        if ready:
            units[number] = ready
            left[line.sku] -= ready
        if ready < line.open:
            given_up = True
    if units:
        tell_shipment(stage, depot, one, units, closes=False)
    if given_up:
        for number, line in one.lines.items():
            if line.open:
                one.give_up(number, asked=False)
        tell_answer(stage, depot, one)
