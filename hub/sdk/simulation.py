"""Simulated partners: they speak the partner's real protocol on loopback, and keep books by which the hub is judged.

A simulator lives in its own process or thread, never in the daemon: a crash of the hub must not touch its books.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class BookedInstruction:
    """One instruction a partner received from us, by our reference (request id), in the partner's books.

    ``times`` counts how often it was *booked* as new business (1 is right, 2 is a doubled purchase order);
    ``lines`` maps the partner's item to units asked for, ``shipped`` to units that left. Units are eaches.
    """

    reference: str
    times: int
    lines: Mapping[str, Decimal]
    shipped: Mapping[str, Decimal] = field(default_factory=dict)
    state: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class BookedTransfer:
    """Goods a partner was told are on their way to it, by our number, in the partner's books.

    ``times`` counts how often it was told; ``lines`` maps the partner's item to eaches announced, ``received`` to
    eaches that arrived, ``damaged`` ones among them.
    """

    reference: str
    times: int
    lines: Mapping[str, Decimal]
    received: Mapping[str, Decimal] = field(default_factory=dict)
    damaged: Mapping[str, Decimal] = field(default_factory=dict)
    location: str = ""


@dataclass(frozen=True, slots=True)
class PartnerBook:
    """What the partner itself holds true.

    ``stock``: eaches physically there by (site, item). ``history``: what lay there from each instant on, oldest first,
    where the partner keeps that. ``opening``: the same before the first order. ``sold``: per
    channel order reference the lines the partner's customers bought (channels only). ``cancelled``: of these, the
    units they took back. ``confirmed``: units per order
    reference and line that the channel shows as fulfilled. ``answered``: what we last said becomes of each order, by
    line and outcome; ``billed``: units by order and line that it was asked to pay for. ``oversold``: instructions
    asking for more than was there.
    ``transfers``: goods announced to it, by our number.
    """

    instructions: Mapping[str, BookedInstruction] = field(default_factory=dict)
    stock: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    history: Mapping[tuple[str, str], Sequence[tuple[datetime, Decimal]]] = field(default_factory=dict)
    opening: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    sold: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    cancelled: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    confirmed: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    answered: Mapping[str, Mapping[str, Mapping[str, Decimal]]] = field(default_factory=dict)
    billed: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    oversold: Mapping[str, Decimal] = field(default_factory=dict)
    duplicates: int = 0
    transfers: Mapping[str, BookedTransfer] = field(default_factory=dict)


class Simulator(Protocol):
    """A partner on loopback. Made with one mapping, its scenario (validated by the simulator itself)."""

    def __init__(self, scenario: Mapping[str, Any]) -> None: ...

    def start(self) -> None:
        """Listen on a free loopback port (or use the scenario's folder) and begin the partner's own work."""

    def stop(self) -> None:
        """End it; the books stay readable."""

    def connection_settings(self) -> Mapping[str, Any]:
        """Settings for a connection to it, secrets as ``${env:...}`` references."""

    def environment(self) -> Mapping[str, str]:
        """Values of the environment variables those references name."""

    def book(self) -> PartnerBook:
        """The books now, a consistent copy."""

    def idle(self) -> bool:
        """True where the partner has nothing left to do on its own (no shipment pending)."""


class ChannelSimulator(Simulator, Protocol):
    """A partner whose customers buy."""

    def sell(self, lines: Mapping[str, int], service: str = "standard") -> str | None:
        """A made-up buyer orders these units by SKU. Gives the order's reference in the books; None where the
        channel shows too little, and the buyer goes away."""

    def cancel(self, reference: str) -> bool:
        """The buyer of that order takes back what has not left; False where nothing is left to take back."""
