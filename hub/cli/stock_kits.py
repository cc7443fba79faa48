"""``hub stock`` of virtual kits: they have no stock of their own, so their components are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hub.cli.session import Session
from hub.cli.tables import say

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.identity import Sku


def with_components(session: Session, skus: Sequence[str] | None) -> list[Sku] | None:
    """The SKUs, components in place of virtual kits; None where none are named, which means all."""
    from hub.flows.stock_view import with_parts
    from hub.model.identity import Sku

    return with_parts(session.hub.setup.network, [Sku(each) for each in skus]) if skus else None


def virtual_kits(session: Session, skus: Iterable[str] | None) -> dict[str, dict[str, str]]:
    """Of these SKUs the virtual kits, with the units of each component in a set."""
    from hub.model.identity import Sku
    from hub.web.shapes import kit

    found = {sku: session.hub.setup.network.virtual_kit(Sku(sku)) for sku in skus or ()}
    return {sku: kit(each) for sku, each in found.items() if each is not None}


def say_kits(session: Session, console: Console, skus: Iterable[str] | None, following: str) -> None:
    """Name the components of each virtual kit, and how to go on with one of them."""
    for sku, components in virtual_kits(session, skus).items():
        parts = ", ".join(f"{units} {component}" for component, units in components.items())
        say(console, f"{sku} is a virtual kit of {parts}. It has no stock of its own.")
        say(console, "A component: " + session.next(following.format(next(iter(components)))))
