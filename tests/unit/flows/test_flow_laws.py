"""Whatever partners say in whatever order, as often as they like: units are conserved and nothing breaks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.errors import DataError
from hub.flows.answer import Answer, Verdict
from hub.flows.expire_request import reroute_request
from hub.flows.release_order import release_order
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import LineId, OrderId
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome
from hub.model.returns import Cancellation, CancelledLine
from tests.builders import SHOP, Desk, a_location, a_network, a_report, a_shipment, an_order, broken_laws

SOME = st.integers(0, 99)
OUTCOMES = st.sampled_from(list(AcknowledgementOutcome))


class Commerce(RuleBasedStateMachine):
    """A merchant, two suppliers and a channel, none of them in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(a_network(a_location("acme"), a_location("bolt", per_request="8"), max_attempts=50))
        self.desk.stock("acme", A=30, B=6)
        self.desk.stock("bolt", A=10, B=30)
        self.told: list[tuple[object, str, str]] = []

    def tell(self, item: object, connection: str) -> None:
        document = f"d{len(self.told)}"
        try:
            self.desk.receive(item, connection, document)
        except DataError:
            return
        self.told.append((item, connection, document))

    def orders(self) -> list[OrderId]:
        return [record.order_id for record in self.desk.uow.orders.page(limit=1000)]

    def requests(self) -> list[FulfilmentRequest]:
        return [request for order_id in self.orders() for request in self.desk.requests(order_id)]

    def pick_request(self, pick: int) -> FulfilmentRequest:
        requests = self.requests()
        return requests[pick % len(requests)]

    @rule(a=st.integers(0, 9), b=st.integers(1, 9))
    def order_comes(self, a: int, b: int) -> None:
        lines = {"A": a, "B": b} if a else {"B": b}
        self.tell(an_order(len(self.orders()) + 1, "1", **lines), "shop")

    @precondition(lambda self: self.orders())
    @rule(pick=SOME, a=st.integers(0, 12), revision=st.integers(2, 9))
    def order_changes(self, pick: int, a: int, revision: int) -> None:
        order = self.desk.order(self.orders()[pick % len(self.orders())]).order
        number = int(order.external_id) - 5000
        self.tell(an_order(number, str(revision), **({"A": a, "B": 1} if a else {"B": 1})), "shop")

    @rule(minutes=st.sampled_from([0, 1, 30]))
    def time_passes(self, minutes: int) -> None:
        self.desk.tick(minutes)

    @precondition(lambda self: self.desk.pending())
    @rule(pick=SOME, verdict=st.sampled_from(list(Verdict)), accepts=st.booleans())
    def partner_answers_an_item(self, pick: int, verdict: Verdict, accepts: bool) -> None:
        items = self.desk.pending()
        item = items[pick % len(items)]
        if verdict is Verdict.STALE and item.kind != "inventory":
            verdict = Verdict.REFUSED
        self.desk.settle(item, Answer(verdict, self.desk.now, accepts=accepts, observed=Decimal(pick)))

    @precondition(lambda self: self.requests())
    @rule(
        pick=SOME,
        answers=st.lists(st.tuples(OUTCOMES, st.none() | st.integers(0, 12)), max_size=3),
        default=st.none() | OUTCOMES,
        minutes=st.integers(-30, 30),
        cancel=st.sampled_from([None, None, None, True, False]),
    )
    def acknowledgement_comes(
        self,
        pick: int,
        answers: list[tuple[AcknowledgementOutcome, int | None]],
        default: AcknowledgementOutcome | None,
        minutes: int,
        cancel: bool | None,
    ) -> None:
        request = self.pick_request(pick)
        ack = Acknowledgement(
            request_id=request.request_id,
            reference=f"AK{len(self.told)}",
            acknowledged_at=self.desk.now + timedelta(minutes=minutes),
            lines=tuple(
                AcknowledgedLine(
                    number=1 + pick % len(request.lines),
                    outcome=outcome,
                    quantity=None if units is None else Decimal(units),
                )
                for outcome, units in answers
            ),
            default_outcome=default,
            cancel_accepted=cancel,
        )
        self.tell(ack, request.connection)

    @precondition(lambda self: self.requests())
    @rule(pick=SOME, units=st.integers(1, 12), minutes=st.integers(-30, 0), closes=st.booleans())
    def shipment_comes(self, pick: int, units: int, minutes: int, closes: bool) -> None:
        request = self.pick_request(pick)
        left = self.desk.now + timedelta(minutes=minutes)
        shipment = a_shipment(
            request, f"S{len(self.told)}", {1 + pick % len(request.lines): units}, shipped_at=left, closes=closes
        )
        self.tell(shipment, request.connection)

    @precondition(lambda self: self.orders())
    @rule(pick=SOME, units=st.none() | st.integers(1, 5), whole=st.booleans())
    def channel_cancels(self, pick: int, units: int | None, whole: bool) -> None:
        record = self.desk.order(self.orders()[pick % len(self.orders())])
        line = CancelledLine(line_id=LineId("B"), quantity=None if units is None else Decimal(units))
        cancellation = Cancellation(
            channel=SHOP,
            external_id=record.order.external_id,
            cancelled_at=self.desk.now,
            lines=() if whole else (line,),
        )
        self.tell(cancellation, "shop")

    @rule(where=st.sampled_from(["acme", "bolt"]), a=st.integers(0, 40), b=st.integers(0, 40), age=st.integers(0, 60))
    def count_comes(self, where: str, a: int, b: int, age: int) -> None:
        self.tell(a_report(where, {"A": a, "B": b}, as_of=self.desk.now - timedelta(minutes=age)), where)

    @precondition(lambda self: self.requests())
    @rule(pick=SOME)
    def person_gives_a_location_up(self, pick: int) -> None:
        reroute_request(self.desk.work(), self.pick_request(pick).request_id)

    @precondition(lambda self: self.orders())
    @rule(pick=SOME)
    def person_releases(self, pick: int) -> None:
        release_order(self.desk.work(), self.orders()[pick % len(self.orders())])

    @precondition(lambda self: self.told)
    @rule(pick=SOME)
    def message_comes_again(self, pick: int) -> None:
        item, connection, document = self.told[pick % len(self.told)]
        before = self.state()
        self.desk.receive(item, connection, document)
        assert self.state() == before

    def state(self) -> object:
        """Everything but the timeline, versions and timers (and which of two equal counts was named last)."""
        uow = self.desk.uow
        return (
            [(r.order, dict(r.counters), r.hold, dict(r.excluded), r.status) for r in uow.orders.page(limit=1000)],
            self.requests(),
            [balance._replace(counted_document=None) for balance in uow.ledger.balances()],
            [(item.key, item.state) for item in uow.outbox.page(limit=10_000)],
        )

    @invariant()
    def laws_hold(self) -> None:
        assert broken_laws(self.desk) == []

    @invariant()
    def stock_left_is_what_shipments_say(self) -> None:
        """Every shipped unit left the ledger, whatever counts said before or after."""
        uow = self.desk.uow
        for balance in uow.ledger.balances():
            rows = uow.ledger.movements(balance.sku, balance.location, limit=10_000)
            left = -sum((row.quantity for row in rows if row.key.startswith("ship:") and row.quantity < 0), Decimal(0))
            shipped = sum(
                line.quantity
                for order_id in self.orders()
                for shipment in uow.requests.shipments(order_id)
                for line in shipment.lines
                for request in [uow.requests.get(line.request_id) if line.request_id else None]
                if request is not None and request.location == balance.location
                for asked in request.lines
                if asked.number == line.number and asked.sku == balance.sku
            )
            assert left == shipped


TestCommerce = Commerce.TestCase
TestCommerce.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
