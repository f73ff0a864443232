"""The table that numbers chunks finds each under its own number, whatever its bytes, and describes no chunk wrongly."""

import random

import numpy as np
import pytest
from archives import ANALYZER, SENTENCES
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import examples, texts

from search.language.chunk_table import LONGEST_KEY, SPARE, Chunk, Chunks, ChunkTable
from search.language.tokens import NewsTokenizer

TOKENIZER = NewsTokenizer(ANALYZER.stop_words)


def laid_out(pairs):
    """Some chunks with their lines' kinds, side by side in one piece of UTF-8."""
    pieces = [text.encode() for text, _ in pairs]
    ends = np.cumsum([len(piece) for piece in pieces])
    starts = ends - [len(piece) for piece in pieces]
    return Chunks(b"".join(pieces) + bytes(SPARE), starts, ends, np.array([shouted for _, shouted in pairs]))


def test_every_chunk_has_a_number_of_its_own_however_many_there_are():
    chance = random.Random(5)
    letters = "abé—\0"
    pairs = [
        ("".join(chance.choices(letters, k=chance.randrange(1, 9))) + str(chance.randrange(99)), chance.random() < 0.2)
        for _ in range(200_000)
    ]
    pairs += [("x" * length + end, False) for length in range(LONGEST_KEY + 90) for end in "ab\0"]
    table = ChunkTable()
    numbers = {}
    for start in [*range(0, len(pairs), 7_000), 0, 7_000]:
        some = pairs[start : start + 7_000]
        before = table.size
        found, new = table.numbers(laid_out(some))
        numbers |= zip(new, range(before, table.size), strict=True)
        short = [place for place, (text, _) in enumerate(some) if len(text) <= 64]
        assert [numbers[Chunk(*some[place])] for place in short] == found[short].tolist()
    assert len(set(numbers.values())) == len(numbers) > 2 * (1 << 16)


@pytest.mark.parametrize("alphabet", ["aIUuSs.'&(\"),-’", "a1,.5bB-", "“é…—aA$’s"])
def test_the_words_of_a_chunk_are_those_of_its_tokens(alphabet):
    @examples(1_500)
    @given(st.text(alphabet=alphabet, min_size=1, max_size=8), st.booleans())
    @example(chunk="IT'S", shouted=False)
    @example(chunk="U.S.-led", shouted=False)
    @example(chunk="1,000.5bn", shouted=True)
    def holds(chunk, shouted):
        tokens = TOKENIZER.chunk_tokens(chunk, shouted=shouted)
        words, capitals = TOKENIZER.chunk_words(chunk, shouted=shouted)
        assert list(words) == [token.word for token in tokens]
        assert list(capitals) == [token.capitals for token in tokens]

    holds()


@examples(300)
@given(st.lists(st.one_of(texts(), st.text(alphabet="aB. \n\u2028\0É", max_size=20)), max_size=6))
def test_texts_are_indexed_alike_one_by_one_and_together(several):
    indexer = ANALYZER.indexer(SENTENCES)
    together = list(indexer.each(several))
    assert together == [each for text in several for each in indexer.each([text])]
    assert [each.words for each in together] == [ANALYZER.words(text) for text in several]
