"""997 and TA1 to SyntaxReceipt."""

from __future__ import annotations

from collections.abc import Iterator

from hub.edi.documents.functional import ACCEPTED_STATUSES, FunctionalAcknowledgement
from hub.edi.documents.technical import TechnicalAcknowledgement
from hub.edi.receipts import words_of_group, words_of_result, words_of_technical
from hub.model.purchase import SyntaxReceipt


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
