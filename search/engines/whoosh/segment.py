"""Read a segment: its term dictionary, the postings of its two fields, its stored texts and records, its doc values.

A segment never changes, so what is made of it here serves every index that has it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson

from search.engines.sorted_arrays import Bools, Ints, find, ranges, run_starts
from search.engines.whoosh.arrays import Array, ArrayFile, read_arrays
from search.engines.whoosh.layout import BLOCK, MOST_FREQUENT, POSTINGS, STORED, TERMS, VALUES
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


class Postings(NamedTuple):
    """Postings that follow one another, with their tokens.

    `bounds` say where among them those of each of some `stems` begin, and where the last end.
    """

    stems: slice
    bounds: Ints
    docs: Array
    frequencies: Array
    tokens: Tokens


class FieldPostings:
    """The postings of one field of a segment, by the index of a stem."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self.lengths, self.word_docs, self._posting_starts, self._block_starts, self._frequent_at, self._frequent = (
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
        return int(self.word_docs[word])

    @cached_property
    def stem_docs(self) -> Ints:
        """How many documents hold each stem."""
        return np.asarray(np.diff(self._posting_starts.astype(np.int64)))

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

    def parts(self, size: int) -> Iterator[Postings]:
        """Yield all postings in order, in parts of about so many tokens."""
        marks = np.arange(0, len(self._positions), size)
        blocks = np.unique(self._block_starts.searchsorted(marks, "right") - 1)
        starts = [*(blocks * BLOCK).tolist(), len(self._docs)]
        token_starts = [*self._block_starts[blocks].tolist(), len(self._positions)]
        for (start, end), (first, last) in zip(pairwise(starts), pairwise(token_starts), strict=True):
            at, of_tokens = slice(start, end), slice(first, last)
            stem = int(self._posting_starts.searchsorted(start, "right")) - 1
            after = int(self._posting_starts.searchsorted(end))
            bounds = self._posting_starts[stem : after + 1].astype(np.int64).clip(start, end) - start
            tokens = Tokens(self._positions[of_tokens], self._forms[of_tokens])
            yield Postings(slice(stem, after), bounds, self._docs[at], self.frequencies(at), tokens)

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
        # Of the words that may be written otherwise, the stems of their names; the words that are kept in capitals.
        self.others: Mapping[str, str]
        self.others, self.capitals = orjson.loads(terms["kept"].tobytes())
        self.values = read_arrays(folder / VALUES)
        self.ids = Dictionary({key: self.values.pop(f"id_{key}") for key in ("bytes", "ends", "keys")})
        self.listed_values: Mapping[str, list[str]] = orjson.loads(self.values.pop("values").tobytes())
        self.articles, self.units = len(self.title.lengths), len(self.text.lengths)

    @cached_property
    def listed_words(self) -> list[str]:
        """The words, in order."""
        return self.words.listed()

    @cached_property
    def units_of(self) -> Ints:
        """The number of units of each article."""
        return np.asarray(np.diff(self.values["first_doc"].astype(np.int64), append=self.units))

    @cached_property
    def _id_rank(self) -> Ints:
        rank = np.empty(self.articles, np.int64)
        rank[self.values["by_id"]] = np.arange(self.articles)
        return rank

    def id_of(self, article: int) -> str:
        """Return the id of an article, given by its number."""
        return self.ids[int(self._id_rank[article])]

    def article_number(self, article_id: str) -> int | None:
        """Return the number of the article of an id."""
        rank = self.ids.find(article_id)
        return None if rank is None else int(self.values["by_id"][rank])

    def forms_of(self, stem: int) -> Ints:
        """Return the words that have a stem, in order: a token's form is an index among them."""
        return np.asarray((self.word_stems == stem).nonzero()[0])

    def stored(self, index: int) -> bytes:
        """Return a stored piece: for each article its record, then the text of each of its units."""
        start = int(self._ends[index - 1]) if index else 0
        return self._bytes[start : int(self._ends[index])].tobytes()

    def ids_of(self, articles: Bools) -> list[str]:
        """Return the ids of some articles, in the order of these."""
        listed = self.ids.listed()
        return [listed[rank] for rank in self._id_rank[articles].tolist()]

    def stored_of(self, articles: Bools) -> tuple[Ints, list[Array]]:
        """Return the length of each stored piece of some articles, and their bytes: those of neighbours together."""
        pieces = self.units_of + 1
        ends = self._ends.astype(np.int64)
        lengths = np.diff(ends, prepend=0)[articles.repeat(pieces)]
        bounds = np.append(0, ends[pieces.cumsum() - 1])
        begins = run_starts(articles.view(np.uint8))
        runs = zip(begins.tolist(), [*begins[1:].tolist(), len(articles)], strict=True)
        return lengths, [self._bytes[int(bounds[start]) : int(bounds[end])] for start, end in runs if articles[start]]
