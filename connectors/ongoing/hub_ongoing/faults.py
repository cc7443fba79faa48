"""The vendor's errors as ours, as one table.

Words are matched, not codes: the service gives none. They were not seen from a live system, so an unknown one falls
back to what the transport makes of any fault, and to a plain refusal where ``Success`` is false.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from hub.errors import ConfigurationError, HubError, RefusedError, TransientError, UncertainOutcomeError
from hub.transport.soap_faults import SoapFault
from hub.transport.statuses import StatusKind, StatusRule

_WORDS_LIMIT = 300

STATUSES = {
    404: StatusRule(
        StatusKind.CONFIGURATION,
        "ongoing.wrong-endpoint",
        "There is no Ongoing service at the connection's endpoint",
        "Correct the endpoint; it ends in /Service.asmx.",
    )
}
"""Every call goes to one address, so not found never speaks of an order."""


class Meaning(Enum):
    """What the engine should do about it."""

    CONFIGURATION = "configuration"
    BUSY = "busy"
    REFUSED = "refused"


class Rule(NamedTuple):
    """Words, what they mean, and how that is told."""

    words: re.Pattern[str]
    meaning: Meaning
    code: str
    cure: str


RULES: tuple[Rule, ...] = (
    Rule(
        # Narrow on purpose: a refusal that quotes an address must never pause the whole connection.
        re.compile(
            r"(wrong|invalid|incorrect|unknown)\b.{0,30}\b(user ?name|pass ?word)|log ?in (failed|denied)"
            r"|not authori[sz]ed|access (is )?denied",
            re.IGNORECASE,
        ),
        Meaning.CONFIGURATION,
        "partner.unauthorised",
        "Check the connection's username and password, and that the warehouse allows this user to use the API.",
    ),
    Rule(
        re.compile(r"goods ?owner( code)?( was| is)? (not found|unknown|invalid|missing)", re.IGNORECASE),
        Meaning.CONFIGURATION,
        "ongoing.goods-owner",
        "Check goods_owner_code with the warehouse: it is the code, not the number.",
    ),
    Rule(
        re.compile(r"deadlock|time-?out|too many (calls|requests)|try again", re.IGNORECASE),
        Meaning.BUSY,
        "partner.unavailable",
        "",
    ),
    Rule(
        re.compile(r"has status|cannot be (updated|removed)|already (been )?picked", re.IGNORECASE),
        Meaning.REFUSED,
        "ongoing.already-picking",
        "The warehouse has begun to pick this order; ask the warehouse itself.",
    ),
    Rule(
        re.compile(r"article\b.*\b(not found|not exist|unknown|missing)", re.IGNORECASE),
        Meaning.REFUSED,
        "ongoing.unknown-article",
        "Let the warehouse create the article, or correct the partner's items.",
    ),
)


def read_fault(fault: SoapFault, safe: bool) -> HubError | None:
    """The error of a SOAP fault that the table knows."""
    rule = _rule(fault.reason)
    if rule is None:
        return None
    message = f"Ongoing answered with a fault: {_words(fault.reason)}"
    if rule.meaning is Meaning.CONFIGURATION:
        return ConfigurationError(message, code=rule.code, cure=rule.cure)
    if rule.meaning is Meaning.REFUSED:
        return RefusedError(message, code=rule.code, cure=rule.cure)
    if safe:
        return TransientError(message, code=rule.code)
    return UncertainOutcomeError(message, code="transport.outcome-unknown")


def read_refusal(words: str) -> HubError:
    """The error of ``Success=false``: nothing was done, and these words say why."""
    rule = _rule(words)
    message = _words(words) or "Ongoing refused without a reason."
    if rule is None:
        return RefusedError(message, code="ongoing.refused")
    if rule.meaning is Meaning.CONFIGURATION:
        return ConfigurationError(message, code=rule.code, cure=rule.cure)
    if rule.meaning is Meaning.BUSY:
        return TransientError(message, code=rule.code)
    return RefusedError(message, code=rule.code, cure=rule.cure)


def _rule(words: str) -> Rule | None:
    return next((rule for rule in RULES if rule.words.search(words)), None)


def _words(text: str) -> str:
    return " ".join(text.split())[:_WORDS_LIMIT]
