"""CancellationRequest to 860, and the partner's 865 to what it says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from hub.edi.documents.change_acknowledgement import ChangeAcknowledgement, parse_change_acknowledgement
from hub.edi.documents.order_change import ChangedLine, PurchaseOrderChange, render_change
from hub.edi.interchange import TransactionSet
from hub.errors import RefusedError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Document
from hub.model.fulfilment import CancellationRequest, RequestLine
from hub.model.identity import RequestId
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome
from hub.sdk.capabilities import Problem, Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.interchanges import interchange_of, number_series
from hub.sdk.x12.translate.ordered import ordered_item
from hub.sdk.x12.translate.reading import line_number, profile_of
from hub.sdk.x12.translate.sets import Received, Translation

CHANGE = "860"
_CANCEL, _CHANGE, _DELETED, _UNCHANGED = "01", "04", "DI", "NC"
_DONE = frozenset({"ID"})
"""ACK01 by which a partner says that it took a line out: agreement here, a refusal in an 855."""


def cancellation_series(codebook: Codebook) -> tuple[str, str]:
    """The series that an interchange of cancellations takes its numbers from."""
    return number_series(CHANGE, codebook)


def cancellations(requests: Sequence[tuple[str, CancellationRequest]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 860 per request.

    Raises RefusedError ``x12.no-changes`` where the profile does not name 860 among the sets the partner gets: most
    suppliers take no changes by X12, and a file that nobody reads would leave the order waiting.
    """
    profile = profile_of(codebook)
    if CHANGE not in (profile.sends or ()):
        raise RefusedError(
            f"Partner {codebook.partner} takes no cancellations by X12.",
            code="x12.no-changes",
            cure=f"Ask it by phone; where it does take 860s, add 860 to sends in mappings/partners/{codebook.partner}/"
            "x12.yaml.",
        )
    sets = [
        (SentSet(CHANGE, key, asked.request_id), render_change(order_change(asked, codebook, stamp.now)))
        for key, asked in requests
    ]
    return interchange_of(CHANGE, sets, codebook, stamp)


def order_change(asked: CancellationRequest, codebook: Codebook, now: dt.datetime) -> PurchaseOrderChange:
    """The whole order cancelled (BCH01 01), or its lines deleted (POC02 DI), in the units of the order's day."""
    profile = profile_of(codebook)
    zone = ZoneInfo(profile.timezone)
    ordered_on = (asked.submitted_at or now).astimezone(zone).date()
    codebook = codebook.on(ordered_on)
    return PurchaseOrderChange(
        number=asked.request_id,
        date=ordered_on,
        purpose=_CHANGE if asked.line_numbers else _CANCEL,
        order_type=profile.order_type,
        changed_on=now.astimezone(zone).date(),
        lines=tuple(_deleted(line, codebook) for line in asked.lines) if asked.line_numbers else (),
    )


def _deleted(line: RequestLine, codebook: Codebook) -> ChangedLine:
    item = ordered_item(line, codebook)
    return ChangedLine(str(line.number), _DELETED, item.quantity, unit=item.unit, ids=item.ids)


def change_acknowledgement_of(item: TransactionSet, how: Received) -> Translation:
    """865 to an Acknowledgement of the cancellation we asked for; whatever else it changes is for a person."""
    document = parse_change_acknowledgement(item)
    profile = profile_of(how.codebook)
    agreed = _agreed(document, profile)
    problems = list(_changes(document, profile))
    if agreed is None:
        return [], [*problems, *_undecided(document, problems)]
    answer = Acknowledgement(
        request_id=RequestId(document.number),
        reference=how.reference,
        acknowledged_at=how.received,
        cancel_accepted=agreed,
        cancelled_lines=_stopped(document) if agreed else (),
    )
    return [answer], problems


def _stopped(document: ChangeAcknowledgement) -> tuple[int, ...]:
    """The lines it takes out, by our numbers; none where it names no line, or one without a number of ours."""
    numbers = [line_number(line.number) for line in document.lines if line.change == _DELETED]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) else ()


def _agreed(document: ChangeAcknowledgement, profile: X12Profile) -> bool | None:
    """Whether the partner agrees to the cancellation: what its lines say, else what its header says."""
    codes = [status.code for line in document.lines if line.change == _DELETED for status in line.statuses]
    if codes:
        outcomes = {AcknowledgementOutcome.ACCEPTED if code in _DONE else profile.line_outcome(code) for code in codes}
        if outcomes == {AcknowledgementOutcome.ACCEPTED}:
            return True
        return False if AcknowledgementOutcome.REJECTED in outcomes else None
    if _refuses(document, profile):
        return False
    if any(line.change != _DELETED for line in document.lines):
        return None
    outcome = profile.header_outcome(document.status)
    return None if outcome is None else outcome is AcknowledgementOutcome.ACCEPTED


def _refuses(document: ChangeAcknowledgement, profile: X12Profile) -> bool:
    """Whether the change is rejected and every line only repeated as it was, all of it to come."""
    outcomes = {profile.line_outcome(status.code) for line in document.lines for status in line.statuses}
    return (
        profile.header_outcome(document.status) is AcknowledgementOutcome.REJECTED
        and all(line.change == _UNCHANGED for line in document.lines)
        and outcomes <= {AcknowledgementOutcome.ACCEPTED}
    )


def _changes(document: ChangeAcknowledgement, profile: X12Profile) -> Iterator[Problem]:
    if _refuses(document, profile):
        return
    for number, line in enumerate(document.lines, start=1):
        if line.change != _DELETED:
            yield Problem(
                f"865/POC {number}",
                "x12.change-for-a-person",
                f"The partner changes line {line.number or number} of {document.number} ({line.change}).",
                "Decide whether we agree, and tell the partner.",
                line.change,
            )


def _undecided(document: ChangeAcknowledgement, problems: Sequence[Problem]) -> Iterator[Problem]:
    if not problems:
        yield Problem(
            "865/BCA",
            "x12.change-for-a-person",
            f"The 865 for {document.number} does not say whether the partner agrees ({document.status or 'no BCA02'}).",
            "Add its codes to header_codes or line_codes in the partner's x12.yaml and reprocess, or ask the partner.",
            document.status,
        )
