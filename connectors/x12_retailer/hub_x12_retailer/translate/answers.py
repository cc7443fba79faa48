"""OrderAcknowledgement to 855, our first answer to an order, and to 865, what we say of it later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from hub.edi.documents.acknowledgement import (
    AcknowledgementLine,
    LineStatus,
    PurchaseOrderAcknowledgement,
    render_acknowledgement,
)
from hub.edi.documents.change_acknowledgement import ChangeAcknowledgement, render_change_acknowledgement
from hub.edi.documents.order_change import ChangedLine
from hub.errors import RefusedError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Document
from hub.model.purchase import AcknowledgementOutcome
from hub.model.sale import AnsweredLine, OrderAcknowledgement
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.interchanges import interchange_of
from hub.sdk.x12.translate.ordered import Counted, counted, in_eaches, product_ids
from hub.sdk.x12.translate.reading import local_date, profile_of
from hub_x12_retailer.translate.identity import number_and_release

ANSWER_SET, CHANGE_SET = "855", "865"
_ACCEPTED, _REJECTED = AcknowledgementOutcome.ACCEPTED, AcknowledgementOutcome.REJECTED
_LINE_CODES: Mapping[AcknowledgementOutcome, str] = MappingProxyType(
    {_ACCEPTED: "IA", AcknowledgementOutcome.BACKORDERED: "IB", _REJECTED: "IR"}
)
_DELETED = "ID"
"""ACK01 of units that are in the order no more: IR would say that their deletion is refused."""
_HEADER_CODES: Mapping[AcknowledgementOutcome | None, str] = MappingProxyType(
    {_ACCEPTED: "AD", _REJECTED: "RD", None: "AC"}
)
_CHANGE_DONE, _CHANGE_REFUSED, _CHANGE_IN_PART = "AT", "RD", "AC"
"""BCA02 of an answer to the retailer's own changes."""
_REPLY, _OWN_CHANGE = "00", "04"
_STANDS, _LESS, _TAKEN_OUT = "NC", "QD", "DI"
"""POC02."""


