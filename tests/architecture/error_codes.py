"""Collects by AST the error codes that a module can raise."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from tests.architecture.source_tree import hub_packages

_CODE = re.compile(r"([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)\.([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")
_FILE_SUFFIXES = {"csv", "db", "json", "log", "toml", "xml", "yaml"}


def error_codes(source: str, families: Collection[str]) -> frozenset[str]:
    """Every literal that is a code of one of ``families``: an argument, a default, or a cell of a fault table."""
    matches = (_CODE.fullmatch(text) for text in _strings(ast.parse(source)))
    codes = {code[0] for code in matches if code and code[1] in families and not _is_name(*code.groups())}
    return codes_given_to_errors(source) | codes


def codes_given_to_errors(source: str) -> frozenset[str]:
    """Codes, of any family, that are named where an error is made (``code=``) or declared (``default_code``)."""
    return frozenset(text for text in _named_codes(ast.parse(source)) if "." in text)


def without_cure(source: str, error: str) -> list[int]:
    """The lines on which an ``error`` is made that does not say what to do."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == error
        and not {"cure", None} & {each.arg for each in node.keywords}
    ]


def family(code: str) -> str:
    """The first word of a code: whose trouble it is, or the layer or connector that knows it."""
    return code.partition(".")[0]


def _is_name(first: str, second: str) -> bool:
    """Whether what looks like a code is a file's name or a module's."""
    return second in _FILE_SUFFIXES or (first == "hub" and second in {*hub_packages(), "connectors"})


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
    events = {id(event) for event in _log_events(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in events:
            yield node.value


def _log_events(tree: ast.AST) -> Iterator[ast.AST]:
    """What log lines are called (``_log.info("hub.serving")``)."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="_log")), args=[event, *_]):
                yield event
