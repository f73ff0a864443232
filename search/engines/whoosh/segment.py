"""Read a segment: its term dictionary, the postings of its two fields, its stored texts and records."""

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from search.engines.whoosh.arrays import Array, read_arrays
from search.engines.whoosh.building import POSTINGS, STORED, TERMS


class Postings(NamedTuple):
    """The postings of one term in one field, as stored.

    `docs` (ascending) and `frequencies` have an entry a posting; `positions` (within the document, ascending in each)
    and `forms` an entry a token, those of one posting after those of the posting before.
    """

    docs: Array
    frequencies: Array
    positions: Array
    forms: Array


# Every so many-th string of a dictionary is kept in memory, so that most steps of a bisection are one call.
_SAMPLED = 32


class Strings:
    """Strings in one piece of UTF-8, each read by itself."""

    def __init__(self, data: Array, ends: Array) -> None:
        self._data = data.data
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    def bytes_at(self, index: int) -> bytes:
        """Return the string at an index as UTF-8."""
        start = int(self._ends[index - 1]) if index else 0
        return bytes(self._data[start : int(self._ends[index])])

    def __getitem__(self, index: int) -> str:
        return self.bytes_at(index).decode()


class Dictionary(Strings):
    """Strings in order: found by bisection, without reading the others."""

    def __init__(self, data: Array, ends: Array) -> None:
        super().__init__(data, ends)
        self._sample = [self.bytes_at(index) for index in range(0, len(ends), _SAMPLED)]

    def bisect(self, key: bytes) -> int:
        """Return the index of the first string that is not before `key`; UTF-8 sorts as code points do."""
        sampled = bisect_left(self._sample, key)
        low, high = max(0, (sampled - 1) * _SAMPLED + 1), min(sampled * _SAMPLED, len(self._ends))
        while low < high:
            middle = (low + high) // 2
            if self.bytes_at(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, text: str) -> int | None:
        """Return the index of a string; None where it is not in the dictionary."""
        key = text.encode("utf-8", "surrogatepass")
        index = self.bisect(key)
        return index if index < len(self._ends) and self.bytes_at(index) == key else None


class FieldPostings:
    """The postings of one field of a segment, by the index of a stem."""

    def __init__(self, name: str, arrays: dict[str, Array]) -> None:
        of = {key.removeprefix(f"{name}_"): each for key, each in arrays.items() if key.startswith(f"{name}_")}
        self.lengths: Array = of["lengths"]
        self._word_docs, self._either_docs = of["word_docs"], of["either_docs"]
        self._docs, self._frequencies = of["docs"], of["frequencies"]
        self._positions, self._forms = of["positions"], of["forms"]
        self._posting_starts, self._position_starts = of["posting_starts"], of["position_starts"]

    def doc_freq(self, stem: int) -> int:
        """Return how many documents hold a stem."""
        return int(self._posting_starts[stem + 1] - self._posting_starts[stem])

    def word_doc_freq(self, word: int, *, either_case: bool = False) -> int:
        """Return how many documents hold a word, given by its index; `either_case`, in kept capitals or lower case."""
        return int((self._either_docs if either_case else self._word_docs)[word])

    def docs(self, stem: int) -> tuple[Array, Array]:
        """Return the documents that hold a stem, and how often each does."""
        found = slice(int(self._posting_starts[stem]), int(self._posting_starts[stem + 1]))
        return self._docs[found], self._frequencies[found]

    def postings(self, stem: int) -> Postings:
        """Return everything known of a stem's occurrences."""
        tokens = slice(int(self._position_starts[stem]), int(self._position_starts[stem + 1]))
        return Postings(*self.docs(stem), self._positions[tokens], self._forms[tokens])


class Segment:
    """An open segment."""

    def __init__(self, folder: Path) -> None:
        terms, postings, stored = (read_arrays(folder / name) for name in (TERMS, POSTINGS, STORED))
        self.stems = Dictionary(terms["stem_bytes"], terms["stem_ends"])
        self.forms = Strings(terms["form_bytes"], terms["form_ends"])
        self._form_starts = terms["form_starts"]
        self.words = Dictionary(terms["word_bytes"], terms["word_ends"])
        self._stem_of_word = terms["word_stems"]
        self.text = FieldPostings("text", postings)
        self.title = FieldPostings("title", postings)
        self._ends = stored["ends"]
        self._bytes = stored["bytes"].data

    def forms_of(self, stem: int) -> Sequence[str]:
        """Return the words that have a stem, in order: a posting's form is an index among them."""
        return [self.forms[at] for at in range(int(self._form_starts[stem]), int(self._form_starts[stem + 1]))]

    def word(self, word: str) -> int | None:
        """Return the index of a word among all words; None where the segment does not have it."""
        return self.words.find(word)

    def stem_of(self, word: str) -> int | None:
        """Return the index of the stem that a word has; None where the segment does not have the word."""
        index = self.word(word)
        return None if index is None else int(self._stem_of_word[index])

    def form_of(self, word: int) -> tuple[int, int]:
        """Return the index of a word's stem, and the word's index among the forms of that stem."""
        stem = int(self._stem_of_word[word])
        return stem, self.forms_of(stem).index(self.words[word])

    def stored(self, index: int) -> bytes:
        """Return a stored piece: for each article its record, then the text of each of its units."""
        start = int(self._ends[index - 1]) if index else 0
        return bytes(self._bytes[start : int(self._ends[index])])
