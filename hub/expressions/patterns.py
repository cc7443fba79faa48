"""Regular expressions that take time proportional to the text, whatever is written.

A subset of RE2: letters, ``.``, classes, ``\\d \\w \\s`` and their opposites, groups, ``|``, ``* + ? {n,m}``, ``^`` and
``$``, and ``(?i)`` in front. ASCII classes; ``.`` is any letter but a line end; ``$`` is the very end. A text matches
where a part of it does. The states that the text leads to are built as it is read (Thompson 1968): nothing is tried
twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

Test = Callable[[str], bool]

MOST_STATES = 300
"""Letters that a pattern may come to with its repetitions written out."""

MOST_TEXT = 2_000
"""Characters of a text that a pattern is tried on."""

_REMEMBERED = 200
_MOST_GROUPS = 20
_DIGITS = frozenset("0123456789")
_SPACE = frozenset(" \t\n\r\f")
_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_CLASSES = {"d": _DIGITS, "s": _SPACE, "w": _WORD}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_SPECIAL = frozenset(".^$|?*+()[]{}\\")
_REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class PatternError(ValueError):
    """A pattern that cannot be used. ``at`` is where in the pattern."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def _too_big() -> PatternError:
    return PatternError(f"The pattern comes to more than {MOST_STATES} letters.", 0)


# A piece of a pattern: what may follow is only known when it is put together.
@dataclass(frozen=True, slots=True)
class _Letter:
    test: Test


@dataclass(frozen=True, slots=True)
class _Edge:
    """``^`` or ``$``."""

    is_end: bool


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class _Either:
    parts: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    piece: _Piece
    least: int
    most: int | None


_Piece = _Letter | _Edge | _Sequence | _Either | _Repeat


@dataclass(slots=True)
class _Machine:
    """States by number. ``tests`` leads by a letter to the next number, ``jumps`` without one, ``edges`` at an edge."""

    tests: dict[int, tuple[Test, int]] = field(default_factory=dict)
    jumps: dict[int, tuple[int, ...]] = field(default_factory=dict)
    edges: dict[int, tuple[bool, int]] = field(default_factory=dict)
    size: int = 0
    pieces: int = 0

    def state(self) -> int:
        self.size += 1
        return self.size

    def built(self, piece: _Piece, follow: int) -> int:
        """The state that ``piece`` begins in, where ``follow`` comes after it."""
        self.pieces += 1
        if self.pieces > 10 * MOST_STATES:
            raise _too_big()
        match piece:
            case _Letter(test=test):
                start = self.state()
                self.tests[start] = (test, follow)
                return start
            case _Edge(is_end=is_end):
                start = self.state()
                self.edges[start] = (is_end, follow)
                return start
            case _Sequence(parts=parts):
                for part in reversed(parts):
                    follow = self.built(part, follow)
                return follow
            case _Either(parts=parts):
                start = self.state()
                self.jumps[start] = tuple(self.built(part, follow) for part in parts)
                return start
            case _Repeat():
                return self._repeated(piece, follow)

    def _repeated(self, repeat: _Repeat, follow: int) -> int:
        if repeat.most is None:
            again = self.state()
            self.jumps[again] = (follow, self.built(repeat.piece, again))
            follow = again
        for _ in range((repeat.most or repeat.least) - repeat.least):
            maybe = self.state()
            self.jumps[maybe] = (follow, self.built(repeat.piece, follow))
            follow = maybe
        for _ in range(repeat.least):
            follow = self.built(repeat.piece, follow)
        return follow

    def reached(self, states: set[int], *, at_start: bool, at_end: bool) -> frozenset[int]:
        """``states`` and all that they lead to without a letter."""
        found, left = set(states), list(states)
        while left:
            state = left.pop()
            nearby = self.jumps.get(state, ())
            edge = self.edges.get(state)
            if edge and (at_end if edge[0] else at_start):
                nearby = (*nearby, edge[1])
            left += [other for other in nearby if other not in found]
            found.update(nearby)
        return frozenset(found)


class Pattern:
    """A compiled pattern. ``size`` is the number of its states: what each letter of a text may cost."""

    def __init__(self, text: str) -> None:
        self._machine = _Machine()
        self._goal = self._machine.state()
        reader = _Reader(text)
        piece = reader.whole()
        self._first = self._machine.built(piece, self._goal)
        if len(self._machine.tests) > MOST_STATES:
            raise _too_big()
        self._folds = reader.folds
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    @property
    def size(self) -> int:
        return self._machine.size

    def found_in(self, text: str) -> bool:
        """Whether a part of ``text`` matches. ``text`` has at most MOST_TEXT characters."""
        text = text.lower() if self._folds else text
        states = self._machine.reached({self._first}, at_start=True, at_end=not text)
        for at, letter in enumerate(text):
            if self._goal in states:
                return True
            states = self._next(states, letter, at_end=at + 1 == len(text))
        return self._goal in states

    def _next(self, states: frozenset[int], letter: str, *, at_end: bool) -> frozenset[int]:
        if at_end:
            return self._stepped(states, letter, at_end=True)
        known = self._steps.get((states, letter))
        if known is None:
            if len(self._steps) >= _REMEMBERED:
                self._steps.clear()
            known = self._steps[states, letter] = self._stepped(states, letter, at_end=False)
        return known

    def _stepped(self, states: frozenset[int], letter: str, *, at_end: bool) -> frozenset[int]:
        tests = self._machine.tests
        after = {tests[state][1] for state in states if state in tests and tests[state][0](letter)}
        # A match may begin at every letter.
        return self._machine.reached({*after, self._first}, at_start=False, at_end=at_end)


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """The pattern of ``text``. Raises PatternError."""
    return Pattern(text)


