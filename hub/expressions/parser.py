"""Tokens to a tree, by the grammar and the precedence of CEL."""

from __future__ import annotations

from collections.abc import Callable

from hub.expressions.errors import ExpressionError, Source
from hub.expressions.lexer import KEYWORDS, RESERVED, Kind, Token, tokens, too_large
from hub.expressions.limits import LARGEST_INT, LIMITS, Limits
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
    MapNode,
    Name,
    Node,
    Place,
    Select,
    Unary,
)
from hub.expressions.types import BOOL, DECIMAL, INT, NULL, TEXT

MACROS = ("all", "exists", "exists_one", "filter", "map")

PRECEDENCE = {
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 1),
    **dict.fromkeys(("+", "-"), 2),
    **dict.fromkeys(("*", "/", "%"), 3),
}
"""Of the operators between two operands, loosest first; ``&&`` and ``||`` are looser still."""

_WORDS = {"and": "Write && for and.", "or": "Write || for or.", "not": "Write ! for not.", "is": "Write ==."}
_CONSTANTS = {"true": (True, BOOL), "false": (False, BOOL), "null": (None, NULL)}


def parse(text: str, limits: Limits = LIMITS) -> Node:
    """The tree of ``text``. Raises ExpressionError: syntax, too-big, macro."""
    source = Source(text)
    return Parser(source, tokens(source, limits), limits).whole()


