r"""Regular expressions as forms have them, and the machine of one.

The subset of HTML's `pattern` that digits and signs need: classes, `.`, `\d`, alternatives, groups,
repetition. It is matched from end to end. The machine's states are what is left of the expression
after each symbol, its derivatives (Brzozowski, "Derivatives of Regular Expressions", JACM 1964;
Owens, Reppy, Turon, "Regular-expression derivatives re-examined", JFP 2009), so nothing is ever
tried twice.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, NoReturn

from digitpad.errors import InvalidInput
from digitpad.expect.automaton import SYMBOLS
from digitpad.labels import DIGITS

LONGEST_PATTERN = 500  # characters: dates that know their months have 150
DEEPEST = 20  # groups within groups
MOST_TIMES = 99  # repetitions that are counted: a number has 20 digits
MOST_WORK = 30_000  # parts of expressions that are looked at: an amount's, with thousands, are 900

Node = int  # an expression's number in its Pattern


class _Symbols(NamedTuple):
    of: frozenset[str]  # one of these


class _Sequence(NamedTuple):
    first: Node
    then: Node


class _Choice(NamedTuple):
    of: frozenset[Node]


class _Repeat(NamedTuple):
    what: Node
    least: int
    most: int | None  # None: without end


_Expression = _Symbols | _Sequence | _Choice | _Repeat | None  # None: nothing is left


class Pattern:
    """The machine of a pattern. Raises InvalidInput, which names the place, when it is none."""

    def __init__(self, text: str) -> None:
        """Parse a pattern, as an input's attribute has it."""
        if len(text) > LONGEST_PATTERN:
            raise InvalidInput(
                f"expected a pattern of at most {LONGEST_PATTERN} characters, found {len(text):,}"
            )
        self._expressions: list[_Expression] = []
        self._numbers: dict[_Expression, Node] = {}
        self._ends: list[bool] = []
        self._work = 0
        self._derive = cache(self._derive_anew)
        self.start: Node = _Parser(text, self).parse()

    def step(self, state: Node, symbol: str) -> Node | None:
        """Return what is left of an expression after a symbol; None when it does not begin so."""
        return self._derive(state, symbol)

    def accepts(self, state: Node) -> bool:
        """Whether nothing more is needed."""
        return self._ends[state]

    def empty(self) -> Node:
        """Return the expression of no symbol."""
        return self._remember(None, True)

    def symbols(self, of: Iterable[str]) -> Node:
        """Return the expression of one of these."""
        return self._remember(_Symbols(frozenset(of)), False)

    def sequence(self, first: Node, then: Node) -> Node:
        """Return one expression after another; always from left to right, so that it is known."""
        if self._expressions[first] is None:
            return then
        if self._expressions[then] is None:
            return first
        self._look_at(1)
        own = self._expressions[first]
        if isinstance(own, _Sequence):
            return self.sequence(own.first, self.sequence(own.then, then))
        return self._remember(_Sequence(first, then), self._ends[first] and self._ends[then])

    def choice(self, of: Iterable[Node]) -> Node:
        """Return one of several expressions, of which there is at least one."""
        flat: set[Node] = set()
        for node in of:
            own = self._expressions[node]
            flat |= own.of if isinstance(own, _Choice) else {node}
        self._look_at(len(flat))
        if len(flat) == 1:
            return flat.pop()
        return self._remember(_Choice(frozenset(flat)), any(self._ends[node] for node in flat))

    def repeat(self, what: Node, least: int, most: int | None) -> Node:
        """Return an expression so many times."""
        if most == 0 or self._expressions[what] is None:
            return self.empty()
        if self._ends[what]:
            least = 0  # one that may be nothing can be there as often as is needed
        if (least, most) == (1, 1):
            return what
        return self._remember(_Repeat(what, least, most), least == 0)

    def _remember(self, expression: _Expression, ends: bool) -> Node:
        number = self._numbers.setdefault(expression, len(self._expressions))
        if number == len(self._expressions):
            self._expressions.append(expression)
            self._ends.append(ends)
        return number

    def _look_at(self, parts: int) -> None:
        self._work += parts
        if self._work > MOST_WORK:
            raise InvalidInput("expected a simpler pattern, found one with too many states")

    def _derive_anew(self, node: Node, symbol: str) -> Node | None:
        own = self._expressions[node]
        match own:
            case None:
                return None
            case _Symbols(of):
                return self.empty() if symbol in of else None
            case _Choice(nodes):
                found = [after for n in nodes if (after := self._derive(n, symbol)) is not None]
                return self.choice(found) if found else None
            case _Repeat(what, least, most):
                after = self._derive(what, symbol)
                if after is None:
                    return None
                left = None if most is None else most - 1
                return self.sequence(after, self.repeat(what, max(least - 1, 0), left))
            case _Sequence(first, then):
                after = self._derive(first, symbol)
                found = [] if after is None else [self.sequence(after, then)]
                if self._ends[first] and (after := self._derive(then, symbol)) is not None:
                    found.append(after)
                return self.choice(found) if found else None


