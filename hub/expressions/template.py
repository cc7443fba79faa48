"""Text with ``${...}`` parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.expressions.errors import EvaluationError, OperandError, Source
from hub.expressions.expression import Expression, compile_tokens, scope_of, with_standard
from hub.expressions.functions import Function
from hub.expressions.lexer import tokens
from hub.expressions.limits import LIMITS, Limits
from hub.expressions.narrowing import Path, Paths
from hub.expressions.standard import as_text
from hub.expressions.tree import Node
from hub.expressions.types import BOOL, DATE, DECIMAL, DYN, INT, MOMENT, NULL, TEXT, Nullable, Type
from hub.expressions.unparse import unparse

_WRITABLE = frozenset({TEXT, INT, DECIMAL, BOOL, DATE, MOMENT, DYN})


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template: texts, and expressions between them.

    ``type`` is that of its only expression where there is nothing else, else text.
    """

    text: str
    parts: tuple[str | Expression, ...]
    type: Type
    reads: Paths
    _source: Source

    @property
    def is_constant(self) -> bool:
        """Whether its value is the same whatever the values."""
        return all(isinstance(part, str) or part.is_constant for part in self.parts)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What stands in ``${}``, in its order."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    def evaluate(self, values: Mapping[str, object]) -> object:
        """The value of its only expression, else all parts joined as text. Raises as Expression.evaluate does."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Expression):
            return self.parts[0].evaluate(values)
        return "".join(part if isinstance(part, str) else self._written(part, values) for part in self.parts)

    def _written(self, part: Expression, values: Mapping[str, object]) -> str:
        value = part.evaluate(values)
        try:
            return as_text(value)
        except OperandError as refusal:
            raise self._failure(part.tree, refusal) from None

    def _failure(self, node: Node, refusal: OperandError) -> EvaluationError:
        return self._source.failure(node.place.caret, refusal)


def compile_template(
    text: str,
    names: Mapping[str, Type],
    *,
    functions: Mapping[str, Function | Sequence[Function]] | None = None,
    limits: Limits = LIMITS,
) -> Template:
    """Parse and check ``text``; ``$${`` stands for ``${`` itself. Raises ExpressionError with the place in ``text``."""
    source, scope, known = Source(text), scope_of(names), with_standard(functions)
    parts: list[str | Expression] = []
    at = 0
    while True:
        plain, at = _plain(text, at)
        if plain:
            parts.append(plain)
        if at == len(text):
            break
        given = tokens(source, limits, at + 2, in_braces=True)
        parts.append(compile_tokens(source, given, scope, functions=known, limits=limits))
        at = given[-1].end
    return _checked(source, tuple(parts))


def _plain(text: str, start: int) -> tuple[str, int]:
    """The text from ``start`` to the next ``${``, and where that is; the end where there is none."""
    plain, at = "", start
    while True:
        found = text.find("${", at)
        if found < 0:
            return plain + text[at:], len(text)
        if found == at or text[found - 1] != "$":
            return plain + text[at:found], found
        plain, at = plain + text[at : found - 1] + "${", found + 2


def _checked(source: Source, parts: tuple[str | Expression, ...]) -> Template:
    expressions = [part for part in parts if isinstance(part, Expression)]
    reads = frozenset[Path]().union(*(part.reads for part in expressions))
    if len(parts) == 1 and expressions:
        return Template(source.text, parts, expressions[0].type, reads, source)
    for part in expressions:
        if part.type not in _WRITABLE:
            raise _unwritable(source, part)
    return Template(source.text, parts, TEXT, reads, source)


def _unwritable(source: Source, part: Expression) -> Exception:
    shown, caret = unparse(part.tree), part.tree.place.caret
    if part.type == NULL or isinstance(part.type, Nullable):
        cure = f"Give another value for it: coalesce({shown}, '')."
        return source.error("expression.null", caret, f"{shown} may be null.", cure)
    return source.error(
        "expression.type", caret, f"{shown} is of type {part.type}, which has no one way to be written."
    )