class _Reader:
    """Recursive descent over a pattern."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.folds = text.startswith("(?i)")
        self._at = 4 if self.folds else 0
        self._groups = 0

    def whole(self) -> _Piece:
        piece = self._either()
        if self._at < len(self._text):
            raise PatternError("A ) closes nothing.", self._at)
        return piece

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        letter = self._peek()
        if not letter:
            raise PatternError("The pattern ends too early.", self._at)
        self._at += 1
        return letter

    def _either(self) -> _Piece:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Either(tuple(parts))

    def _sequence(self) -> _Piece:
        parts: list[_Piece] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._repeated(self._atom()))
        return _Sequence(tuple(parts))

    def _repeated(self, piece: _Piece) -> _Piece:
        sign = self._peek()
        if sign in _REPEATS:
            self._at += 1
            bounds = _REPEATS[sign]
        elif sign == "{":
            bounds = self._bounds()
        else:
            return piece
        # Whether the least or the most is taken makes no difference to whether there is a match.
        if self._peek() == "?":
            self._at += 1
        if self._peek() in _REPEATS or self._peek() == "{":
            raise PatternError("A repetition cannot be repeated: put it in ( ).", self._at)
        return _Repeat(piece, *bounds)

    def _bounds(self) -> tuple[int, int | None]:
        start = self._at
        end = self._text.find("}", start)
        least, comma, most = self._text[start + 1 : end].partition(",")
        if end < 0 or not _is_count(least) or (most and not _is_count(most)):
            raise PatternError("A repetition is {n}, {n,} or {n,m}; for the sign itself write \\{.", start)
        bounds = (int(least), int(most) if most else None if comma else int(least))
        if bounds[1] is not None and bounds[1] < bounds[0]:
            raise PatternError("A repetition's most is less than its least.", start)
        self._at = end + 1
        return bounds

    def _atom(self) -> _Piece:
        at = self._at
        letter = self._take()
        match letter:
            case "(":
                return self._group(at)
            case "[":
                return _Letter(self._class(at))
            case ".":
                return _Letter(lambda other: other != "\n")
            case "^" | "$":
                return _Edge(is_end=letter == "$")
            case "\\":
                return _Letter(self._escape(at))
        if letter in _SPECIAL:
            raise PatternError(f"{letter} does not fit here; for the sign itself write \\{letter}.", at)
        return _Letter(self._folded(letter.__eq__))

    def _group(self, at: int) -> _Piece:
        self._groups += 1
        if self._groups > _MOST_GROUPS:
            raise PatternError(f"A pattern has at most {_MOST_GROUPS} groups.", at)
        if self._text.startswith("?:", self._at):
            self._at += 2
        piece = self._either()
        if self._peek() != ")":
            raise PatternError("The ( is not closed.", at)
        self._at += 1
        return piece

    def _escape(self, at: int) -> Test:
        letter = self._take()
        if letter.lower() in _CLASSES:
            letters = _CLASSES[letter.lower()]
            return letters.__contains__ if letter.islower() else lambda other: other not in letters
        if letter in _CONTROLS:
            return _CONTROLS[letter].__eq__
        if letter.isalnum():
            raise PatternError(f"\\{letter} means nothing in a pattern.", at)
        return letter.__eq__

    def _class(self, at: int) -> Test:
        excludes = self._peek() == "^"
        self._at += excludes
        tests: list[Test] = []
        while self._peek() != "]" or not tests:
            if self._peek() in {"", "]"}:
                raise PatternError("The [ is not closed, or there is nothing in it.", at)
            # Folded before the whole class is turned round: [^a] is neither a nor A.
            tests.append(self._folded(self._class_part()))
        self._at += 1
        if excludes:
            return lambda other: not any(test(other) for test in tests)
        return lambda other: any(test(other) for test in tests)

    def _class_part(self) -> Test:
        at = self._at
        first = self._take()
        if first == "\\":
            return self._escape(at)
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in {"]", ""}:
            return first.__eq__
        self._at += 1
        last = self._take()
        if last < first or last == "\\":
            raise PatternError("A range goes from a letter to a later one.", at)
        return lambda other: first <= other <= last

    def _folded(self, test: Test) -> Test:
        """``test`` of a letter in either case, where the pattern says so; the text is then in small letters."""
        if not self.folds:
            return test
        return lambda other: test(other) or (len(other.upper()) == 1 and test(other.upper()))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(MOST_STATES))
