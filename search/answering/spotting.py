"""A text and what is asked for -> the tokens that are asked for, by their places; of the rest only the number.

What a chunk of text is called (its words, those in lower case, their stems) is remembered, and for each name the chunks
that are called so. A paragraph is then looked through in a few passes over its chunks that Python makes in C; a step
for each chunk was a third of the time that an answer took.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from search.language import Analyzer, is_all_capitals
from search.query.matching import TokenText, token_texts

# Some 700 bytes each.
_CHUNKS_REMEMBERED = 100_000
# Longer ones, mostly addresses, count as several.
_LONG = 64
# In a line with a small letter no chunk is taken for part of a line in capitals.
_BEFORE = "a "

Span = tuple[int, int]


class Spots(NamedTuple):
    """Tokens by their places among all of a text, and the half-open spans of code points they were written at."""

    tokens: dict[int, TokenText]
    spans: dict[int, Span]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: tokens of these names, and those that fit. Made for one request, for one thread."""

    names: frozenset[str]
    fits: tuple[Callable[[str], object], ...] = ()
    # Chunks that were looked at, and those of them that fit.
    _seen: set[str] = field(default_factory=set, compare=False)
    _fitting: set[str] = field(default_factory=set, compare=False)

    def fitting(self, chunks: frozenset[str], tokens: Mapping[str, Iterable[tuple[TokenText, Span]]]) -> frozenset[str]:
        """Return those of some chunks, which have these tokens, that hold a word that fits."""
        for chunk in chunks - self._seen:
            words = {token.word.lower() for token, _ in tokens[chunk]}
            if any(fits(word) for word in words for fits in self.fits):
                self._fitting.add(chunk)
            self._seen.add(chunk)
        return chunks & self._fitting


class _Known(dict[str, int]):
    """chunk -> how many tokens it has, in a line that is not all capitals; what they are, and what is called how."""

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self.tokens: dict[str, list[tuple[TokenText, Span]]] = {}
        self.called: defaultdict[str, set[str]] = defaultdict(set)
        self.size = 0
        self._analyzer = analyzer

    def __missing__(self, chunk: str) -> int:
        tokens = self._analyzer.tokens(_BEFORE + chunk)[1:]
        texts = token_texts(tokens, self._analyzer)
        spans = ((token.start - len(_BEFORE), token.end - len(_BEFORE)) for token in tokens)
        self.tokens[chunk] = list(zip(texts, spans, strict=True))
        for text in texts:
            for name in (text.word, text.word.lower(), text.stem):
                self.called[name].add(chunk)
        self.size += 1 + len(chunk) // _LONG
        # Last, for what is here is taken for whole by other threads.
        self[chunk] = len(texts)
        return len(texts)


class Spotter:
    """Finds what is asked for in texts. Safe to share between threads; what it remembers is bounded."""

    def __init__(self, analyzer: Analyzer, *, remembered: int = _CHUNKS_REMEMBERED) -> None:
        self._analyzer = analyzer
        self._remembered = remembered
        self._known = _Known(analyzer)

    def find(self, text: str, wanted: Wanted) -> Spots:
        """Return the tokens of a text that are asked for, and few others."""
        chunks = text.split()
        # Readers make paragraphs so: one line, single spaces. What its capitals mean, a line in capitals decides.
        if " ".join(chunks) != text or is_all_capitals(text):
            return self._every_token(text)
        known = self._known
        if known.size > self._remembered:
            known = self._known = _Known(self._analyzer)
        counts = [known[chunk] for chunk in chunks]
        return _placed(chunks, counts, _asked(frozenset(chunks), known, wanted), known)

    def _every_token(self, text: str) -> Spots:
        tokens = self._analyzer.tokens(text)
        spans = ((token.start, token.end) for token in tokens)
        return Spots(dict(enumerate(token_texts(tokens, self._analyzer))), dict(enumerate(spans)))


def _asked(chunks: frozenset[str], known: _Known, wanted: Wanted) -> set[str]:
    """Return those of the chunks, all known, that hold what is asked for."""
    found: set[str] = set()
    for name in wanted.names:
        if name in known.called:
            found |= known.called[name] & chunks
    if wanted.fits:
        found |= wanted.fitting(chunks, known.tokens)
    return found


def _placed(chunks: list[str], counts: list[int], asked: set[str], known: _Known) -> Spots:
    """Return the tokens of some of a text's chunks at their places in it."""
    tokens: dict[int, TokenText] = {}
    spans: dict[int, Span] = {}
    place = start = before = 0
    for index in [index for index, chunk in enumerate(chunks) if chunk in asked] if asked else ():
        place += sum(counts[before:index])
        start += sum(map(len, chunks[before:index])) + index - before
        before = index
        for number, (token, (first, last)) in enumerate(known.tokens[chunks[index]], place):
            tokens[number] = token
            spans[number] = (start + first, start + last)
    return Spots(tokens, spans)