class Parser:
    """Recursive descent over one list of tokens; every level of nesting is counted."""

    def __init__(self, source: Source, tokens: list[Token], limits: Limits) -> None:
        self._source = source
        self._tokens = tokens
        self._limits = limits
        self._next = 0
        self._nesting = 0

    def whole(self) -> Node:
        """The one expression that all the tokens make up."""
        node = self._expression()
        if self._token.kind is not Kind.END:
            raise self._unexpected()
        return node

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _taken(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _sees(self, *signs: str) -> bool:
        token = self._token
        return token.text in signs and (token.kind is Kind.SIGN or token.text == "in")

    def _expect(self, sign: str, opened: Token) -> Token:
        if not self._sees(sign):
            what = f"{opened.text} is not closed" if self._token.kind is Kind.END else "Something is missing"
            raise self._error(self._token.start, f"{what}: expected {sign}.")
        return self._taken()

    def _expression(self) -> Node:
        self._nesting += 1
        if self._nesting > self._limits.depth:
            raise self._too_deep(self._token.start)
        node = self._alternatives()
        if self._sees("?"):
            question = self._taken()
            # As in CEL: a condition between ? and : stands in parentheses.
            yes = self._alternatives()
            self._expect(":", question)
            no = self._expression()
            place = self._place(node.place.start, question.start, node, yes, no)
            node = Conditional(node, yes, no, place=place)
        self._nesting -= 1
        return node

    def _alternatives(self) -> Node:
        return self._logic("||", lambda: self._logic("&&", lambda: self._binary(1)))

    def _logic(self, sign: str, operand: Callable[[], Node]) -> Node:
        first = operand()
        operands = [first]
        caret = self._token.start
        while self._sees(sign):
            self._taken()
            operands.append(operand())
        if len(operands) == 1:
            return first
        return Logic(sign, tuple(operands), place=self._place(first.place.start, caret, *operands))

    def _binary(self, loosest: int) -> Node:
        node = self._unary()
        while self._sees(*PRECEDENCE) and PRECEDENCE[self._token.text] >= loosest:
            sign = self._taken()
            right = self._binary(PRECEDENCE[sign.text] + 1)
            node = Binary(sign.text, node, right, place=self._place(node.place.start, sign.start, node, right))
        return node

    def _unary(self) -> Node:
        if not self._sees("!", "-"):
            return self._member(self._primary())
        sign = self._taken()
        if sign.text == "-" and self._token.kind in {Kind.INT, Kind.DECIMAL}:
            return self._member(self._number(self._taken(), sign))
        self._nesting += 1
        if self._nesting > self._limits.depth:
            raise self._too_deep(sign.start)
        operand = self._unary()
        self._nesting -= 1
        return Unary(sign.text, operand, place=self._place(sign.start, sign.start, operand))

    def _member(self, node: Node) -> Node:
        """``node`` and all that is selected, indexed and called on it."""
        while self._sees(".", "["):
            opened = self._taken()
            if opened.text == "[":
                key = self._expression()
                self._expect("]", opened)
                node = Index(node, key, place=self._place(node.place.start, opened.start, node, key))
                continue
            name = self._selector()
            if self._sees("("):
                node = self._method(node, name)
            else:
                node = Select(node, name.text, place=self._place(node.place.start, name.start, node))
        return node

    def _selector(self) -> Token:
        if self._token.kind is not Kind.NAME or self._token.text in KEYWORDS:
            raise self._unexpected("a field or function after the point")
        return self._taken()

    def _method(self, owner: Node, name: Token) -> Node:
        opened = self._taken()
        if name.text in MACROS:
            return self._macro(owner, name, opened)
        arguments = (owner, *self._until(")", opened))
        place = self._place(owner.place.start, name.start, *arguments)
        return Call(name.text, arguments, is_method=True, place=place)

    def _macro(self, items: Node, name: Token, opened: Token) -> Node:
        arguments = self._until(")", opened)
        match arguments:
            case [Name(name=variable), body]:
                place = self._place(items.place.start, name.start, items, body)
                return Macro(name.text, items, variable, body, place=place)
        raise self._source.error(
            "expression.macro",
            name.start,
            f"{name.text} takes a variable and what to work out of it.",
            f"For example: lines.{name.text}(line, line.quantity > 0).",
        )

    def _until(self, closing: str, opened: Token) -> list[Node]:
        """Expressions with commas between them, and the sign that closes them."""
        nodes: list[Node] = []
        while not self._sees(closing):
            nodes.append(self._expression())
            if not self._sees(","):
                break
            self._taken()
            if closing == ")" and self._sees(closing):
                raise self._unexpected()
        self._expect(closing, opened)
        return nodes

    def _primary(self) -> Node:
        token = self._token
        match token.kind:
            case Kind.INT | Kind.DECIMAL:
                return self._number(self._taken())
            case Kind.TEXT:
                self._taken()
                return Literal(token.value, TEXT, place=self._place(token.start, token.start))
            case Kind.NAME:
                return self._name(self._taken())
        if self._sees("("):
            self._taken()
            node = self._expression()
            self._expect(")", token)
            return node
        if self._sees("["):
            self._taken()
            items = tuple(self._until("]", token))
            return ListNode(items, place=self._place(token.start, token.start, *items))
        if self._sees("{"):
            return self._map(self._taken())
        raise self._unexpected()

    def _name(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            value, type_ = _CONSTANTS[token.text]
            return Literal(value, type_, place=self._place(token.start, token.start))
        if token.text in RESERVED or token.text == "in":
            raise self._error(token.start, f"{token.text} is a word of the language.", "Choose another name.")
        if not self._sees("("):
            return Name(token.text, place=self._place(token.start, token.start))
        arguments = tuple(self._until(")", self._taken()))
        place = self._place(token.start, token.start, *arguments)
        if token.text != "has":
            return Call(token.text, arguments, place=place)
        if len(arguments) == 1 and isinstance(arguments[0], Select | Index):
            return Has(arguments[0], place=place)
        raise self._error(token.start, "has takes one field.", "For example: has(order.note).")

    def _map(self, opened: Token) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self._sees("}"):
            key = self._expression()
            self._expect(":", opened)
            entries.append((key, self._expression()))
            if not self._sees(","):
                break
            self._taken()
        self._expect("}", opened)
        parts = [part for entry in entries for part in entry]
        return MapNode(tuple(entries), place=self._place(opened.start, opened.start, *parts))

    def _number(self, token: Token, minus: Token | None = None) -> Node:
        place = self._place(minus.start if minus else token.start, token.start)
        if token.kind is Kind.DECIMAL:
            decimal = token.value
            assert hasattr(decimal, "copy_negate")
            return Literal(decimal.copy_negate() if minus else decimal, DECIMAL, place=place)
        number = token.value
        assert isinstance(number, int)
        if number > LARGEST_INT and not minus:
            raise too_large(self._source, token.start)
        return Literal(-number if minus else number, INT, place=place)

    def _place(self, start: int, caret: int, *below: Node) -> Place:
        depth = 1 + max((node.place.depth for node in below), default=0)
        if depth > self._limits.depth:
            raise self._too_deep(caret)
        return Place(start, self._tokens[self._next - 1].end, caret, depth)

    def _too_deep(self, caret: int) -> ExpressionError:
        return self._source.error(
            "expression.too-big",
            caret,
            f"The expression is nested more than {self._limits.depth} deep.",
            "Split it, or use a list, join() or a value table.",
        )

    def _unexpected(self, wanted: str = "a value") -> ExpressionError:
        token = self._token
        before = self._tokens[self._next - 1].text if self._next else ""
        cure = _WORDS.get(token.text) or _WORDS.get(before, "")
        if token.kind is Kind.END:
            return self._error(token.start, f"The expression ends where {wanted} should follow.", cure)
        return self._error(token.start, f"{token.text} does not fit here.", cure)

    def _error(self, caret: int, message: str, cure: str = "") -> ExpressionError:
        return self._source.error("expression.syntax", caret, message, cure)
