"""Shopify's errors as ours: top-level GraphQL errors on HTTP 200, by ``extensions.code``.

Business refusals (``userErrors``) are no exceptions: they become item results in ``connector``. Sources:
shopify.dev, "Status and error codes" (2026-10); codes of input errors as reported from live shops (2026-05).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.errors import ConfigurationError, HubError, InvariantError, TransientError, UncertainOutcomeError

Build = Callable[[str], HubError]


def _configuration(code: str, message: str, cure: str) -> Build:
    return lambda _words: ConfigurationError(message, code=code, cure=cure)


def _our_bug(words: str) -> HubError:
    return InvariantError(
        f"Shopify cannot read our request ({words}).",
        code="shopify.invalid-request",
        cure="Report it: the connector and the API version do not fit together.",
    )


def _unavailable(_words: str) -> HubError:
    return TransientError("Shopify failed inside.", code="partner.unavailable")


_ACCESS_DENIED = _configuration(
    "partner.unauthorised",
    "The app's access scopes do not cover this request.",
    "Grant the scopes named in the connector's README and install the app again.",
)

FAULTS: Mapping[str, Build] = {
    "ACCESS_DENIED": _ACCESS_DENIED,
    "SHOP_INACTIVE": _configuration("shopify.shop-inactive", "The shop is closed or frozen.", "Reopen the shop."),
    "MAX_COST_EXCEEDED": _configuration(
        "shopify.query-too-costly", "One query costs more than the shop allows.", "Lower page_size."
    ),
    "BAD_REQUEST": _our_bug,
    "INVALID_FIELD_ARGUMENTS": _our_bug,
    "MAX_INPUT_SIZE_EXCEEDED": _our_bug,
    "GRAPHQL_PARSE_FAILED": _our_bug,
    "GRAPHQL_VALIDATION_FAILED": _our_bug,
    "undefinedField": _our_bug,
    "undefinedType": _our_bug,
    "argumentNotAccepted": _our_bug,
    "missingRequiredArguments": _our_bug,
    "variableMismatch": _our_bug,
    "INTERNAL_SERVER_ERROR": _unavailable,
    "TIMEOUT": _unavailable,
}
"""Top-level codes with a fixed meaning. THROTTLED and unknown codes are handled in ``classify``."""

# Codes after which nothing was executed, so that a mutation's outcome is certain.
_NOT_BEGUN = frozenset(FAULTS) - {"INTERNAL_SERVER_ERROR", "TIMEOUT"}


def classify(errors: Sequence[Any], cost: Mapping[str, Any], *, safe: bool) -> HubError:
    """The error of a GraphQL answer's ``errors`` (at least one); ``safe`` is true for queries.

    A mutation that failed inside Shopify has an unknown outcome. ``cost`` is ``extensions.cost``.
    """
    code = _code(errors[0])
    if code == "THROTTLED":
        return TransientError(
            "Shopify's cost budget for this shop is used up.",
            code="partner.throttled",
            retry_after_seconds=_seconds_until_affordable(cost),
        )
    if not safe and code not in _NOT_BEGUN:
        return UncertainOutcomeError("Shopify failed while it carried out a mutation.", code="shopify.outcome-unknown")
    return FAULTS.get(code, _unavailable)(code or "no code")


def _code(error: Any) -> str:
    extensions = error.get("extensions") if isinstance(error, Mapping) else None
    code = extensions.get("code") if isinstance(extensions, Mapping) else None
    # A validation error of graphql-core carries no code: position and message only.
    return str(code) if code else ("undefinedField" if _is_validation(error) else "")


def _is_validation(error: Any) -> bool:
    return isinstance(error, Mapping) and "path" not in error and "locations" in error


def _seconds_until_affordable(cost: Mapping[str, Any]) -> float:
    status = cost.get("throttleStatus") or {}
    missing = float(cost.get("requestedQueryCost") or 0) - float(status.get("currentlyAvailable") or 0)
    return max(1.0, missing / max(float(status.get("restoreRate") or 50), 1.0))
