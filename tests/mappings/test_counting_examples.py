"""The worked examples in every shipped counting.yaml, and in the page of contracts, come out as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from hub.inventory.worked import difference
from hub.mapping.partner import load_partner
from hub.mapping.partner_file import CountingFile
from hub.mapping.shipped import mapping_folders, shipped_mappings
from hub.mapping.yaml_composer import Composer
from hub.mapping.yaml_file import validate
from hub.model.counting_example import CountingExample
from hub.model.identity import PartnerId
from hub.model.network import PARTS, CountingRule, MissingMeans, MissingPart, NetOf

PARTNERS = shipped_mappings() / "partners"
FOLDERS = [each / "partners" for each in mapping_folders()]
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "counting-contracts.md"
CONTRACTS = {
    title: validate(CountingFile, Composer(yaml.parse(block, Loader=yaml.CSafeLoader), PAGE).document(), PAGE)
    for title, block in re.findall(r"^## (.+?)$.*?^```yaml$(.+?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
}


def files() -> Iterator[tuple[str, CountingFile]]:
    for folder in sorted(path for path in PARTNERS.iterdir() if path.is_dir()):
        yield folder.name, load_partner(PartnerId(folder.name), FOLDERS).counting
    yield from CONTRACTS.items()


def examples() -> Iterator[tuple[str, CountingRule, CountingExample]]:
    for name, file in files():
        for number, example in enumerate(file.examples, start=1):
            yield f"{name}-{number}", file.rule_at(example.location), example


@pytest.mark.parametrize(("rule", "example"), [pytest.param(rule, each, id=name) for name, rule, each in examples()])
def test_example_comes_out_as_written(rule: CountingRule, example: CountingExample) -> None:
    assert "" == difference(rule, example)


def test_an_example_that_is_wrong_is_told_apart() -> None:
    lowmere = load_partner(PartnerId("lowmere"), FOLDERS).counting
    wrong = lowmere.examples[0].model_copy(update={"on_hand": lowmere.examples[0].on_hand + 1})
    assert difference(lowmere.rule, wrong).startswith("35 on hand, 0 of it unavailable. +30 reported available 30 EA;")


def test_every_shipped_partner_has_an_example() -> None:
    counted = {name for name, file in files() if file.examples}
    assert {path.parent.name for path in PARTNERS.glob("*/counting.yaml")} <= counted


def test_the_page_shows_every_word_a_contract_is_made_of_with_its_example() -> None:
    assert all(file.examples for file in CONTRACTS.values())
    rules = [file.rule for file in CONTRACTS.values()]
    assert PARTS == {part for rule in rules for part in rule.contains or ()}
    assert set(NetOf) == {rule.net_of for rule in rules}
    assert set(MissingMeans) == {rule.missing for rule in rules}
    assert set(MissingPart) == {rule.missing_part for rule in rules}
