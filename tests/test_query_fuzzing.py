"""Thousands of random and mutated query texts -> the parser: a query or located errors, never anything else.

`make fuzz` tries a million and times them; this tries some, others at every run unless TEST_SEED says which.
"""

import os
import random

import pytest
from archives import ANALYZER
from fuzzing import DIALECT_SIGNS, ODD, dialect_of, query_text, verdict

from search.errors import QueryError
from search.query import Dialect, parse
from search.query.syntax import MAX_CHARACTERS

INPUTS = 20_000


def test_whatever_is_typed_is_understood_or_refused_and_its_canonical_text_means_the_same():
    seed = int(os.environ.get("TEST_SEED", random.randrange(1_000_000)))
    valid = 0
    for number in range(INPUTS):
        dialect, text = dialect_of(number), query_text(seed, number)
        judged = verdict(text, dialect, ANALYZER)
        assert judged.faults == (), f"TEST_SEED={seed}, number {number}, {dialect}: {text!r}"
        valid += judged.valid
    # Neither side must be rare, or little is tried of it.
    assert INPUTS * 0.2 < valid < INPUTS * 0.8


def test_the_same_seed_and_number_give_the_same_text():
    texts = [query_text(1, number) for number in range(300)]
    assert texts == [query_text(1, number) for number in range(300)]
    assert len(set(texts)) > 250
    assert texts != [query_text(2, number) for number in range(300)]


def test_the_texts_are_of_all_lengths_and_scripts_and_of_no_script():
    texts = [query_text(3, number) for number in range(10_000)]
    lengths = sorted(map(len, texts))
    assert lengths[0] == 0
    assert any(length == MAX_CHARACTERS for length in lengths)
    assert MAX_CHARACTERS < lengths[-1] <= MAX_CHARACTERS + 50
    assert 5 < lengths[len(lengths) // 2] < 200
    assert all(any(odd in text for text in texts) for odd in ODD)


@pytest.mark.parametrize("dialect", Dialect)
def test_the_signs_of_every_dialect_are_typed(dialect):
    texts = [query_text(4, number) for number in range(8_000) if dialect_of(number) is dialect]
    typed = [sign for sign in DIALECT_SIGNS[dialect] if any(sign in text for text in texts)]
    assert len(typed) == len(DIALECT_SIGNS[dialect])


# What was found by such texts once, the shortest of each kind.
FOUND = [
    *(
        "==\x00US==\x00US==\x00US==\x00US==\x00US==\x00US",
        "=A-B-C D E F",
        "US\u02bc US US US US US US",
        '="A B C" D E F',
        '="A B C D E F"',
    ),
    *("w/s.", "a w/s. b", "a W/P, b", "a w%s b", "caps(w/s.)", "^0.001not w/p٪", "date-w/:s"),
    *("(not) w/5 a", "a (not) w/5 b", "a not. w/5 b", "a not, pre/5 b", "x-not w/s a", "\x19not w/5 a"),
    *("मुख्य-्री", "a-\u093f", "ʼ\u093f", '"ʼ\u093fsh"', "मुख्य-ʼ\u093fमंत्री", '"ʼ\U000e0132"', "w/s.ʼ\u093f", "ʼ.S."),
    *(
        "co-ʼ\u093froduce",
        "IT-a-\u093f",
        "abc?\u0310",
        "x-abc?!\u0310",
        "hle'ad (a b)",
        "hlead, (a b)",
        "atleast3, (a)",
    ),
    *(
        "hlead(not, w/3 pact)",
        "title:(not, w/3 a)",
        "ab?ʼ\u093f",
        "ab?\u2182",
        "ab?ʼ",
        "NOT\u0301~1",
        "US\u02bc\u0301",
        "ÚS",
    ),
    *("a --b", "--w/5 a", "a –NOT b", "(–a) w/5 –b", "a —(b)", "a --b*~1", "ab*~1", "a?~2 b", "a w/ b", "NEAR/ (a)"),
]


@pytest.mark.parametrize("text", FOUND)
@pytest.mark.parametrize("dialect", Dialect)
def test_what_was_found_once_is_right_now(text, dialect):
    assert verdict(text, dialect, ANALYZER).faults == ()


# Long texts that were slow once, for their number of words, of errors or of fixes.
SLOW = [
    "— ",
    "a? ",
    "a^ ",
    '"" ',
    "a~ ",
    "and ",
    "a*-b ",
    "a w/0 ",
    "x:a ",
    ")",
    "()",
    "a AND OR ",
    "a OR b c ",
    "hlead (",
]


@pytest.mark.parametrize("piece", SLOW)
def test_many_mistakes_are_told_at_most_a_few_of(piece):
    text = (piece * MAX_CHARACTERS)[: MAX_CHARACTERS // len(piece) * len(piece)]
    assert verdict(text, Dialect.DATELINE, ANALYZER).faults == ()
    with pytest.raises(QueryError) as error:
        parse(text, ANALYZER)
    assert len(error.value.diagnostics) < 50
