"""855 to Acknowledgement."""

from __future__ import annotations

import datetime as dt

from hub.edi.documents.acknowledgement import AcknowledgementLine, LineStatus, PurchaseOrderAcknowledgement
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import RequestId, Sku
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome
from hub.sdk.capabilities import Problem
from hub.sdk.x12.translate.reading import (
    book_of,
    date_named,
    eaches,
    instant,
    item_named,
    latest,
    line_number,
    profile_of,
)


def acknowledgement(
    document: PurchaseOrderAcknowledgement, codebook: Codebook, reference: str, received: dt.datetime
) -> tuple[Acknowledgement, list[Problem]]:
    """The partner's answer in eaches, in the units of the day of our order where it repeats that (BAK04). A code its
    profile does not know holds the line and is a problem."""
    codebook = book_of(document.date or document.acknowledged_on, codebook, received)
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
        acknowledged_at=_answered_at(document, profile, received),
        lines=tuple(lines),
        default_outcome=profile.header_outcome(document.status),
    )
    return answer, problems


def _answered_at(document: PurchaseOrderAcknowledgement, profile: X12Profile, received: dt.datetime) -> dt.datetime:
    """When the partner wrote it, where it says so to the minute at least: what it leaves out of its figures it may have
    known for long when we fetch its answer. Never in our future; without a time, when we received it."""
    written = date_named(document.dates, "097")
    if written is None or written.time is None:
        return received
    return min(latest(instant(written.date, written.time, profile.timezone, received), received), received)


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
    unit = status.unit or line.unit
    quantity = None if status.quantity is None else eaches(status.quantity, unit, item, codebook, path)
    if isinstance(quantity, Problem):
        problems.append(quantity)
        return None
    return AcknowledgedLine(
        number=line_number(line.number),
        sku=item.sku if item else None,
        quantity=quantity,
        outcome=outcome,
        partner_code=status.code,
        out_of_stock=status.code not in profile.codes_beside_stock,
        available_at=instant(status.date, None, profile.timezone, _LATEST) if status.date else None,
        substitute=_substitute(status, outcome, codebook),
    )


_LATEST = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


def _substitute(status: LineStatus, outcome: AcknowledgementOutcome, codebook: Codebook) -> Sku | None:
    if outcome is not AcknowledgementOutcome.SUBSTITUTED or not status.ids:
        return None
    found = item_named(status.ids, codebook)
    return found.sku if found else None
