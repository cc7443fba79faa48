"""The SOAP client against a hostile server: the traps of zeep that were reproduced before it was chosen."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pydantic import BaseModel, SecretStr

from hub.errors import (
    ConfigurationError,
    DataError,
    HubError,
    InvariantError,
    RefusedError,
    TransientError,
    UncertainOutcomeError,
)
from hub.transport.http import HttpSettings, Timing, open_http
from hub.transport.soap import SoapClient, SoapToken
from hub.transport.soap_faults import SoapFault, read_fault
from tests.fakes.raw_server import Answer, RawRequest, RawServer, answering, raw_server

WSDL = Path(__file__).parent / "samples" / "warehouse.wsdl"
ARGUMENTS = {"UserName": "", "Password": "", "OrderNumber": "1001", "Quantity": Decimal(2)}
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


class Shipped(BaseModel):
    OrderId: int
    Note: str | None = None


def envelope(body: str, space: str = SOAP_11, before: str = "") -> bytes:
    return f'{before}<e:Envelope xmlns:e="{space}"><e:Body>{body}</e:Body></e:Envelope>'.encode()


def shipped(inside: str = "<OrderId>7</OrderId>", before: str = "") -> bytes:
    return envelope(f'<ShipOrderResponse xmlns="urn:warehouse:test">{inside}</ShipOrderResponse>', before=before)


def fault(code: str, reason: str = "No such item") -> bytes:
    detail = "<detail><w:Why xmlns:w='urn:w'><w:Code>E17</w:Code></w:Why></detail>"
    return envelope(f"<e:Fault><faultcode>{code}</faultcode><faultstring>{reason}</faultstring>{detail}</e:Fault>")


def xml(body: bytes, status: str = "200 OK", kind: str = "text/xml; charset=utf-8") -> Answer:
    return answering(body, status=status, kind=kind)


@contextmanager
def service(answer: Answer, http: dict[str, Any] | None = None, **more: Any) -> Iterator[tuple[SoapClient, RawServer]]:
    with raw_server(answer) as server:
        base: dict[str, Any] = {"base_url": server.url, "allowed_hosts": {"127.0.0.1"}, "allow_private": True}
        quick = Timing(sleep=lambda _: None, random=lambda: 1.0)
        with open_http(HttpSettings(**(base | (http or {}))), timing=quick) as client:
            yield SoapClient(WSDL, "soap", client, **more), server


def failing(answer: Answer, *, safe: bool, http: dict[str, Any] | None = None, **more: Any) -> HubError:
    with service(answer, http, **more) as (soap, _), pytest.raises(HubError) as raised:
        soap.call("ShipOrder", ARGUMENTS, safe=safe)
    return raised.value


def test_a_call_goes_out_and_comes_back() -> None:
    with service(xml(shipped())) as (soap, server):
        body = soap.render("ShipOrder", ARGUMENTS)
        answer = soap.read_as("ShipOrder", soap.post("ShipOrder", body, safe=False), Shipped)
    assert (Shipped(OrderId=7), body) == (answer, server.requests[0].body)
    assert '"urn:warehouse:test/ShipOrder"' == server.requests[0].headers["soapaction"]


def test_soap_12_names_its_action_in_the_content_type() -> None:
    answer = envelope('<ShipOrderResponse xmlns="urn:warehouse:test"><OrderId>7</OrderId></ShipOrderResponse>', SOAP_12)
    with service(xml(answer, kind="application/soap+xml"), port_name="Soap12") as (soap, server):
        assert 7 == soap.call("ShipOrder", ARGUMENTS, safe=False).OrderId
    kind = 'application/soap+xml; charset=utf-8; action="urn:warehouse:test/ShipOrder"'
    assert kind == server.requests[0].headers["content-type"]


def test_rendering_twice_gives_the_same_bytes() -> None:
    with service(xml(shipped())) as (soap, _):
        assert soap.render("ShipOrder", ARGUMENTS) == soap.render("ShipOrder", ARGUMENTS)


def test_credentials_are_added_at_sending_and_are_in_no_stored_bytes() -> None:
    secrets = {"UserName": SecretStr("hub"), "Password": SecretStr("c4n&ry")}
    with service(xml(shipped()), credentials=secrets) as (soap, server):
        body = soap.render("ShipOrder", ARGUMENTS)
        soap.post("ShipOrder", body, safe=False)
    assert b"<ns0:UserName>hub</ns0:UserName><ns0:Password>c4n&amp;ry</ns0:Password>" in server.requests[0].body
    assert (False, False) == (b"c4n" in body, "c4n" in repr(soap))


@pytest.mark.parametrize(
    ("digest", "kind", "plain"), [(False, b"#PasswordText", True), (True, b"#PasswordDigest", False)]
)
def test_a_username_token_is_added_at_sending(digest: bool, kind: bytes, plain: bool) -> None:
    token = SoapToken("hub", SecretStr("canary"), digest=digest)
    with service(xml(shipped()), token=token) as (soap, server):
        soap.call("ShipOrder", ARGUMENTS, safe=False)
    sent = server.requests[0].body
    assert (True, plain) == (kind in sent, b"canary" in sent)


def test_arguments_that_do_not_fit_are_a_data_error_without_their_values() -> None:
    with service(xml(shipped())) as (soap, _), pytest.raises(DataError) as raised:
        soap.render("ShipOrder", {"OrderNumber": "canary", "Nonsense": "canary"})
    assert ("transport.soap-request", False) == (raised.value.code, "canary" in str(raised.value))


def test_an_unknown_operation_is_our_bug() -> None:
    with service(xml(shipped())) as (soap, _), pytest.raises(InvariantError):
        soap.render("Teleport", {})


# Trap 1: a 503 with well-formed HTML became a Fault without a status.
@pytest.mark.parametrize(("safe", "expected"), [(True, TransientError), (False, UncertainOutcomeError)])
@pytest.mark.parametrize("kind", ["text/html", "text/xml"])
def test_a_503_with_html_is_an_outage_and_no_fault(kind: str, safe: bool, expected: type) -> None:
    page = xml(b"<html><body>down</body></html>", "503 Service Unavailable", kind)
    assert expected is type(failing(page, safe=safe))


@pytest.mark.parametrize(("safe", "expected"), [(True, TransientError), (False, UncertainOutcomeError)])
@pytest.mark.parametrize("kind", ["text/html", "text/xml"])
def test_a_200_or_500_without_an_envelope_is_an_outage(kind: str, safe: bool, expected: type) -> None:
    page = b"<page><body>hello</body></page>"
    kinds = [type(failing(xml(page, status, kind), safe=safe)) for status in ("200 OK", "500 Oops")]
    assert [expected, expected] == kinds


# Trap 2: a missing required element, or an empty 202, silently became None.
def test_a_missing_required_element_is_a_data_error_with_its_path() -> None:
    with service(xml(shipped("<Note>x</Note>"))) as (soap, _):
        answer = soap.post("ShipOrder", soap.render("ShipOrder", ARGUMENTS), safe=True)
        with pytest.raises(DataError) as raised:
            soap.read_as("ShipOrder", answer, Shipped, strict=False)
    assert ("transport.soap-answer", "OrderId") == (raised.value.code, raised.value.path)


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_an_empty_answer_to_a_two_way_operation_is_uncertain_for_a_write(status: str) -> None:
    assert UncertainOutcomeError is type(failing(xml(b"", status), safe=False))


def test_an_empty_answer_to_a_one_way_operation_is_right() -> None:
    with service(xml(b"", "202 Accepted")) as (soap, _):
        assert b"" == soap.post("Ping", soap.render("Ping", {}), safe=False)


# Trap 3: an element of a newer server stopped strict parsing; tolerance is chosen per call.
def test_an_extra_element_is_refused_strictly_and_taken_tolerantly() -> None:
    newer = shipped("<OrderId>7</OrderId><Colour>red</Colour>")
    with service(xml(newer)) as (soap, _):
        with pytest.raises(DataError):
            soap.read("ShipOrder", newer)
        assert 7 == soap.read_as("ShipOrder", newer, Shipped, strict=False).OrderId
        with pytest.raises(DataError):
            soap.read("ShipOrder", newer)


def test_an_unreadable_answer_leaves_a_write_uncertain() -> None:
    newer = shipped("<OrderId>7</OrderId><Colour>red</Colour>")
    assert UncertainOutcomeError is type(failing(xml(newer), safe=False))
    assert DataError is type(failing(xml(newer), safe=True))


# Traps 4 and 5: a slow drip outran the timeout, a dead peer hung for ever.
@pytest.mark.parametrize("dripping", [True, False])
def test_a_slow_or_dead_peer_ends_at_the_deadline(dripping: bool) -> None:
    stop = threading.Event()

    def answer(connection: socket.socket, request: RawRequest) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n")
        while not stop.wait(0.05):
            connection.sendall(b" " if dripping else b"")

    started = time.monotonic()
    error = failing(answer, safe=False, http={"deadline_seconds": 0.4})
    stop.set()
    assert (UncertainOutcomeError, True) == (type(error), time.monotonic() - started < 20)


# Trap 6: entities are refused, but a bare document type and an external one passed.
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">',
        '<!DOCTYPE x [<!ENTITY a "b">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>',
    ],
)
def test_every_document_type_is_refused(doctype: str) -> None:
    hostile = shipped("<OrderId>7</OrderId>", before=doctype)
    assert "transport.unexpected-answer" == failing(xml(hostile), safe=True).code
    with service(xml(hostile)) as (soap, _), pytest.raises(DataError):
        soap.read("ShipOrder", hostile)


def test_no_listener_sees_an_outgoing_connection_for_an_external_reference() -> None:
    with raw_server(xml(b"")) as listener:
        doctype = f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{listener.url}p.dtd">%p;<!ENTITY a SYSTEM "{listener.url}">]>'
        failing(xml(shipped("<OrderId>&a;</OrderId>", before=doctype)), safe=True)
    assert 0 == listener.connections


def test_deep_nesting_is_refused() -> None:
    deep = shipped("<a>" * 100_000 + "</a>" * 100_000)
    assert "transport.unexpected-answer" == failing(xml(deep), safe=True).code


# Trap 7: long texts failed late and gzip was inflated without bound.
def test_size_is_capped_before_parsing_for_plain_and_packed_answers() -> None:
    long = shipped(f"<OrderId>7</OrderId><Note>{'x' * 3_000_000}</Note>")
    packed = answering(gzip.compress(long), kind="text/xml", extra="content-encoding: gzip\r\n")
    codes = [failing(answer, safe=True, http={"max_response_bytes": 1_000_000}).code for answer in (xml(long), packed)]
    assert ["transport.answer-too-large"] * 2 == codes


def test_a_text_above_libxmls_limit_is_an_unusable_answer_not_a_crash() -> None:
    long = shipped(f"<OrderId>7</OrderId><Note>{'x' * 11_000_000}</Note>")
    assert "transport.unexpected-answer" == failing(xml(long), safe=True).code


# Trap 8: a 307 was followed and credentials posted again.
def test_a_redirect_is_not_followed_with_credentials() -> None:
    away = answering(b"", status="307 Temporary Redirect", kind="text/xml", extra="location: /soap\r\n")
    secrets = {"Password": SecretStr("canary")}
    with service(away, credentials=secrets) as (soap, server), pytest.raises(ConfigurationError) as raised:
        soap.call("ShipOrder", ARGUMENTS, safe=True)
    assert ("transport.redirected", 1) == (raised.value.code, len(server.requests))


# Trap 9: a fault reads the same with 200 and 500, and 401 is no fault.
@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error", "400 Bad Request"])
@pytest.mark.parametrize(
    ("code", "safe", "expected"),
    [
        ("e:Client", False, RefusedError),
        ("e:Client.Stock", True, RefusedError),
        ("e:Server", True, TransientError),
        ("e:Server", False, UncertainOutcomeError),
    ],
)
def test_a_fault_means_the_same_with_any_status(status: str, code: str, safe: bool, expected: type) -> None:
    error = failing(xml(fault(code), status), safe=safe)
    assert (expected, True) == (type(error), "No such item" in error.message)


def test_a_connectors_table_decides_about_its_partners_faults() -> None:
    def faults(told: SoapFault, safe: bool) -> HubError | None:
        return RefusedError("No stock.", code="warehouse.stock") if told.detail.get("Code") == "E17" else None

    assert "warehouse.stock" == failing(xml(fault("e:Server")), safe=False, faults=faults).code


def test_a_soap_12_fault_gives_its_innermost_code() -> None:
    body = envelope(
        "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>w:Locked</e:Value></e:Subcode></e:Code>"
        "<e:Reason><e:Text>Order is locked</e:Text></e:Reason></e:Fault>",
        SOAP_12,
    )
    assert SoapFault("Locked", ("Sender", "Locked"), "Order is locked", {}) == read_fault(etree.fromstring(body))


@pytest.mark.parametrize(("status", "expected"), [("401 No", ConfigurationError), ("404 No", RefusedError)])
def test_plain_http_errors_keep_their_class(status: str, expected: type) -> None:
    assert expected is type(failing(answering(b"no", status=status, kind="text/plain"), safe=False))


def test_a_wsdl_that_imports_from_outside_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "outside.xsd").write_text("<xsd/>")
    folder = tmp_path / "package"
    folder.mkdir()
    with raw_server(xml(b"<x/>")) as listener, raw_server(xml(b"")) as server:
        base: dict[str, Any] = {"base_url": server.url, "allowed_hosts": {"127.0.0.1"}, "allow_private": True}
        for number, place in enumerate((f"{listener.url}evil.xsd", "../outside.xsd", "file:///etc/hostname")):
            wsdl = folder / f"{number}.wsdl"
            schema = '<xsd:schema targetNamespace="urn:warehouse:test" elementFormDefault="qualified">'
            changed = WSDL.read_text().replace(
                schema, f'{schema}<xsd:import namespace="urn:evil" schemaLocation="{place}"/>'
            )
            wsdl.write_text(changed)
            with pytest.raises(ConfigurationError) as raised:
                SoapClient(wsdl, "soap", open_http(HttpSettings(**base)))
            assert "transport.wsdl" == raised.value.code
    assert 0 == listener.connections


def test_no_canary_reaches_logs_or_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {"Password": SecretStr("canary")}
    answers = [
        xml(b"canary", kind="text/html"),
        xml(b"<canary>"),
        xml(shipped("<OrderId>7</OrderId><canary/>")),
    ]
    errors = [failing(answer, safe=True, credentials=secrets) for answer in answers]
    # zeep gives None for a number it cannot read, and logs the text as an error.
    with service(xml(b"")) as (soap, _), pytest.raises(DataError) as raised:
        soap.read_as("ShipOrder", shipped("<OrderId>canary</OrderId>"), Shipped)
    errors.append(raised.value)
    told = [f"{error}{error!r}{error.__cause__!r}{error.__context__!r}" for error in errors]
    assert "canary" not in "".join(told) + caplog.text
