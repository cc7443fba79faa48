"""An order of a toy shop as expressions see it, and short ways to evaluate over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hub.expressions import (
    DATE,
    DECIMAL,
    DYN,
    INT,
    MOMENT,
    TEXT,
    EvaluationError,
    ExpressionError,
    ListOf,
    MapOf,
    Nullable,
    Struct,
    Type,
    compile_expression,
)

LINE = Struct("line", {"sku": TEXT, "weight": DECIMAL, "quantity": INT, "note": Nullable(TEXT)})
ADDRESS = Struct("address", {"state": TEXT, "second": Nullable(TEXT)})
ORDER = Struct(
    "order",
    {
        "total": DECIMAL,
        "kind": TEXT,
        "lines": ListOf(LINE),
        "note": Nullable(TEXT),
        "ship_to": Nullable(ADDRESS),
        "paid": DATE,
        "placed": MOMENT,
    },
)
NAMES: Mapping[str, Type] = {"order": ORDER, "row": DYN, "n": INT, "codes": MapOf(TEXT)}
VALUES: Mapping[str, object] = {
    "order": {
        "total": Decimal("70.50"),
        "kind": "gift",
        "lines": [
            {"sku": "LAMP", "weight": Decimal(3), "quantity": 2, "note": None},
            {"sku": "DESK", "weight": Decimal("6.5"), "quantity": 1, "note": "heavy"},
        ],
        "note": None,
        "ship_to": {"state": "NY", "second": None},
        "paid": date(2026, 11, 20),
        "placed": datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
    },
    "row": {"Qty": "12", "Ship to": "Depot 4", "count": 3, "empty": None, "price": 1.5},
    "n": 7,
    "codes": {"EA": "each", "CS": "case"},
}


def value_of(text: str, **values: object) -> object:
    """What ``text`` gives over the toy order; ``values`` stand in for some of it."""
    return compile_expression(text, NAMES).evaluate({**VALUES, **values})


def refused(text: str) -> ExpressionError:
    """The error that compiling ``text`` raises."""
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, NAMES)
    return caught.value


def failed(text: str, **values: object) -> EvaluationError:
    """The error that evaluating ``text`` raises."""
    with pytest.raises(EvaluationError) as caught:
        value_of(text, **values)
    return caught.value
