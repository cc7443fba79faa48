"""The catalogue of kits: two ways to write it, kits inside kits, and what is wrong with it by file and line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.mapping.config import load_setup
from hub.model.identity import Sku
from hub.model.kit import Kit, KitKind
from tests.builders import a_kit


def catalogue(folder: Path, inline: str = "", table: str = "") -> Mapping[Sku, Kit]:
    (folder / "hub.yaml").write_text(f"kits:\n{inline}" if inline else "currency: USD\n")
    if table:
        (folder / "mappings").mkdir(exist_ok=True)
        (folder / "mappings" / "kits.csv").write_text(table)
    return load_setup(folder / "hub.yaml").network.kits


def fault(folder: Path, inline: str = "", table: str = "") -> tuple[str, str, str]:
    """Code, message and place under the folder."""
    with pytest.raises(ConfigurationError) as caught:
        catalogue(folder, inline, table)
    return caught.value.code, caught.value.message, str(caught.value.place).removeprefix(f"{folder}/")


def test_kits_are_written_in_hub_yaml(tmp_path: Path) -> None:
    inline = """\
  SHELF: {components: {BOLT: 2, PLATE: "0.5"}, separable: true}
  BOX: {components: {LAMP: 1}, kind: prebuilt}
"""
    assert {
        "SHELF": a_kit("SHELF", separable=True, BOLT=2, PLATE="0.5"),
        "BOX": a_kit("BOX", kind=KitKind.PREBUILT, LAMP=1),
    } == catalogue(tmp_path, inline)


def test_kits_are_written_as_a_table(tmp_path: Path) -> None:
    table = "kit,component,units,kind,separable\nSHELF,BOLT,2,,yes\nSHELF,PLATE,1,virtual,yes\nBOX,LAMP,1,prebuilt,\n"
    assert {
        "SHELF": a_kit("SHELF", separable=True, BOLT=2, PLATE=1),
        "BOX": a_kit("BOX", kind=KitKind.PREBUILT, LAMP=1),
    } == catalogue(tmp_path, table=table)


def test_virtual_kits_inside_kits_are_taken_apart_and_prebuilt_ones_are_not(tmp_path: Path) -> None:
    inline = """\
  SET: {components: {SHELF: 2, BOLT: 1, BOX: 1}}
  SHELF: {components: {BOLT: 2, PLATE: 1}}
  BOX: {components: {LAMP: 1}, kind: prebuilt}
"""
    found = catalogue(tmp_path, inline)[Sku("SET")].components
    assert {"BOLT": Decimal(5), "PLATE": Decimal(2), "BOX": Decimal(1)} == found


def test_changed_table_is_a_changed_set_up(tmp_path: Path) -> None:
    catalogue(tmp_path, table="kit,component,units\nSHELF,BOLT,2\n")
    setup = load_setup(tmp_path / "hub.yaml")
    catalogue(tmp_path, table="kit,component,units\nSHELF,BOLT,3\n")
    assert setup.version != setup.version_now()


def test_kit_that_contains_itself_is_refused_with_the_way_to_it(tmp_path: Path) -> None:
    inline = "  A: {components: {B: 1}}\n  B:\n    components:\n      X: 1\n      A: 2\n"
    assert ("configuration.kit", "The kit A contains itself: A > B > A.", "hub.yaml:6:7") == fault(tmp_path, inline)


def test_kit_that_is_written_twice_is_refused(tmp_path: Path) -> None:
    table = "kit,component,units\nSHELF,BOLT,2\n"
    found = fault(tmp_path, "  SHELF: {components: {BOLT: 2}}\n", table)
    assert ("configuration.kit", "The kit SHELF is defined twice.", "mappings/kits.csv:2") == found


@pytest.mark.parametrize(
    ("inline", "place"),
    [
        ("  SHELF: {components: {BOLT: 0}}\n", "hub.yaml:2:24"),
        ("  SHELF: {components: {BOLT: -1}}\n", "hub.yaml:2:24"),
        ("  SHELF: {components: {}}\n", "hub.yaml:2:11"),
        ("  SHELF: {components: {BOLT: 1}, kind: loose}\n", "hub.yaml:2:34"),
    ],
)
def test_values_that_do_not_fit_are_refused_where_they_stand(tmp_path: Path, inline: str, place: str) -> None:
    code, _, found = fault(tmp_path, inline)
    assert ("configuration.invalid", place) == (code, found)


def test_prebuilt_kit_is_not_separable(tmp_path: Path) -> None:
    inline = "  SHELF: {components: {BOLT: 1}, kind: prebuilt, separable: true}\n"
    assert ("configuration.kit", "The pre-built kit SHELF cannot be separable.", "hub.yaml:2:3") == fault(
        tmp_path, inline
    )


def test_numbers_that_multiply_to_too_many_places_are_refused(tmp_path: Path) -> None:
    inline = '  SET: {components: {SHELF: "0.0001"}}\n  SHELF: {components: {BOLT: "0.0001"}}\n'
    assert "configuration.kit" == fault(tmp_path, inline)[0]


@pytest.mark.parametrize(
    ("table", "words", "line"),
    [
        ("kit,component\nSHELF,BOLT\n", "The file has no column units.", 1),
        ("kit,component,units,price\nSHELF,BOLT,1,2\n", "The file has an unknown column price.", 1),
        ("kit,component,units\nSHELF,,1\n", "The line names no kit or no component.", 2),
        ("kit,component,units\nSHELF,BOLT,1\nSHELF,BOLT,2\n", "The kit SHELF names BOLT twice.", 3),
        ("kit,component,units\nSHELF,BOLT,none\n", "The units are no number above zero", 2),
        ("kit,component,units\nSHELF,BOLT,0\n", "The units are no number above zero", 2),
        ("kit,component,units,kind\nSHELF,BOLT,1,loose\n", "There is no kind loose of kit.", 2),
        ("kit,component,units,separable\nSHELF,BOLT,1,perhaps\n", "separable is perhaps.", 2),
        (
            "kit,component,units,kind\nSHELF,BOLT,1,virtual\nSHELF,PLATE,1,prebuilt\n",
            "The lines of the kit SHELF differ in kind or separable.",
            3,
        ),
    ],
)
def test_line_of_the_table_that_cannot_be_used_is_named(tmp_path: Path, table: str, words: str, line: int) -> None:
    code, message, place = fault(tmp_path, table=table)
    assert ("configuration.kit", f"mappings/kits.csv:{line}") == (code, place)
    assert message.startswith(words)
