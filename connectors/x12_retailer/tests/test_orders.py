"""Samples in and expected pairs, and what becomes of orders that come again."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from retailer import CHANNEL, CONNECTION, NOW, codebook, document, profile, whole

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.model.identity import PartnerId
from hub.model.order import Order
from hub.sdk.capabilities import Parsed
from hub.sdk.context import ConnectionContext
from hub.sdk.x12.translate.big_files import fed
from hub.sdk.x12.translate.intake import parsed
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.settings import X12RetailerSettings
from hub_x12_retailer.translate.sets import translators

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.name.removesuffix(".in.edi") for path in SAMPLES.glob("*.in.edi"))
ORDER = "BEG*00*SA*4500000101**20261121~N1*ST*Sample Buyer~N4***10001*US~PO1*1*3*EA***SK*70001~CTT*1"


def read(body: bytes, using: Codebook | None = None) -> Parsed:
    return parsed(whole(body), using or codebook(), translators(CHANNEL))


def ordered(body: str, using: Codebook | None = None, number: int = 7) -> Order:
    [found] = read(document(body, number=number).body, using).items
    assert isinstance(found, Order)
    return found


def shown(name: str) -> dict[str, Any]:
    result = read((SAMPLES / f"{name}.in.edi").read_bytes())
    items = [
        {"type": type(item).__name__, **item.model_dump(mode="json", exclude_defaults=True)} for item in result.items
    ]
    problems = [{"path": p.path, "code": p.code, "value": p.value} for p in result.problems]
    return {"items": items, "problems": problems}


@pytest.mark.parametrize("name", NAMES)
def test_sample_becomes_what_is_expected(name: str) -> None:
    assert json.loads((SAMPLES / f"{name}.out.json").read_text()) == shown(name)


def test_every_sample_states_its_source() -> None:
    sources = tomllib.loads((SAMPLES / "SOURCES.toml").read_text())
    assert NAMES == sorted(sources)
    assert {"vendor-doc", "written-by-us"} >= {source["provenance"] for source in sources.values()}


def test_every_set_is_answered_with_a_997() -> None:
    for name in NAMES:
        assert 1 == len(read((SAMPLES / f"{name}.in.edi").read_bytes()).replies)


def test_original_that_comes_again_is_no_newer() -> None:
    first, again = ordered(ORDER), ordered(ORDER.replace("*3*EA", "*9*EA"), number=8)
    assert first.revision == again.revision


def test_original_of_which_more_can_be_read_now_is_newer() -> None:
    body = ORDER.replace("CTT*1", "PO1*2*1*BX***SK*70001~CTT*2")
    before = ordered(body)
    after = ordered(body, codebook(x12=profile(units={"BX": Decimal(6)})))
    assert (["1"], ["1", "2"]) == tuple([line.line_id for line in each.lines] for each in (before, after))
    assert before.revision < after.revision


def test_replacements_are_newer_than_the_original_and_than_each_other() -> None:
    replacement = ORDER.replace("BEG*00", "BEG*05")
    revisions = [
        ordered(ORDER).revision,
        ordered(replacement, number=8).revision,
        ordered(replacement, number=9).revision,
    ]
    assert sorted(set(revisions)) == revisions


@pytest.mark.parametrize(
    ("carrier", "expected"),
    [
        ("TD5*****GROUND", "standard"),
        ("TD5************ND", "overnight"),
        ("TD5*****EXPRESS", "express"),
        ("TD5**2*FDEN*A*PRIORITY", "overnight"),
        ("", "standard"),
    ],
)
def test_service_is_what_the_carrier_details_say(carrier: str, expected: str) -> None:
    using = codebook(tables={"services": {"FDEN": "overnight"}})
    body = ORDER.replace("~N1*ST", f"~{carrier}~N1*ST") if carrier else ORDER
    assert expected == ordered(body, using).service


@pytest.mark.parametrize(("given", "expected"), [("CAN", "CA"), ("mx", "MX"), ("", "US"), ("001", "US")])
def test_country_is_iso_or_the_united_states(given: str, expected: str) -> None:
    found = ordered(ORDER.replace("10001*US", f"10001*{given}")).ship_to
    assert found is not None
    assert expected == found.country


def test_order_for_nobody_has_no_recipient() -> None:
    assert ordered(ORDER.replace("N1*ST", "N1*BY")).ship_to is None


@pytest.mark.parametrize(
    ("set_id", "body"),
    [
        ("850", "BEG*00*SA*4500000101**20261121~CTT*0"),
        ("850", ORDER.replace("4500000101", "")),
        ("860", "BCH*01*SA****1*20261121~CTT*0"),
    ],
)
def test_order_without_number_or_lines_is_told_even_where_the_check_lets_it_pass(set_id: str, body: str) -> None:
    lax = profile(severities={"x12.segment-needed": "off", "x12.element-needed": "off"})
    found = read(document(body, set_id).body, codebook(x12=lax))
    assert ((), ["x12.incomplete-order"]) == (found.items, [problem.code for problem in found.problems])
    assert () == read(document(body, set_id).body).items


def test_lines_without_numbers_of_their_own_go_by_their_place() -> None:
    body = ORDER.replace("CTT*1", "PO1*1*1*EA***SK*70001~CTT*2")
    assert ["1", "2"] == [line.line_id for line in ordered(body).lines]


def test_connection_without_a_channel_reads_no_orders() -> None:
    settings = X12RetailerSettings(mailbox="folder:/nowhere")
    context = ConnectionContext(CONNECTION, PartnerId("brightmart"), settings, lambda: NOW, allow_private=True)
    with pytest.raises(ConfigurationError) as caught:
        X12Retailer(context).parse(document(ORDER), codebook())
    assert "configuration.no-channel" == caught.value.code


@pytest.mark.parametrize(
    ("party", "expected"), [("92*0042", "0042"), ("UL*0614141000012", ""), ("*0042", "0042"), ("54*0042", "")]
)
def test_number_of_a_store_is_kept_where_we_can_write_it_again(party: str, expected: str) -> None:
    found = ordered(ORDER.replace("N1*ST*Sample Buyer", f"N1*ST*Brightmart*{party}")).ship_to
    assert found is not None
    assert expected == found.site


def test_big_file_of_orders_says_what_a_small_one_says() -> None:
    file = document(ORDER)
    [said] = fed(file, codebook(), translators(CHANNEL))
    assert read(file.body) == said
