"""What the hub does: takes letters in, runs its timers, writes to partners. False where there was nothing to do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from hub.errors import DataError, TransientError
from hub.flows.answer import Answer, Verdict
from hub.flows.expire_request import reroute_request
from hub.flows.registry import InboundItem
from hub.flows.release_order import release_order
from hub.flows.requests import unanswered
from hub.flows.separate_kit import separate_kit
from hub.flows.work import Work
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest
from hub.model.identity import ConnectionId, LocationId, RequestId
from hub.model.ledger import Balance
from hub.model.order import OrderStatus
from hub.model.queue import OutboxItem
from hub.model.shipment import Shipment
from hub.model.stock import QuantityUpdate, StockReport
from hub.model.transfer import GoodsReceipt
from hub.ports import UnitOfWork
from hub.proving.bench import LawBrokenError
from hub.proving.laws import Broken
from hub.proving.mailbag import Letter
from hub.proving.stage import Stage
from hub.proving.state import difference, fingerprint

NOT_YET: Final = frozenset(
    {"cancel.unknown-order", "cancel.unknown-line", "return.unknown-order", "return.unknown-line", "return.too-many"}
)
"""Refusals of a letter whose forerunner is still in the post."""


_FEW = 8
"""Letters whose order is tried."""


def deliver(stage: Stage, rng: random.Random) -> bool:
    """A letter arrives."""
    with stage.lock:
        letter = stage.bag.take(rng, stage.mine)
        now = stage.world.now
    if letter is None:
        return False
    try:
        stage.bench.deliver(rng, now, letter.item, letter.connection, letter.document)
    except (DataError, TransientError) as error:
        if error.code not in NOT_YET:
            raise LawBrokenError(
                [Broken("fair", f"{letter.item!r} was refused: {error.code} {error.message}")]
            ) from error
        with stage.lock:
            stage.bag.post(letter)
        return False
    if rng.random() < 0.3:
        with stage.lock:
            stage.bag.keep_copy(letter)
    return True


def deliver_again(stage: Stage, rng: random.Random) -> bool:
    """A letter that arrived arrives once more, as the same document or in another: it changes nothing (law 6)."""
    with stage.lock:
        arrived = [each for each in stage.bag.arrived if stage.mine is None or each.connection in stage.mine]
        if not arrived:
            return False
        letter = rng.choice(arrived)
        now = stage.world.now
        stage.bag.letters += 1
        again = letter.document if rng.random() < 0.5 else f"{stage.world.name}:letter-{stage.bag.letters}"
    with stage.bench.storage.read() as uow:
        before, guessed = fingerprint(uow, letter.item), _is_guess(stage, uow, letter.item)
    stage.bench.deliver(rng, now, letter.item, letter.connection, again)
    with stage.bench.storage.read() as uow:
        after = fingerprint(uow, letter.item)
    if stage.mine is None and before != after and not guessed:
        words = f"{letter.item!r} came again as {again} ({letter.document}): {difference(before, after)}"
        raise LawBrokenError([Broken("6 twice is once", words)])
    return True


def _is_guess(stage: Stage, uow: UnitOfWork, item: InboundItem) -> bool:
    """A figure of zero that leaves our requests out does not say how many of ours lie there. Those that were put off do
    not, as far as we know: taken again when we know of more, it is read as fewer (a known limit)."""
    return isinstance(item, StockReport) and any(
        each.backordered
        for where in item.locations
        if stage.world.depots[where].nets
        for each in uow.ledger.commitments(where)
    )


def deliver_in_any_order(stage: Stage, rng: random.Random) -> bool:
    """Counts, shipments and receipts that are in the post give the same stock in whatever order they arrive (law 6).

    Tried twice without a trace; the letters stay in the post.
    """
    with stage.lock:
        where = rng.choice(list(stage.world.depots.values())).location.connection
        kinds = StockReport | Shipment | GoodsReceipt
        letters = [
            one
            for one in stage.bag.waiting
            if one.connection == where and isinstance(one.item, kinds) and not stage.bag.follows(one)
        ][:_FEW]
        now = stage.world.now
    with stage.bench.storage.read() as uow:
        letters = _plain(uow, letters)
    if stage.mine is not None or len(letters) < 2:
        return False
    items = [(each.item, each.connection) for each in letters]
    one = stage.bench.foresee(now, items)
    rng.shuffle(items)
    other = stage.bench.foresee(now, items)
    differing = [pair for pair in one if _amounts(one[pair]) != _amounts(other[pair])]
    if differing:
        words = "; ".join(f"{pair}: {one[pair]} or {other[pair]}" for pair in differing)
        raise LawBrokenError([Broken("6 order is no matter", f"{words}, by the order of {items!r}")])
    return True


def _amounts(balance: Balance) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    return balance.on_hand, balance.unavailable, balance.reserved, balance.soft_held


def _plain(uow: UnitOfWork, letters: Sequence[Letter]) -> list[Letter]:
    """Those that move stock and nothing else. Left out, as known limits, are shipments of units that were put off or
    that the hub has let go: what a figure net of our requests left out of these is a guess."""
    left: dict[tuple[RequestId, int], Decimal] = {}
    return [each for each in letters if not isinstance(each.item, Shipment) or _is_expected(uow, each.item, left)]


def _is_expected(uow: UnitOfWork, shipment: Shipment, left: dict[tuple[RequestId, int], Decimal]) -> bool:
    for shipped in shipment.lines:
        request = uow.requests.get(shipped.request_id) if shipped.request_id else None
        if request is None:
            return False
        line = next(each for each in request.lines if each.number == shipped.number)
        rest = left.setdefault((request.request_id, line.number), line.outstanding) - shipped.quantity
        left[request.request_id, line.number] = rest
        if rest < 0 or any(each.backordered for each in request.lines):
            return False
    return True


def tick(stage: Stage, rng: random.Random) -> bool:
    """Timers that are due run."""
    return stage.timers and stage.bench.tick(rng, stage.world.now) > 0


def send(stage: Stage, rng: random.Random) -> bool:
    """What waits for a partner is sent to it."""
    if not stage.connections:
        return False
    return send_to(stage, rng, rng.choice(stage.connections), fair=False)


def send_to(stage: Stage, rng: random.Random, connection: ConnectionId, *, fair: bool) -> bool:
    """Send to one partner. ``fair``: everything arrives, is taken, and is answered."""
    now = stage.advance(rng)
    items = stage.bench.intend(rng, now, connection, 5)
    if not items:
        return False
    if not fair and rng.random() < 0.04:
        # The process ends between sending and writing down what came back.
        with stage.lock:
            for item in items:
                if rng.random() < 0.5:
                    _arrive(stage, rng, item, fair=True)
        return True
    with stage.lock:
        now = stage.world.now
        answers = [(item, _arrive(stage, rng, item, fair=fair)) for item in items]
    stage.bench.settle(rng, now, connection, answers)
    return True


def recover(stage: Stage, rng: random.Random) -> bool:
    """Partners are asked about items of which nobody knows what became of them."""
    return sum(recover_at(stage, rng, connection) for connection in stage.connections) > 0


def recover_at(stage: Stage, rng: random.Random, connection: ConnectionId) -> bool:
    """Ask one partner; what it has not got is sent again."""
    items = stage.bench.unsettled(connection)
    with stage.lock:
        there = [item for item in items if _has(stage, item)]
        now = stage.world.now
    missing = [item for item in items if item not in there]
    if there:
        stage.bench.settle(rng, now, connection, [(item, Answer(Verdict.ACCEPTED, now)) for item in there])
    if missing:
        stage.bench.send_again(rng, now, missing)
    return bool(items)


def decide(stage: Stage, rng: random.Random) -> bool:
    """A person lets held orders go on, and gives a location up after it has agreed to do nothing."""
    with stage.lock:
        now = stage.world.now
        silent = [
            each
            for depot in stage.depots()
            for each in depot.books.values()
            if each.open and each.answered is None and not stage.bag.mentions(each.request.request_id)
        ]
    if rng.random() < 0.3 and separate(stage, rng):
        return True
    if silent and stage.mine is None and rng.random() < 0.3:
        one = rng.choice(silent)
        request_id = one.request.request_id

        def give_up(work: Work) -> bool:
            request = work.uow.requests.get(request_id)
            whole = request is not None and unanswered(request) == request.outstanding > 0
            return whole and reroute_request(work, request_id)

        if stage.bench.run(rng, now, give_up):
            for number, line in one.lines.items():
                if line.open:
                    one.give_up(number, asked=False)
            return True
    return release(stage, rng)


def sum_up(stage: Stage, rng: random.Random) -> bool:
    """Days of some of the ledger's entries are summed up."""
    return stage.bench.sum_up(rng, stage.world.now, worth=rng.randint(1, 20), most=rng.randint(1, 200)) > 0


