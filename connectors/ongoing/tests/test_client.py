"""Sends against the simulator: one effect per order, and every way of failing on its right class."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import ongoing_builders as builders
import pytest
from pydantic import SecretStr

from hub.errors import ConfigurationError, HubError, RefusedError, TransientError, UncertainOutcomeError
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.sdk.capabilities import Outcome
from hub.sdk.context import ConnectionContext
from hub_ongoing.connector import Connection, ShipOrders, Stock
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.simulator import OngoingSimulator
from hub_ongoing.simulator_server import Trouble


def document_of(sink: ShipOrders, request: FulfilmentRequest | None = None) -> Document:
    (document,) = sink.render([builders.envelope(request or builders.request())], builders.codebook(), builders.stamp())
    return document


# --- ship orders


def test_ship_order_is_booked_once_and_accepted(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    receipt = sink.send(document_of(sink))
    (result,) = receipt.results
    assert (Outcome.ACCEPTED, "50000", True, "k1") == (result.outcome, result.external_ref, result.accepts, result.key)
    booked = simulator.book().instructions["P00000042"]
    assert (1, {"ART-ROBOT": Decimal(2)}, "open") == (booked.times, booked.lines, booked.state)


def test_rendering_is_byte_stable() -> None:
    first = document_of(ShipOrders(builders.context()))
    assert first == document_of(ShipOrders(builders.context()))
    assert first.body == document_of(ShipOrders(builders.context())).body


def test_repeating_an_order_has_one_effect(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    document = document_of(sink)
    assert sink.send(document).results == sink.send(document).results
    book = simulator.book()
    assert (["P00000042"], 1, 1) == (list(book.instructions), book.instructions["P00000042"].times, book.duplicates)


def test_unknown_article_is_refused_with_the_partners_words(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    simulator.warehouse.stock({})
    codebook = builders.codebook(identity=True)
    request = builders.request(lines=(builders.line(sku="GHOST"),))
    (document,) = sink.render([builders.envelope(request)], codebook, builders.stamp())
    (result,) = sink.send(document).results
    assert (Outcome.REFUSED, "ongoing.unknown-article") == (result.outcome, result.code)
    assert "Article GHOST was not found." == result.message
    assert {} == simulator.book().instructions


def test_lookup_finds_what_was_sent_and_nothing_else(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    document = document_of(sink)
    assert sink.lookup(document) is None
    sent = sink.send(document)
    found = sink.lookup(document)
    assert found is not None
    assert sent.results == found.results


def hurried(simulator: OngoingSimulator, trouble: Trouble) -> ConnectionContext[OngoingSettings]:
    """Impatient where the partner is silent, and only there."""
    silent = trouble in {Trouble.TIMEOUT_BEFORE, Trouble.TIMEOUT_AFTER, Trouble.NEVER_ENDING}
    return builders.context(simulator, timeout_seconds=1 if silent else 60)


@pytest.mark.parametrize("trouble", [Trouble.TIMEOUT_AFTER, Trouble.DROPPED_AFTER, Trouble.TRUNCATED])
def test_lost_answer_is_uncertain_and_resolved_by_lookup(simulator: OngoingSimulator, trouble: Trouble) -> None:
    sink = ShipOrders(builders.context(simulator))
    document = document_of(sink)
    simulator.server.misbehave(trouble, operation="ProcessOrder")
    with pytest.raises(UncertainOutcomeError):
        ShipOrders(hurried(simulator, trouble)).send(document)
    found = sink.lookup(document)
    assert found is not None
    assert Outcome.ACCEPTED is found.results[0].outcome
    assert 1 == simulator.server.requests["ProcessOrder"]


def test_request_lost_on_the_way_is_uncertain_and_not_found(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    document = document_of(sink)
    simulator.server.misbehave(Trouble.TIMEOUT_BEFORE)
    with pytest.raises(UncertainOutcomeError):
        ShipOrders(hurried(simulator, Trouble.TIMEOUT_BEFORE)).send(document)
    assert sink.lookup(document) is None


def test_lookup_without_an_answer_can_not_tell(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    simulator.server.misbehave(Trouble.EMPTY_RESULT)
    with pytest.raises(UncertainOutcomeError):
        sink.lookup(document_of(sink))


WRITES = [
    (Trouble.UNAUTHORISED, ConfigurationError),
    (Trouble.FORBIDDEN, ConfigurationError),
    (Trouble.NOT_FOUND, ConfigurationError),
    (Trouble.CONFLICT, RefusedError),
    (Trouble.UNPROCESSABLE, RefusedError),
    (Trouble.THROTTLED, TransientError),
    (Trouble.THROTTLED_WITHOUT_RETRY_AFTER, TransientError),
    (Trouble.SERVER_ERROR, UncertainOutcomeError),
    (Trouble.UNAVAILABLE_HTML, UncertainOutcomeError),
    (Trouble.FAULT_IN_500, UncertainOutcomeError),
    (Trouble.FAULT_IN_200, UncertainOutcomeError),
    (Trouble.WRONG_CONTENT_TYPE, UncertainOutcomeError),
    (Trouble.EMPTY_RESULT, UncertainOutcomeError),
    (Trouble.NEVER_ENDING, UncertainOutcomeError),
]
READS = [
    (trouble, TransientError if expected is UncertainOutcomeError else expected)
    for trouble, expected in WRITES
    if trouble is not Trouble.EMPTY_RESULT
] + [(Trouble.TIMEOUT_BEFORE, TransientError), (Trouble.TRUNCATED, TransientError)]


@pytest.mark.parametrize(("trouble", "expected"), WRITES)
def test_failed_write_gets_its_class(simulator: OngoingSimulator, trouble: Trouble, expected: type[HubError]) -> None:
    sink = ShipOrders(hurried(simulator, trouble))
    simulator.server.misbehave(trouble, operation="ProcessOrder")
    with pytest.raises(HubError) as caught:
        sink.send(document_of(sink))
    assert expected is type(caught.value)
    assert 1 == simulator.server.requests["ProcessOrder"]


@pytest.mark.parametrize(("trouble", "expected"), READS)
def test_failed_read_gets_its_class(simulator: OngoingSimulator, trouble: Trouble, expected: type[HubError]) -> None:
    source = Stock(hurried(simulator, trouble))
    simulator.server.misbehave(trouble, times=5)
    with pytest.raises(HubError) as caught:
        source.fetch(None)
    assert expected is type(caught.value)


def test_throttled_write_carries_the_partners_wish(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    simulator.server.misbehave(Trouble.THROTTLED)
    with pytest.raises(TransientError) as caught:
        sink.send(document_of(sink))
    assert 3.0 == caught.value.retry_after_seconds


def test_passing_trouble_of_a_read_is_ridden_out(simulator: OngoingSimulator) -> None:
    source = Stock(builders.context(simulator))
    simulator.server.misbehave(Trouble.UNAVAILABLE_HTML, times=2)
    assert 1 == len(source.fetch(None).documents)


def test_dead_endpoint_is_transient_for_a_write_too() -> None:
    sink = ShipOrders(builders.context())
    with pytest.raises(TransientError):
        sink.send(document_of(sink))


def test_business_refusal_in_http_200_is_a_refusal(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    simulator.server.misbehave(Trouble.REFUSED)
    (result,) = sink.send(document_of(sink)).results
    assert (Outcome.REFUSED, "ongoing.refused", "The order was not accepted.") == (
        result.outcome,
        result.code,
        result.message,
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": SecretStr("wrong")}, "partner.unauthorised"),
        ({"goods_owner_code": "SOMEBODY"}, "ongoing.goods-owner"),
    ],
)
def test_wrong_credentials_are_a_matter_of_configuration(
    simulator: OngoingSimulator, changes: dict[str, Any], code: str
) -> None:
    sink = ShipOrders(builders.context(simulator, **changes))
    with pytest.raises(ConfigurationError) as caught:
        sink.send(document_of(sink))
    assert code == caught.value.code


# --- health, secrets, speed


def test_health_logs_on(simulator: OngoingSimulator) -> None:
    report = Connection(builders.context(simulator)).check()
    assert (True, "") == (report.ok, report.code)


def test_health_never_raises_and_names_the_code(simulator: OngoingSimulator) -> None:
    report = Connection(builders.context(simulator, password=SecretStr("wrong"))).check()
    assert (False, "partner.unauthorised") == (report.ok, report.code)


def test_the_password_is_nowhere_but_on_the_wire(simulator: OngoingSimulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    context = builders.context(simulator)
    sink = ShipOrders(context)
    document = document_of(sink)
    seen = [repr(document), document.body.decode(), repr(context), repr(sink), repr(sink.send(document))]
    for trouble in (Trouble.UNAUTHORISED, Trouble.FAULT_IN_500, Trouble.WRONG_CONTENT_TYPE):
        simulator.server.misbehave(trouble)
        with pytest.raises(HubError) as caught:
            sink.send(document)
        seen.append(f"{caught.value!r} {caught.value}")
    seen.append(caplog.text)
    assert not any(builders.PASSWORD in text for text in seen)
    assert not any("Testsson" in text for text in [seen[0], *seen[2:]])


def test_host_other_than_the_endpoints_is_never_called(simulator: OngoingSimulator) -> None:
    guarded = builders.context(simulator)
    public = type(guarded)(
        connection=guarded.connection, partner=guarded.partner, settings=guarded.settings, clock=guarded.clock
    )
    with pytest.raises(ConfigurationError) as caught:
        Stock(public).fetch(None)
    assert "transport.host-not-allowed" == caught.value.code


@pytest.mark.bench
def test_simulator_takes_fifty_orders_a_second(simulator: OngoingSimulator) -> None:
    sink = ShipOrders(builders.context(simulator))
    documents = [document_of(sink, builders.request(f"P{number:08d}")) for number in range(200)]
    began = time.perf_counter()
    for document in documents:
        sink.send(document)
    per_second = len(documents) / (time.perf_counter() - began)
    print(f"{per_second:.0f} orders/s")
    assert 200 == len(simulator.book().instructions)
