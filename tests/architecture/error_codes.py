"""Collects by AST the error codes that a module can raise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
# Only these name error codes; `code=` is also a SKU's or a carrier's code elsewhere.
_FAMILIES = ("hub", "configuration", "partner", "data")


def error_codes(source: str, *, is_fault_table: bool = False) -> frozenset[str]:
    """Codes in ``code=`` arguments and defaults, ``default_code`` attributes and, for a connector's ``faults``
    module, in any literal of its tables. A conditional expression gives all its branches.
    """
    tree = ast.parse(source)
    literals = _strings(tree) if is_fault_table else _named_codes(tree)
    return frozenset(text for text in literals if is_error_code(text))


def is_error_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None and text.split(".", maxsplit=1)[0] in _FAMILIES


def _named_codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="code" | "default_code", value=value):
                yield from _strings(value)
            case ast.Assign(targets=[ast.Name(id="default_code" | "code")], value=value):
                yield from _strings(value)
            case ast.AnnAssign(target=ast.Name(id="default_code" | "code"), value=ast.expr() as value):
                yield from _strings(value)
            case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                yield from _default_codes(arguments)


def _default_codes(arguments: ast.arguments) -> Iterator[str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaulted = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(defaulted, arguments.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    for argument, default in pairs:
        if argument.arg == "code":
            yield from _strings(default)


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