def separate(stage: Stage, rng: random.Random) -> bool:
    """A person lets the parts of a kit ship apart."""
    with stage.lock:
        now, ours = stage.world.now, frozenset(stage.world.orders())

    def act(work: Work) -> bool:
        waiting = [each for each in work.uow.orders.page(status=OrderStatus.HELD, limit=10) if each.order_id in ours]
        kits = [(record.order_id, sold.line.line_id) for record in waiting for sold in record.order.kits]
        return bool(kits) and separate_kit(work, *rng.choice(kits))

    return stage.bench.run(rng, now, act)


def release(stage: Stage, rng: random.Random) -> bool:
    """A person lets held orders go on."""
    now = stage.world.now

    def act(work: Work) -> int:
        held = work.uow.orders.page(status=OrderStatus.HELD, limit=10)
        return sum(release_order(work, record.order_id) for record in held)

    return stage.bench.run(rng, now, act) > 0


def _has(stage: Stage, item: OutboxItem) -> bool:
    if item.kind != "fulfilment":
        return False
    request = FulfilmentRequest.model_validate_json(item.payload)
    return stage.world.depots[request.location].find(request.request_id) is not None


def _arrive(stage: Stage, rng: random.Random, item: OutboxItem, *, fair: bool) -> Answer:
    """The partner gets the item; what it answers."""
    now = stage.world.now
    match item.kind:
        case "fulfilment":
            return _request_arrives(stage, rng, FulfilmentRequest.model_validate_json(item.payload), fair=fair)
        case "cancellation":
            return _cancellation_arrives(stage, rng, CancellationRequest.model_validate_json(item.payload), fair=fair)
        case "inventory":
            update = QuantityUpdate.model_validate_json(item.payload)
            expected = None if update.expected is None else int(update.expected)
            observed = stage.world.shops[update.channel].show(update.key, update.sku, int(update.quantity), expected)
            if observed is not None:
                return Answer(Verdict.STALE, now, observed=Decimal(observed))
            return Answer(Verdict.ACCEPTED, now, compared=True)
        case _:
            return Answer(Verdict.ACCEPTED, now)


