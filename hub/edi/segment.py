"""One X12 segment as read: its elements and where it stood, no delimiters."""

from __future__ import annotations

from collections.abc import Iterator

from hub.errors import ConfigurationError

STANDARD_COMPONENT_SEPARATOR = ">"
_BLANKS = " \t\v\f\r\n"
"""Not Python's own, which takes the separators 0x1C to 0x1F for blanks."""


def check_encoding(encoding: str) -> None:
    """Raises ConfigurationError ``x12.unknown-encoding`` for a name Python does not know."""
    try:
        "".encode(encoding)
    except LookupError:
        raise ConfigurationError(
            "The partner's encoding is not one the hub knows.",
            code="x12.unknown-encoding",
            cure="Use a name such as utf-8, cp1252 or latin-1.",
        ) from None


class Segment:
    """One segment: ``elements[0]`` is its id, ``elements[n]`` the n-th element as sent.

    ``position`` counts segments in the interchange, ISA being 1; ``offset`` is the byte where the
    segment starts in the input. Two segments are equal when their elements are. The repr shows no
    data, as elements carry names and addresses.
    """

    __slots__ = ("component_separator", "elements", "offset", "position")

    def __init__(
        self,
        elements: tuple[str, ...],
        position: int = 0,
        offset: int = 0,
        component_separator: str = STANDARD_COMPONENT_SEPARATOR,
    ) -> None:
        self.elements = elements
        self.position = position
        self.offset = offset
        self.component_separator = component_separator

    @property
    def id(self) -> str:
        return self.elements[0]

    def get(self, number: int) -> str:
        """The n-th element without blanks around it, empty where the segment is shorter."""
        return self.elements[number].strip(_BLANKS) if number < len(self.elements) else ""

    def components(self, number: int) -> tuple[str, ...]:
        """The n-th element split into its components."""
        return tuple(part.strip(_BLANKS) for part in self.get(number).split(self.component_separator))

    def pairs(self, first: int) -> tuple[tuple[str, str], ...]:
        """(qualifier, value) pairs from element ``first`` on, as in PO1, LIN and IT1; empty ones left out."""
        return tuple(self._pairs(first))

    def _pairs(self, first: int) -> Iterator[tuple[str, str]]:
        for number in range(first, len(self.elements), 2):
            qualifier, value = self.get(number), self.get(number + 1)
            if value:
                yield qualifier, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segment) and self.elements == other.elements

    def __hash__(self) -> int:
        return hash(self.elements)

    def __repr__(self) -> str:
        return f"Segment({self.id!r}, position={self.position}, offset={self.offset})"
