"""catalogue.csv: what items weigh, measure and are worth, and what is wrong with the file by line and column."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.mapping.catalogue import load_catalogue
from hub.mapping.config import load_setup
from hub.mapping.csv_sheet import MOST_FAULTS
from hub.mapping.faults import Faults
from hub.model.identity import Sku
from hub.model.item import CUBIC_CENTIMETRE, CUBIC_INCH, GRAM, OUNCE, POUND, ItemFacts

HEADING = "sku,title,weight,weight_unit,length,width,height,size_unit,value,category,hazmat,tags\n"


def catalogue(folder: Path, text: str) -> Mapping[Sku, ItemFacts]:
    (folder / "hub.yaml").write_text("currency: USD\n")
    (folder / "mappings").mkdir(exist_ok=True)
    (folder / "mappings" / "catalogue.csv").write_text(text)
    return load_setup(folder / "hub.yaml").network.items


def test_every_fact_of_an_item(tmp_path: Path) -> None:
    row = '"ROBOT","Robot, red",1.5,lb,10,4,2.5,in,19.99,toys,yes,slow; fragile big\n'
    assert {
        "ROBOT": ItemFacts(
            sku=Sku("ROBOT"),
            title="Robot, red",
            weight=24 * OUNCE,
            volume=100 * CUBIC_INCH,
            value=Decimal("19.99"),
            category="toys",
            hazmat=True,
            tags=("slow", "fragile", "big"),
        )
    } == catalogue(tmp_path, HEADING + row)


def test_only_the_sku_must_be_there(tmp_path: Path) -> None:
    assert {"KITE": ItemFacts(sku=Sku("KITE"))} == catalogue(tmp_path, "sku\nKITE\n\n")
    assert {} == catalogue(tmp_path, "sku\n")


def test_set_up_without_a_catalogue_knows_no_items(tmp_path: Path) -> None:
    assert {} == load_catalogue(tmp_path, Faults())


@pytest.mark.parametrize(("unit", "weight"), [("g", GRAM), ("kg", 1000 * GRAM), ("oz", OUNCE), ("lb", POUND)])
def test_units_of_weight(tmp_path: Path, unit: str, weight: int) -> None:
    found = catalogue(tmp_path, f"sku,weight,weight_unit\nKITE,4.0,{unit}\n")
    assert 4 * weight == found[Sku("KITE")].weight


@pytest.mark.parametrize(
    ("sides", "volume"),
    [("10,5,2,cm", 100 * CUBIC_CENTIMETRE), ("100,50,20,mm", 100 * CUBIC_CENTIMETRE), ("1,1,1,in", CUBIC_INCH)],
)
def test_units_of_size(tmp_path: Path, sides: str, volume: int) -> None:
    found = catalogue(tmp_path, f"sku,length,width,height,size_unit\nKITE,{sides}\n")
    assert volume == found[Sku("KITE")].volume


def test_semicolons_between_columns(tmp_path: Path) -> None:
    assert GRAM == catalogue(tmp_path, "sku;weight;weight_unit\nKITE;1;g\n")[Sku("KITE")].weight


def test_mark_of_a_spreadsheet_blank_rows_and_cells_beyond_the_heading(tmp_path: Path) -> None:
    assert {"KITE"} == set(catalogue(tmp_path, "\ufeffsku,title\n , \nKITE,Kite,,\n"))


def test_changed_catalogue_is_a_changed_set_up(tmp_path: Path) -> None:
    catalogue(tmp_path, "sku\nKITE\n")
    setup = load_setup(tmp_path / "hub.yaml")
    catalogue(tmp_path, "sku\nROBOT\n")
    assert setup.version != setup.version_now()


def faults(folder: Path, text: str) -> list[tuple[str, str, str]]:
    """Place under the mappings, message and cure of each."""
    with pytest.raises(ConfigurationError) as caught:
        catalogue(folder, text)
    assert {"configuration.catalogue"} == {each.code for each in caught.value.each()}
    base = f"{folder / 'mappings'}/"
    return [(each.place.removeprefix(base), each.message, each.cure) for each in caught.value.each()]


@pytest.mark.parametrize(
    ("text", "place", "message", "cure"),
    [
        (
            "sku,waight\n",
            1,
            "The file has an unknown column waight.",
            "Did you mean weight? Its columns are sku, title,",
        ),
        ("title\n", 1, "The file has no column sku.", "Its columns are sku,"),
        ("sku,sku\n", 1, "The file has the column sku twice.", "Keep one of them."),
        ("sku,title\n,Kite\n", 2, "Column sku: It is empty.", "Fill it in"),
        ("sku\nKITE\nROBOT\nKITE\n", 4, "Column sku: KITE stands in line 2 already.", "Keep one of the rows."),
        ("sku,title\nKITE,red, big\n", 2, "The row has more cells than the heading.", "Quote texts"),
        ("sku,weight,weight_unit\nKITE,1,\n", 2, "Column weight_unit: It is empty.", "Fill it in"),
        ("sku,weight\nKITE,1\n", 2, "Column weight_unit: It is empty.", "Fill it in"),
        ("sku,weight,weight_unit\nKITE,1,lbs\n", 2, "Column weight_unit: There is no lbs.", "Did you mean lb? Known:"),
        (
            'sku,weight,weight_unit\nKITE,"1,5",kg\n',
            2,
            "Column weight: 1,5 is no number of zero or more.",
            "Write digits,",
        ),
        ("sku,weight,weight_unit\nKITE,-1,kg\n", 2, "Column weight: -1 is no number of zero or more.", "Write digits,"),
        ("sku,weight,weight_unit\nKITE,NaN,kg\n", 2, "Column weight: NaN is no number of zero", "Write digits,"),
        ("sku,weight,weight_unit\nKITE,1e20,kg\n", 2, "Column weight: 1e20 is no number of zero", "Write digits,"),
        ("sku,value\nKITE,1.1234567\n", 2, "Column value: 1.1234567 has more than 6 decimal places.", "Round it."),
        (
            "sku,length,width,height,size_unit\nKITE,1,,2,cm\n",
            2,
            "Column width: It is empty, while length is",
            "Give all",
        ),
        ("sku,length,width,height,size_unit\nKITE,1,1,1,ft\n", 2, "Column size_unit: There is no ft.", "Known: cm,"),
        ("sku,hazmat\nKITE,maybe\n", 2, "Column hazmat: maybe is neither yes nor no.", "Write yes"),
    ],
)
def test_fault_is_told_with_line_column_and_cure(
    tmp_path: Path, text: str, place: int, message: str, cure: str
) -> None:
    [(where, said, advice)] = faults(tmp_path, text)
    assert f"catalogue.csv:{place}" == where
    assert said.startswith(message)
    assert advice.startswith(cure)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, "sku,weight,weight_unit,hazmat\nA,1,st,\nB,x,g,\nC,1,g,no\nD,1,g,never\n")
    assert [2, 3, 5] == [int(place.rpartition(":")[2]) for place, _, _ in found]


def test_a_file_that_is_all_wrong_is_not_read_to_its_end(tmp_path: Path) -> None:
    assert MOST_FAULTS == len(faults(tmp_path, "sku,weight\n" + "".join(f"S{each},1\n" for each in range(500))))


def test_file_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "catalogue.csv").write_bytes(b"sku\n\xff\xfe\n")
    found = Faults()
    assert {} == load_catalogue(tmp_path, found)
    assert ["The file is no CSV file in UTF-8 (UnicodeDecodeError)."] == [each.message for each in found]