def _request_arrives(stage: Stage, rng: random.Random, request: FulfilmentRequest, *, fair: bool) -> Answer:
    now = stage.world.now
    depot = stage.world.depots[request.location]
    chance = 1.0 if fair else rng.random()
    if chance < 0.05 and depot.find(request.request_id) is None:
        return Answer(Verdict.REFUSED, now, code="no", message="The depot does not take it.")
    if chance < 0.08:
        return Answer(Verdict.UNCERTAIN, now, code="lost")
    depot.take(request, now)
    if chance < 0.12:
        return Answer(Verdict.UNCERTAIN, now, code="timeout")
    one = depot.books.get(request.request_id)
    if chance < 0.25 and one is not None and one.answered is None and _enough(stage, request.location, request):
        one.accept()
        one.answered = now
        return Answer(Verdict.ACCEPTED, now, accepts=True)
    return Answer(Verdict.ACCEPTED, now)


def _enough(stage: Stage, where: LocationId, request: FulfilmentRequest) -> bool:
    depot = stage.world.depots[where]
    due = depot.due()
    return all(due[line.sku] <= depot.shelf[line.sku] for line in request.lines)


def _cancellation_arrives(stage: Stage, rng: random.Random, asked: CancellationRequest, *, fair: bool) -> Answer:
    now = stage.world.now
    depot = stage.world.depots[asked.location]
    one = depot.find(asked.request_id)
    chance = 1.0 if fair else rng.random()
    if one is None or not one.open or chance < 0.2:
        return Answer(Verdict.REFUSED, now, code="no", message="It is too late.")
    # What left before must have been told: "we stop the rest" says nothing of units.
    if chance < 0.6 and not stage.bag.mentions(asked.request_id):
        depot.stop(asked.request_id, asked.line_numbers)
        return Answer(Verdict.ACCEPTED, now, accepts=True)
    depot.cancellations.append((asked.request_id, asked.line_numbers))
    return Answer(Verdict.ACCEPTED, now)
