"""The words of an archive: how often each stands there, which share a stem, which fit a pattern or are spelt alike.

Most words are found by themselves. One that may be written otherwise (müller, e-mail) is found by its names and their
stems alone, see `language.names`.
"""

import gzip
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.engines.base import Form
from search.errors import TooManyForms
from search.language import is_otherwise_written, names_of
from search.query import syntax
from search.query.nodes import Fuzzy, Wildcard
from search.query.occurrences import compile_pattern

FILE = "vocabulary.tsv.gz"
# Higher ones take three times as long and save nothing.
_GZIP_LEVEL = 5


class Numbering(dict[str, int]):
    """word -> its number, in the order in which words were first seen: frequent ones have small numbers."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Vocabulary:
    """The distinct words of an index in order, with their document frequencies and stems, joined by blanks."""

    def __init__(self, rows: Iterable[tuple[str, int, str]]) -> None:
        self.words: list[str] = []
        self._frequencies: list[int] = []
        self._forms: dict[str, list[str]] = {}
        # Of those that may be written otherwise, their names; and by name, which of them have it.
        self._names: dict[str, tuple[str, ...]] = {}
        self._named: dict[str, list[str]] = {}
        for word, frequency, stems in rows:
            self.words.append(word)
            self._frequencies.append(frequency)
            for stem in stems.split(" "):
                self._forms.setdefault(stem, []).append(word)
            if is_otherwise_written(word):
                self._names[word] = names_of(word)
                for name in self._names[word]:
                    self._named.setdefault(name, []).append(word)
        self.expand = lru_cache(maxsize=256)(self._expand)
        self._within = lru_cache(maxsize=256)(self._find_within)

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """Read the vocabulary that was saved into a folder."""
        return cls(_rows(gzip.decompress((folder / FILE).read_bytes()).decode()))

    @staticmethod
    def save(folder: Path, words: Sequence[str], frequencies: Sequence[int], stems: Sequence[str]) -> None:
        """Write words in order, the number of paragraphs that hold each, and the stems of each, joined by blanks."""
        rows = zip(words, frequencies, stems, strict=True)
        lines = [f"{word}\t{frequency}\t{stem}\n" for word, frequency, stem in rows]
        (folder / FILE).write_bytes(gzip.compress("".join(lines).encode(), _GZIP_LEVEL, mtime=0))

    def places(self, words: Iterable[str]) -> list[int]:
        """Return the place of each of these words in the order of all; those that are not among them are left out."""
        places = ((bisect_left(self.words, word), word) for word in words)
        return [place for place, word in places if self.words[place : place + 1] == [word]]

    def frequencies(self, words: Iterable[str]) -> list[int]:
        """Return the number of paragraphs that hold each of these words, as far as any does."""
        return [self._frequencies[place] for place in self.places(words)]

    def frequency(self, word: str) -> int:
        """Return the number of paragraphs that hold exactly this word."""
        return sum(self.frequencies([word]))

    def forms(self, stem: str) -> Sequence[str]:
        """Return the words that have this stem."""
        return self._forms.get(stem, ())

    def other_forms(self, stems: Iterable[str]) -> list[str]:
        """Return those of the words with one of these stems that may be written otherwise."""
        return list(dict.fromkeys(word for stem in stems for word in self.forms(stem) if word in self._names))

    def spelt(self, names: Sequence[str]) -> Sequence[str]:
        """Return these names, as words, and those of the words that have one of them and may be written otherwise."""
        if self._named.keys().isdisjoint(names):
            return names
        return tuple(dict.fromkeys((*names, *(word for name in names for word in self._named.get(name, ())))))

    def _expand(self, node: Wildcard | Fuzzy) -> tuple[str, ...]:
        """Return the words that a wildcard or an edit distance stands for; remembered as `expand`.

        Raises:
            TooManyForms: a wildcard fits more than MAX_EXPANSIONS words.
        """
        if isinstance(node, Fuzzy):
            return self._within(node)[0]
        found = tuple(self._fitting(node.pattern))
        if len(found) > syntax.MAX_EXPANSIONS:
            raise TooManyForms(node.pattern, len(found), syntax.MAX_EXPANSIONS)
        return found

    def _fitting(self, pattern: str) -> Iterator[str]:
        prefix = re.match(r"[^*?]*", pattern)
        assert prefix is not None
        fits = compile_pattern(pattern).fullmatch
        for word in self._starting_with(prefix.group()):
            if fits(word.lower()) and word not in self._names:
                yield word
        yield from (word for word, names in self._names.items() if any(map(fits, names)))
        if prefix.group():
            # Words kept in capitals sort elsewhere.
            yield from (word for word in self._capitals if fits(word.lower()))

    def _starting_with(self, prefix: str) -> Sequence[str]:
        if not prefix:
            return self.words
        return self.words[bisect_left(self.words, prefix) : bisect_left(self.words, prefix + "\U0010ffff")]

    @cached_property
    def _capitals(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if word != word.lower())

    @cached_property
    def _by_first_letter(self) -> dict[str, list[tuple[str, str]]]:
        """The names of all words in lower case, each with its word, by their first letters."""
        found: dict[str, list[tuple[str, str]]] = {}
        for word in self.words:
            for name in self._names.get(word) or (word.lower(),):
                found.setdefault(name[0], []).append((name, word))
        return found

    def number_within(self, node: Fuzzy) -> int:
        """Return how many words are so many edits away, of which `expand` returns the most frequent."""
        return self._within(node)[1]

    def _find_within(self, node: Fuzzy) -> tuple[tuple[str, ...], int]:
        candidates = self._by_first_letter.get(node.word[0], [])
        names = [name for name, _ in candidates]
        matches = process.extract(node.word, names, scorer=OSA.distance, score_cutoff=node.edits, limit=None)
        words = list({candidates[index][1] for _, _, index in matches})
        words.sort(key=lambda word: (-self.frequency(word), word))
        return tuple(words[: syntax.MAX_FUZZY_FORMS]), len(words)

    def similar(self, word: str, *, limit: int) -> list[Form]:
        """Return the words that a word is likely a misspelling of: few edits away, frequent ones first.

        Both are compared by their first names.
        """
        edits = 1 if len(word) < 5 else 2
        name = names_of(word)[0]
        places = self._maybe_within(name.lower(), edits)
        candidates = [self._first_names[place] for place in places]
        near = process.extract(name.lower(), candidates, scorer=OSA.distance, score_cutoff=edits, limit=None)
        ranked = sorted(
            (distance, found[0] != name[0].lower(), -frequency, self.words[places[index]])
            for found, distance, index in near
            if (frequency := self._frequencies[places[index]])
            if found not in (name, name.upper()) and not found.isdigit()
        )
        return [Form(found, -frequency) for _, _, frequency, found in ranked[:limit]]

    @cached_property
    def _first_names(self) -> Sequence[str]:
        return [self._names[word][0] if word in self._names else word for word in self.words]

    def _maybe_within(self, word: str, edits: int) -> list[int]:
        """Return the places of words that may be so many edits away: each edit changes two letters at most."""
        letters, lengths = self._spelling
        apart = np.bitwise_count(letters ^ _letters([word])[0])
        near = np.flatnonzero((apart <= 2 * edits) & (abs(lengths - len(word)) <= edits))
        places: list[int] = near.tolist()
        return places

    @cached_property
    def _spelling(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
        """The letters of each word, and how many it has."""
        names = self._first_names
        return _letters(names), np.fromiter(map(len, names), np.int64, len(names))

    def starting_with(self, prefix: str, *, limit: int) -> list[Form]:
        """Return the most frequent words that begin with these letters."""
        if not prefix:
            return []
        found = [word for word in self._starting_with(prefix) if word not in self._names]
        found += [word for word, names in self._names.items() if any(name.startswith(prefix) for name in names)]
        words = sorted(found, key=lambda word: (-self.frequency(word), word))
        return [Form(word, self.frequency(word)) for word in words[:limit]]


def _letters(words: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return which letters each word has, as bits; letters whose numbers end alike share one."""
    if not words:
        return np.empty(0, np.uint32)
    bits = np.uint32(1) << (np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4") & 31)
    return np.bitwise_or.reduceat(bits, [0, *accumulate(map(len, words[:-1]))])


def _rows(text: str) -> Iterator[tuple[str, int, str]]:
    for line in text.splitlines():
        word, frequency, stem = line.split("\t")
        yield word, int(frequency), stem
