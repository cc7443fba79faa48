"""Partners' items against our SKUs: many to one, by day, whichever id decides, and never by accident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ConfigurationError, DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.items_file import read_items
from hub.mapping.partner import load_partner
from hub.model.identity import ConnectionId, PartnerId, Sku
from hub.model.queue import ANY_ITEM

TEA, CUP = Sku("TEA"), Sku("CUP")
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 1)
MOVED = "sku,VN,since,until\nTEA,100,,2026-05-31\nCUP,100,2026-06-01,\n"
UPC, CASE = "012345678905", "10012345678902"


def book(folder: Path, text: str, *, item_ids: tuple[str, ...] = (), first: bool = False) -> Codebook:
    path = folder / "items.csv"
    path.write_text(text)
    items = read_items(path)
    return Codebook(ConnectionId("acme"), PartnerId("acme"), items=items, item_ids=item_ids, first_decides=first)


def sku_of(book: Codebook, *ids: tuple[str, str], order: Sequence[str] = ()) -> Sku | None:
    found = book.item_for(ids, order)
    return found.sku if found is not None else None


def test_old_and_new_number_are_one_sku(tmp_path: Path) -> None:
    several = book(tmp_path, "sku,VN\nTEA,100\nTEA,200\n")
    assert [TEA, TEA] == [sku_of(several, ("VN", value)) for value in ("100", "200")]
    assert "100" == several.item_of(TEA).ids["VN"]
    assert {"100": TEA, "200": TEA} == several.single_units("VN")


def test_preferred_item_is_the_one_named_to_the_partner(tmp_path: Path) -> None:
    several = book(tmp_path, "sku,VN,preferred\nTEA,100,\nTEA,200,yes\nTEA,300,no\n")
    assert "200" == several.item_of(TEA).ids["VN"]


def test_item_in_force_is_named_where_the_preferred_one_is_over(tmp_path: Path) -> None:
    several = book(tmp_path, "sku,VN,preferred,until\nTEA,100,,\nTEA,200,yes,2026-05-31\n")
    assert "200" == several.on(MAY).item_of(TEA).ids["VN"]
    assert "100" == several.on(JUNE).item_of(TEA).ids["VN"]


def test_id_that_moves_to_another_sku_means_what_it_meant_that_day(tmp_path: Path) -> None:
    moved = book(tmp_path, MOVED)
    assert TEA == sku_of(moved.on(MAY), ("VN", "100"))
    assert CUP == sku_of(moved.on(JUNE), ("VN", "100"))
    assert CUP == sku_of(moved, ("VN", "100"))
    with pytest.raises(DataError, match="TEA"):
        moved.on(JUNE).item_of(TEA)


@given(st.permutations(MOVED.splitlines()[1:]))
def test_order_of_rows_does_not_decide_what_an_id_means(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    moved = book(tmp_path_factory.mktemp("moved"), "\n".join([MOVED.splitlines()[0], *rows]))
    assert [TEA, CUP, CUP] == [sku_of(each, ("VN", "100")) for each in (moved.on(MAY), moved.on(JUNE), moved)]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sku,VN\nTEA,100\nCUP,100\n", ":3", "100 is TEA in line 2 and CUP here"),
        ("sku,VN,until\nTEA,100,2026-05-31\nCUP,100,\n", ":3", "Column VN"),
        (f"sku,UP,EN\nTEA,{UPC},\nCUP,,0{UPC}\n", ":3", "Column EN"),
        (f"sku,gtin\nTEA,{UPC}\nCUP,{UPC[1:]}\n", ":3", "is TEA in line 2"),
        ("sku,VN,preferred\nTEA,1,yes\nTEA,2,yes\n", ":3", "Line 2 is preferred for TEA"),
        ("sku,VN,preferred\nTEA,1,maybe\n", ":2", "neither yes nor no"),
        ("sku,UP\nTEA,012345678906\n", ":2", "012345678906 has a wrong check digit"),
        ("sku,GTIN-14\nTEA,1001234567890\n", ":2", "check digit"),
        ("sku,gtin\nTEA,N/A\n", ":2", "N/A is no GTIN"),
    ],
)
def test_conflict_in_the_file_names_line_and_column(tmp_path: Path, text: str, place: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        book(tmp_path, text)
    assert "configuration.items" == caught.value.code
    assert words in str(caught.value)
    assert f"items.csv{place}" in str(caught.value)
    assert caught.value.cure


def test_one_id_may_stand_in_several_rows_of_its_sku(tmp_path: Path) -> None:
    units = book(tmp_path, "sku,VN,UP,unit,units_each\nTEA,1,,CA,12\nTEA,1,,PL,480\nTEA,1,012345678905,EA,1\n")
    assert TEA == sku_of(units, ("VN", "1"), ("UP", UPC))


def test_ids_that_name_two_skus_are_a_conflict_and_never_guessed(tmp_path: Path) -> None:
    text = "sku,VN,SK\nTEA,100,\nCUP,,7\n"
    both = (("VN", "100"), ("SK", "7"))
    with pytest.raises(DataError) as caught:
        book(tmp_path, text).item_for(both)
    assert ("data.item-conflict", "VN 100 is TEA and SK 7 is CUP.") == (caught.value.code, caught.value.message)
    assert "acme/items.csv" in caught.value.cure
    assert CUP == sku_of(book(tmp_path, text, item_ids=("SK",), first=True), *both)
    assert TEA == sku_of(book(tmp_path, text, item_ids=("SK",), first=True), *both, order=("VN",))


def test_declared_id_decides_before_the_others_of_the_line(tmp_path: Path) -> None:
    text = "sku,VN,SK,unit,units_each\nTEA,100,,CA,12\nTEA,,7,EA,1\n"
    ids = (("SK", "7"), ("VN", "100"))
    assert "EA" == getattr(book(tmp_path, text).item_for(ids), "unit", "")
    assert "CA" == getattr(book(tmp_path, text, item_ids=("VN", "SK")).item_for(ids), "unit", "")


def test_unlisted_id_beside_a_listed_one_is_no_conflict(tmp_path: Path) -> None:
    assert TEA == sku_of(book(tmp_path, "sku,VN\nTEA,100\n"), ("MG", "X"), ("VN", "100"))


def test_value_without_a_qualifier_is_looked_for_under_the_declared_ids_first(tmp_path: Path) -> None:
    text = "sku,article,supplier\nTEA,7,\nCUP,,7\n"
    with pytest.raises(DataError, match="article 7 is TEA and supplier 7 is CUP"):
        book(tmp_path, text).item_named("7")
    assert TEA == getattr(book(tmp_path, text, item_ids=("article",)).item_named("7"), "sku", None)
    assert book(tmp_path, text).item_named("8") is None


def test_gtin_is_found_in_every_spelling_under_every_qualifier_of_gtins(tmp_path: Path) -> None:
    listed = book(tmp_path, f"sku,VN,GTIN-14,unit,units_each\nTEA,1,{UPC},EA,1\nTEA,1,{CASE},CA,12\n")
    for qualifier, value in [("UP", UPC), ("UP", UPC[1:]), ("EN", f"0{UPC}"), ("UK", f"00{UPC}"), ("barcode", UPC)]:
        assert "EA" == getattr(listed.item_for([(qualifier, value)]), "unit", "")
    assert "CA" == getattr(listed.item_for([("UK", CASE)]), "unit", "")
    assert listed.item_for([("UP", "012345678906")]) is None
    assert listed.item_for([("VN", UPC)]) is None


def test_example_of_the_guide_says_what_the_guide_says(tmp_path: Path) -> None:
    guide = Path(__file__).parents[3] / "docs" / "how-to" / "map-items.md"
    example = book(tmp_path, guide.read_text(encoding="utf-8").split("```\n")[1])
    green = Sku("TEA-GREEN")
    assert [green, green] == [sku_of(example, ("VN", number)) for number in ("100", "200")]
    assert "200" == example.item_of(green).ids["VN"]
    assert ["EA", "CA"] == [getattr(example.item_for([("UP", each)]), "unit", "") for each in (UPC, CASE)]
    assert [Sku("MUG-BLUE"), Sku("MUG-RED")] == [sku_of(example.on(day), ("VN", "300")) for day in (MAY, JUNE)]


def test_bulk_feeds_know_a_gtin_in_every_spelling(tmp_path: Path) -> None:
    singles = book(tmp_path, f"sku,gtin\nTEA,{UPC}\nCUP,96385074\n").single_units("UP")
    assert {TEA} == {singles[value] for value in (UPC, UPC[1:], f"0{UPC}", f"00{UPC}")}
    assert CUP == singles["96385074"]


def test_map_names_what_any_of_its_rows_names_on_whatever_day(tmp_path: Path) -> None:
    listed = book(tmp_path, f"sku,VN,gtin,until\nTEA,100,{UPC},2026-05-31\n").on(JUNE)
    for ids in ((("VN", "100"),), (("SK", "9"), ("UP", UPC[1:])), (("", "100"),), ANY_ITEM):
        assert listed.names(ids)
    for ids in ((("SK", "100"),), (("UP", "100"),), (("", "9"),)):
        assert not listed.names(ids)


def test_map_of_our_own_ids_names_the_skus_that_are_known() -> None:
    own = Codebook(ConnectionId("shop"), PartnerId("shop"), identity=True, known_skus=frozenset({TEA}))
    assert [True, False] == [own.names((("sku", each),)) for each in ("TEA", "CUP")]


def test_version_of_a_map_is_that_of_what_it_says_and_not_of_where(tmp_path: Path) -> None:
    first = book(tmp_path, "sku,VN\nTEA,100\n")
    moved = book(tmp_path, "sku,VN\n\n\nTEA,100\n")
    assert (2, 4) == (first.items[0].line, moved.items[0].line)
    assert first.map_version == moved.map_version == first.on(MAY).map_version
    others = [book(tmp_path, "sku,VN\nTEA,101\n"), replace(first, first_decides=True), replace(first, identity=True)]
    assert 4 == len({each.map_version for each in (first, *others)})


IDS = st.tuples(st.sampled_from(["VN", "SK", "UP"]), st.sampled_from(["1", "2", UPC, UPC[1:]]))


@given(st.lists(st.tuples(IDS, st.sampled_from([TEA, CUP])), max_size=5), st.lists(IDS, max_size=4), st.randoms())
def test_answer_never_depends_on_the_order_of_a_lines_ids(
    rows: list[tuple[tuple[str, str], Sku]], ids: list[tuple[str, str]], chance: object
) -> None:
    items = tuple({pair: PartnerItem(sku, dict([pair])) for pair, sku in rows}.values())
    listed = Codebook(ConnectionId("acme"), PartnerId("acme"), items=items)
    for shuffled in (ids, ids[::-1], sorted(ids)):
        assert _answer(listed, ids) == _answer(listed, shuffled)
        decided = _answer(replace(listed, first_decides=True, item_ids=("VN",)), shuffled)
        assert decided in {None, TEA, CUP}


def _answer(book: Codebook, ids: Sequence[tuple[str, str]]) -> Sku | str | None:
    try:
        return sku_of(book, *ids)
    except DataError as error:
        return error.code


def test_partners_item_ids_hold_for_x12_where_x12_says_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "partner.yaml").write_text("name: Acme\nitem_ids: [SK, VN]\non_conflict: first\n")
    profile = "us: {id: TOYHUB}\npartner: {id: ACME}\n"
    (folder / "x12.yaml").write_text(profile)
    found = load_partner(PartnerId("acme"), [tmp_path])
    assert ("SK", "VN") == (found.x12.item_ids if found.x12 else ())
    codebook = found.codebook(ConnectionId("acme"))
    assert (("SK", "VN"), True) == (codebook.item_ids, codebook.first_decides)
    (folder / "x12.yaml").write_text(profile + "item_ids: [UP]\n")
    found = load_partner(PartnerId("acme"), [tmp_path])
    assert ("UP",) == (found.x12.item_ids if found.x12 else ())
