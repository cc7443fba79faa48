"""A file of prices (CSV with a heading): what ``hub price send`` reads."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pydantic import ValidationError

from hub.errors import ConfigurationError
from hub.model.identity import Sku
from hub.model.money import Money
from hub.model.price import ItemPrice

COLUMNS = ("sku", "price", "currency", "from_quantity", "since", "until", "title")
"""``sku`` and ``price`` (of one each) are needed. Dates as YYYY-MM-DD."""


def read_prices(path: Path, currency: str) -> list[ItemPrice]:
    """Every line; ``currency`` where a line names none. Raises ConfigurationError with the line and the cure."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            _check_heading(reader.fieldnames or (), path)
            return [_price(row, currency, f"{path}:{reader.line_num}") for row in reader]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _fault(f"{path} cannot be read: {reason}.", str(path)) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise _fault(f"{path} is no CSV file in UTF-8 ({type(error).__name__}).", str(path)) from None


def _check_heading(names: object, path: Path) -> None:
    found = list(names) if isinstance(names, (list, tuple)) else []
    odd = [name for name in found if name not in COLUMNS]
    missing = [name for name in COLUMNS[:2] if name not in found]
    if odd or missing:
        said = f"has an unknown column {odd[0]}" if odd else f"has no column {missing[0]}"
        raise _fault(f"The file {said}.", f"{path}:1")


def _price(row: Mapping[str, str | None], currency: str, place: str) -> ItemPrice:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not said["sku"]:
        raise _fault("The line has no SKU.", place)
    try:
        return ItemPrice(
            sku=Sku(said["sku"]),
            unit_price=Money(amount=Decimal(said["price"]), currency=said["currency"] or currency),
            from_quantity=Decimal(said["from_quantity"] or 1),
            since=date.fromisoformat(said["since"]) if said["since"] else None,
            until=date.fromisoformat(said["until"]) if said["until"] else None,
            title=said["title"],
        )
    except InvalidOperation:
        raise _fault("A price or a quantity is not a number.", place) from None
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise _fault(f"The line's {where} can't be used.", place) from None
    except ValueError:
        raise _fault("A date is not written YYYY-MM-DD.", place) from None


def _fault(message: str, place: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        code="configuration.price-file",
        cure=f"Its columns are {', '.join(COLUMNS)}; sku and price are needed.",
        place=place,
    )
