"""Read a segment: its term dictionary, the postings of its two fields, its stored texts and records."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search.engines.sorted_arrays import Ints, find, ranges
from search.engines.whoosh.arrays import Array, ArrayFile, read_arrays
from search.engines.whoosh.building import BLOCK, MOST_FREQUENT, POSTINGS, STORED, TERMS
from search.engines.whoosh.strings import Dictionary

# Where more than one in so many postings is asked for, counting all is less work than counting in blocks.
_FEW = 2 * BLOCK
# Stems that at most so many documents hold are read together.
_RARE = 200
_IN_BLOCK = np.arange(BLOCK)


class Found(NamedTuple):
    """Documents that hold something, and the indexes of their postings: a slice, or an ascending array."""

    docs: Ints
    at: Ints | slice


class Tokens(NamedTuple):
    """The tokens of some postings, those of one after those of the posting before.

    `positions` are within the document; a form is the index of the word among those of its stem, times two, plus one
    where it is written in capitals.
    """

    positions: Array
    forms: Array


class FieldPostings:
    """The postings of one field of a segment, by the index of a stem."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self.lengths, self._word_docs, self._posting_starts, self._block_starts, self._frequent_at, self._frequent = (
            file.whole(f"{name}_{key}")
            for key in ("lengths", "word_docs", "posting_starts", "block_starts", "frequent_at", "frequent")
        )
        self._docs, self._frequencies, self._positions, self._forms = (
            file.checked(f"{name}_{key}") for key in ("docs", "frequencies", "positions", "forms")
        )

    def doc_freq(self, stem: int) -> int:
        """Return how many documents hold a stem."""
        return int(self._posting_starts[stem + 1]) - int(self._posting_starts[stem])

    def word_doc_freq(self, word: int) -> int:
        """Return how many documents hold a word, given by its index."""
        return int(self._word_docs[word])

    def find(self, stem: int, docs: Ints | None = None) -> Found:
        """Return the documents, of all or of `docs`, that hold a stem; all ascend."""
        start, end = int(self._posting_starts[stem]), int(self._posting_starts[stem + 1])
        if docs is None:
            return Found(self._docs[start:end].astype(np.int64), slice(start, end))
        at, held = find(self._docs[start:end], docs, len(self.lengths))
        return Found(docs[held], at + start)

    def divided(self, stems: Collection[int]) -> tuple[list[int], list[int]]:
        """Return the stems that are read one by one, and, in order, those of few documents that are read together."""
        together = [stem for stem in sorted(stems) if self.doc_freq(stem) <= _RARE] if len(stems) > 1 else []
        if len(together) < 2:
            return list(stems), []
        return [stem for stem in stems if self.doc_freq(stem) > _RARE], together

    def find_together(self, stems: Sequence[int], docs: Ints | None = None) -> Found:
        """Return the documents, of all or of `docs`, that hold some stems in order: one stem after the other."""
        starts, ends = self._posting_starts[stems], self._posting_starts[[stem + 1 for stem in stems]]
        at = ranges(starts.astype(np.int64), ends.astype(np.int64))
        found = self._docs[at].astype(np.int64)
        if docs is not None:
            held = find(docs, found, len(self.lengths))[1]
            found, at = found[held], at[held]
        return Found(found, at)

    def stems_of(self, stems: Sequence[int], at: Ints) -> Ints:
        """Return which of some stems, in order, each of their postings is of, as an index into them."""
        return np.asarray(self._posting_starts[stems].searchsorted(at, "right") - 1)

    def frequencies(self, at: Ints | slice) -> Array:
        """Return the frequencies of postings."""
        frequencies = self._frequencies[at]
        most = (frequencies == MOST_FREQUENT).nonzero()[0]
        if len(most):
            postings = most + at.start if isinstance(at, slice) else at[most]
            frequencies = frequencies.astype(np.uint32)
            frequencies[most] = self._frequent[self._frequent_at.searchsorted(postings)]
        return frequencies

    def tokens(self, at: Ints | slice, frequencies: Array) -> Tokens:
        """Return the tokens of postings, which have these frequencies: in each ascending."""
        if isinstance(at, slice):
            start = int(self._starts(np.array([at.start]))[0]) if at.start < at.stop else 0
            whole = slice(start, start + int(frequencies.sum(dtype=np.int64)))
            return Tokens(self._positions[whole], self._forms[whole])
        starts = self._starts(at)
        ends = starts + frequencies
        which = ranges(starts, ends)
        if frequencies.dtype != np.uint8:  # a posting may be longer than a block
            return Tokens(self._positions[which], self._forms[which])
        return Tokens(self._positions.of_ranges(starts, ends, which), self._forms.of_ranges(starts, ends, which))

    def _starts(self, at: Ints) -> Ints:
        """Return where the positions of postings begin, which ascend: counted from the start of a block."""
        if not len(at):
            return at
        low, high = int(at[0]), int(at[-1]) + 1
        if len(at) * _FEW > high - low > BLOCK:
            counts = self.frequencies(slice(low, high)).astype(np.int64)
            return np.asarray((counts.cumsum() - counts)[at - low] + self._starts(at[:1]))
        block, within = np.divmod(at, BLOCK)
        of_block = np.minimum((block * BLOCK)[:, np.newaxis] + _IN_BLOCK, len(self._docs) - 1)
        before = self.frequencies(of_block.ravel()).reshape(-1, BLOCK) * (within[:, np.newaxis] > _IN_BLOCK)
        return np.asarray(self._block_starts[block] + before.sum(axis=1, dtype=np.int64))


class Segment:
    """An open segment."""

    def __init__(self, folder: Path) -> None:
        terms, postings, stored = read_arrays(folder / TERMS), ArrayFile(folder / POSTINGS), ArrayFile(folder / STORED)
        self.stems, self.words = (
            Dictionary({key: terms[f"{name}_{key}"] for key in ("bytes", "ends", "keys")}) for name in ("stem", "word")
        )
        self.form_counts = terms["form_counts"]
        self.word_stems, self.word_forms = terms["word_stems"], terms["word_forms"]
        self.text, self.title = FieldPostings(postings, "text"), FieldPostings(postings, "title")
        self._ends, self._bytes = stored.whole("ends"), stored.checked("bytes")

    def forms_of(self, stem: int) -> list[str]:
        """Return the words that have a stem, in order: a token's form is an index among them."""
        return [self.words[word] for word in (self.word_stems == stem).nonzero()[0].tolist()]

    def stored(self, index: int) -> bytes:
        """Return a stored piece: for each article its record, then the text of each of its units."""
        start = int(self._ends[index - 1]) if index else 0
        return self._bytes[start : int(self._ends[index])].tobytes()
