"""docs/reference/document-mappings.md, from shapes and functions: `python -m tests.architecture.mappings_page`."""

# ruff: noqa: E501  rows of a table cannot be folded

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.mapping.fields.functions import FUNCTIONS
from hub.mapping.fields.shapes import READ, SHAPES, WRITTEN, Field, Shape
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "document-mappings.md"
_INTRODUCTION = """# Document mappings

`mappings/partners/PARTNER/documents/NAME.yaml`: how one kind of a partner's documents is read, or written, field by field
([why so](../adr/0026-a-document-is-mapped-field-by-field.md)). `hub mapping new --from FILE` drafts one from a file,
`hub mapping check` reads its samples by it, `hub mapping explain` shows how each field came about.

```yaml
document: stock
format:
  kind: csv
  delimiter: ";"
  columns: {ItemNo: {required: true}, Qty: {}, Held: {}, Whs: {}, Next: {}}
  locale: {decimal: ",", thousands: ".", date: ["%d.%m.%Y"]}
about:
  mode: {value: full}
skip: row.ItemNo == 'TOTAL'
fields:
  item.VN: {from: ItemNo, using: [upper, {without_prefix: NW-}]}
  available: {from: "${decimal(row.Qty) - decimal(row.Held)}", when: "row.Held != ''", default: 0}
  site: {from: Whs, table: sites, default: MAIN}
  expected_on: Next
tables:
  sites: {M: MAIN, E: EAST}
```

This page is made by `python -m tests.architecture.mappings_page`; do not edit it.

## The file

| key | default | meaning |
|---|---|---|
| `document` | required | what it is: one of those below |
| `direction` | `in` | `in`: it is read. `out`: it is written |
| `template` | none | a mapping of `templates/documents` that this one is laid over, key by key |
| `title` | empty | for people |
| `format` | required | how the file is laid out, and how it writes numbers and days: [file formats](file-formats.md) |
| `about` | none | fields of the whole document; only its name and moment are known there: `${file.name}`, `${file.at}` |
| `fields` | required | fields of each record |
| `lines` | none | fields of what a record has several of |
| `lines.each` | this or `by` | in a tree: the place of the lines in their record |
| `lines.by` | this or `each` | in a table, each row being a line: the columns in which the rows of one record are alike. What they say of the record must be the same in each |
| `lines.fields` | required | fields of each line; in a tree a place that begins with `/` is of the record |
| `skip` | none | an expression: records for which it holds are passed over |
| `tables` | none | value tables beside those of partner.yaml; they hide those of the same name |

## A field

A text alone is the place where it stands, a list the places of which the first that has something counts. Else:

| key | default | meaning |
|---|---|---|
| `from` | this or `value` | places; or a text with `${...}`, worked out by an [expression](expressions.md) of `row`, `line`, `file` and `partner` |
| `value` | this or `from` | always this |
| `when` | always | only where this expression holds; else its default |
| `using` | none | functions, one after the other: `trim`, `{left: 3}`, `{part: ["-", 2]}` |
| `table` | none | a value table: the partner's word to ours, or ours to the partner's |
| `unknown` | `refuse` | what becomes of a word that the table has not: the record is refused (`refuse`), the word is kept (`keep`), or left out (`leave_out`) |
| `default` | none | where there is nothing |
| `required` | `false` | whether a record without it is refused |

A **place** is a column's name, or a path in a tree: `ship_to.city`, `items[0].sku`, `@id`. A name with dots, blanks or
brackets in it is quoted in a path: `'Item No.'.text`. A name of a list's elements is taken of its only element.

What is read becomes what the field holds: a **number** is exact and written as the format's locale says, a **day** and a
**moment** likewise, a **flag** is yes or no, **text** keeps all of its zeros. What cannot be read makes its record
unusable, or its line where it is a line's; the others go on. A full report of which a record could not be used changes
what it names only, for that record may have been an item of yours.

Faults in a mapping itself are told with file, line and column when it is loaded: [errors](errors/mapping.md).
"""
_ITEMS = (
    "| `item.QUALIFIER` | text | the partner's number of the item, of a kind that items.csv has: `item.VN`, "
    "`item.gtin`. Of several `item_ids` of partner.yaml decides |\n"
)
_NUMBERS = """
## Functions

Each works on what the one before it gave; nothing stays nothing. `number`, `day`, `moment` and `flag` read text by the
locale, for those after them.

| function | takes | gives the value |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return "".join([_INTRODUCTION, *_shapes(), _NUMBERS, *_functions()])


def _shapes() -> Iterator[str]:
    for shape in SHAPES.values():
        ways = [word for word, kinds in (("read", READ), ("written", WRITTEN)) if shape in kinds]
        yield f"\n## {shape.name}\n\n{shape.words[0].upper()}{shape.words[1:]}. It is {' or '.join(ways)}.\n"
        for part, words in (("about", "of the document"), ("fields", "of a record"), ("lines", "of a line")):
            fields: Mapping[str, Field] = getattr(shape, part)
            if fields:
                yield f"\n| field {words} | holds | meaning |\n|---|---|---|\n"
                yield from map(_row, fields.values())
                if _takes_items(shape, part):
                    yield _ITEMS


def _takes_items(shape: Shape, part: str) -> bool:
    return part == ("lines" if shape.lines else "fields")


def _row(field: Field) -> str:
    holds = " or ".join(f"`{word}`" for word in field.choices) or field.kind.value
    return f"| `{field.name}`{' (needed)' if field.needed else ''} | {holds} | {field.words} |\n"


def _functions() -> Iterator[str]:
    for each in FUNCTIONS.values():
        kinds = ["a whole number" if kind is int else "a text" for kind in each.needs]
        yield f"| `{each.name}` | {', '.join(kinds) or 'nothing'} | {each.words} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
