"""Laws of the ledger (domain.md 1.2) under random histories, judged by a model of a few lines.

A history is applied to the real database, every message sometimes twice; then sums must equal balances, promises and
soft holds must never have exceeded stock where they were made, and releases never what was held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import InvariantError
from hub.model.identity import LineId, LocationId, RequestId, Sku, SoftHoldKey
from hub.model.ledger import Bucket, Cause
from hub.ports import Storage, UnitOfWork
from tests.contract.storage.rows import movement, promise, soft_hold
from tests.fakes.storage import NOW

SKUS = ("A", "B")
PLACES = ("depot", "store")
REQUESTS = ("P1", "P2")
CARTS = ("cart-1", "cart-2")

quantities = st.integers(1, 12_000_000).map(lambda scaled: Decimal(scaled) / 1_000_000)
pairs = st.tuples(st.sampled_from(SKUS), st.sampled_from(PLACES))


@dataclass(frozen=True)
class Step:
    kind: str
    rows: tuple[tuple[str, str, str, Decimal], ...]
    bucket: Bucket = Bucket.ON_HAND
    twice: bool = False
    cart: str = ""


moves = st.builds(
    lambda pair, quantity, sign, bucket, twice: Step("move", ((*pair, "", quantity * sign),), bucket, twice),
    pairs,
    quantities,
    st.sampled_from([1, 1, 1, -1]),
    st.sampled_from([Bucket.ON_HAND, Bucket.ON_HAND, Bucket.UNAVAILABLE]),
    st.booleans(),
)
promised_rows = st.tuples(st.sampled_from(SKUS), st.sampled_from(PLACES), st.sampled_from(REQUESTS), quantities)
promises = st.builds(
    lambda kind, rows, twice, cart: Step(kind, tuple(rows), twice=twice, cart=cart),
    st.sampled_from(["reserve", "release"]),
    st.lists(promised_rows, min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from(["", *CARTS]),
)
carts = st.builds(
    lambda kind, pair, quantity, cart: Step(kind, ((*pair, "", quantity),), cart=cart),
    st.sampled_from(["keep", "give back"]),
    pairs,
    quantities,
    st.sampled_from(CARTS),
)


class Book:
    """The ledger in a few dictionaries."""

    def __init__(self) -> None:
        self.stock: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.reserved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.holds: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        self.carts: dict[str, tuple[tuple[str, str], Decimal]] = {}

    def move(self, step: Step) -> None:
        sign = 1 if step.bucket is Bucket.ON_HAND else -1
        for sku, place, _, quantity in step.rows:
            self.stock[sku, place] += sign * quantity

    def reserve(self, step: Step) -> bool:
        wanted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for sku, place, _, quantity in step.rows:
            wanted[sku, place] += quantity
        if any(not self._covers(pair, quantity, step.cart) for pair, quantity in wanted.items()):
            return False
        self._add(step, 1)
        where, own = self.carts.get(step.cart, (("", ""), Decimal(0)))
        if own:
            self.carts[step.cart] = (where, own - min(own, wanted[where]))
        return True

    def _covers(self, pair: tuple[str, str], quantity: Decimal, cart: str) -> bool:
        where, units = self.carts.get(cart, (("", ""), Decimal(0)))
        own = units if where == pair else Decimal(0)
        there = self.stock[pair] - self.reserved[pair]
        return quantity <= max(there - self.soft_held(pair) + own, min(own, there))

    def soft_held(self, pair: tuple[str, str]) -> Decimal:
        return sum((units for where, units in self.carts.values() if where == pair), Decimal(0))

    def keep(self, step: Step) -> bool:
        [(sku, place, _, quantity)] = step.rows
        if step.cart in self.carts:
            return True
        if self.stock[sku, place] - self.reserved[sku, place] - self.soft_held((sku, place)) < quantity:
            return False
        self.carts[step.cart] = ((sku, place), quantity)
        return True

    def give_back(self, step: Step) -> bool:
        [(sku, place, _, quantity)] = step.rows
        where, units = self.carts.get(step.cart, (("", ""), Decimal(0)))
        if where != (sku, place) or units < quantity:
            return False
        self.carts[step.cart] = (where, units - quantity)
        return True

    def release(self, step: Step) -> bool:
        wanted: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for sku, place, request, quantity in step.rows:
            wanted[request, sku, place] += quantity
        if any(self.holds[hold] < quantity for hold, quantity in wanted.items()):
            return False
        self._add(step, -1)
        return True

    def take(self, step: Step) -> bool:
        match step.kind:
            case "move":
                self.move(step)
                return True
            case "reserve":
                return self.reserve(step)
            case "release":
                return self.release(step)
            case "keep":
                return self.keep(step)
            case _:
                return self.give_back(step)

    def _add(self, step: Step, sign: int) -> None:
        for sku, place, request, quantity in step.rows:
            self.reserved[sku, place] += sign * quantity
            self.holds[request, sku, place] += sign * quantity


class UndoneError(Exception):
    """Ends an example without a trace."""


@contextmanager
def undone(storage: Storage) -> Iterator[UnitOfWork]:
    try:
        with storage.begin() as work:
            yield work
            raise UndoneError
    except UndoneError:
        return


def apply(work: UnitOfWork, number: int, step: Step) -> bool:
    if step.kind == "move":
        rows = [
            movement(f"m{number}-{index}", str(quantity), sku=Sku(sku), location=LocationId(place), bucket=step.bucket)
            for index, (sku, place, _, quantity) in enumerate(step.rows)
        ]
        work.ledger.move(rows)
        return True
    if step.kind in {"keep", "give back"}:
        return apply_cart(work, step)
    sign = 1 if step.kind == "reserve" else -1
    promised = [
        promise(
            f"p{number}-{index}", str(sign * quantity), sku=Sku(sku), location=LocationId(place), request_id=request
        )
        for index, (sku, place, request, quantity) in enumerate(step.rows)
    ]
    if step.kind == "reserve":
        return work.ledger.reserve(promised, {}, hold=SoftHoldKey(step.cart) if step.cart else None) == []
    try:
        work.ledger.release(promised)
    except InvariantError:
        return False
    return True


def apply_cart(work: UnitOfWork, step: Step) -> bool:
    [(sku, place, _, quantity)] = step.rows
    pair = (Sku(sku), LocationId(place))
    if step.kind == "keep":
        return work.soft_holds.place(soft_hold(step.cart, str(quantity), sku=pair[0], location=pair[1]), {}) == []
    try:
        work.soft_holds.give_back(SoftHoldKey(step.cart), {pair: quantity}, Cause.SOFT_HOLD_RELEASED, NOW)
    except InvariantError:
        return False
    return True


def check(work: UnitOfWork, book: Book) -> None:
    assert [] == work.ledger.drift()
    for balance in work.ledger.balances():
        pair = (balance.sku, balance.location)
        assert book.stock[pair] == balance.on_hand - balance.unavailable
        assert book.reserved[pair] == balance.reserved
        assert book.soft_held(pair) == balance.soft_held
    for request in REQUESTS:
        held = {
            (request, sku, place): quantity
            for (_, sku, place), quantity in work.ledger.held(RequestId(request)).items()
        }
        assert {hold: q for hold, q in book.holds.items() if q and hold[0] == request} == held


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(moves, promises, carts), max_size=14))
def test_any_history_keeps_the_laws(storage: Storage, steps: list[Step]) -> None:
    book = Book()
    with undone(storage) as work:
        for number, step in enumerate(steps):
            expected = book.take(step)
            assert expected == apply(work, number, step)
            check(work, book)
            if step.twice and expected:
                assert apply(work, number, step)
                check(work, book)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(moves, max_size=8), data=st.data())
def test_movements_in_any_order_leave_the_same_balances(
    storage: Storage, steps: list[Step], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(list(enumerate(steps))))
    results = []
    for order in (list(enumerate(steps)), shuffled):
        with undone(storage) as work:
            for number, step in order:
                apply(work, number, step)
            results.append(work.ledger.balances())
    assert results[0] == results[1]


def test_a_line_is_held_under_its_own_name(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 5, sku=Sku("A"))])
        work.ledger.reserve([promise("p1", 2, sku=Sku("A"), line="1"), promise("p2", 3, sku=Sku("A"), line="2")], {})
        found = {line: quantity for (line, _, _), quantity in work.ledger.held(RequestId("P00000001")).items()}
    assert {LineId("1"): Decimal(2), LineId("2"): Decimal(3)} == found
