"""What compiling passes on: a part of an expression as a closure, and the names that it can see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.expressions.errors import EvaluationError, ExpressionError, OperandError, Source
from hub.expressions.functions import Overloads
from hub.expressions.limits import Limits
from hub.expressions.narrowing import Path, Paths
from hub.expressions.tree import Node
from hub.expressions.types import DYN, NULL, Nullable, Type, fits, without_null
from hub.expressions.unparse import unparse
from hub.expressions.values import admission, sure_classes

# A closure trusts the types that were checked when it was made; what it is given and gives is Any to mypy.
Run = Callable[[Any], Any]

FAULTS = (OperandError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError)
"""What operators and functions raise over values that they cannot work with."""

STEPS = ""
"""Where a frame holds the steps that are left: no name of the language is empty."""

ITEM = "*"
"""In a path, any item of a list."""


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled node. ``origin`` is the root path that its value is read from, ``reads`` all that it reads."""

    node: Node
    run: Run
    type: Type
    reads: Paths = frozenset()
    origin: Path | None = None
    is_constant: bool = False

    @property
    def caret(self) -> int:
        return self.node.place.caret


@dataclass(frozen=True, slots=True)
class Binding:
    """A name in scope: its type, and the root path that it stands for."""

    type: Type
    origin: Path | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that can be seen, and which paths are known not to be null."""

    names: Mapping[str, Binding]
    not_null: Paths = frozenset()
    macros: int = 0

    def knowing(self, paths: Paths) -> Scope:
        """The same names, where ``paths`` too are not null."""
        return replace(self, not_null=self.not_null | paths) if paths else self

    def inside_macro(self, variable: str, binding: Binding) -> Scope:
        """What the body of a macro over ``variable`` sees."""
        return Scope({**self.names, variable: binding}, self.not_null, self.macros + 1)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every closure of one expression is made with. ``metered`` ones count their steps."""

    source: Source
    functions: Overloads
    limits: Limits
    metered: bool

    def failed(self, caret: int, fault: Exception) -> EvaluationError:
        """What an operator or function raised, as an error that knows its place."""
        match fault:
            case OperandError():
                return self.source.failure(caret, fault)
            case ZeroDivisionError():
                return self.source.failure(caret, OperandError("It divides by zero."))
            case ArithmeticError():
                return self.source.failure(caret, OperandError("The result is too large, or has too many digits."))
        unknown = OperandError(f"These values cannot be worked with ({type(fault).__name__}).")
        return self.source.failure(caret, unknown)

    def charge(self, frame: dict[str, Any], steps: int, caret: int) -> None:
        """Take ``steps`` from what the evaluation has left."""
        frame[STEPS] -= steps
        if frame[STEPS] < 0:
            message = f"The evaluation takes more than {self.limits.steps:,} steps: its lists or texts are too long."
            raise self.source.failure(caret, OperandError(message, code="expression.budget"))

    def needed(self, part: Part, wanted: Type) -> Part:
        """``part`` where only ``wanted`` will do: checked now, or when evaluated where its type is not known before."""
        if may_be_null(part.type, wanted):
            raise self.null_error(part)
        if not fits(part.type, wanted):
            raise self.type_error(part.caret, f"{unparse(part.node)} is of type {part.type}, not {wanted}.")
        if part.type != DYN or wanted == DYN:
            return part
        return replace(part, run=self.checked(part.run, wanted, part.caret), type=wanted)

    def checked(self, run: Run, wanted: Type, caret: int) -> Run:
        """``run``, and that it gave a value of ``wanted``."""
        sure, admit = sure_classes(wanted), admission(wanted)

        def check(frame: Any) -> Any:
            value = run(frame)
            if value.__class__ in sure:
                return value
            try:
                return admit(value)
            except FAULTS as fault:
                raise self.failed(caret, fault) from None

        return check

    def type_error(self, caret: int, message: str, cure: str = "") -> ExpressionError:
        return self.source.error("expression.type", caret, message, cure)

    def null_error(self, part: Part) -> ExpressionError:
        shown = unparse(part.node)
        return self.source.error(
            "expression.null",
            part.caret,
            f"{shown} may be null." if part.type != NULL else "null cannot be used here.",
            f"Guard it ({shown} != null && ...) or give another value for it: coalesce({shown}, ...)."
            if part.type != NULL
            else "Compare with it: == null or != null.",
        )


def may_be_null(given: Type, wanted: Type) -> bool:
    """Whether ``given`` is of use as ``wanted`` but for the null that it may be."""
    if wanted == DYN or isinstance(wanted, Nullable):
        return False
    return given == NULL or (isinstance(given, Nullable) and fits(without_null(given), wanted))


def constant(value: object) -> Run:
    """A closure that always gives ``value``."""
    return lambda _frame: value


def all_reads(parts: Sequence[Part]) -> Paths:
    """What ``parts`` read, together."""
    return frozenset[Path]().union(*(part.reads for part in parts))
