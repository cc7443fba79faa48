"""855 to Acknowledgement, 997 and TA1 to SyntaxReceipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from hub.edi.documents.acknowledgement import AcknowledgementLine, LineStatus, PurchaseOrderAcknowledgement
from hub.edi.documents.functional import ACCEPTED_STATUSES, FunctionalAcknowledgement
from hub.edi.documents.technical import TechnicalAcknowledgement
from hub.edi.receipts import words_of_group, words_of_result, words_of_technical
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import RequestId, Sku
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome, SyntaxReceipt
from hub.sdk.capabilities import Problem
from hub_x12_supplier.translate.reading import instant, item_named, profile_of, units_each, unknown_unit


def acknowledgement(
    document: PurchaseOrderAcknowledgement, codebook: Codebook, reference: str, received: dt.datetime
) -> tuple[Acknowledgement, list[Problem]]:
    """The supplier's answer in eaches. A code its profile does not know holds the line and is a problem."""
    profile = profile_of(codebook)
    lines: list[AcknowledgedLine] = []
    problems: list[Problem] = []
    for index, line in enumerate(document.lines, start=1):
        item = item_named(line.ids, codebook)
        for status in line.statuses:
            answered = _answer(line, status, item, codebook, f"855/PO1 {index}/ACK", problems)
            if answered is not None:
                lines.append(answered)
    answer = Acknowledgement(
        request_id=RequestId(document.purchase_order_number),
        reference=reference,
        acknowledged_at=received,
        lines=tuple(lines),
        default_outcome=profile.header_outcome(document.status),
    )
    return answer, problems


def _answer(
    line: AcknowledgementLine,
    status: LineStatus,
    item: PartnerItem | None,
    codebook: Codebook,
    path: str,
    problems: list[Problem],
) -> AcknowledgedLine | None:
    profile = profile_of(codebook)
    outcome = profile.line_outcome(status.code)
    if outcome is None:
        outcome = AcknowledgementOutcome.HELD
        problems.append(
            Problem(
                path,
                "data.unknown-code",
                f"ACK01 {status.code} is not in the partner's table; the line is held.",
                f"Add it under line_codes in mappings/partners/{codebook.partner}/x12.yaml and reprocess.",
                status.code,
            )
        )
    quantity = _eaches(status.quantity, status.unit or line.unit, item, profile)
    if status.quantity is not None and quantity is None:
        problems.append(unknown_unit(status.unit or line.unit, path))
        return None
    return AcknowledgedLine(
        number=_number(line.number),
        sku=item.sku if item else None,
        quantity=quantity,
        outcome=outcome,
        partner_code=status.code,
        available_at=instant(status.date, None, profile.timezone, _LATEST) if status.date else None,
        substitute=_substitute(status, outcome, codebook),
    )


_LATEST = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


def _eaches(quantity: Decimal | None, unit: str, item: PartnerItem | None, profile: X12Profile) -> Decimal | None:
    if quantity is None:
        return None
    each = units_each(unit, item or PartnerItem(Sku("?"), {}), profile)
    return quantity * each if each is not None else None


def _substitute(status: LineStatus, outcome: AcknowledgementOutcome, codebook: Codebook) -> Sku | None:
    if outcome is not AcknowledgementOutcome.SUBSTITUTED or not status.ids:
        return None
    found = item_named(status.ids, codebook)
    return found.sku if found else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None


def syntax_receipts(document: FunctionalAcknowledgement) -> Iterator[SyntaxReceipt]:
    """One receipt per set that the 997 names, then one for the group: what is true of the sets it does not name."""
    number = document.group_control_number.lstrip("0") or "0"
    for result in document.results:
        yield SyntaxReceipt(
            group_kind=document.functional_id,
            group_control_number=number,
            set_control_number=result.control_number,
            set_id=result.set_id,
            accepted=result.accepted,
            code=result.status,
            detail=words_of_result(result),
        )
    if document.status:
        rest = document.verdict("", "")
        yield SyntaxReceipt(
            group_kind=document.functional_id,
            group_control_number=number,
            accepted=rest in ACCEPTED_STATUSES,
            code=document.status,
            detail=words_of_group(document),
            undecided=not rest,
        )


def technical_receipt(found: TechnicalAcknowledgement) -> SyntaxReceipt:
    """TA1: of an interchange of ours as a whole."""
    return SyntaxReceipt(
        exchange_control_number=found.control_number,
        accepted=found.accepted,
        code=found.status,
        detail=words_of_technical(found),
    )
