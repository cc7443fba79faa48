"""Transaction sets against their spec, by two engines.

The compiled checkers look at everything. Where they find something, pyx12 walks the set as well and its findings are
the ones that count, so no document is refused or criticised on the word of our own code alone. A set of many segments
(a big feed) is the compiled checkers' alone: pyx12 takes some 70 times longer (ADR 0016).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hub.edi.agreement import Agreement
from hub.edi.check_pyx12 import walked
from hub.edi.compiled.check import compiled
from hub.edi.findings import Finding, Level, Severity, kept, severity_of
from hub.edi.interchange import Interchange, TransactionSet
from hub.edi.spec.sets import SetSpec, set_specs
from hub.edi.wording import Fault, findings_of

BIG_SET = 5_000
"""Segments from which on pyx12 is not asked."""


def check_set(
    transaction_set: TransactionSet,
    *,
    severities: Mapping[str, Severity] | None = None,
    agreement: Agreement | None = None,
) -> tuple[Finding, ...]:
    """Every deviation of a set from its spec, in the order of its segments.

    Unknown segments, order, codes and lengths are warnings; a segment or element that the hub cannot
    map the set without is ``x12.segment-needed`` or ``x12.element-needed`` and rejects the set, as does
    a set the hub does not know. ``agreement`` is what the partner has to keep beside.
    Never raises: a failure of pyx12 is ``x12.check-failed``.
    """
    overrides = severities or {}
    agreed = agreement.findings(transaction_set, overrides) if agreement is not None else ()
    return kept((*_by_spec(transaction_set, overrides), *agreed))


def _by_spec(transaction_set: TransactionSet, overrides: Mapping[str, Severity]) -> tuple[Finding, ...]:
    spec = set_specs().get(transaction_set.id)
    if spec is None:
        text = f"The hub does not read the transaction set {transaction_set.id[:6]}."
        code = "x12.set-unsupported"
        return (Finding(Level.SET, code, severity_of(code, overrides), text, "ST", 1, 1),)
    faults = list(compiled(transaction_set))
    if faults and len(transaction_set.segments) < BIG_SET:
        faults = list(walked(transaction_set))
    faults.extend(_absences(transaction_set, spec))
    return tuple(findings_of(faults, transaction_set, spec, overrides))


def check_interchange(
    interchange: Interchange,
    *,
    severities: Mapping[str, Severity] | None = None,
    agreement: Agreement | None = None,
) -> Interchange:
    """The interchange with the findings of `check_set` added to each of its sets."""

    def found(item: TransactionSet) -> tuple[Finding, ...]:
        return check_set(item, severities=severities, agreement=agreement)

    groups = tuple(
        replace(
            group,
            sets=tuple(replace(item, findings=(*item.findings, *found(item))) for item in group.sets),
        )
        for group in interchange.groups
    )
    return replace(interchange, groups=groups)


def _absences(item: TransactionSet, spec: SetSpec) -> Iterator[Fault]:
    """Segments that must stand somewhere in the set and do not; pyx12 has no rule for a choice of loops."""
    if not spec.somewhere:
        return
    present = {segment.id for segment in item.segments}
    for name in sorted(spec.somewhere - present):
        yield Fault("x12.segment-needed", item.segments[-1], about=name)
