"""What a connector's table of sets is made of, and translators of the sets that every kind of partner may send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.edi.documents.acknowledgement import parse_acknowledgement
from hub.edi.documents.functional import parse_functional
from hub.edi.documents.inventory import parse_inventory
from hub.edi.documents.ship_notice import parse_ship_notice
from hub.edi.interchange import TransactionSet
from hub.mapping.codebook import Codebook
from hub.sdk.capabilities import Item, Problem
from hub.sdk.x12.translate.acknowledgements import acknowledgement
from hub.sdk.x12.translate.receipts import syntax_receipts
from hub.sdk.x12.translate.ship_notices import shipments
from hub.sdk.x12.translate.stock import stock_report


@dataclass(frozen=True, slots=True)
class Received:
    """How a set came: when it was ``received``, what it is known by (``855 000000007/0001``), its ``file``'s name."""

    codebook: Codebook
    received: dt.datetime
    reference: str
    file: str = ""


Translation = tuple[Sequence[Item], Sequence[Problem]]
"""What a set says, and the parts of it that could not be used."""

Translator = Callable[[TransactionSet, Received], Translation]
"""Pure. Raises DataError for a set of which nothing can be used."""


def stock_of(item: TransactionSet, how: Received) -> Translation:
    """846 to a StockReport."""
    report, problems = stock_report(parse_inventory(item), how.codebook, how.reference, how.received, how.file)
    return [report], problems


def acknowledgement_of(item: TransactionSet, how: Received) -> Translation:
    """855 to an Acknowledgement."""
    answer, problems = acknowledgement(parse_acknowledgement(item), how.codebook, how.reference, how.received)
    return [answer], problems


def shipments_of(item: TransactionSet, how: Received) -> Translation:
    """856 to a Shipment for each purchase order in it."""
    return shipments(parse_ship_notice(item), how.codebook, how.received)


def receipts_of(item: TransactionSet, _: Received) -> Translation:
    """997 to SyntaxReceipts."""
    return list(syntax_receipts(parse_functional(item))), []
