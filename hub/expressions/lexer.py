"""Text to tokens, with the offset of each. The words are those of CEL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from hub.expressions.errors import Source
from hub.expressions.limits import DIGITS, LARGEST_INT, Limits


class Kind(Enum):
    """What a token is."""

    INT = "a whole number"
    DECIMAL = "a decimal"
    TEXT = "a text"
    NAME = "a name"
    SIGN = "a sign"
    END = "the end"


class Token(NamedTuple):
    """``text`` as written, ``value`` of a literal; ``start`` and ``end`` are offsets in the source."""

    kind: Kind
    text: str
    value: object
    start: int
    end: int


KEYWORDS = frozenset({"true", "false", "null", "in"})
RESERVED = frozenset(
    {
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "let"),
        *("loop", "package", "namespace", "return", "var", "void", "while"),
    }
)
"""Words that CEL keeps for itself: no name may be one."""

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n\f]+|//[^\n]*)
    |(?P<raw>[rR](?:"[^"\n]*"|'[^'\n]*'))
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<decimal>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<int>0[xX][0-9a-fA-F]+|[0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:(?P<sign>[abfnrtv\\?\"'`])|x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})"
    r"|(?P<octal>[0-3][0-7]{2})|(?P<wrong>.?))",
    re.DOTALL,
)
_SIGNS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SURROGATES = range(0xD800, 0xE000)
_EXPONENT = 50
# What people write who know another language.
_FOREIGN = {
    "=": "Write == to compare.",
    "&": "Write && for and.",
    "|": "Write || for or.",
    '"': "Close the text with the quote that opened it, on the same line.",
    "'": "Close the text with the quote that opened it, on the same line.",
    "$": "Inside ${ } names stand without a dollar.",
}


def tokens(source: Source, limits: Limits, start: int = 0, *, in_braces: bool = False) -> list[Token]:
    """All tokens from ``start``, the last of kind END.

    With ``in_braces`` they end before the ``}`` that closes what was opened before ``start``.
    Raises ExpressionError: syntax, too-big.
    """
    return list(_tokens(source, limits, start, in_braces=in_braces))


def _tokens(source: Source, limits: Limits, start: int, *, in_braces: bool) -> Iterator[Token]:
    text, at, open_braces = source.text, start, 0
    while at < len(text):
        if at - start > limits.source:
            raise _too_long(source, limits, start)
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(source, at)
        token = _token(source, match)
        at = match.end()
        if token is None:
            continue
        if token.kind is Kind.SIGN and token.text in "{}":
            open_braces += 1 if token.text == "{" else -1
            if in_braces and open_braces < 0:
                yield Token(Kind.END, "}", None, token.start, token.end)
                return
        yield token
    if at - start > limits.source:
        raise _too_long(source, limits, start)
    if in_braces:
        raise source.error("expression.syntax", start - 2, "${ is not closed.", "Close it with }.")
    yield Token(Kind.END, "", None, len(text), len(text))


def _token(source: Source, match: re.Match[str]) -> Token | None:
    """The token of ``match``; None for blanks and comments."""
    text, start, end = match[0], match.start(), match.end()
    match match.lastgroup:
        case "name":
            return Token(Kind.NAME, text, text, start, end)
        case "sign":
            return Token(Kind.SIGN, text, text, start, end)
        case "int":
            return Token(Kind.INT, text, _whole_number(source, text, start), start, end)
        case "decimal":
            return Token(Kind.DECIMAL, text, _decimal(source, text, start), start, end)
        case "text":
            return Token(Kind.TEXT, text, _unescaped(source, text[1:-1], start + 1), start, end)
        case "raw":
            return Token(Kind.TEXT, text, text[2:-1], start, end)
    return None


def _whole_number(source: Source, text: str, start: int) -> int:
    # 2^63 itself is let through: the parser takes it after a minus only.
    number = int(text, 16) if text[:2] in {"0x", "0X"} else int(text) if len(text) <= _EXPONENT else LARGEST_INT + 2
    if number > LARGEST_INT + 1:
        raise too_large(source, start)
    return number


def too_large(source: Source, start: int) -> Exception:
    """What a whole number past 64 bits raises."""
    return source.error(
        "expression.too-big", start, "A whole number has at most 64 bits.", "Write it with a point, as a decimal."
    )


def _decimal(source: Source, text: str, start: int) -> Decimal:
    digits, _, exponent = text.lower().partition("e")
    if len(digits) > DIGITS or abs(int(exponent[:9] or 0)) > _EXPONENT:
        raise source.error(
            "expression.too-big", start, f"A decimal has at most {DIGITS} digits and an exponent of {_EXPONENT}."
        )
    return Decimal(text)


def _unescaped(source: Source, text: str, start: int) -> str:
    def replaced(match: re.Match[str]) -> str:
        if match["sign"]:
            return _SIGNS.get(match["sign"], match["sign"])
        code = (
            int(match["x"] or match["u"] or match["U"] or "0", 16) if match["octal"] is None else int(match[0][1:], 8)
        )
        if match["wrong"] is not None or code in _SURROGATES or code > 0x10FFFF:
            raise source.error(
                "expression.syntax",
                start + match.start(),
                f"{match[0]} is no escape.",
                "Write \\\\ for a backslash, or r'...' for a text without escapes.",
            )
        return chr(code)

    return _ESCAPE.sub(replaced, text) if "\\" in text else text


def _unreadable(source: Source, at: int) -> Exception:
    letter = source.text[at]
    what = "The text is not closed." if letter in "\"'" else f"{letter!r} means nothing here."
    return source.error("expression.syntax", at, what, _FOREIGN.get(letter, ""))


def _too_long(source: Source, limits: Limits, start: int) -> Exception:
    return source.error(
        "expression.too-big",
        start,
        f"The expression is longer than {limits.source:,} characters.",
        "Move what it decides into a value table.",
    )
