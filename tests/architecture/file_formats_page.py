"""docs/reference/file-formats.md, from the model: `python -m tests.architecture.file_formats_page`."""

from __future__ import annotations

from pydantic import BaseModel

from hub.mapping.records.format import Column, Limits, Locale, RecordFormat, Trailer
from tests.architecture.source_tree import ROOT
from tests.architecture.x12_profile_page import model_table

PAGE = ROOT / "docs" / "reference" / "file-formats.md"
_PARTS: dict[str, type[BaseModel]] = {"columns.NAME": Column, "trailer": Trailer, "locale": Locale, "limits": Limits}
_INTRODUCTION = """# File formats

How a file of records is laid out: CSV, TSV, fixed width, XLSX, JSON or XML, plain or in gzip or ZIP. Nothing is guessed
from the file ([why](../adr/0028-a-file-of-records-is-declared-and-refused-or-read.md)). What goes wrong has a code of
the family [records](errors/records.md).

```yaml
kind: csv
encoding: cp1252
delimiter: ";"
columns:
  sku: {required: true, aliases: [Artikelnummer]}
  quantity: {at: C}
locale: {decimal: ",", thousands: ".", date: ["%d.%m.%Y"]}
trailer: {prefix: TRL, count: 2}
```

This page is made from the model by `python -m tests.architecture.file_formats_page`; do not edit it.

## Settings
"""
_READING = """## How tables are read

- Row numbers are those that a spreadsheet shows: every row counts, empty ones and comments too.
- Rows without any value are passed over. A row with fewer cells than columns is filled up with empty ones; cells too
  many are no fault where they are empty, else the row is rejected.
- A column that is not listed goes by its heading, or by its letters (`F`) where that is empty or taken.
- A file is right only once its last row was read: what a cut file gave until then is not used.
- Cells of workbooks are read as text: numbers without exponent, days and moments as ISO 8601. Formulas are not worked
  out.

## How trees are read

- JSON: integers are exact, other numbers decimals. The elements of the list at `records` are the records, and an object
  that stands there alone is one. Lists on the way are gone through. Their places count from 0: `feed.products[17]`.
- XML: an element with neither attributes nor children is its text. Any other is a mapping: attributes as `@name`, text
  as `#text`, children by their names; those of one name are a list. Places count from 1:
  `/feed/product[17] line 40`.
- Names in XML lose their namespace. Where two namespaces have one name in an element, both values are a list.
- XML may not define entities, and comments are passed over.
- The files are read record by record: memory does not grow with them, apart from workbooks.

## How files are written

- The same records always give the same bytes, packed ones too.
- What would not be read back as it is is refused: a value wider than its column, a character that the character set has
  not (XML writes a reference), a row that begins as a comment does. A format that passes rows over is for reading.
- Workbooks have identifiers as text, and numbers as numbers where that is exact.

## Reject files

Rejected rows go back as they were, in the same format and packing, with `reject_row` (the number in the file they came
in) and `reject_reason` behind their own cells. Mended, the file can be sent again: these two columns are passed over.
In fixed width, and where there is no heading, take them off where `extra` is `refuse`.
"""


def page() -> str:
    """The whole page."""
    parts = [
        _INTRODUCTION,
        model_table(RecordFormat),
        *(f"### {name}\n\n{model_table(model)}" for name, model in _PARTS.items()),
        _READING,
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
