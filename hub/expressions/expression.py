"""An expression, compiled once and evaluated often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.errors import HubError, InvariantError
from hub.expressions.compiler import Compiler
from hub.expressions.errors import Source
from hub.expressions.functions import Function, Overloads
from hub.expressions.lexer import Token, tokens
from hub.expressions.limits import LIMITS, UNMETERED_CALLS, Limits
from hub.expressions.narrowing import Paths, proven
from hub.expressions.parser import Parser
from hub.expressions.parts import STEPS, Binding, Part, Scope, Workshop
from hub.expressions.standard import STANDARD
from hub.expressions.tree import Binary, Call, Logic, Macro, Node, walk
from hub.expressions.types import DECIMAL, INT, Type


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled expression. ``text`` is as written, ``tree`` as parsed.

    ``reads`` are the root paths that its value depends on, as deep as they are known from the text:
    ``("order", "lines", "*", "weight")``, where ``*`` is any item of a list or map.
    """

    text: str
    tree: Node
    type: Type
    reads: Paths
    is_constant: bool
    _part: Part
    _scope: Scope
    _shop: Workshop

    def evaluate(self, values: Mapping[str, object]) -> object:
        """Its value, where each declared name has one in ``values``. A decimal may be an int, a list a tuple.

        Lists, maps and records that it gives as a whole are those of ``values``: their parts are not looked at.
        Raises EvaluationError, what a caller's function raised of HubError, or InvariantError where one broke.
        """
        frame = {**values, STEPS: self._shop.limits.steps} if self._shop.metered else values
        try:
            return self._part.run(frame)
        except HubError:
            raise
        except Exception as fault:
            raise InvariantError(f"An expression could not be evaluated ({type(fault).__name__}).") from fault


def compile_expression(
    text: str,
    names: Mapping[str, Type],
    *,
    functions: Mapping[str, Function | Sequence[Function]] | None = None,
    wanted: Type | None = None,
    limits: Limits = LIMITS,
) -> Expression:
    """Parse and check ``text``, which may use ``names`` and ``functions`` beside the standard ones.

    With ``wanted`` its values are of that type; an int that is wanted as a decimal comes as one.
    Raises ExpressionError with the place in ``text``.
    """
    source = Source(text)
    return compile_tokens(
        source,
        tokens(source, limits),
        scope_of(names),
        functions=with_standard(functions),
        wanted=wanted,
        limits=limits,
    )


def compile_tokens(
    source: Source,
    given: list[Token],
    scope: Scope,
    *,
    functions: Overloads,
    wanted: Type | None = None,
    limits: Limits = LIMITS,
) -> Expression:
    """The expression that ``given`` make up, whose errors point into ``source``."""
    node = Parser(source, given, limits).whole()
    shop = Workshop(source, functions, limits, metered=_needs_counting(node))
    return _made(node, scope, shop, wanted)


def scope_of(names: Mapping[str, Type]) -> Scope:
    """A scope with nothing but ``names``."""
    return Scope({name: Binding(type_, (name,)) for name, type_ in names.items()})


def with_standard(functions: Mapping[str, Function | Sequence[Function]] | None) -> Overloads:
    """The standard functions and ``functions``; of one name, the caller's are looked at first."""
    given = {name: (each,) if isinstance(each, Function) else tuple(each) for name, each in (functions or {}).items()}
    return {**STANDARD, **{name: (*each, *STANDARD.get(name, ())) for name, each in given.items()}}


def _made(node: Node, scope: Scope, shop: Workshop, wanted: Type | None) -> Expression:
    part = Compiler(shop).part(node, scope)
    if wanted is not None:
        part = _as_wanted(shop, part, wanted)
    text = shop.source.text[node.place.start : node.place.end]
    return Expression(text, node, part.type, part.reads, part.is_constant, part, scope, shop)


def _as_wanted(shop: Workshop, part: Part, wanted: Type) -> Part:
    part = shop.needed(part, wanted)
    if wanted != DECIMAL or part.type not in {INT, DECIMAL}:
        return part
    run = part.run
    return replace(part, run=lambda frame: Decimal(run(frame)), type=DECIMAL)


def _needs_counting(node: Node) -> bool:
    """Whether an evaluation could be long: it loops, tries patterns, or calls more than a person would write."""
    calls = 0
    for each in walk(node):
        if isinstance(each, Macro) or (isinstance(each, Call) and each.function == "matches"):
            return True
        calls += isinstance(each, Call) or (isinstance(each, Binary) and each.operator in {"in", "+", "==", "!="})
    return calls > UNMETERED_CALLS


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The clauses that ``&&`` joins at the top, each with its own text, type, reads and ``evaluate``.

    The expression is true where all of them are. A clause may lean on those before it
    (``x != null && x > 3``): evaluated alone, it raises EvaluationError where they would have been false.
    """
    scope = expression._scope  # noqa: SLF001
    found: list[Expression] = []
    for clause in _clauses(expression.tree):
        found.append(_made(clause, scope, expression._shop, expression.type))  # noqa: SLF001
        scope = scope.knowing(proven(clause)[0])
    return tuple(found)


def _clauses(node: Node) -> list[Node]:
    if isinstance(node, Logic) and node.operator == "&&":
        return [clause for operand in node.operands for clause in _clauses(operand)]
    return [node]
