"""The words of an archive: how often each stands there, which share a stem, which fit a pattern or are spelt alike.

Most words are found by themselves. One that may be written otherwise (müller, e-mail) is found by its names and their
stems alone, see `language.names`.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.engines.base import Form
from search.engines.sorted_arrays import smallest
from search.engines.whoosh.arrays import read_arrays, write_arrays
from search.errors import TooManyForms
from search.language import is_otherwise_written, names_of
from search.query import syntax
from search.query.nodes import Fuzzy, Term, Wildcard
from search.query.occurrences import compile_pattern

FILE = "vocabulary.arrays"
_EXPANSIONS_REMEMBERED = 256


class Numbering(dict[str, int]):
    """word -> its number, in the order in which words were first seen: frequent ones have small numbers."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Words(NamedTuple):
    """Words in order, and the number of paragraphs that hold each."""

    words: Sequence[str]
    frequencies: npt.NDArray[np.integer]


class Vocabulary:
    """The distinct words of an index in order, with their document frequencies and, where they are known, their stems.

    `list_words` is called when the words are first needed. `others` are the words that may be written otherwise, each
    with its stems, joined by blanks; `capitals` those that are kept in capitals. `stems` has the same of every word.
    """

    def __init__(
        self,
        list_words: Callable[[], Words],
        others: Mapping[str, str],
        capitals: Sequence[str],
        stems: Sequence[str] = (),
    ) -> None:
        self._list_words = list_words
        self._stems = stems
        self._capitals = capitals
        self._stems_of_others = others
        # Of those that may be written otherwise, their names; by name and by stem, which of them have it.
        self._names = {word: names_of(word) for word in others}
        self._named: dict[str, list[str]] = {}
        self._others: dict[str, list[str]] = {}
        for word, names in self._names.items():
            for name in names:
                self._named.setdefault(name, []).append(word)
            for stem in others[word].split(" "):
                self._others.setdefault(stem, []).append(word)
        # Not an lru_cache: bound to this object, it would keep files mapped until garbage is collected.
        self._expanded: dict[Wildcard | Fuzzy, tuple[tuple[str, ...], int]] = {}

    @classmethod
    def of(cls, words: Sequence[str], frequencies: Sequence[int], stems: Sequence[str]) -> "Vocabulary":
        """Return the vocabulary of words in order, the number of paragraphs that hold each, and the stems of each."""
        others = {word: stem for word, stem in zip(words, stems, strict=True) if is_otherwise_written(word)}
        capitals = [word for word in words if word != word.lower()]
        counts = smallest(np.array(frequencies, np.int64))
        return cls(lambda: Words(words, counts), others, capitals, stems)

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """Open the vocabulary that was saved into a folder."""
        arrays = read_arrays(folder / FILE)
        words, stems, kept = (arrays[name].tobytes() for name in ("words", "stems", "kept"))
        # A copy: what is remembered by this object, and so outlives it a while, is not to keep the file mapped.
        frequencies = arrays["frequencies"].copy()
        others, capitals = orjson.loads(kept)
        return cls(lambda: Words(_lines(words), frequencies), others, capitals, _lines(stems))

    def save(self, folder: Path) -> None:
        """Write it, which has stems, into a folder."""
        texts = {
            "words": "\n".join(self.words).encode(),
            "stems": "\n".join(self._stems).encode(),
            "kept": orjson.dumps([self._stems_of_others, self._capitals]),
        }
        arrays = {name: np.frombuffer(text, np.uint8) for name, text in texts.items()}
        write_arrays(folder / FILE, {**arrays, "frequencies": self._frequencies})

    @cached_property
    def _listed(self) -> Words:
        return self._list_words()

    @property
    def words(self) -> Sequence[str]:
        """The words."""
        return self._listed.words

    @property
    def _frequencies(self) -> npt.NDArray[np.integer]:
        return self._listed.frequencies

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        forms: dict[str, list[str]] = {}
        for word, stems in zip(self.words, self._stems, strict=True):
            for stem in stems.split(" "):
                forms.setdefault(stem, []).append(word)
        return forms

    def rows(self) -> Iterator[tuple[str, int, str]]:
        """Yield each word, in order, with the number of paragraphs that hold it and its stems."""
        return zip(self.words, self._frequencies.tolist(), self._stems, strict=True)

    def places(self, words: Iterable[str]) -> list[int]:
        """Return the place of each of these words in the order of all; those that are not among them are left out."""
        places = ((bisect_left(self.words, word), word) for word in words)
        return [place for place, word in places if self.words[place : place + 1] == [word]]

    def frequencies(self, words: Iterable[str]) -> list[int]:
        """Return the number of paragraphs that hold each of these words, as far as any does."""
        return [int(self._frequencies[place]) for place in self.places(words)]

    def frequency(self, word: str) -> int:
        """Return the number of paragraphs that hold exactly this word."""
        return sum(self.frequencies([word]))

    def forms(self, stem: str) -> Sequence[str]:
        """Return the words that have this stem."""
        return self._forms.get(stem, ())

    def names_with(self, stems: Sequence[str], stem: Callable[[str], str]) -> list[str]:
        """Return those names of words that may be written otherwise that have one of these stems."""
        names = (name for word in self.other_forms(stems) for name in self._names[word])
        return [name for name in dict.fromkeys(names) if stem(name) in stems]

    def other_forms(self, stems: Iterable[str]) -> list[str]:
        """Return those of the words with one of these stems that may be written otherwise."""
        return list(dict.fromkeys(word for stem in stems for word in self._others.get(stem, ())))

    def spelt(self, names: Sequence[str]) -> Sequence[str]:
        """Return these names, as words, and those of the words that have one of them and may be written otherwise."""
        if self._named.keys().isdisjoint(names):
            return names
        return tuple(dict.fromkeys((*names, *(word for name in names for word in self._named.get(name, ())))))

    def expand(self, node: Wildcard | Fuzzy) -> tuple[str, ...]:
        """Return the words that a wildcard or an edit distance stands for.

        Raises:
            TooManyForms: a wildcard fits more than MAX_EXPANSIONS words.
        """
        return self._found(node)[0]

    def _found(self, node: Wildcard | Fuzzy) -> tuple[tuple[str, ...], int]:
        """Return the words that a node stands for, and how many fit it, of which these may be a part; remembered."""
        found = self._expanded.get(node)
        if found is None:
            if len(self._expanded) >= _EXPANSIONS_REMEMBERED:
                self._expanded.clear()
            found = self._find_within(node) if isinstance(node, Fuzzy) else self._find_fitting(node)
            self._expanded[node] = found
        return found

    def _find_fitting(self, node: Wildcard) -> tuple[tuple[str, ...], int]:
        found = tuple(self._fitting(node.pattern))
        if len(found) > syntax.MAX_EXPANSIONS:
            raise TooManyForms(node.pattern, len(found), syntax.MAX_EXPANSIONS)
        return found, len(found)

    def _fitting(self, pattern: str) -> Iterator[str]:
        pieces = re.split(r"[*?]", pattern)
        fits = compile_pattern(pattern).fullmatch
        candidates = _starting_with(pieces[0], self.words) if pieces[0] else self._containing(max(pieces, key=len))
        yield from (word for word in candidates if fits(word.lower()) and word not in self._names)
        names = _starting_with(pieces[0], self._sorted_names)
        yield from sorted({word for name in names if fits(name) for word in self._named[name]})
        if pieces[0]:
            # Words kept in capitals sort elsewhere.
            yield from (word for word in self._capitals if fits(word.lower()))

    def _containing(self, letters: str) -> Sequence[str]:
        """Return the words that contain these letters, capitals or not."""
        text, ends = self._lowered
        found = np.array([match.start() for match in re.finditer(re.escape(letters.encode()), text)], np.int64)
        return [self.words[index] for index in np.unique(ends.searchsorted(found)).tolist()]

    @cached_property
    def _lowered(self) -> tuple[bytes, npt.NDArray[np.int64]]:
        """The words in lower case, one to a line, and where each line ends."""
        text = "\n".join(self.words).lower().encode()
        return text, (np.frombuffer(text + b"\n", np.uint8) == ord("\n")).nonzero()[0]

    @cached_property
    def _sorted_names(self) -> Sequence[str]:
        return sorted(self._named)

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
        return self._found(node)[1]

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
            if (frequency := int(self._frequencies[places[index]]))
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
        found = [word for word in _starting_with(prefix, self.words) if word not in self._names]
        named = (self._named[name] for name in _starting_with(prefix, self._sorted_names))
        found += dict.fromkeys(word for words in named for word in words)
        words = sorted(found, key=lambda word: (-self.frequency(word), word))
        return [Form(word, self.frequency(word)) for word in words[:limit]]


