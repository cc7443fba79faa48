"""What an order and its lines are known by, in both directions."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.identity import LineId

_RELEASE = " release "


def order_reference(number: str, release: str) -> str:
    """The order's id at this channel: its number; the releases of a blanket order (BEG04) are orders of their own."""
    return f"{number}{_RELEASE}{release}" if release else number


def number_and_release(reference: str) -> tuple[str, str]:
    """The purchase order's number and release, as the retailer wrote them."""
    number, _, release = reference.partition(_RELEASE)
    return number, release


def line_ids(numbers: Sequence[str]) -> list[LineId]:
    """PO101 of each line; its place from 1 where the retailer numbers them not at all or not uniquely."""
    if all(numbers) and len(set(numbers)) == len(numbers):
        return [LineId(number) for number in numbers]
    return [LineId(str(place)) for place in range(1, len(numbers) + 1)]
