"""A file of prices is read whole or refused with the line that is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.mapping.price_file import read_prices


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_column_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\ufeffsku,price,currency,from_quantity,since,until,title\n"
        "KITE,4.50,,,,,Kite\nKITE,4.25,EUR,12,2026-01-01,2026-12-31,\n",
    )
    first, second = read_prices(path, "USD")
    assert ("KITE", Decimal("4.50"), "USD", Decimal(1), None, None, "Kite") == (
        first.sku,
        first.unit_price.amount,
        first.unit_price.currency,
        first.from_quantity,
        first.since,
        first.until,
        first.title,
    )
    assert (Decimal(12), "EUR", date(2026, 1, 1), date(2026, 12, 31)) == (
        second.from_quantity,
        second.unit_price.currency,
        second.since,
        second.until,
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("sku,cost\nKITE,1\n", ":1", "unknown column cost"),
        ("sku,title\nKITE,x\n", ":1", "no column price"),
        ("sku,price\nKITE,1\n,2\n", ":3", "no SKU"),
        ("sku,price\nKITE,cheap\n", ":2", "not a number"),
        ("sku,price,from_quantity\nKITE,1,0\n", ":2", "from_quantity"),
        ("sku,price,currency\nKITE,1,dollars\n", ":2", "currency"),
        ("sku,price,since\nKITE,1,soon\n", ":2", "YYYY-MM-DD"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, line: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError, match=words) as raised:
        read_prices(path, "USD")
    assert (f"{path}{line}", "configuration.price-file") == (raised.value.place, raised.value.code)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_prices(tmp_path / "none.csv", "USD")
