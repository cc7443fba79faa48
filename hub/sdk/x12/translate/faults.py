"""What a partner's X12 findings mean for us, as one table: finding code to what an operator should do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from hub.edi.findings import Finding
from hub.errors import DataError

CURES: Mapping[str, str] = MappingProxyType(
    {
        "x12.unknown-sender": "Correct partner.id in the partner's x12.yaml, or find out who writes to this mailbox.",
        "x12.wrong-receiver": "Correct us.id in the partner's x12.yaml, or tell the partner that this is not ours.",
        "x12.usage-mismatch": "Ask the partner to send production data here, or set usage in its x12.yaml.",
        "x12.missing-profile": "Make mappings/partners/<partner>/x12.yaml.",
        "x12.ship-notice-shape": "Ask the partner to nest them as agreed, or add the shape in its x12.yaml.",
        "x12.label-needed": "Ask the partner for a notice with its labels, or correct labels_required in its x12.yaml.",
        "x12.unsupported-set": "Ask the partner to stop sending it, or update the connector.",
    }
)
ASK = "Ask the partner for the whole file again; its bytes are kept with this document."


def document_error(findings: Iterable[Finding], path: str) -> DataError:
    """The DataError for an interchange or set that was rejected, told by its gravest finding."""
    worst = next((finding for finding in findings if finding.rejects), None)
    if worst is None:
        return DataError("The interchange was rejected.", code="x12.rejected", path=path, cure=ASK)
    place = f"{path}/{worst.segment_id} {worst.position}" if worst.segment_id else path
    return DataError(worst.text, code=worst.code, path=place, cure=CURES.get(worst.code, ASK))


def profile_error(code: str, message: str, path: str) -> DataError:
    """A DataError of the toolkit's own checks, with its cure from the table."""
    return DataError(message, code=code, path=path, cure=CURES[code])
