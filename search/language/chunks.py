"""A text and the words that are asked for -> the tokens that may be among them; the rest is only counted.

What a chunk is called (its words and their stems) is remembered for as long as its analyzer lives, so that a chunk
which nobody asks for costs one look into a table and makes no token.
"""

from collections.abc import Callable
from typing import NamedTuple

from search.language.tokens import Token, is_all_capitals

_CHUNKS_REMEMBERED = 200_000
# Longer ones are addresses and worse, which do not come again.
_LONGEST_REMEMBERED = 64

Names = tuple[str, ...]


class _Called(NamedTuple):
    """How many tokens a chunk has, and all that they can be asked by: words, words in lower case, stems."""

    tokens: int
    names: Names


class _CalledByChunk(dict[str, _Called]):
    """chunk -> what it is called; forgotten all at once when there are too many."""

    def __init__(self, tokens_of: Callable[[str], tuple[Token, ...]], stem: Callable[[str], str]) -> None:
        super().__init__()
        self._tokens_of = tokens_of
        self._stem = stem

    def __missing__(self, chunk: str) -> _Called:
        words = [token.word for token in self._tokens_of(chunk)]
        names = (name for word in words for name in (word, word.lower(), self._stem(word)))
        called = _Called(len(words), tuple(dict.fromkeys(names)))
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self) >= _CHUNKS_REMEMBERED:
                self.clear()
            self[chunk] = called
        return called


class ChunkFinder:
    """Finds tokens by what they are called. Safe to share between threads.

    `tokens_of` returns the tokens of one chunk, in a line that is all capitals or is not; `stem` the stem of a word.
    """

    def __init__(self, tokens_of: Callable[[str, bool], tuple[Token, ...]], stem: Callable[[str], str]) -> None:
        self._tokens_of = tokens_of
        self._mixed = _CalledByChunk(lambda chunk: tokens_of(chunk, False), stem)  # noqa: FBT003 - not shouted
        self._shouted = _CalledByChunk(lambda chunk: tokens_of(chunk, True), stem)  # noqa: FBT003 - shouted

    def find(self, text: str, is_unasked: Callable[[Names], bool]) -> dict[int, Token] | None:
        """Return position -> token for every chunk of a text of which `is_unasked` is false.

        None where the text is not made as readers make paragraphs: one line, single spaces between its chunks.
        """
        chunks = text.split()
        if " ".join(chunks) != text:
            return None
        shouted = is_all_capitals(text)
        called = self._shouted if shouted else self._mixed
        found: dict[int, Token] = {}
        position = start = 0
        for chunk in chunks:
            count, names = called[chunk]
            if not is_unasked(names):
                for index, token in enumerate(self._tokens_of(chunk, shouted), position):
                    found[index] = Token(token.word, start + token.start, start + token.end, token.capitals)
            position += count
            start += len(chunk) + 1
        return found
