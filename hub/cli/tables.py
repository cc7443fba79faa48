"""Rich tables and ages, so that every command looks the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def show_table(console: Console, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> None:
    """Print a table; texts are shown as they are, never read as markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    # soft_wrap would fold nothing, and a table must fit the terminal.
    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=not console.is_terminal)
    for row in rows:
        table.add_row(*[Text("" if cell is None else str(cell)) for cell in row])
    console.print(table, soft_wrap=False)


def show_facts(console: Console, facts: Sequence[tuple[str, Any]]) -> None:
    """Print name and value, one per line; those without a value are left out."""
    from rich.text import Text

    width = max((len(name) for name, _ in facts), default=0)
    for name, value in facts:
        if value is not None and str(value) != "":
            console.print(Text.assemble((f"{name:<{width}}  ", "bold"), str(value)))


def say(console: Console, text: str, style: str = "") -> None:
    """Print a line as it is."""
    from rich.text import Text

    console.print(Text(text, style=style))


def age(at: datetime | str | None, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that says something: ``12 s``, ``5 min``, ``3 h``, ``2 d``."""
    if not at:
        return ""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    seconds = int(((now or datetime.now(UTC)) - instant).total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if abs(seconds) >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
