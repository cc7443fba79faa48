"""What a record of JSON or XML is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | Decimal | bool | None"
"""XML has texts, lists and mappings only."""
