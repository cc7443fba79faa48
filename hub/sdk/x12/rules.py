"""A partner's x12.yaml as what hub.edi weighs and checks a file by; the mappings and X12 do not know each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from hub.edi.agreement import Agreement
from hub.edi.findings import DEFAULT_SEVERITIES, Severity
from hub.edi.strictness import STRICTNESS
from hub.errors import ConfigurationError
from hub.mapping.x12_profile import X12Profile


@dataclass(frozen=True, slots=True)
class X12Rules:
    """How a partner's files are read: given to hub.edi's readers and checks as it is; without values, by the book."""

    severities: Mapping[str, Severity] = field(default_factory=dict)
    agreement: Agreement | None = None
    encoding: str | None = None


def rules_of(profile: X12Profile) -> X12Rules:
    """What the profile says of reading: ``strictness`` with ``severities`` over it, ``receives``, ``needs``,
    ``encoding``.

    Raises ConfigurationError ``configuration.unknown-finding`` for a code that no finding has.
    """
    for code in profile.severities:
        if code not in DEFAULT_SEVERITIES:
            near = get_close_matches(code, DEFAULT_SEVERITIES, n=1)
            raise ConfigurationError(
                f"severities names {code[:60]}, which is no finding.",
                code="configuration.unknown-finding",
                cure=f"Did you mean {near[0]}?" if near else "The codes are in docs/reference/errors/x12.md.",
            )
    own = {code: Severity(severity) for code, severity in profile.severities.items()}
    receives = frozenset(profile.receives) if profile.receives is not None else None
    return X12Rules(
        severities={**STRICTNESS[profile.strictness], **own},
        agreement=Agreement(receives, profile.needs),
        encoding=profile.encoding or None,
    )
