"""What a connection's settings say of its partner's mappings, checked before anything is read or sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.mapping.faults import Faults
from hub.model.identity import ChannelId

if TYPE_CHECKING:
    from hub.mapping.fields.compile import CompiledMapping

PlaceOfSetting = Callable[..., str]
"""The place of the setting that these steps lead to."""


@dataclass(frozen=True, slots=True)
class MappingUse:
    """A setting that names a mapping: ``setting`` are the steps that lead to it. ``writes`` is what it has to write
    (``requests``); empty where it reads."""

    setting: tuple[str | int, ...]
    mapping: str
    writes: str = ""


@runtime_checkable
class MappingUser(Protocol):
    """An object of a connector whose settings name mappings."""

    @property
    def mappings_used(self) -> Sequence[MappingUse]:
        """Every one of them."""


def mapping_named(name: str, codebook: Codebook) -> CompiledMapping:
    """The partner's mapping. Raises ConfigurationError ``configuration.unknown-mapping``."""
    found = codebook.mappings.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, codebook.mappings, 1)
    meant = f"Did you mean {near[0]}? " if near else ""
    raise ConfigurationError(
        f"Partner {codebook.partner} has no mapping {name[:60]}.",
        code="configuration.unknown-mapping",
        cure=f"{meant}Make mappings/partners/{codebook.partner}/documents/{name[:60]}.yaml, or name one of: "
        f"{', '.join(sorted(codebook.mappings)) or 'none'}.",
    )


def check_uses(
    uses: Iterable[MappingUse], codebook: Codebook, channel: ChannelId | None, place: PlaceOfSetting
) -> None:
    """Raises ConfigurationError with every fault: a mapping that is not there (``configuration.unknown-mapping``) or is
    of another kind of document (``configuration.mapping-kind``), orders without a channel
    (``configuration.no-channel``)."""
    faults = Faults()
    for use in uses:
        with faults.collected():
            try:
                _check(use, mapping_named(use.mapping, codebook), channel)
            except ConfigurationError as error:
                error.place = place(*use.setting)
                raise
    faults.raise_all()


def _check(use: MappingUse, mapping: CompiledMapping, channel: ChannelId | None) -> None:
    name = mapping.shape.name
    if mapping.file.reads is bool(use.writes) or (use.writes and name != use.writes):
        wanted = f"writes {use.writes}" if use.writes else "reads"
        found = f"{'reads' if mapping.file.reads else 'writes'} {name}"
        raise ConfigurationError(
            f"The mapping {use.mapping} {found}; here is one wanted that {wanted}.",
            code="configuration.mapping-kind",
            cure="Name another mapping, or correct its document and direction.",
        )
    if name == "orders" and channel is None:
        raise ConfigurationError(
            f"The mapping {use.mapping} reads orders, and the connection serves no channel.",
            code="configuration.no-channel",
            cure="Give the connection a channel, or take the mapping out.",
        )
