"""Patterns, against Python's own regular expressions, and the errors that name a place."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digitpad.errors import InvalidInput
from digitpad.expect.automaton import MOST_STATES, SYMBOLS, compile_all
from digitpad.expect.pattern import DEEPEST, LONGEST_PATTERN, Pattern

ATOMS = st.sampled_from(
    ["0", "1", "2", r"\d", r"\.", "-", "[01]", "[^1]", "[0-2,]", r"[\d.]", "()"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,}", "{0,2}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)
TEXTS = st.lists(st.text("012.-,", max_size=6), min_size=5, max_size=5)


@given(PATTERNS, TEXTS)
@example(r"(1|12)*3?", ["1213", "123", "112", "", "3"])
@example(r"((\d?){3}){2}", ["", "1", "000000", "0000000", "-"])
def test_the_texts_are_those_of_the_expression(pattern: str, texts: list[str]) -> None:
    python = re.compile(pattern.replace("[^1]", "[-,.02]"))
    automaton = compile_all([Pattern(pattern)])
    for text in texts:
        assert automaton.accepts(text) == bool(python.fullmatch(text)), text


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("", "", "1"),
        (r"^\d{2}$", "12", "1"),
        (".", "%", "12"),
        (r"\D", "/", "1"),
        (r"[-+]?\d", "-1", "--1"),
        ("[]1]", None, "1"),
        (r"\(\d\)", "(5)", "5"),
        ("1{0}2", "2", "12"),
        ("2?7", "27", "17"),
    ],
)
def test_what_each_part_means(pattern: str, fits: str | None, does_not: str) -> None:
    if fits is None:
        with pytest.raises(InvalidInput):
            Pattern(pattern)
        return
    automaton = compile_all([Pattern(pattern)])
    assert automaton.accepts(fits)
    assert not automaton.accepts(does_not)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"\d{3", 'character 5: expected "}"; found the end'),
        (r"\d{3,2}", 'no more at least than at most; found "{"'),
        (r"\d{100}", 'a number up to 99; found "1"'),
        ("(1", 'character 3: expected ")"; found the end'),
        ("1)", 'character 2: expected the end; found ")"'),
        ("^1)", 'character 3: expected the end; found ")"'),
        ("[3-1]", 'a range from a digit to a larger one; found "-"'),
        ("[0-", "found the end"),
        (
            "A1",
            'character 1: expected a digit or one of the signs . , - + / : ( ) = % #; found "A"',
        ),
        ("1 2", 'found " "'),
        ("1**", 'character 3: expected one repetition; found "*"'),
        ("+1", 'something to repeat; found "+"'),
        ("(?=1)1", "there is nothing to look ahead for"),
        ("\\", "found the end"),
        (r"\w", 'found "w"'),
        ("(" * (DEEPEST + 1), f"at most {DEEPEST} groups within each other"),
        ("1" * (LONGEST_PATTERN + 1), f"at most {LONGEST_PATTERN} characters, found 501"),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_place(pattern: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(said)):
        Pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\d*1\d{18}", r"(\d{99}){99}", "(.?){99}" * 30, "(" + "1?" * 240 + "){3}"]
)
def test_too_many_states_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput, match="states"):
        compile_all([Pattern(pattern)])


def test_the_table_has_only_states_from_which_a_text_can_end() -> None:
    automaton = compile_all([Pattern(r"1\d|2[^\d\D]")])
    assert automaton.walk("2") == -1
    assert automaton.walk("1") >= 0
    assert automaton.symbols == frozenset("0123456789")
    assert automaton.lengths == (2, 2)
    assert compile_all([Pattern(r"\d+")]).lengths == (1, None)
    assert compile_all([Pattern(r"\d{2,5}")]).lengths == (2, 5)
    assert automaton.after.shape == (len(automaton.ends), len(SYMBOLS))
    assert len(automaton.ends) <= MOST_STATES
