"""NLTK's Punkt with a learned model, in a tenth of its time: the same sentences, by the same steps.

Where a sentence may end, Punkt makes objects of the words around and asks its rules, through patterns that run under a
clock: 80 us a paragraph of 55 words, more than all else that indexing does with it. Here most of these places, after a
plain word, are decided by looking at the word, the others are asked once and remembered, and patterns that cannot run
away run without the clock. Texts with other white space than single spaces take NLTK's way.

The method: Kiss and Strunk, "Unsupervised Multilingual Sentence Boundary Detection" (2006), section 4.
"""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

import regex
from nltk.tokenize.punkt import PunktLanguageVars, PunktParameters, PunktSentenceTokenizer

_PLACES_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 64
_VARS = PunktLanguageVars()
# Where a sentence may end: at a stop that another sign or another word follows.
_PLACE = re.compile(f"[.?!](?=(?P<after_tok>{_VARS._re_non_word_chars}|\\s+(?P<next_tok>\\S+)))")
# What closes a sentence after its stop.
_CLOSING = re.compile(_VARS.re_boundary_realignment.pattern, re.MULTILINE)


_CLOSING_SIGNS = frozenset("\"')]}‘’“”«»")
_MARKS = frozenset(".?!")
_MARK_INSIDE = re.compile(f"(.*[.?!]){_VARS._re_non_word_chars}")
_MARK_IN_FRONT = re.compile(f"[.?!]{_VARS._re_non_word_chars}")


_MARK_ANYWHERE = re.compile("[.?!]")
# By `regex`, as Punkt's: `re` has another idea of what a letter is.
_INITIAL = regex.compile(r"[^\W\d]\.")
_NUMBER = regex.compile(r"-?[.,]?\d[\d,.-]*\.?")


class Ending(IntEnum):
    """Whether a sentence ends where another chunk follows a chunk.

    INSIDE: before the end of the chunk, so that the next sentence begins with the following chunk in any case.
    DEPENDS: on the following chunk.
    """

    NEVER = 0
    INSIDE = 1
    ALWAYS = 2
    DEPENDS = 3


class SentenceFinder:
    """Finds sentences by abbreviations and by words that often begin one, both in lower case. Safe for threads."""

    def __init__(self, abbreviations: Iterable[str], starters: Iterable[str]) -> None:
        parameters = PunktParameters()
        parameters.abbrev_types = set(abbreviations)
        parameters.sent_starters = set(starters)
        self._abbreviations = parameters.abbrev_types
        self._punkt = PunktSentenceTokenizer(parameters)
        self._is_break = lru_cache(maxsize=_PLACES_REMEMBERED)(self._punkt.text_contains_sentbreak)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the half-open spans of the sentences of a text, in order."""
        if not text.isprintable():
            return list(self._punkt.span_tokenize(text))
        return list(_realigned(text, self._slices(text)))

    def ending(self, chunk: str) -> Ending:
        """Return whether a sentence ends with a chunk that another follows, in one line with single spaces."""
        if not _MARK_ANYWHERE.search(chunk):
            return Ending.NEVER
        in_front = _MARK_IN_FRONT.match(chunk) is not None
        if chunk[-1] not in _MARKS:
            inside = _MARK_INSIDE.match(chunk)
            return Ending.INSIDE if in_front or (inside and self._is_break_at(inside[0])) else Ending.NEVER
        # After a mark in front Punkt decides twice.
        return Ending.ALWAYS if not in_front and self._ends_anyway(chunk) else Ending.DEPENDS

    def _ends_anyway(self, chunk: str) -> bool:
        """Whether one of the words that Punkt makes of a chunk ends a sentence because no rule is about it."""
        return self._is_plain(chunk[:-1], chunk[-1]) or any(map(self._is_end, _words(chunk)))

    def _is_end(self, word: str) -> bool:
        if word in _MARKS:
            return True
        if not word.endswith(".") or word.endswith("..") or _INITIAL.match(word) or _NUMBER.match(word):
            return False
        written = word[:-1].lower()
        return bool(self._abbreviations.isdisjoint((written, written.rpartition("-")[2])))

    @staticmethod
    def closes(chunk: str) -> bool:
        """Whether a chunk is still of the sentence that ends before it."""
        return chunk[0] in _CLOSING_SIGNS and _CLOSING.match(f"{chunk} ") is not None

    def begun(self, chunk: str, following: str) -> tuple[int, ...]:
        """Return which chunks after one whose ending DEPENDS begin sentences; the following one is 1, the next is 2."""
        in_front = (1,) if _MARK_IN_FRONT.match(chunk) else ()
        if not self._is_break_at(f"{chunk} {following}"):
            return in_front
        return (*in_front, 2 if self.closes(following) else 1)

    def _slices(self, text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        start = 0
        for match, word in _places(text):
            if self._ends_sentence(text, match, word):
                found.append((start, match.end()))
                start = match.start("next_tok") if match["next_tok"] else match.end()
        return [*found, (start, len(text.rstrip()))]

    def _ends_sentence(self, text: str, match: re.Match[str], start: int) -> bool:
        end = match.start()
        word = text[start:end]
        return self._is_plain(word, text[end]) or self._is_break_at(text[start : match.end("after_tok")])

    def _is_plain(self, word: str, mark: str) -> bool:
        """Whether a sentence ends with a word and a mark because no rule is about it.

        It is neither an abbreviation, nor an initial, nor a number.
        """
        return len(word) > 1 and word.isalpha() and (mark != "." or word.lower() not in self._abbreviations)

    def _is_break_at(self, place: str) -> bool:
        if len(place) > _LONGEST_REMEMBERED:
            return bool(self._punkt.text_contains_sentbreak(place))
        return bool(self._is_break(place))


def _words(chunk: str) -> list[str]:
    return list(_VARS.word_tokenize(chunk))


def _realigned(text: str, slices: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the slices, each with the signs that close it and stand at the front of the next."""
    taken = 0
    for (start, end), (next_start, next_end) in pairwise([*slices, (0, 0)]):
        first = start + taken
        closing = _CLOSING.match(text, next_start, next_end)
        if closing:
            yield first, next_start + len(closing.group().rstrip())
            taken = closing.end() - next_start
        else:
            taken = 0
            if first < end:
                yield first, end


def _places(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield each place where a sentence may end, and where the word in front of it starts; of several, the last."""
    word = mark = 0
    last: re.Match[str] | None = None
    for match in _PLACE.finditer(text):
        before, mark_before = word, mark
        mark = match.start()
        space = text.rfind(" ", mark_before, mark)
        word = space + 1 if space > mark_before else before
        if last is not None and mark_before <= word:
            yield last, before
        last = match
    if last is not None:
        yield last, word
