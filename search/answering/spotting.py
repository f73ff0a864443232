"""A text and what is asked for -> the tokens that are asked for, by their places; of the rest only the number.

What a chunk of text is called (its words, those in lower case, their names) is remembered, and for each name the chunks
that are called so; of the texts shown last, their chunks. A paragraph is then looked through in one pass over these; a
step for each token was a third of the time that an answer took. Stems are not among the names: making them took half
of the time of texts shown for the first time, so what is asked for is spelt out before, see `planning.with_forms`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import NamedTuple

from search.language import Analyzer, bound, is_all_capitals, names_of, plain_word, remembered
from search.query.matching import token_text, token_texts
from search.query.occurrences import TokenText

# Some 700 bytes each.
_CHUNKS_REMEMBERED = 100_000
# Longer ones, mostly addresses, count as several.
_LONG = 64
# So many different chunks are looked up in a text one by one; for more it is gone through once.
_LOOKED_UP = 16
# The size of a chunk: its tokens, and below them, in so many bits, its code points and the space after it.
_TOKENS = 32
_CODE_POINTS = (1 << _TOKENS) - 1

Span = tuple[int, int]


class Spots(NamedTuple):
    """Tokens by their places among all of a text, and the half-open spans of code points they were written at."""

    tokens: dict[int, TokenText]
    spans: dict[int, Span]


class _Known(dict[str, str]):
    """chunk -> itself as it was first seen, in a line that is not all capitals; its tokens, and what is called how.

    What is added is whole when it is here, for other threads read it at once.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self.sizes: dict[str, int] = {}
        self.size = 0
        self._texts: dict[str, list[tuple[TokenText, Span]]] = {}
        self.called: defaultdict[str, set[str]] = defaultdict(set)
        self._analyzer = analyzer
        self.remembered_chunks = remembered(self.chunks)

    def __missing__(self, chunk: str) -> str:
        if word := plain_word(chunk):  # as most are
            self.called[word].add(chunk)
            tokens = 1
        else:
            names = self._names(chunk)
            for name in chain.from_iterable(names):
                self.called[name].add(chunk)
            tokens = len(names)
        self.sizes[chunk] = tokens << _TOKENS | len(chunk) + 1
        self.size += 1 + len(chunk) // _LONG
        self[chunk] = chunk
        return chunk

    def texts(self, chunk: str) -> Sequence[tuple[TokenText, Span]]:
        """Return the tokens of a chunk that is known, and where they stand in it."""
        found = self._texts.get(chunk)
        if found is None:
            tokens = self._analyzer.chunk_tokens(chunk)
            found = [(token_text(token, self._analyzer, 1), (token.start, token.end)) for token in tokens]
            self._texts[chunk] = found
        return found

    def _names(self, chunk: str) -> Sequence[tuple[str, ...]]:
        """Return what each token of a chunk is called."""
        words = (token.word for token in self._analyzer.chunk_tokens(chunk))
        return [(word, word.lower(), *names_of(word)) for word in words]

    def fits(self, chunk: str, fitting: Iterable[Callable[[str], object]]) -> bool:
        """Whether a token of a chunk has a name that fits, in lower case."""
        word = plain_word(chunk)
        names = (word,) if word else chain.from_iterable(self._names(chunk))
        return any(fits(name) for name in names for fits in fitting)

    def chunks(self, text: str) -> "_Chunks | None":
        """Return the chunks of a text, all known then; None where a chunk does not tell what its tokens are."""
        # Readers make paragraphs so: one line, single spaces. What its capitals mean, a line in capitals decides.
        if " ".join(text.split()) != text or is_all_capitals(text):
            return None
        written = bound(text).split()
        chunks = tuple(map(self.__getitem__, written))
        before = accumulate(map(self.sizes.__getitem__, chunks), initial=0)
        return _Chunks(chunks, dict(zip(chunks, range(len(chunks)), strict=True)), list(before))


