"""Names, fields and items: where values come into an expression, and are looked at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from hub.expressions.errors import OperandError
from hub.expressions.narrowing import Path
from hub.expressions.parts import FAULTS, ITEM, Binding, Part, Run, Workshop, all_reads
from hub.expressions.tree import Index, Literal, Name, Node, Select
from hub.expressions.types import DYN, INT, TEXT, ListOf, MapOf, Nullable, Struct, Type, without_null
from hub.expressions.unparse import unparse
from hub.expressions.values import Admit, admission, sure_classes

_Find = Callable[[object, str], object]

_MISSING = object()


def suggestion(name: str, known: Sequence[str]) -> str:
    """The cure for a name that is not there: the nearest ones, else all, where they are few."""
    near = get_close_matches(name, known, n=3, cutoff=0.65) or [each for each in known if each.lower() == name.lower()]
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"There are: {', '.join(sorted(known)[:12])}{', ...' if len(known) > 12 else ''}." if known else ""


def named(shop: Workshop, node: Name, binding: Binding, *, not_null: bool) -> Part:
    """The value of a name."""
    type_ = _narrowed(binding.type, not_null=not_null)
    reads = frozenset({binding.origin}) if binding.origin else frozenset[Path]()
    return Part(node, _name_reader(shop, node.name, type_, node.place.caret), type_, reads, binding.origin)


def _narrowed(type_: Type, *, not_null: bool) -> Type:
    return type_.inner if not_null and isinstance(type_, Nullable) else type_


def _name_reader(shop: Workshop, name: str, type_: Type, caret: int) -> Run:
    sure, admit = sure_classes(type_), admission(type_)

    def read(frame: Any) -> Any:
        try:
            value = frame[name]
            return value if value.__class__ in sure else admit(value)
        except KeyError:
            raise shop.source.failure(caret, OperandError(f"No value was given for {name}.")) from None
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return read


def selected(shop: Workshop, node: Select | Index, owner: Part, field: str, *, not_null: bool) -> Part:
    """``owner.field``, of a record, a map or a value of any type."""
    type_ = _narrowed(_field_type(shop, node, owner, field), not_null=not_null)
    run = _field_reader(shop, owner, field, type_, node.place.caret)
    return _read_deeper(node, owner, field, run, type_)


def _read_deeper(node: Node, owner: Part, step: str, run: Run, type_: Type, *others: Part) -> Part:
    """The part that reads ``step`` of ``owner``; what is read is no longer all of ``owner``, but that."""
    origin = (*owner.origin, step) if owner.origin else None
    reads = owner.reads | all_reads(others)
    if origin and owner.origin:
        reads = (reads - {owner.origin}) | {origin}
    return Part(node, run, type_, reads, origin)


def _field_type(shop: Workshop, node: Node, owner: Part, field: str) -> Type:
    match owner.type:
        case Struct(name=name, fields=fields):
            if field in fields:
                return fields[field]
            raise shop.source.error(
                "expression.unknown-field",
                node.place.caret,
                f"{name} has no field {field}.",
                suggestion(field, list(fields)),
            )
        case MapOf(value=value):
            return value
        case Nullable() | Type(name="null"):
            raise shop.null_error(owner)
    if owner.type == DYN:
        return DYN
    raise shop.type_error(
        node.place.caret,
        f"{unparse(owner.node)} is of type {owner.type}, which has no fields.",
        f"Over a list: {unparse(owner.node)}.exists(item, item.{field} ...)." if isinstance(owner.type, ListOf) else "",
    )


def _field_reader(shop: Workshop, owner: Part, field: str, type_: Type, caret: int) -> Run:
    sure, find = sure_classes(type_), _finder(owner.type, field)
    admit = _admission_of_field(owner, field, type_)
    if isinstance(owner.node, Name) and isinstance(owner.type, Struct):
        return _field_of_name_reader(shop, owner.node, field, find, _Admitted(sure, admit), caret)
    owner_run = owner.run

    def read(frame: Any) -> Any:
        record = owner_run(frame)
        try:
            value = record.get(field, _MISSING) if record.__class__ is dict else find(record, field)
            return value if value.__class__ in sure else admit(value)
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return read


class _Admitted(NamedTuple):
    sure: frozenset[type]
    admit: Admit


def _field_of_name_reader(shop: Workshop, owner: Name, field: str, find: _Find, admitted: _Admitted, caret: int) -> Run:
    """The same in one closure, for what most expressions read: ``order.total``, ``line.weight``."""
    (sure, admit), name = admitted, owner.name

    def read(frame: Any) -> Any:
        try:
            record = frame[name]
            value = record.get(field, _MISSING) if record.__class__ is dict else find(record, field)
            return value if value.__class__ in sure else admit(value)
        except KeyError:
            raise shop.source.failure(owner.place.caret, OperandError(f"No value was given for {name}.")) from None
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return read


def _admission_of_field(owner: Part, field: str, type_: Type) -> Admit:
    """As ``admission``; a field that is not there is null where it may be, else refused."""
    admit, is_null = admission(type_), isinstance(type_, Nullable) and isinstance(owner.type, Struct)

    def admit_field(value: object) -> object:
        if value is not _MISSING:
            return admit(value)
        if is_null:
            return None
        raise OperandError(f"There is no {field}.")

    return admit_field


def _finder(owner: Type, field: str) -> _Find:
    """How a field is found in what is no dict; what begins with an underscore is never read of an object."""
    return _field_of_record if isinstance(owner, Struct) and not field.startswith("_") else _field_of_mapping


def _field_of_record(record: Any, field: str) -> object:
    """A declared field of a mapping or an object."""
    if record is None or _is_mapping(record.__class__):
        return _field_of_mapping(record, field)
    return getattr(record, field, _MISSING)


def _field_of_mapping(value: object, field: str) -> object:
    if isinstance(value, Mapping):
        return value.get(field, _MISSING)
    raise OperandError("It is null, and has no fields." if value is None else "It has no fields.", value)


@lru_cache(maxsize=256)
def _is_mapping(class_: type) -> bool:
    """Faster than asking the abstract class every time."""
    return issubclass(class_, Mapping)


def optional(shop: Workshop, node: Node, owner: Part, field: str) -> Part:
    """``owner.field`` as has() looks at it: null also where the field or its owner is not there."""
    owner = replace(owner, type=without_null(owner.type))
    type_ = _field_type(shop, node, owner, field)
    run, find = owner.run, _finder(owner.type, field)

    def read(frame: Any) -> Any:
        record = run(frame)
        if record is None:
            return None
        try:
            value = find(record, field)
        except FAULTS as fault:
            raise shop.failed(node.place.caret, fault) from None
        return None if value is _MISSING else value

    return _read_deeper(node, owner, field, read, type_)


def indexed(shop: Workshop, node: Index, owner: Part, key: Part) -> Part:
    """``owner[key]`` of a list, a map or a value of any type."""
    match owner.type:
        case ListOf(item=item):
            shop.needed(key, INT)
            return _read_deeper(node, owner, ITEM, _item_reader(shop, node, owner, key, item), item, key)
        case MapOf(value=value):
            shop.needed(key, TEXT)
            return _read_deeper(node, owner, ITEM, _item_reader(shop, node, owner, key, value), value, key)
        case Struct(name=name):
            message = f"Which field of {name} is meant must be written out."
            raise shop.type_error(node.place.caret, message, f"For example: {unparse(owner.node)}['...'].")
        case Nullable() | Type(name="null"):
            raise shop.null_error(owner)
    if owner.type != DYN or key.type not in {INT, TEXT, DYN}:
        raise shop.type_error(node.place.caret, f"{unparse(owner.node)} is of type {owner.type}: it has no items.")
    return _read_deeper(node, owner, ITEM, _item_reader(shop, node, owner, key, DYN), DYN, key)


def _item_reader(shop: Workshop, node: Index, owner: Part, key: Part, type_: Type) -> Run:
    owner_run, key_run, admit = owner.run, key.run, admission(type_)
    caret = node.place.caret

    def read(frame: Any) -> Any:
        items, at = owner_run(frame), key_run(frame)
        try:
            return admit(_item(items, at))
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return read


def _item(items: object, at: object) -> object:
    if isinstance(items, Mapping):
        if isinstance(at, str) and at in items:
            return items[at]
        raise OperandError("The map has no such key.", at)
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        raise OperandError("It has no items.", items)
    if at.__class__ is not int:
        raise OperandError("An item of a list is taken by a whole number, from 0.", at)
    assert isinstance(at, int)
    if 0 <= at < len(items):
        return items[at]
    raise OperandError(f"A list of {len(items)} has no item {at}.", at)


def constant_key(node: Index, owner: Part) -> str | None:
    """The field that ``record['Ship to']`` names; None where it is no field of a record or map."""
    if isinstance(node.key, Literal) and node.key.type == TEXT and not isinstance(owner.type, ListOf):
        return str(node.key.value)
    return None
