"""How one partner speaks X12 (x12.yaml): identifiers, delimiters, and what its codes and numbers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from hub.model.canonical import Canonical
from hub.model.purchase import AcknowledgementOutcome
from hub.model.stock import CountBasis, FeedMode

_ACCEPTED = AcknowledgementOutcome.ACCEPTED
_BACKORDERED = AcknowledgementOutcome.BACKORDERED
_REJECTED = AcknowledgementOutcome.REJECTED
_HELD = AcknowledgementOutcome.HELD

COMMON_LINE_CODES: Mapping[str, AcknowledgementOutcome] = {
    "IA": _ACCEPTED,
    "AC": _ACCEPTED,
    "AR": _ACCEPTED,
    "IQ": _ACCEPTED,
    "IP": _ACCEPTED,
    "DR": _ACCEPTED,
    "IC": _ACCEPTED,
    "IB": _BACKORDERED,
    "IH": _HELD,
    "IF": _HELD,
    "IW": _HELD,
    "SP": _HELD,
    "IE": _HELD,
    "ID": _REJECTED,
    "IR": _REJECTED,
    "R1": _REJECTED,
    "R2": _REJECTED,
    "R3": _REJECTED,
    "R4": _REJECTED,
    "IS": AcknowledgementOutcome.SUBSTITUTED,
}
"""ACK01 as most suppliers use it (edi.md 6.2). Partners differ, so a profile may overrule each; an unknown code
holds the line."""

COMMON_HEADER_CODES: Mapping[str, AcknowledgementOutcome | None] = {
    "AD": _ACCEPTED,
    "AK": _ACCEPTED,
    "AT": _ACCEPTED,
    "AP": _ACCEPTED,
    "AC": None,
    "AE": None,
    "RD": _REJECTED,
    "RJ": _REJECTED,
    "RF": _REJECTED,
}
"""BAK02: the outcome of units no line names; None leaves them unanswered."""

COMMON_QUANTITIES: Mapping[str, CountBasis] = {
    "33": CountBasis.AVAILABLE,
    "17": CountBasis.ON_HAND,
    "63": CountBasis.ON_ORDER,
    "27": CountBasis.COMMITTED,
    "QH": CountBasis.UNAVAILABLE,
}
"""QTY01 as most suppliers use it (edi.md 6.1)."""


class X12Party(Canonical):
    """Interchange and group identifiers of one side. ``group_id`` empty means the interchange id."""

    qualifier: str = Field(default="ZZ", min_length=2, max_length=2)
    id: str = Field(min_length=1, max_length=15)
    group_id: str = Field(default="", max_length=15)


class X12Delimiters(Canonical):
    """One character each (``repetition`` from 5010 on); ``newline`` writes a line break after every segment."""

    element: str = Field(default="*", min_length=1, max_length=1)
    component: str = Field(default=">", min_length=1, max_length=1)
    segment: str = Field(default="~", min_length=1, max_length=1)
    repetition: str = Field(default="", max_length=1)
    newline: bool = True


class X12Profile(Canonical):
    """A partner's x12.yaml.

    ``item_ids`` is the order in which its product ids are tried and, first of all, which one our purchase orders
    carry. ``order_unit``: purchase orders count eaches, or whole packs of the item's unit. ``quantities`` maps QTY01
    to what it counts, ``line_codes`` ACK01 and ``header_codes`` BAK02 to what they mean where it differs from the
    common meaning. ``feed`` says whether an 846 names everything. ``timezone`` is that of its dates without one.
    ``severities`` raises or lowers findings by code (``reject``, ``warning``).

    Answers to the partner: ``functional_acknowledgement`` a 997 per group, with ``acknowledge_sets`` all sets or only
    those with ``errors`` named in it; ``technical_acknowledgement`` a TA1 (``on_request``: where ISA14 asks for it or
    the envelope fails). Its answers to us: ``acknowledgement_hours`` until a 997 must have come, 0 where none does.
    ``control_numbers``: ``unique`` holds an interchange that uses a number again for other content, ``none`` takes it.
    """

    us: X12Party
    partner: X12Party
    usage: Literal["P", "T"] = "P"
    version: str = "004010"
    delimiters: X12Delimiters = X12Delimiters()
    item_ids: tuple[str, ...] = ("VN", "UP", "SK")
    order_unit: Literal["each", "pack"] = "each"
    quantities: Mapping[str, CountBasis] = Field(default_factory=lambda: dict(COMMON_QUANTITIES))
    feed: FeedMode = FeedMode.FULL
    timezone: str = "UTC"
    line_codes: Mapping[str, AcknowledgementOutcome] = Field(default_factory=dict)
    header_codes: Mapping[str, AcknowledgementOutcome | None] = Field(default_factory=dict)
    severities: Mapping[str, str] = Field(default_factory=dict)
    functional_acknowledgement: bool = True
    acknowledge_sets: Literal["all", "errors"] = "all"
    technical_acknowledgement: Literal["on_request", "always", "never"] = "on_request"
    acknowledgement_hours: float = Field(default=24.0, ge=0)
    control_numbers: Literal["unique", "none"] = "unique"

    def line_outcome(self, code: str) -> AcknowledgementOutcome | None:
        """What ACK01 means at this partner; None for a code nobody told us."""
        return self.line_codes.get(code, COMMON_LINE_CODES.get(code))

    def header_outcome(self, code: str) -> AcknowledgementOutcome | None:
        """What BAK02 says of units that no line names; None where it says nothing."""
        return self.header_codes.get(code, COMMON_HEADER_CODES.get(code))
