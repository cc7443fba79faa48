"""What a retailer is told, read by somebody else's parser: ansi-x12 (MIT), which also checks counts and numbers."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from retailer import answer, bill, billed, line, price, price_list, rendered

from hub.sdk.capabilities import Envelope
from hub_x12_retailer.connector import X12Retailer

theirs: Any = importlib.import_module("x12")

ANSWERED = line("20", "TEA-TIN", "2.50", accepted=12, backordered=24, rejected=12)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            answer("4500000100 release 7", ANSWERED),
            [
                "BAK*00*AC*4500000100*20261121*7****20261122",
                "CUR*SE*USD",
                "PO1*20*4*CA*30**SK*70002",
                "ACK*IA*1*CA",
                "ACK*IB*2*CA",
                "ACK*IR*1*CA",
                "CTT*1",
            ],
        ),
        (
            answer("4500000100 release 7", ANSWERED, revision=2, cancellations=1),
            [
                "BCA*00*AC*4500000100*7**20261121****20261122",
                "CUR*SE*USD",
                "POC*20*QD*3**CA*30**SK*70002",
                "ACK*IA*1*CA",
                "ACK*IB*2*CA",
                "ACK*ID*1*CA",
                "CTT*1",
            ],
        ),
        (
            bill("4500000101", billed("20", "TEA-TIN", 24, "2.50", title="Tin of tea"), shipping="7.25"),
            [
                "BIG*20261122*I00000001*20261120*4500000101",
                "CUR*SE*USD",
                "DTM*011*20261121",
                "IT1*20*2*CA*30**SK*70002",
                "PID*F****Tin of tea",
                "TDS*6725",
                "SAC*C*D240***725**********Freight",
                "CTT*1",
            ],
        ),
        (
            price_list(price("TEA-TIN", "2.50", title="Tin of tea"), price("TEA-TIN", "2.40", 48)),
            [
                "BCT*PC*C17********05",
                "CUR*SE*USD",
                "DTM*097*20261122*1100",
                "LIN*1*SK*70002",
                "PID*F*08***Tin of tea",
                "CTP**UCP*30*1*CA",
                "CTP**UCP*28.8*4*CA",
                "CTT*1",
            ],
        ),
    ],
    ids=["855", "865", "810", "832"],
)
def test_they_read_what_we_meant_to_write(connector: X12Retailer, told: Envelope, expected: list[str]) -> None:
    found = theirs.parse_x12_interchange(theirs.tokenize_x12(rendered(connector, told).body))
    [group] = found.groups
    [one] = group.transactions
    assert expected == [
        "*".join([segment.tag, *(element.decode() for element in segment.elements)]) for segment in one.segments
    ]