class _Chunks(NamedTuple):
    """The chunks of a text, of each the last place where it stands, and the sizes of all before each place, added up.

    Where few of a text's chunks are asked for, the others are never looked at.
    """

    written: tuple[str, ...]
    last: dict[str, int]
    before: Sequence[int]

    def among(self, asked: Set[str]) -> list[tuple[int, str]]:
        """Return the places of those that are asked for, in order, and which stands there."""
        here = self.last.keys() & asked
        if len(here) > _LOOKED_UP:
            return [(place, chunk) for place, chunk in enumerate(self.written) if chunk in here]
        found: list[tuple[int, str]] = []
        for chunk in here:
            place, last = self.written.index(chunk), self.last[chunk]
            while place < last:
                found.append((place, chunk))
                place = self.written.index(chunk, place + 1)
            found.append((last, chunk))
        return sorted(found)


@dataclass(slots=True)
class Wanted:
    """What is asked for: tokens of these names, and those that fit. Made for one request, for one thread."""

    names: frozenset[str]
    fits: tuple[Callable[[str], object], ...] = ()
    # The chunks that are asked for, as far as it is known, and those that were looked at for what fits.
    _asked: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _known: tuple[_Known | None, int] = (None, 0)

    def among(self, chunks: Iterable[str], known: _Known) -> set[str]:
        """Return the chunks that hold what is asked for: of these, which are known, all, and perhaps some others."""
        if self._known[0] is not known or self._known[1] != len(known):
            # First, for what others add meanwhile is to be seen the next time.
            self._known = (known, len(known))
            self._asked.update(*(known.called[name] for name in self.names if name in known.called))
        if self.fits:
            new = set(chunks) - self._seen
            self._seen |= new
            self._asked.update(chunk for chunk in new if known.fits(chunk, self.fits))
        return self._asked


# What finds the tokens of a text that are asked for.
Find = Callable[[str, Wanted], Spots]


class Spotter:
    """Finds what is asked for in texts. Safe to share between threads; what it remembers is bounded."""

    def __init__(self, analyzer: Analyzer, *, remembered: int = _CHUNKS_REMEMBERED) -> None:
        self._analyzer = analyzer
        self._remembered = remembered
        self._known = _Known(analyzer)

    def find(self, text: str, wanted: Wanted) -> Spots:
        """Return the tokens that are asked for, and few others, of a text that may be shown again soon."""
        known = self._up_to_date()
        return self._spots(text, known.remembered_chunks(text), known, wanted)

    def find_once(self, text: str, wanted: Wanted) -> Spots:
        """Return the same of one of many texts that pass by, which is not remembered."""
        known = self._up_to_date()
        return self._spots(text, known.chunks(text), known, wanted)

    def _up_to_date(self) -> _Known:
        """Return what is known; nothing, where that became too much."""
        known = self._known
        if known.size > self._remembered:
            known = self._known = _Known(self._analyzer)
        return known

    def _spots(self, text: str, chunks: _Chunks | None, known: _Known, wanted: Wanted) -> Spots:
        if chunks is None:
            return every_token(text, self._analyzer)
        return _placed(chunks, wanted.among(chunks.last, known), known)


def every_token(text: str, analyzer: Analyzer) -> Spots:
    """Return all tokens of a text."""
    tokens = analyzer.tokens(text)
    spans = ((token.start, token.end) for token in tokens)
    return Spots(dict(enumerate(token_texts(tokens, analyzer))), dict(enumerate(spans)))


def _placed(text: _Chunks, asked: Set[str], known: _Known) -> Spots:
    """Return the tokens of some of a text's chunks at their places in it."""
    tokens: dict[int, TokenText] = {}
    spans: dict[int, Span] = {}
    for index, chunk in text.among(asked):
        before = text.before[index]
        start = before & _CODE_POINTS
        for place, (token, (first, last)) in enumerate(known.texts(chunk), before >> _TOKENS):
            tokens[place] = token
            spans[place] = (start + first, start + last)
    return Spots(tokens, spans)
