"""Random well-typed trees over a few names, and random values for these. Hypothesis shrinks both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from hub.expressions import BOOL, DATE, DECIMAL, DURATION, INT, NULL, TEXT, ListOf, MapOf, Nullable, Struct, Type
from hub.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListNode,
    Literal,
    Logic,
    Macro,
    Name,
    Node,
    Select,
    Unary,
)

Nodes = st.SearchStrategy[Node]
DEEPEST = 3

LINE = Struct("line", {"sku": TEXT, "count": INT, "price": DECIMAL, "note": Nullable(TEXT)})
NAMES: Mapping[str, Type] = {
    "b": BOOL,
    "i": INT,
    "d": DECIMAL,
    "t": TEXT,
    "day": DATE,
    "maybe": Nullable(TEXT),
    "numbers": ListOf(INT),
    "texts": ListOf(TEXT),
    "lines": ListOf(LINE),
    "codes": MapOf(TEXT),
}

ints = st.integers(-20, 20) | st.sampled_from([0, 1, 2**63 - 1, -(2**62)])
decimals = st.decimals(-1000, 1000, places=3)
texts = st.text("aAbB 1-", max_size=5)
dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))

VALUES = st.fixed_dictionaries(
    {
        "b": st.booleans(),
        "i": ints,
        "d": decimals | ints,
        "t": texts,
        "day": dates,
        "maybe": st.none() | texts,
        "numbers": st.lists(ints, max_size=4),
        "texts": st.lists(texts, max_size=4),
        "lines": st.lists(
            st.fixed_dictionaries({"sku": texts, "count": ints, "price": decimals, "note": st.none() | texts}),
            max_size=3,
        ),
        "codes": st.dictionaries(st.sampled_from("ab"), texts),
    }
)


def _literal(type_: Type) -> Callable[[object], Node]:
    return lambda value: Literal(value, type_)


_LITERALS: dict[Type, Nodes] = {
    BOOL: st.booleans().map(_literal(BOOL)),
    INT: ints.map(_literal(INT)),
    DECIMAL: decimals.map(_literal(DECIMAL)),
    TEXT: texts.map(_literal(TEXT)),
}


@cache
def nodes(type_: Type, depth: int = DEEPEST, variables: tuple[str, ...] = ()) -> Nodes:
    """Trees of ``type_`` at most ``depth`` deep; ``variables`` of macros are lines."""
    if depth == 0:
        return _leaves(type_, variables)
    return st.deferred(lambda: _leaves(type_, variables) | _inner(type_, depth - 1, variables))


def _leaves(type_: Type, variables: tuple[str, ...]) -> Nodes:
    found: list[Nodes] = [st.just(Name(name)) for name, kind in NAMES.items() if kind == type_]
    found += [
        st.just(Select(Name(name), field)) for name in variables for field, kind in LINE.fields.items() if kind == type_
    ]
    if type_ in _LITERALS:
        found.append(_LITERALS[type_])
    if type_ == DURATION:
        found.append(st.integers(-9, 9).map(lambda count: Call("days", (Literal(count, INT),))))
    if isinstance(type_, ListOf) and type_.item in _LITERALS:
        found.append(st.lists(_LITERALS[type_.item], min_size=1, max_size=3).map(lambda items: ListNode(tuple(items))))
    return st.one_of(found)


def _inner(type_: Type, depth: int, variables: tuple[str, ...]) -> Nodes:
    def below(kind: Type) -> Nodes:
        return nodes(kind, depth, variables)

    ways: list[Nodes] = [st.builds(Conditional, below(BOOL), below(type_), below(type_))]
    if type_ == BOOL:
        ways += _bools(below, depth, variables)
    if type_ == INT:
        ways += _ints(below)
    if type_ == DECIMAL:
        ways += _decimals(below)
    if type_ == TEXT:
        ways += _texts(below)
    if type_ == DATE:
        ways.append(_binary("+-", below(DATE), below(DURATION)))
    if type_ == DURATION:
        ways += [_binary("-", below(DATE), below(DATE)), _binary("+-", below(DURATION), below(DURATION))]
    if type_ == ListOf(TEXT):
        ways.append(_call("split", below(TEXT), below(TEXT)))
        ways += _macros(("map",), below(TEXT) if not variables else None, depth, variables, TEXT)
    if type_ == ListOf(INT):
        ways.append(_binary("+", below(ListOf(INT)), below(ListOf(INT))))
    return st.one_of(ways)


def _binary(signs: str, left: Nodes, right: Nodes) -> Nodes:
    return st.builds(Binary, st.sampled_from(signs.split() if " " in signs else list(signs)), left, right)


def _call(names: str, *arguments: Nodes) -> Nodes:
    return st.builds(Call, st.sampled_from(names.split()), st.tuples(*arguments), is_method=st.booleans())


def _bools(below: Callable[[Type], Nodes], depth: int, variables: tuple[str, ...]) -> list[Nodes]:
    number = below(INT) | below(DECIMAL)
    note: Nodes = st.sampled_from([Name("maybe"), *(Select(Name(name), "note") for name in variables)])
    null = Literal(None, NULL)
    guards = note.map(lambda it: Binary("!=", it, null)) | st.just(Has(Select(Name("codes"), "a")))
    return [
        st.builds(Unary, st.just("!"), below(BOOL)),
        st.builds(Logic, st.sampled_from(["&&", "||"]), st.lists(below(BOOL), min_size=2, max_size=3).map(tuple)),
        _binary("== != < <= > >=", number, number),
        _binary("== != < <= > >=", below(TEXT), below(TEXT)),
        _binary("== < >=", below(DATE), below(DATE)),
        _binary("== != ", below(BOOL), below(BOOL)),
        _binary("== != ", below(ListOf(INT)), below(ListOf(INT))),
        _binary("in in", number, below(ListOf(INT))),
        _binary("in in", below(TEXT), below(ListOf(TEXT))),
        _binary("== !=", note, below(TEXT)),
        _call("contains startsWith endsWith", below(TEXT), below(TEXT)),
        guards,
        note.flatmap(
            lambda it: below(TEXT).map(lambda other: Logic("&&", (Binary("!=", it, null), Binary("<", it, other))))
        ),
        *_macros(("all", "exists", "exists_one"), None, depth, variables, BOOL),
    ]


def _ints(below: Callable[[Type], Nodes]) -> list[Nodes]:
    return [
        _binary("+-*/%", below(INT), below(INT)),
        st.builds(Unary, st.just("-"), below(INT)),
        _call("size", below(TEXT) | below(ListOf(INT)) | below(ListOf(TEXT)) | st.just(Name("lines"))),
        _call("int", below(TEXT)),
        _call("abs", below(INT)),
        _call("round floor ceil", below(DECIMAL)),
        _call("min max", below(INT), below(INT), below(INT)),
        _call("year month weekday", below(DATE)),
        _call("daysBetween", below(DATE), below(DATE)),
        st.builds(Index, below(ListOf(INT)), below(INT)),
    ]


def _decimals(below: Callable[[Type], Nodes]) -> list[Nodes]:
    return [
        _binary("+-*/%", below(DECIMAL), below(DECIMAL) | below(INT)),
        _binary("+-*/%", below(INT), below(DECIMAL)),
        st.builds(Unary, st.just("-"), below(DECIMAL)),
        _call("abs", below(DECIMAL)),
        _call("min max", below(DECIMAL), below(INT)),
        _call("decimal", below(INT)),
    ]


def _texts(below: Callable[[Type], Nodes]) -> list[Nodes]:
    return [
        _binary("+", below(TEXT), below(TEXT)),
        _call("lower upper trim", below(TEXT)),
        _call("replace", below(TEXT), below(TEXT), below(TEXT)),
        _call("join", below(ListOf(TEXT)), below(TEXT)),
        _call("substring", below(TEXT), below(INT)),
        _call("substring", below(TEXT), below(INT), below(INT)),
        _call("text", below(INT) | below(BOOL) | below(DATE)),
        _call("coalesce", st.just(Name("maybe")), below(TEXT)),
        st.builds(Index, below(ListOf(TEXT)), below(INT)),
        st.sampled_from([Select(Name("codes"), "a"), Index(Name("codes"), Literal("b", TEXT))]),
    ]


def _macros(
    kinds: tuple[str, ...], body: Nodes | None, depth: int, variables: tuple[str, ...], type_: Type
) -> list[Nodes]:
    if len(variables) == 2:
        return []
    variable = f"line{len(variables)}"
    inner = nodes(type_, min(depth, 2), (*variables, variable))
    return [
        st.builds(
            Macro,
            st.sampled_from(kinds),
            st.just(Name("lines")),
            st.just(variable),
            inner if body is None else inner | body,
        )
    ]


def kinds_of_value() -> st.SearchStrategy[Type]:
    """The types that trees are made of."""
    return st.sampled_from([BOOL, BOOL, BOOL, INT, DECIMAL, TEXT, DATE, DURATION, ListOf(INT), ListOf(TEXT)])


def shown(value: object) -> object:
    """Values that are equal as the language has it, and no others, look the same."""
    if isinstance(value, list | tuple):
        return tuple(shown(item) for item in value)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return str(value) if isinstance(value, timedelta | date) else value
