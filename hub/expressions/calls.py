"""Calls: which function is meant, arguments checked, and what it raises given a place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hub.errors import HubError, InvariantError
from hub.expressions.errors import EvaluationError, OperandError
from hub.expressions.functions import Function, chosen
from hub.expressions.narrowing import Paths
from hub.expressions.parser import MACROS
from hub.expressions.parts import FAULTS, STEPS, Part, Run, Workshop, all_reads, constant, may_be_null
from hub.expressions.patterns import PatternError, compiled
from hub.expressions.reading import suggestion
from hub.expressions.standard import STANDARD
from hub.expressions.tree import Call, Literal
from hub.expressions.types import DYN, NULL, without_null
from hub.expressions.values import PLAIN_CLASSES, is_of, kind_of

OnValues = Callable[[Sequence[Any]], Any]

_LETTERS_PER_STEP = 64
_STATES_PER_STEP = 40


def called(shop: Workshop, node: Call, arguments: Sequence[Part]) -> Part:
    """The part of a call. Raises ExpressionError: unknown-function, type, null, pattern."""
    among = shop.functions.get(node.function)
    if among is None:
        raise _unknown(shop, node)
    types = tuple(part.type for part in arguments)
    meant = chosen(among, types)
    if not meant:
        raise _misfit(shop, node, among, arguments)
    if node.function == "matches" and is_standard(meant[0]):
        _check_pattern(shop, arguments[1])
    type_ = meant[0].gives(types) if len({one.gives(types) for one in meant}) == 1 else DYN
    run = (
        _call_of_one(shop, node, meant[0], arguments) if len(meant) == 1 else _call_of_any(shop, node, meant, arguments)
    )
    reads: Paths = all_reads(arguments)
    return Part(node, run, type_, reads)


def is_standard(function: Function) -> bool:
    """Whether it is one of the language's own: these are folded where all arguments are constants."""
    return any(function is one for one in STANDARD.get(function.name, ()))


def _unknown(shop: Workshop, node: Call) -> Exception:
    known = [*shop.functions, *MACROS, "has"]
    if node.function in MACROS:
        message = f"{node.function} is asked of a list."
        return shop.source.error(
            "expression.macro", node.place.caret, message, f"For example: lines.{node.function}(line, ...)."
        )
    message = f"There is no function {node.function}."
    return shop.source.error("expression.unknown-function", node.place.caret, message, suggestion(node.function, known))


def _misfit(shop: Workshop, node: Call, among: Sequence[Function], arguments: Sequence[Part]) -> Exception:
    guarded = tuple(without_null(part.type) for part in arguments)
    if chosen(among, guarded) or NULL in guarded:
        wanted = among[0].wanted(len(arguments)) or (DYN,) * len(arguments)
        doubtful = [part for part, type_ in zip(arguments, wanted, strict=True) if may_be_null(part.type, type_)]
        doubtful += [part for part in arguments if without_null(part.type) != part.type]
        if doubtful:
            return shop.null_error(doubtful[0])
    given = ", ".join(str(part.type) for part in arguments)
    cure = f"It is called as {' or '.join(dict.fromkeys(map(str, among)))}."
    return shop.type_error(node.place.caret, f"{node.function} cannot be called with ({given}).", cure)


def _check_pattern(shop: Workshop, pattern: Part) -> None:
    literal = pattern.node
    if not isinstance(literal, Literal):
        raise shop.source.error(
            "expression.pattern", pattern.caret, "A pattern must be written out, as a text.", "Compare another way."
        )
    try:
        compiled(str(literal.value))
    except PatternError as fault:
        start = literal.place.start + (2 if shop.source.text[literal.place.start] in "rR" else 1)
        caret = min(start + fault.at, literal.place.end - 1)
        raise shop.source.error("expression.pattern", caret, str(fault)) from None


def _call_of_one(shop: Workshop, node: Call, function: Function, arguments: Sequence[Part]) -> Run:
    wanted = function.wanted(len(arguments)) or ()
    runs = [shop.needed(part, type_).run for part, type_ in zip(arguments, wanted, strict=True)]
    call, caret = function.call, node.place.caret
    if shop.metered or not is_standard(function):
        return _call_on_values(shop, node, _on_values(function), runs)
    if len(runs) == 1:
        (only,) = runs

        def call_with_one(frame: Any) -> Any:
            try:
                return call(only(frame))
            except FAULTS as fault:
                raise shop.failed(caret, fault) from None

        return call_with_one

    def call_with_all(frame: Any) -> Any:
        try:
            return call(*[run(frame) for run in runs])
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return call_with_all


def _on_values(function: Function) -> OnValues:
    """A function as it is called: of one that the caller brought, what it gives is looked at, and a fault is a bug."""
    call, result = function.call, function.result
    if is_standard(function):
        return lambda values: call(*values)

    def work_out(values: Sequence[object]) -> object:
        try:
            value = call(*values)
        except HubError:
            raise
        except Exception as fault:
            raise InvariantError(f"The function {function.name} raised {type(fault).__name__}.") from fault
        if not is_of(value, result):
            raise InvariantError(f"The function {function.name} gave a {type(value).__name__}, not {result}.")
        return value

    return work_out


def _metered_call(shop: Workshop, node: Call, work_out: OnValues, runs: Sequence[Run]) -> Run:
    caret, is_match = node.place.caret, node.function == "matches"

    def call_it(frame: Any) -> Any:
        values = [run(frame) for run in runs]
        try:
            size = sum(len(value) for value in values if hasattr(value, "__len__"))
            steps = size // _LETTERS_PER_STEP
            if is_match:
                steps += size * compiled(values[1]).size // _STATES_PER_STEP
            shop.charge(frame, steps, caret)
            return work_out(values)
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return call_it


def _call_of_any(shop: Workshop, node: Call, meant: Sequence[Function], arguments: Sequence[Part]) -> Run:
    """Which overload is meant is seen by the values."""
    runs = [part.run for part in arguments]
    name = node.function
    ways = [(function.wanted(len(runs)) or (), _on_values(function)) for function in meant]
    known: dict[tuple[type, ...], OnValues] = {}

    def work_out(values: Sequence[object]) -> Any:
        classes = tuple(map(type, values))
        call = known.get(classes)
        if call is None:
            call = way(values)
            if PLAIN_CLASSES.issuperset(classes):
                known[classes] = call
        return call(values)

    def way(values: Sequence[object]) -> OnValues:
        for wanted, call in ways:
            if all(map(is_of, values, wanted)):
                return call
        kinds = ", ".join(str(kind_of(value)) for value in values)
        raise OperandError(f"{name} cannot be called with ({kinds}).", values[0])

    return _call_on_values(shop, node, work_out, runs)


def _call_on_values(shop: Workshop, node: Call, work_out: OnValues, runs: Sequence[Run]) -> Run:
    if shop.metered:
        return _metered_call(shop, node, work_out, runs)
    caret = node.place.caret

    def call_it(frame: Any) -> Any:
        values = [run(frame) for run in runs]
        try:
            return work_out(values)
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return call_it


def folded(part: Part, shop: Workshop) -> Part:
    """``part``, worked out once, where nothing in it can change. Raises ExpressionError: constant."""
    try:
        value = part.run({STEPS: shop.limits.steps})
    except EvaluationError as fault:
        raise shop.source.error("expression.constant", part.caret, f"This always fails. {fault.reason}") from None
    return Part(part.node, constant(value), part.type, is_constant=True)