def acknowledgements(told: Sequence[tuple[str, OrderAcknowledgement]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 855 per first answer."""
    sets = [
        (SentSet(ANSWER_SET, key, answer.order_external_id), render_acknowledgement(acknowledgement(answer, codebook)))
        for key, answer in told
    ]
    return interchange_of(ANSWER_SET, sets, codebook, stamp)


def change_acknowledgements(
    told: Sequence[tuple[str, OrderAcknowledgement]], codebook: Codebook, stamp: Stamp
) -> Document:
    """One interchange with an 865 per later answer.

    Raises RefusedError ``x12.no-changes`` where the profile's ``sends`` leaves 865 out: such a retailer is told by a
    person, and what else it gets goes on.
    """
    if not profile_of(codebook).may_send(CHANGE_SET):
        raise RefusedError(
            f"Partner {codebook.partner} takes no changes of our answers by X12.",
            code="x12.no-changes",
            cure="Tell it what became of the order; where it does take 865s, add 865 to sends in "
            f"mappings/partners/{codebook.partner}/x12.yaml.",
        )
    sets = [
        (
            SentSet(CHANGE_SET, key, answer.order_external_id),
            render_change_acknowledgement(change_acknowledgement(answer, codebook)),
        )
        for key, answer in told
    ]
    return interchange_of(CHANGE_SET, sets, codebook, stamp)


def acknowledgement(told: OrderAcknowledgement, codebook: Codebook) -> PurchaseOrderAcknowledgement:
    """Each line as it was ordered, in the units of that day, with an ACK for each part of it.

    Raises DataError ``data.unmapped-sku``.
    """
    codebook = codebook.on(local_date(told.placed_at, codebook))
    number, release = number_and_release(told.order_external_id)
    currency = _currency(told.lines)
    return PurchaseOrderAcknowledgement(
        purchase_order_number=number,
        status=_header_code(told, profile_of(codebook)),
        date=local_date(told.placed_at, codebook),
        release=release,
        acknowledged_on=local_date(told.answered_at, codebook),
        currency=currency,
        lines=tuple(_answered(line, codebook, priced=bool(currency)) for line in told.lines),
    )


def change_acknowledgement(told: OrderAcknowledgement, codebook: Codebook) -> ChangeAcknowledgement:
    """The order as it stands: a line as it was (POC02 NC), with less of it (QD), or taken out (DI), and an ACK for each
    part of it. The quantity of the line is what is left of it, taken out units are an ACK of their own (ID).

    Where the retailer has changed the order before, it is the answer to that: done, refused or done in part. Else it is
    a change of ours (BCA01 04). Raises DataError ``data.unmapped-sku``.
    """
    codebook = codebook.on(local_date(told.placed_at, codebook))
    number, release = number_and_release(told.order_external_id)
    currency = _currency(told.lines)
    return ChangeAcknowledgement(
        number=number,
        status=_change_code(told) if told.cancellations else _header_code(told, profile_of(codebook)),
        purpose=_REPLY if told.cancellations else _OWN_CHANGE,
        release=release,
        date=local_date(told.placed_at, codebook),
        acknowledged_on=local_date(told.answered_at, codebook),
        currency=currency,
        lines=tuple(_changed(line, codebook, priced=bool(currency)) for line in told.lines),
    )


def _answered(line: AnsweredLine, codebook: Codebook, *, priced: bool) -> AcknowledgementLine:
    item = codebook.item_of(line.sku)
    ordered = counted(line.ordered, item)
    return AcknowledgementLine(
        number=line.line_id,
        quantity=ordered.quantity,
        unit=ordered.unit,
        price=_price(line, ordered) if priced else None,
        ids=product_ids(item, codebook),
        statuses=_statuses(line, codebook, _codes(profile_of(codebook))),
    )


def _changed(line: AnsweredLine, codebook: Codebook, *, priced: bool) -> ChangedLine:
    item = codebook.item_of(line.sku)
    left = line.ordered - _units(line, _REJECTED)
    standing = counted(left, item)
    return ChangedLine(
        number=line.line_id,
        change=_STANDS if left == line.ordered else _LESS if left else _TAKEN_OUT,
        quantity=standing.quantity,
        unit=standing.unit,
        price=_price(line, standing) if priced else None,
        ids=product_ids(item, codebook),
        statuses=_statuses(line, codebook, {**_codes(profile_of(codebook)), _REJECTED: _DELETED}),
    )


def _statuses(
    line: AnsweredLine, codebook: Codebook, codes: Mapping[AcknowledgementOutcome, str]
) -> tuple[LineStatus, ...]:
    """All in one unit, so that they can be added up: in eaches where a part breaks a pack."""
    item = codebook.item_of(line.sku)
    parts = [(codes[each.outcome], each.quantity) for each in line.units]
    told = [(code, counted(quantity, item)) for code, quantity in parts]
    if len({each.unit for _, each in told}) > 1:
        told = [(code, in_eaches(quantity)) for code, quantity in parts]
    return tuple(LineStatus(code, each.quantity, each.unit) for code, each in told)


def _codes(profile: X12Profile) -> Mapping[AcknowledgementOutcome, str]:
    """ACK01 by outcome: the first of the retailer's own that means it, else the usual one."""
    return {
        outcome: next((code for code, means in profile.line_codes.items() if means is outcome), usual)
        for outcome, usual in _LINE_CODES.items()
    }


def _header_code(told: OrderAcknowledgement, profile: X12Profile) -> str:
    """BAK02: all as it was ordered, nothing of it, or something else; the retailer's own code as for a line."""
    outcomes = {each.outcome for line in told.lines for each in line.units}
    whole = outcomes.pop() if len(outcomes) == 1 else None
    meaning = whole if whole in _HEADER_CODES else None
    own = (code for code, means in profile.header_codes.items() if means is meaning)
    return next(own, _HEADER_CODES[meaning])


def _change_code(told: OrderAcknowledgement) -> str:
    taken_out = sum((_units(line, _REJECTED) for line in told.lines), Decimal(0))
    if not taken_out:
        return _CHANGE_REFUSED
    return _CHANGE_DONE if taken_out == sum(line.ordered for line in told.lines) else _CHANGE_IN_PART


def _units(line: AnsweredLine, outcome: AcknowledgementOutcome) -> Decimal:
    return sum((each.quantity for each in line.units if each.outcome is outcome), Decimal(0))


def _price(line: AnsweredLine, of: Counted) -> Decimal | None:
    return of.price(line.unit_price) if line.unit_price is not None else None


def _currency(lines: Iterable[AnsweredLine]) -> str:
    """Empty where there is none, or more than one: then no price is told."""
    named = {line.unit_price.currency for line in lines if line.unit_price is not None}
    return named.pop() if len(named) == 1 else ""
