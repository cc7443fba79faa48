"""What can be wrong with an expression, and where in its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hub.errors import ConfigurationError, DataError

_SHOWN = 40


class Spot:
    """A place in an expression's text: ``text`` is the whole of it, ``line`` and ``column`` count from 1."""

    def __init__(self, text: str, offset: int) -> None:
        before = text[:offset]
        self.text = text
        self.line = before.count("\n") + 1
        self.column = offset - (before.rfind("\n") + 1) + 1

    def pointed(self) -> str:
        """Two lines: the line of the text, and a caret under the place."""
        line = self.text.split("\n")[self.line - 1].replace("\t", " ").rstrip("\r")
        return f"{line}\n{' ' * (self.column - 1)}^"

    def named(self) -> str:
        """The place in words, such as ``column 7``."""
        return f"line {self.line}, column {self.column}" if "\n" in self.text else f"column {self.column}"


class ExpressionError(ConfigurationError):
    """An expression that cannot be compiled. ``line`` and ``column`` count from 1, ``text`` is the whole source."""

    default_code = "expression.syntax"

    def __init__(self, message: str, *, spot: Spot, code: str | None = None, cure: str = "") -> None:
        super().__init__(message, code=code, cure=cure, place=spot.named())
        self.spot = spot
        self.text, self.line, self.column = spot.text, spot.line, spot.column

    def pointed(self) -> str:
        """Two lines: the line of the source, and a caret under the place."""
        return self.spot.pointed()


class EvaluationError(DataError):
    """A compiled expression met values that it cannot work with.

    ``reason`` is what was wrong, without the place; ``value`` the one at fault, shortened.
    """

    default_code = "expression.evaluation"

    def __init__(self, reason: str, *, spot: Spot, code: str | None = None, value: str = "") -> None:
        super().__init__(f"At {spot.named()} of {shortened(spot.text)}: {reason}", code=code, value=value)
        self.reason = reason
        self.spot = spot
        self.text, self.line, self.column = spot.text, spot.line, spot.column

    def pointed(self) -> str:
        """Two lines: the line of the source, and a caret under the place."""
        return self.spot.pointed()


class OperandError(Exception):
    """A value that an operator or function cannot take. Knows no place: the caller turns it into an EvaluationError."""

    def __init__(self, message: str, value: object = "", *, code: str = "expression.evaluation") -> None:
        super().__init__(message)
        self.message = message
        self.value = value
        self.code = code


def shortened(value: object) -> str:
    """``value`` as an error may show it: its beginning, on one line; of anything that has parts only what it is."""
    match value:
        case str():
            shown = " ".join(str.__str__(value)[: _SHOWN + 1].split())
        case int() if value.bit_length() > _SHOWN * 3:
            shown = f"a number of {value.bit_length()} bits"
        case int() | Decimal() | date() | timedelta():
            shown = str(value)
        case _:
            shown = type(value).__name__
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


@dataclass(frozen=True, slots=True)
class Source:
    """The text that errors point into."""

    text: str

    def error(self, code: str, offset: int, message: str, cure: str = "") -> ExpressionError:
        """What compiling raises, pointing at ``offset``."""
        return ExpressionError(message, spot=Spot(self.text, offset), code=code, cure=cure)

    def failure(self, offset: int, refusal: OperandError) -> EvaluationError:
        """What evaluating raises, pointing at ``offset``."""
        spot = Spot(self.text, offset)
        return EvaluationError(refusal.message, spot=spot, code=refusal.code, value=shortened(refusal.value))
