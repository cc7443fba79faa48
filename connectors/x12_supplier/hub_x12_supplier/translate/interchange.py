"""A supplier's file to canonical items: every set on its own, the envelope checked against the partner's profile."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from hub.edi.acks import acknowledge_group
from hub.edi.check import check_interchange
from hub.edi.documents.acknowledgement import parse_acknowledgement
from hub.edi.documents.functional import parse_functional, render_functional
from hub.edi.documents.inventory import parse_inventory
from hub.edi.documents.invoice import parse_invoice
from hub.edi.documents.ship_notice import parse_ship_notice
from hub.edi.envelope import read_interchanges
from hub.edi.findings import Severity
from hub.edi.interchange import Group, Interchange, TransactionSet
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Document
from hub.sdk.capabilities import Item, Parsed, Problem, Reply
from hub_x12_supplier.faults import document_error, profile_error
from hub_x12_supplier.translate.answers import acknowledgement, syntax_receipts
from hub_x12_supplier.translate.invoices import invoice
from hub_x12_supplier.translate.reading import profile_of
from hub_x12_supplier.translate.shipments import shipments
from hub_x12_supplier.translate.stock import stock_report


@dataclass
class _Gathered:
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    refused: list[DataError] = field(default_factory=list)


def parsed(document: Document, codebook: Codebook) -> Parsed:
    """Everything the file says. One bad interchange or set is a problem of its own and the others count.

    Raises DataError where nothing at all could be used: the first reason of all.
    """
    profile = profile_of(codebook)
    severities = {code: Severity(level) for code, level in profile.severities.items()}
    gathered = _Gathered()
    for found in read_interchanges(document.body, severities=severities):
        path = f"ISA {found.control_number or '?'}"
        try:
            _check_envelope(found, profile, path)
            checked = check_interchange(found, severities=severities)
        except DataError as error:
            gathered.refused.append(error)
            continue
        for group in checked.groups:
            _read_group(group, checked, document, codebook, gathered)
    if not gathered.items and not gathered.problems and gathered.refused:
        first = gathered.refused[0]
        if gathered.replies:
            return Parsed((), tuple(_problem(error) for error in gathered.refused), tuple(gathered.replies))
        raise first
    problems = [*gathered.problems, *(_problem(error) for error in gathered.refused)]
    return Parsed(tuple(gathered.items), tuple(problems), tuple(gathered.replies))


def _check_envelope(found: Interchange, profile: X12Profile, path: str) -> None:
    if found.rejected:
        raise document_error(found.findings, path)
    if found.sender.id.strip() != profile.partner.id:
        raise profile_error("x12.unknown-sender", f"Sender {found.sender.id.strip()} is not this partner.", path)
    if found.receiver.id.strip() != profile.us.id:
        raise profile_error("x12.wrong-receiver", f"Receiver {found.receiver.id.strip()} is not us.", path)
    if found.usage != profile.usage:
        raise profile_error("x12.usage-mismatch", f"Usage {found.usage} came where {profile.usage} is agreed.", path)


def _read_group(group: Group, found: Interchange, document: Document, codebook: Codebook, gathered: _Gathered) -> None:
    path = f"ISA {found.control_number}/GS {group.control_number}"
    answer = acknowledge_group(group) if profile_of(codebook).functional_acknowledgement else None
    if answer is not None:
        payload = json.dumps({"version": group.version, "rows": render_functional(answer).rows})
        key = f"997:{codebook.connection}:{document.sha256[:16]}:{found.control_number}:{group.control_number}"
        gathered.replies.append(Reply(key, payload, subject=f"997 for {group.functional_id} {group.control_number}"))
    if group.rejected:
        gathered.refused.append(document_error(group.findings, path))
        return
    for transaction_set in group.sets:
        where = f"{path}/ST {transaction_set.control_number}"
        if transaction_set.rejected:
            gathered.refused.append(document_error(transaction_set.findings, where))
            continue
        try:
            items, problems = _read_set(transaction_set, found, document, codebook)
        except DataError as error:
            error.path = f"{where}/{error.path}" if error.path else where
            gathered.refused.append(error)
            continue
        gathered.items.extend(items)
        gathered.problems.extend(replace(problem, path=f"{where}/{problem.path}") for problem in problems)


def _read_set(
    transaction_set: TransactionSet, found: Interchange, document: Document, codebook: Codebook
) -> tuple[list[Item], list[Problem]]:
    reference = f"{found.control_number}/{transaction_set.control_number}"
    if transaction_set.id == "846":
        report, problems = stock_report(parse_inventory(transaction_set), codebook, f"846 {reference}", document.at)
        return [report], problems
    if transaction_set.id == "855":
        answer, problems = acknowledgement(
            parse_acknowledgement(transaction_set), codebook, f"855 {reference}", document.at
        )
        return [answer], problems
    if transaction_set.id == "856":
        found_shipments, problems = shipments(parse_ship_notice(transaction_set), codebook, document.at)
        return list(found_shipments), problems
    if transaction_set.id == "997":
        return list(syntax_receipts(parse_functional(transaction_set))), []
    if transaction_set.id == "810":
        return invoice(parse_invoice(transaction_set), codebook, document.at)
    raise profile_error("x12.unsupported-set", f"Set {transaction_set.id} is not read here.", "ST01")


def _problem(error: DataError) -> Problem:
    return Problem(error.path, error.code, error.message, error.cure, error.value)
