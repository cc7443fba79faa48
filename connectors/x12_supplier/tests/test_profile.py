"""Each setting of the partner's x12.yaml as it works in this connector."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from supplier import CONNECTION, NOW, codebook, connection, envelope, request, simulator

from hub.edi.documents.functional import parse_functional
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import Interchange
from hub.errors import ConfigurationError, DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Delimiters, X12Party, X12Profile, X12TestParties
from hub.model.document import Direction, Document
from hub.model.identity import LocationId
from hub.model.purchase import Acknowledgement
from hub.model.quantity import to_base
from hub.model.shipment import Shipment
from hub.model.stock import CountBasis, FeedMode, StockBatch, StockFeed, StockReport
from hub.sdk.capabilities import Envelope, Parsed, Reply, Stamp
from hub_x12_supplier.translate.orders import purchase_orders
from hub_x12_supplier.translate.sets import fed, parsed

STOCK = "BIA*00*SI*COUNT*20261122*0600~LIN*1*VN*NW-100~QTY*17*5*EA~CTT*1"
NOTICE = (
    "BSN*00*S1*20261122*1030*0001~HL*1**S~TD5**2*UPSN*M*GROUND~DTM*011*20261122~HL*2*1*O~PRF*P00000001~"
    "HL*3*2*P~MAN*GM*00123456789012345675~HL*4*3*I~LIN*1*VN*NW-100~SN1**3*EA~CTT*1"
)
GROUPS = {"846": "IB", "855": "PR", "856": "SH", "810": "IN"}


def book(sites: dict[str, LocationId] | None = None, **changes: Any) -> Codebook:
    parties = {"us": X12Party(id="TOYHUB"), "partner": X12Party(id="NORTHWIND"), "item_ids": ("VN",)}
    return codebook(x12=X12Profile(**{**parties, **changes}), sites=sites or {})


def document(
    body: str, set_id: str = "846", *, usage: str = "P", us: str = "TOYHUB", name: str = "", encoding: str = "utf-8"
) -> Document:
    text = (
        f"ISA*00*          *00*          *ZZ*NORTHWIND      *ZZ*{us:15}*261122*0615*U*00401*000000007*0*{usage}*>~"
        f"GS*{GROUPS[set_id]}*NW*TH*20261122*0615*3*X*004010~ST*{set_id}*0001~{body}~"
        f"SE*{body.count('~') + 3}*0001~GE*1*3~IEA*1*000000007~"
    )
    meta = {"file": name}
    return Document(CONNECTION, Direction.INBOUND, "x12", "one", text.encode(encoding), NOW, meta=meta)


def read(body: str, set_id: str = "846", using: Codebook | None = None, **how: Any) -> Parsed:
    return parsed(document(body, set_id, **how), using or book())


def codes(found: Parsed) -> list[str]:
    return [problem.code for problem in found.problems]


def verdict(found: Parsed, folder: Path, using: Codebook) -> str:
    """AK901 of our answer."""
    connector = connection(simulator(folder))
    reply = [one for one in found.replies if one.subject.startswith("997")]
    items = [envelope_of_reply(one) for one in reply]
    numbers = tuple(range(1, len(connector.sequences(items, using)) + 1))
    [answer] = connector.render(items, using, Stamp(NOW, "stamp", numbers))
    [interchange] = read_interchanges(answer.body)
    return parse_functional(interchange.groups[0].sets[0]).status


def envelope_of_reply(reply: Reply) -> Envelope:
    return Envelope(f"reply:{reply.key}", reply)


def ordered(title: str = "", **changes: Any) -> tuple[Document, Interchange]:
    asked = request()
    line = asked.lines[0].model_copy(update={"title": title})
    asked = asked.model_copy(update={"lines": (line,)})
    using = book(**changes)
    found = purchase_orders([(envelope(asked).key, asked)], using, Stamp(NOW, "stamp", (5, 6)))
    [interchange] = read_interchanges(found.body)
    return found, interchange


def stock(found: Parsed) -> list[tuple[str, str, CountBasis, Decimal]]:
    [report] = found.items
    assert isinstance(report, StockReport)
    return [(row.sku, row.location, row.basis, to_base(row.quantity, row.units_each)) for row in report.rows]


def test_test_data_goes_under_its_own_identifiers() -> None:
    tests = X12TestParties(us=X12Party(qualifier="12", id="TOYHUBT"), partner=X12Party(id="NWTEST"))
    _, interchange = ordered(usage="T", test=tests)
    assert ("TOYHUBT", "NWTEST", "T") == (
        interchange.sender.id.strip(),
        interchange.receiver.id.strip(),
        interchange.usage,
    )
    only_us = X12TestParties(us=X12Party(id="TOYHUBT"))
    using = book(usage="T", test=only_us)
    assert 1 == len(read(STOCK, using=using, usage="T", us="TOYHUBT").items)
    assert ["x12.wrong-receiver"] == codes(read(STOCK, using=using, usage="T"))


def test_release_of_the_850_is_written() -> None:
    _, interchange = ordered(versions={"850": "005010VICS"})
    assert ("00501", "005010VICS") == (interchange.version, interchange.groups[0].version)


def test_order_type_is_written() -> None:
    _, interchange = ordered(order_type="SA")
    assert "SA" == interchange.groups[0].sets[0].segments[1].get(2)


def test_850_that_is_not_agreed_is_not_sent() -> None:
    with pytest.raises(ConfigurationError) as caught:
        ordered(sends=("940",))
    assert "x12.set-not-sent" == caught.value.code


def test_ta1_is_asked_for_orders_and_never_for_answers(tmp_path: Path) -> None:
    using = book(request_technical_acknowledgement=True)
    _, interchange = ordered(request_technical_acknowledgement=True)
    assert interchange.acknowledgement_requested
    connector = connection(simulator(tmp_path))
    items = [envelope_of_reply(one) for one in read(STOCK, using=using).replies]
    [answer] = connector.render(items, using, Stamp(NOW, "stamp", (1, 2)))
    assert not read_interchanges(answer.body)[0].acknowledgement_requested


@pytest.mark.parametrize(
    ("changes", "ending"),
    [
        ({"line_break": "none"}, b"~GS"),
        ({"line_break": "lf"}, b"~\nGS"),
        ({"line_break": "crlf"}, b"~\r\nGS"),
        ({"delimiters": X12Delimiters(segment="\n")}, b">\nGS"),
    ],
)
def test_line_break_follows_each_segment_once(changes: dict[str, Any], ending: bytes) -> None:
    found, interchange = ordered(**changes)
    assert ending in found.body
    assert () == interchange.findings


def test_delimiter_in_data_is_replaced_refused_or_avoided() -> None:
    assert b"Mug/Blue" in ordered("Mug*Blue", substitute="/")[0].body
    with pytest.raises(DataError) as caught:
        ordered("Mug*Blue", substitute=None)
    assert "x12.delimiter-in-data" == caught.value.code
    assert b"Mug*Blue" in ordered("Mug*Blue", delimiters=None)[0].body


def test_encoding_holds_both_ways() -> None:
    assert "Tasse für Tee".encode("cp1252") in ordered("Tasse für Tee", encoding="cp1252")[0].body
    named = STOCK.replace("LIN*1", "N1*WH*Ærø~LIN*1")
    using = book({"Ærø": LocationId("island")}, encoding="cp850", site_by="name")
    assert {"island"} == {location for _, location, _, _ in stock(read(named, using=using, encoding="cp850"))}


def test_file_name_is_the_partners_wish() -> None:
    found, _ = ordered(file_name="{us}-{partner}_{set}_{date}_{number}_{usage}.x12")
    assert "TOYHUB-NORTHWIND_850_20261122_000000005_P.x12" == found.meta["file"]


def test_name_of_a_file_leads_to_no_other_folder() -> None:
    found, _ = ordered(partner=X12Party(id="../NORTH"), file_name="{partner}.{number}")
    assert ".._NORTH.000000005" == found.meta["file"]


def test_set_that_is_not_agreed_is_refused_and_answered_so(tmp_path: Path) -> None:
    using = book(receives=("855",))
    found = read(STOCK, using=using)
    assert ((), ["x12.set-not-agreed"]) == (found.items, codes(found))
    assert "R" == verdict(found, tmp_path, using)


def test_strict_partner_is_held_to_the_standard(tmp_path: Path) -> None:
    odd = STOCK.replace("LIN*1*", "QQQ*1~LIN*1*")
    using = book(strictness="strict")
    found = read(odd, using=using)
    assert ["x12.segment-unknown"] == codes(found)
    assert "R" == verdict(found, tmp_path, using)
    assert [] == codes(read(odd))


def test_what_only_reading_finds_is_in_the_997_as_well(tmp_path: Path) -> None:
    wrong = NOTICE.replace("00123456789012345675", "00123456789012345670")
    using = book(severities={"x12.sscc-check-digit": "reject"})
    found = read(wrong, "856", using)
    assert ((), ["x12.sscc-check-digit"]) == (found.items, codes(found))
    assert "R" == verdict(found, tmp_path, using)
    assert 1 == len(read(wrong, "856").items)


def test_lenient_partner_may_count_wrongly() -> None:
    miscounted = document(STOCK)
    body = miscounted.body.replace(b"SE*6", b"SE*9").replace(b"GE*1", b"GE*4")
    found = parsed(Document(CONNECTION, Direction.INBOUND, "x12", "one", body, NOW), book(strictness="lenient"))
    assert (1, []) == (len(found.items), codes(found))


def test_needs_of_the_profile_are_asked_of_the_partner() -> None:
    found = read(NOTICE, "856", book(needs={"856": ("REF*BM",)}))
    assert ((), ["x12.segment-needed"]) == (found.items, codes(found))


def test_rejections_beside_stock_say_nothing_of_it() -> None:
    body = "BAK*00*AC*P00000001*20261122~PO1*1*5*EA***VN*NW-100~ACK*IR*3*EA~ACK*R4*2*EA~CTT*1"
    found = read(body, "855", book(codes_beside_stock=("R4",)))
    [answer] = [item for item in found.items if isinstance(item, Acknowledgement)]
    assert [("IR", True), ("R4", False)] == [(line.partner_code, line.out_of_stock) for line in answer.lines]


def test_units_of_the_profile_count_eaches_and_items_csv_goes_before() -> None:
    boxes = STOCK.replace("*5*EA", "*5*BX")
    assert ["data.unknown-unit"] == codes(read(boxes))
    using = book(units={"BX": Decimal(6), "CA": Decimal(10)})
    assert Decimal(30) == stock(read(boxes, using=using))[0][3]
    cases = STOCK.replace("NW-100", "NW-200").replace("*5*EA", "*5*CA")
    assert Decimal(60) == stock(read(cases, using=using))[0][3]


def test_sites_are_read_as_the_partner_writes_them() -> None:
    sites = {"East": LocationId("east"), "E1": LocationId("other")}
    named = STOCK.replace("LIN*1", "N1*LC*East*92*E1~LIN*1")
    assert "east" == stock(read(named, using=book(sites, site_entities=("LC",), site_by="name")))[0][1]
    assert "other" == stock(read(named, using=book(sites, site_entities=("LC",))))[0][1]
    assert "northwind-main" == stock(read(named, using=book(sites)))[0][1]


def test_site_is_written_as_the_partner_reads_it() -> None:
    def ship_from(**changes: Any) -> list[str]:
        using = book({"E1": LocationId("northwind-main")}, **changes)
        asked = request()
        found = purchase_orders([(envelope(asked).key, asked)], using, Stamp(NOW, "stamp", (5, 6)))
        [interchange] = read_interchanges(found.body)
        segments = interchange.groups[0].sets[0].segments
        return next(list(each.elements) for each in segments if each.elements[:2] == ("N1", "SF"))

    assert ["N1", "SF", "", "54", "E1"] == ship_from(site_qualifier="54")
    assert ["N1", "SF", "E1"] == ship_from(site_by="name")


def test_quantities_per_site_count_what_the_profile_says() -> None:
    sites = {"0001": LocationId("one"), "0002": LocationId("two")}
    body = STOCK.replace("QTY*17*5*EA", "SDQ*EA*92*0001*5*0002*7")
    found = stock(read(body, using=book(sites, sdq_qualifier="17")))
    assert [("one", CountBasis.ON_HAND), ("two", CountBasis.ON_HAND)] == [(row[1], row[2]) for row in found]
    assert {CountBasis.AVAILABLE} == {row[2] for row in stock(read(body, using=book(sites)))}


def test_feed_mode_is_told_by_the_files_name_in_both_readers() -> None:
    using = book(feed_files={"*hourly*": FeedMode.DELTA})
    for name, expected in (("stock_hourly.edi", FeedMode.DELTA), ("stock.edi", FeedMode.FULL)):
        [report] = read(STOCK, using=using, name=name).items
        assert isinstance(report, StockReport)
        *batches, last = fed(document(STOCK, name=name), using)
        assert all(isinstance(batch, StockBatch) for batch in batches)
        assert isinstance(last, Parsed)
        [feed] = last.items
        assert isinstance(feed, StockFeed)
        assert (expected, expected) == (report.mode, feed.mode)


def test_unit_that_is_no_each_here_is_none_in_a_big_feed() -> None:
    body = "BIA*00*SI*COUNT*20261122*0600" + "".join(f"~LIN*{n}*VN*NW-100~QTY*17*{n}*PC" for n in range(1, 9))
    using = book(units={"PC": Decimal(10)})
    rows = [row for piece in fed(document(body), using) if isinstance(piece, StockBatch) for row in piece.rows]
    assert [Decimal(10)] * 8 == [row[5] for row in rows]


@pytest.mark.parametrize(
    ("shapes", "expected"), [((), []), (("SOPI", "SOI"), []), (("SOI",), ["x12.ship-notice-shape"])]
)
def test_only_agreed_shapes_of_ship_notices_are_taken(shapes: tuple[str, ...], expected: list[str]) -> None:
    found = read(NOTICE, "856", book(ship_notice_shapes=shapes))
    assert expected == codes(found)
    assert (not expected) == any(isinstance(item, Shipment) for item in found.items)


def test_items_without_a_label_are_refused_where_labels_are_required() -> None:
    using = book(labels_required=True)
    assert [] == codes(read(NOTICE, "856", using))
    bare = NOTICE.replace("MAN*GM*00123456789012345675", "MAN*CP*1Z0001")
    assert ["x12.label-needed"] == codes(read(bare, "856", using))
    assert [] == codes(read(bare, "856"))


def test_code_of_no_finding_stops_the_connection_with_its_name() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(STOCK, using=book(severities={"x12.typo": "off"}))
    assert "configuration.unknown-finding" == caught.value.code