class WordAnswers:
    """What every engine answers of the words of the archive, from its vocabulary.

    `kept_by` returns the words that are kept by some stems, but for those that have several names.
    """

    def __init__(
        self, vocabulary: Vocabulary, stem: Callable[[str], str], kept_by: Callable[[Sequence[str]], Iterable[str]]
    ) -> None:
        self._vocabulary = vocabulary
        self._stem = stem
        self._kept_by = kept_by

    def forms(self, node: Term | Wildcard | Fuzzy) -> Sequence[str]:
        """Return the words that a stem, a wildcard or an edit distance stands for."""
        if isinstance(node, Wildcard | Fuzzy):
            return self._vocabulary.expand(node)
        names = self._vocabulary.names_with(node.tokens, self._stem)
        return list(dict.fromkeys((*self._kept_by(node.tokens), *names)))

    def number_within(self, node: Fuzzy) -> int:
        """Return how many words are so many edits away."""
        return self._vocabulary.number_within(node)

    def similar_forms(self, word: str, *, limit: int) -> Sequence[Form]:
        """Return words that a word may be a misspelling of."""
        return self._vocabulary.similar(word, limit=limit)

    def completions(self, prefix: str, *, limit: int) -> Sequence[Form]:
        """Return the most frequent words that begin with these letters."""
        return self._vocabulary.starting_with(prefix, limit=limit)


def _lines(text: bytes) -> list[str]:
    return text.decode().split("\n") if text else []


def _starting_with(prefix: str, ordered: Sequence[str]) -> Sequence[str]:
    """Return those of some words in order that begin with these letters."""
    return ordered[bisect_left(ordered, prefix) : bisect_left(ordered, prefix + "\U0010ffff")]


def _letters(words: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return which letters each word has, as bits; letters whose numbers end alike share one."""
    if not words:
        return np.empty(0, np.uint32)
    bits = np.uint32(1) << (np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4") & 31)
    return np.bitwise_or.reduceat(bits, [0, *accumulate(map(len, words[:-1]))])
