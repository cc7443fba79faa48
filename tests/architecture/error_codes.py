"""Collects by AST the error codes that a module can raise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source_tree import CONNECTORS, hub_packages

_CODE = re.compile(r"([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)\.([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")
# The first word of a code: whose trouble it is, or the layer or connector that knows the partner's protocol.
FAMILIES = {"hub", "configuration", "data", "partner", "transport", "x12", *(folder.name for folder in CONNECTORS)}


def error_codes(source: str) -> frozenset[str]:
    """Every literal that is a code of a known family: as an argument, a default, or a cell of a fault table."""
    codes = (_CODE.fullmatch(text) for text in _strings(ast.parse(source)))
    return frozenset(code[0] for code in codes if code and _is_error_code(*code.groups()))


def codes_given_to_errors(source: str) -> frozenset[str]:
    """Codes, of any family, that are named where an error is made (``code=``) or declared (``default_code``)."""
    return frozenset(text for text in _named_codes(ast.parse(source)) if "." in text)


def _is_error_code(family: str, rest: str) -> bool:
    return family in FAMILIES and not (family == "hub" and rest in {*hub_packages(), "connectors"})


def _named_codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=keywords) if name.endswith("Error"):
                for keyword in keywords:
                    if keyword.arg == "code":
                        yield from _strings(keyword.value)
            case ast.Assign(targets=[ast.Name(id="default_code")], value=value):
                yield from _strings(value)


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
