"""What X12 codes mean at most partners; a profile overrules each where a partner differs."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.purchase import AcknowledgementOutcome
from hub.model.stock import CountBasis

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
