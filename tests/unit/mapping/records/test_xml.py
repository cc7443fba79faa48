"""XML as partners send it: elements as values, records wherever they stand, and what is refused."""

from __future__ import annotations

import codecs
from typing import Any

import pytest

from hub.mapping.records.trees import Tree, open_tree
from tests.unit.mapping.records.reading import form, refused


def read(body: str | bytes, path: str = "/feed/product", **layout: object) -> list[tuple[str, Tree]]:
    data = body.encode() if isinstance(body, str) else body
    return list(open_tree(form("xml", records=path, **layout), "feed", data))


def tree(product: str) -> Tree:
    [(_, found)] = read(f"<feed>{product}</feed>")
    return found


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("<product>A</product>", "A"),
        ("<product/>", ""),
        ("<product><![CDATA[<A>&]]></product>", "<A>&"),
        ("<product>&lt;&#65;&amp;</product>", "<A&"),
        ('<product sku="A"/>', {"@sku": "A"}),
        ('<product sku="A"> 7 </product>', {"@sku": "A", "#text": " 7 "}),
        ("<product>\n  <sku>A</sku>\n  <sku/>\n</product>", {"sku": ["A", ""]}),
        ("<product>old <b>new</b> odd</product>", {"b": "new", "#text": "old  odd"}),
        ('<product><s><q u="EA">7</q></s></product>', {"s": {"q": {"@u": "EA", "#text": "7"}}}),
        ("<product><!-- a --><sku>A<!-- b -->B<?pi?></sku></product>", {"sku": "AB"}),
        ('<product xmlns:x="urn:x" id="1" x:id="2"/>', {"@id": ["1", "2"]}),
        ('<product xmlns:x="urn:x"><n>1</n><x:n>2</x:n></product>', {"n": ["1", "2"]}),
    ],
)
def test_an_element_is_its_text_or_what_it_holds(product: str, expected: Tree) -> None:
    assert expected == tree(product)


def test_records_have_their_number_and_line() -> None:
    head = '<?xml version="1.0"?>\n<f:feed xmlns:f="urn:f">\n<head><product/></head>\n'
    body = head + "<f:product/>\n<product>B</product></f:feed>"
    assert [("/feed/product[1] line 4", ""), ("/feed/product[2] line 5", "B")] == read(body)


def test_one_record_may_be_the_whole_file() -> None:
    assert [("/order[1] line 1", {"id": "7"})] == read("<order><id>7</id></order>", "/order")


def test_no_records_are_no_fault_where_they_would_be() -> None:
    assert [] == read("<feed><head/></feed>")


def test_a_file_says_its_character_set_unless_the_format_does() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-15"?><feed><product>€</product></feed>'
    assert "€" == read(body.encode("iso-8859-15"))[0][1]
    assert "€" == read(codecs.BOM_UTF16_LE + body.replace("iso-8859-15", "utf-16").encode("utf-16-le"))[0][1]
    assert "€" == read(body.encode("cp1252"), encoding="cp1252")[0][1]


_FIRST = "feed: /feed/product[1] line 1"
_FEED = "<feed><product><a>1</a></product><product/></feed>"


@pytest.mark.parametrize(
    ("layout", "body", "code", "place"),
    [
        ({}, "", "records.truncated", "feed"),
        ({}, "<feed><product><a>1", "records.truncated", "feed: /feed/product/a"),
        ({}, "<feed><product/>", "records.truncated", "feed: /feed"),
        ({}, "<feed><product/></fe", "records.truncated", "feed: /feed"),
        ({}, "<feed><product></feed>", "records.syntax", "feed: line 1"),
        ({}, "<feed>\n<product>&nbsp;</product></feed>", "records.syntax", "feed: line 2"),
        ({}, b"<feed><product>\xff</product></feed>", "records.syntax", "feed: line 1"),
        ({"encoding": "utf-8"}, b"<feed>\xff</feed>", "records.encoding", "feed"),
        ({"encoding": "cp1252"}, b"\xef\xbb\xbf<feed/>", "records.encoding", "feed"),
        ({}, "<list><product/></list>", "records.path", "feed: /feed/product"),
        ({}, "<!DOCTYPE feed><feed/>", "records.doctype", "feed"),
        ({}, "<!--" + "<a " * 30_000 + '--><!DOCTYPE feed [<!ENTITY a "b">]><feed/>', "records.doctype", "feed"),
        ({}, "<!DOCTYPE feed><feed/>".encode("utf-16"), "records.doctype", "feed"),
        ({"limits": {"max_depth": 2}}, _FEED, "records.too-deep", "feed: /feed/product/a"),
        ({"limits": {"max_records": 1}}, _FEED, "records.too-big", "feed: /feed/product[2] line 1"),
        ({"limits": {"max_columns": 1}}, '<feed a="1" b="2"/>', "records.too-big", "feed: /feed"),
        ({"limits": {"max_cell": 2}}, "<feed><product>abc</product></feed>", "records.too-big", _FIRST),
        ({}, "<feed><product>" + "<a/>" * 60_000, "records.too-big", "feed: /feed/product/a"),
        ({}, "<feed>" + "".join(f"<a{number}/>" for number in range(11_000)), "records.too-big", "feed: /feed/a9999"),
        ({}, "<feed><product>" + "x" * 2_000_000, "records.too-big", "feed: /feed/product"),
        ({}, "<feed " + "x" * 2_000_000, "records.too-big", "feed"),
        (
            {"limits": {"max_record": 1024}},
            "<feed><product>" + "<a/>" * 40_000,
            "records.too-big",
            "feed: /feed/product",
        ),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_place(
    layout: dict[str, Any], body: str | bytes, code: str, place: str
) -> None:
    error = refused(lambda: read(body, **layout))
    assert (code, place, True) == (error.code, error.path, bool(error.cure))


def test_a_file_that_is_cut_anywhere_is_never_taken_for_whole() -> None:
    body = '<?xml version="1.0"?><feed><product a="1"><b>x &amp; y</b></product></feed>'
    for cut in range(len(body)):
        assert refused(lambda: read(body[:cut])).code in {"records.truncated", "records.syntax"}  # noqa: B023
    assert 1 == len(read(body))
