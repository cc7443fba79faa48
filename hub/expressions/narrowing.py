"""What a condition proves not to be null, so that it may be used where the condition holds."""

from __future__ import annotations

from functools import reduce

from hub.expressions.tree import Binary, Has, Index, Literal, Logic, Name, Node, Select, Unary
from hub.expressions.types import NULL, TEXT

Path = tuple[str, ...]
Paths = frozenset[Path]

_NOTHING: Paths = frozenset()


def path_of(node: Node) -> Path | None:
    """``order.note`` as a path; None of what is no field of a field of a name."""
    match node:
        case Name(name=name):
            return (name,)
        case Select(owner=owner, field=field):
            above = path_of(owner)
            return above and (*above, field)
        case Index(owner=owner, key=Literal(value=str(key), type=type_)) if type_ == TEXT:
            above = path_of(owner)
            return above and (*above, key)
    return None


def proven(node: Node) -> tuple[Paths, Paths]:
    """Paths that are not null where ``node`` is true, and those where it is false."""
    match node:
        case Unary(operator="!", operand=operand):
            when_true, when_false = proven(operand)
            return when_false, when_true
        case Has(field=field):
            path = path_of(field) or ()
            return frozenset(path[:length] for length in range(1, len(path) + 1)), _NOTHING
        case Logic(operator=operator, operands=operands):
            return _proven_together(operator, [proven(operand) for operand in operands])
        case Binary(operator=operator, left=left, right=right):
            return _proven_by_comparison(operator, left, right)
    return _NOTHING, _NOTHING


def _proven_together(operator: str, each: list[tuple[Paths, Paths]]) -> tuple[Paths, Paths]:
    whens_true, whens_false = [one[0] for one in each], [one[1] for one in each]
    if operator == "&&":
        return _NOTHING.union(*whens_true), reduce(Paths.intersection, whens_false)
    return reduce(Paths.intersection, whens_true), _NOTHING.union(*whens_false)


def _proven_by_comparison(operator: str, left: Node, right: Node) -> tuple[Paths, Paths]:
    if operator == "in":
        return (_only(left) if _holds_no_null(right) else _NOTHING), _NOTHING
    if operator not in {"==", "!="}:
        return _NOTHING, _NOTHING
    equal, different = _NOTHING, _NOTHING
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Literal):
            if other.type == NULL:
                different = _only(one)
            else:
                equal = _only(one)
    return (equal, different) if operator == "==" else (different, equal)


def _only(node: Node) -> Paths:
    path = path_of(node)
    return frozenset({path}) if path else _NOTHING


def _holds_no_null(node: Node) -> bool:
    items = getattr(node, "items", ())
    return isinstance(items, tuple) and all(isinstance(item, Literal) and item.type != NULL for item in items)
