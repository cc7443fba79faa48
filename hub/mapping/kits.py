"""The merchant's kits: from hub.yaml and kits.csv, checked and with kits inside kits taken apart."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from hub.errors import ConfigurationError
from hub.mapping.yaml_file import place_of
from hub.model.canonical import Canonical, PositiveAmount
from hub.model.identity import Sku
from hub.model.kit import Kit, KitKind

FILE = "kits.csv"
"""The file in the folder of the user's mappings."""

COLUMNS = ("kit", "component", "units", "kind", "separable")
"""One line for each component. ``kind`` and ``separable`` (yes or no) may be left out, and are the same on all lines
of a kit."""

_ANSWERS = {"": False, "no": False, "yes": True}


class KitConfig(Canonical):
    """What one kit consists of, in eaches by component; see hub.model.kit.Kit."""

    kind: KitKind = KitKind.VIRTUAL
    components: Mapping[Sku, PositiveAmount] = Field(min_length=1)
    separable: bool = False


@dataclass(frozen=True, slots=True)
class _Written:
    """A kit as it was written, and where: the place of each component, that of the kit by its own SKU."""

    given: KitConfig
    places: Mapping[Sku, str]


def load_kits(inline: Mapping[Sku, KitConfig], loaded: Any, path: Path, mappings: Path) -> dict[Sku, Kit]:
    """Every kit of hub.yaml and of the mappings' kits.csv; components that are virtual kits are taken apart.

    Raises ConfigurationError ``configuration.kit`` with file and line.
    """
    written = {sku: _Written(given, _places(sku, given, loaded, path)) for sku, given in inline.items()}
    for sku, found in _read(mappings / FILE):
        if sku in written:
            raise _fault(f"The kit {sku} is defined twice.", found.places[sku], "Keep one of the two.")
        written[sku] = found
    for sku, each in written.items():
        if each.given.separable and each.given.kind is KitKind.PREBUILT:
            cure = "Leave separable out: a pre-built kit ships as the one item that it is."
            raise _fault(f"The pre-built kit {sku} cannot be separable.", each.places[sku], cure)
    return {sku: _taken_apart(sku, written) for sku in written}


def _places(sku: Sku, given: KitConfig, loaded: Any, path: Path) -> dict[Sku, str]:
    own = {sku: place_of(loaded, ("kits", sku), path)}
    return {each: place_of(loaded, ("kits", sku, "components", each), path) for each in given.components} | own


def _taken_apart(sku: Sku, written: Mapping[Sku, _Written]) -> Kit:
    given = written[sku].given
    units = _units_of(sku, written, (sku,))
    try:
        return Kit(sku=sku, kind=given.kind, components=units, separable=given.separable)
    except ValidationError:
        words = f"A component of the kit {sku} comes to a number with more than six decimal places."
        raise _fault(words, written[sku].places[sku], "Give numbers that multiply to shorter ones.") from None


def _units_of(sku: Sku, written: Mapping[Sku, _Written], inside: tuple[Sku, ...]) -> dict[Sku, Decimal]:
    """Eaches by component, none of which is a virtual kit; ``inside``: the kits on the way down to this one."""
    units: dict[Sku, Decimal] = {}
    for component, count in written[sku].given.components.items():
        if component in inside:
            way = " > ".join((*inside, component))
            cure = "A kit cannot be a part of itself: remove one of these components."
            raise _fault(f"The kit {inside[0]} contains itself: {way}.", written[sku].places[component], cure)
        below = {component: Decimal(1)}
        if component in written:
            parts = _units_of(component, written, (*inside, component))
            below = parts if written[component].given.kind is KitKind.VIRTUAL else below
        for part, each in below.items():
            units[part] = units.get(part, Decimal(0)) + count * each
    return units


def _read(path: Path) -> Iterator[tuple[Sku, _Written]]:
    """The kits of a kits.csv; none where there is no such file."""
    if not path.is_file():
        return
    components: dict[Sku, dict[Sku, Decimal]] = {}
    places: dict[Sku, dict[Sku, str]] = {}
    ways: dict[Sku, tuple[KitKind, bool]] = {}
    for row, place in _rows(path):
        kit, component = Sku(row["kit"]), Sku(row["component"])
        if not kit or not component:
            raise _fault("The line names no kit or no component.", place, "Fill in both, or remove the line.")
        if component in components.setdefault(kit, {}):
            raise _fault(f"The kit {kit} names {component} twice.", place, "Give its units in one line.")
        if ways.setdefault(kit, _way(row, place)) != _way(row, place):
            words = f"The lines of the kit {kit} differ in kind or separable."
            raise _fault(words, place, "Give the same on all lines of a kit.")
        components[kit][component] = _units(row["units"], place)
        places.setdefault(kit, {kit: place})[component] = place
    for kit, units in components.items():
        kind, separable = ways[kit]
        yield kit, _Written(KitConfig(kind=kind, components=units, separable=separable), places[kit])


def _rows(path: Path) -> Iterator[tuple[dict[str, str], str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            _check_heading(list(reader.fieldnames or ()), path)
            for row in reader:
                yield {name: (row.get(name) or "").strip() for name in COLUMNS}, f"{path}:{reader.line_num}"
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise _fault(
            f"The file is no CSV file in UTF-8 ({type(error).__name__}).", str(path), "Save it anew."
        ) from None


def _check_heading(names: list[str], path: Path) -> None:
    odd = [name for name in names if name not in COLUMNS]
    missing = [name for name in COLUMNS[:3] if name not in names]
    if odd or missing:
        said = f"has an unknown column {odd[0]}" if odd else f"has no column {missing[0]}"
        raise _fault(f"The file {said}.", f"{path}:1", f"Its columns are {', '.join(COLUMNS)}.")


def _way(row: Mapping[str, str], place: str) -> tuple[KitKind, bool]:
    kind, answer = row["kind"] or KitKind.VIRTUAL, row["separable"].lower()
    if kind not in set(KitKind):
        raise _fault(f"There is no kind {kind} of kit.", place, f"Known: {', '.join(KitKind)}.")
    if answer not in _ANSWERS:
        raise _fault(f"separable is {answer}.", place, "Write yes or no.")
    return KitKind(kind), _ANSWERS[answer]


def _units(text: str, place: str) -> Decimal:
    try:
        return KitConfig(components={Sku("any"): Decimal(text)}).components[Sku("any")]
    except (InvalidOperation, ValidationError):
        raise _fault("The units are no number above zero with at most six decimal places.", place, "") from None


def _fault(words: str, place: str, cure: str) -> ConfigurationError:
    return ConfigurationError(words, code="configuration.kit", cure=cure, place=place)