class _Parser:
    """Recursive descent over a pattern; errors name the character."""

    def __init__(self, text: str, pattern: Pattern) -> None:
        self._text = text.removeprefix("^").removesuffix("$")  # from end to end anyway
        self._skipped = len(text) - len(text.removeprefix("^"))
        self._at = 0
        self._depth = 0
        self._build = pattern

    def parse(self) -> Node:
        found = self._alternatives()
        if self._at < len(self._text):
            self._fail("the end")
        return found

    def _alternatives(self) -> Node:
        found = [self._terms()]
        while self._take("|"):
            found.append(self._terms())
        return self._build.choice(found)

    def _terms(self) -> Node:
        terms = []
        while self._next not in ("", "|", ")"):
            terms.append(self._repeated(self._term()))
        found = self._build.empty()
        for term in reversed(terms):
            found = self._build.sequence(term, found)
        return found

    def _term(self) -> Node:
        if not self._take("("):
            return self._build.symbols(self._one())
        if self._take("?") and not self._take(":"):
            self._fail("a group, ( or (?: and what is in it; there is nothing to look ahead for")
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(f"at most {DEEPEST} groups within each other")
        found = self._alternatives()
        self._depth -= 1
        if not self._take(")"):
            self._fail('")"')
        return found

    def _one(self) -> frozenset[str]:
        """Read a symbol, a class, or what stands for one."""
        if self._take("["):
            return self._class()
        if self._take("."):
            return frozenset(SYMBOLS)
        if self._take("\\"):
            return self._escaped()
        if self._next in ("?", "*", "+", "{"):
            self._fail("something to repeat")
        return frozenset(self._symbol())

    def _escaped(self) -> frozenset[str]:
        classes = {"d": frozenset(DIGITS), "D": frozenset(SYMBOLS) - frozenset(DIGITS)}
        if self._next in classes:
            found = classes[self._next]
            self._at += 1
            return found
        return frozenset(self._symbol())

    def _class(self) -> frozenset[str]:
        inverse, found = self._take("^"), frozenset[str]()
        while not self._take("]"):
            found |= self._of_class()
        return frozenset(SYMBOLS) - found if inverse else found

    def _of_class(self) -> frozenset[str]:
        if self._take("\\"):
            return self._escaped()
        first, at = self._symbol(), self._at
        if not self._take("-") or self._next == "]":
            self._at = at
            return frozenset(first)
        last = self._symbol()
        if first not in DIGITS or last not in DIGITS or first > last:
            self._at = at
            self._fail("a range from a digit to a larger one")
        return frozenset(DIGITS[int(first) : int(last) + 1])

    def _repeated(self, what: Node) -> Node:
        at = self._at
        if self._take("?"):
            times: tuple[int, int | None] = (0, 1)
        elif self._take("*"):
            times = (0, None)
        elif self._take("+"):
            times = (1, None)
        elif self._take("{"):
            times = self._times()
        else:
            return what
        self._take("?")  # a lazy one matches the same texts, from end to end
        if self._next and self._next in "?*+{":
            self._fail("one repetition")
        if times[1] is not None and times[0] > times[1]:
            self._at = at
            self._fail("no more at least than at most")
        return self._build.repeat(what, *times)

    def _times(self) -> tuple[int, int | None]:
        least = self._number()
        most: int | None = least
        if self._take(","):
            most = None if self._next == "}" else self._number()
        if not self._take("}"):
            self._fail('"}"')
        return least, most

    def _number(self) -> int:
        at = self._at
        while self._next and self._next in DIGITS:
            self._at += 1
        said = self._text[at : self._at]
        if not said or len(said) > len(str(MOST_TIMES)):
            self._at = at
            self._fail(f"a number up to {MOST_TIMES}")
        return int(said)

    def _symbol(self) -> str:
        if self._next not in SYMBOLS:
            self._fail("a digit or one of the signs " + " ".join(SYMBOLS[len(DIGITS) :]))
        self._at += 1
        return self._text[self._at - 1]

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, symbol: str) -> bool:
        taken = self._next == symbol
        self._at += taken
        return taken

    def _fail(self, expected: str) -> NoReturn:
        found = f'"{self._next}"' if self._next else "the end"
        place = self._at + self._skipped + 1
        raise InvalidInput(f"pattern, character {place}: expected {expected}; found {found}")
