"""Documents are laid over each other key by key, and every key keeps its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ConfigurationError
from hub.mapping.overlay import entries, layers_to_one, overlaid, read_overlaid
from hub.mapping.partner_file import CountingFile, PartnerFile
from hub.mapping.x12_profile import X12Profile
from hub.mapping.yaml_file import read_yaml

LEAVES = st.integers() | st.text("ab", max_size=2) | st.lists(st.integers(), max_size=2)
DOCUMENTS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), LEAVES, max_size=3),
    lambda below: st.dictionaries(st.sampled_from("abc"), below | LEAVES, max_size=3),
    max_leaves=8,
)


@given(document=DOCUMENTS)
def test_nothing_and_itself_change_nothing(document: dict[str, Any]) -> None:
    assert document == overlaid(document, {}) == overlaid({}, document) == overlaid(document, document)


@given(low=DOCUMENTS, middle=DOCUMENTS, high=DOCUMENTS)
def test_what_is_laid_over_wins_and_nothing_below_is_changed(low: Any, middle: Any, high: Any) -> None:
    before = repr((low, middle, high))
    found = overlaid(overlaid(low, middle), high)
    assert set(found) == {*low, *middle, *high}
    assert found == overlaid(found, high)
    assert before == repr((low, middle, high))


@given(low=DOCUMENTS, key=st.sampled_from("abc"))
def test_null_takes_away_what_is_below_it_and_only_that(low: Any, key: str) -> None:
    found = overlaid(low, {key: None}, lambda _: False)
    assert {**low, **({} if key in low else {key: None})}.keys() - ({key} & low.keys()) == found.keys()


def test_null_is_a_value_where_the_schema_has_it() -> None:
    ground = {"delimiters": {"element": "|"}, "timezone": "UTC", "header_codes": {"AC": "accepted"}}
    own = {"delimiters": None, "timezone": None, "header_codes": {"AC": None}}
    assert {"delimiters": None, "header_codes": {"AC": None}} == layers_to_one(X12Profile, [own, ground])


def test_null_that_takes_nothing_away_is_refused(tmp_path: Path) -> None:
    from hub.mapping.partner import load_partner
    from hub.model.identity import PartnerId

    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "partner.yaml").write_text("name: Acme\ntables: null\n")
    with pytest.raises(ConfigurationError) as caught:
        load_partner(PartnerId("acme"), [tmp_path])
    assert f"{folder / 'partner.yaml'}:2:1" == caught.value.place
    assert caught.value.cure.startswith("Remove it: null is no value")


def test_every_key_names_the_file_it_comes_from(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own.yaml", tmp_path / "shipped.yaml"
    own.write_text("sites: {EAST: e2}\n")
    shipped.write_text("name: Acme\nsites:\n  EAST: e1\n  WEST: w1\n")
    document = read_overlaid(PartnerFile, [own, shipped])
    assert [
        (("name",), "Acme", f"{shipped}:1:1"),
        (("sites",), None, f"{own}:1:1"),
        (("sites", "EAST"), "e2", f"{own}:1:9"),
        (("sites", "WEST"), "w1", f"{shipped}:4:3"),
    ] == [(each.steps, each.value, str(each.mark)) for each in entries(document)]


def test_a_template_may_start_from_a_template(tmp_path: Path) -> None:
    (tmp_path / "far.yaml").write_text('version: "005010"\nusage: T\n')
    (tmp_path / "near.yaml").write_text("template: far\nusage: P\n")
    (tmp_path / "x12.yaml").write_text("template: near\n")
    found = read_overlaid(X12Profile, [tmp_path / "x12.yaml"], templates=[tmp_path])
    assert {"template": "near", "version": "005010", "usage": "P"} == found


def test_templates_that_start_from_each_other_are_told_as_a_chain(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("template: two\n")
    (tmp_path / "two.yaml").write_text("usage: T\ntemplate: one\n")
    (tmp_path / "x12.yaml").write_text("template: one\n")
    with pytest.raises(ConfigurationError, match="one > two > one") as caught:
        read_overlaid(X12Profile, [tmp_path / "x12.yaml"], templates=[tmp_path])
    assert ("configuration.template-cycle", f"{tmp_path / 'two.yaml'}:2:1") == (caught.value.code, caught.value.place)


def test_lists_stand_whole(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own.yaml", tmp_path / "shipped.yaml"
    own.write_text("examples: []\n")
    shipped.write_text("examples:\n  - {quantity: 1, on_hand: 1}\n")
    assert {"examples": []} == read_overlaid(CountingFile, [own, shipped])
    assert 1 == len(read_yaml(shipped)["examples"])
