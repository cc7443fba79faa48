"""What can be called in an expression: the shape of a function, and which overload a call means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.expressions.types import DYN, Type, fits

ResultOf = Callable[[tuple[Type, ...]], Type]


@dataclass(frozen=True, slots=True)
class Function:
    """A pure function that expressions may call, as ``name(x, y)`` or ``x.name(y)``.

    ``call`` gets values of the ``parameters`` and gives one of ``result``; a HubError that it raises leaves
    ``evaluate`` as it is, anything else is our bug. With ``repeats`` the last parameter may be given more than once.
    ``result_of`` works the result's type out of the arguments' types, where ``result`` is only the widest.
    """

    name: str
    parameters: tuple[Type, ...]
    result: Type
    call: Callable[..., object]
    repeats: bool = False
    result_of: ResultOf | None = None

    def takes(self, types: Sequence[Type]) -> bool:
        """Whether it may be called with arguments of ``types``."""
        wanted = self.wanted(len(types))
        return wanted is not None and all(map(fits, types, wanted))

    def wanted(self, count: int) -> tuple[Type, ...] | None:
        """The types of ``count`` arguments; None where it takes another number of them."""
        given = len(self.parameters)
        if count == given:
            return self.parameters
        if self.repeats and count > given:
            return (*self.parameters, *self.parameters[-1:] * (count - given))
        return None

    def gives(self, types: tuple[Type, ...]) -> Type:
        """The type of the result for arguments of ``types``."""
        return self.result_of(types) if self.result_of else self.result

    def __str__(self) -> str:
        parameters = ", ".join(map(str, self.parameters))
        return f"{self.name}({parameters}{', ...' if self.repeats else ''})"


Overloads = Mapping[str, tuple[Function, ...]]


def overloads(functions: Sequence[Function]) -> dict[str, tuple[Function, ...]]:
    """``functions`` by name, those of one name in their order."""
    found: dict[str, tuple[Function, ...]] = {}
    for function in functions:
        found[function.name] = (*found.get(function.name, ()), function)
    return found


def chosen(among: Sequence[Function], types: tuple[Type, ...]) -> list[Function]:
    """Those that a call with arguments of ``types`` may mean: one, unless a type is known only when it is evaluated."""
    possible = [function for function in among if function.takes(types)]
    exact = [function for function in possible if function.wanted(len(types)) == types]
    if exact:
        return exact[:1]
    return possible if any(DYN in _parts(type_) for type_ in types) else possible[:1]


def _parts(type_: Type) -> tuple[Type, ...]:
    inner = getattr(type_, "item", None) or getattr(type_, "value", None)
    return (type_, *_parts(inner)) if isinstance(inner, Type) else (type_,)
