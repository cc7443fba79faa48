"""Faults of SOAP 1.1 and 1.2, read from the envelope and turned into errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element as Element

from hub.errors import HubError, RefusedError, TransientError, UncertainOutcomeError

_WORDS_LIMIT = 300


@dataclass(frozen=True)
class SoapFault:
    """A SOAP fault of version 1.1 or 1.2.

    ``code`` is the last part of the innermost code (``Client``, ``OrderLocked``), ``codes`` all of them from
    the outside in; ``reason`` the partner's words; ``detail`` the texts in the detail by element name.
    """

    code: str
    codes: tuple[str, ...]
    reason: str
    detail: Mapping[str, str] = field(repr=False)


SoapFaultReader = Callable[[SoapFault, bool], HubError | None]
"""A connector's table from faults to errors (true for a read); None leaves it to ``fault_error``."""


def read_fault(envelope: Element) -> SoapFault | None:
    """The fault in an envelope of either version, None where there is none."""
    fault = _child(_child(envelope, "Body"), "Fault")
    if fault is None:
        return None
    codes = [text for text in _texts(fault, "faultcode", "Value") if text]
    reasons = _texts(fault, "faultstring", "Text")
    details = {
        etree.QName(leaf).localname: (leaf.text or "").strip()
        for place in fault
        if isinstance(place.tag, str) and etree.QName(place).localname in ("detail", "Detail")
        for leaf in place.iter(etree.Element)
        if len(leaf) == 0 and leaf is not place
    }
    plain = tuple(code.rpartition(":")[2] for code in codes)
    return SoapFault(plain[-1] if plain else "", plain, reasons[0] if reasons else "", details)


def fault_error(fault: SoapFault, *, safe: bool) -> HubError:
    """The error of a fault that no table knows, by the side that its outermost code blames (SOAP 1.2, 5.4.6).

    ``Client`` and ``Sender`` are refusals; any other may have happened after the work was done.
    """
    words = " ".join(fault.reason.split())[:_WORDS_LIMIT]
    message = f"The partner answered with the fault {fault.code or 'without a code'}: {words}"
    # SOAP 1.1 dots refine a code: Client.Authentication is still the sender's side.
    side = fault.codes[0].partition(".")[0] if fault.codes else ""
    if side in ("Client", "Sender"):
        return RefusedError(message, code="partner.soap-fault")
    if safe:
        return TransientError(message, code="partner.soap-fault")
    return UncertainOutcomeError(message, code="transport.outcome-unknown")


def _texts(fault: Element, *names: str) -> list[str]:
    """Texts of elements with these local names, outside the detail, in document order."""
    texts: list[str] = []
    for place in fault:
        if not isinstance(place.tag, str) or etree.QName(place).localname in ("detail", "Detail"):
            continue
        texts += [
            (element.text or "").strip()
            for element in place.iter(etree.Element)
            if etree.QName(element).localname in names
        ]
    return texts


def _child(parent: Element | None, name: str) -> Element | None:
    for child in parent if parent is not None else ():
        if isinstance(child.tag, str) and etree.QName(child).localname == name:
            return child
    return None
