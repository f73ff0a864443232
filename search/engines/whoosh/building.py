"""Build segments in bulk: analyzed batches -> tokens spooled to disk -> postings sorted by term, by numpy.

No document passes through Python objects one by one: a batch is a handful of arrays, and a segment is sorted as a
whole when everything was added. A segment stands for itself: a folder of files of arrays that no other is needed for.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import orjson

from search.articles import Article
from search.engines.evaluator.spans import LONGEST_UNIT
from search.engines.sorted_arrays import Ints, run_lengths, smallest
from search.engines.vocabulary import Numbering
from search.engines.whoosh.arrays import Array, write_arrays
from search.engines.whoosh.batches import PreparedBatch
from search.engines.whoosh.layout import BLOCK, FIELDS, MOST_FREQUENT, POSTINGS, SEGMENTS, STORED, TERMS, VALUES
from search.engines.whoosh.strings import dictionary_arrays
from search.engines.whoosh.values import DocValuesBuilder
from search.errors import EngineError
from search.language import is_otherwise_written

# Tokens of the text that one segment has at most, but for its last article: what is sorted in memory at a time.
SEGMENT_TOKENS = 36_000_000
# Tokens of a segment that are looked up at a time.
_AT_A_TIME = 1 << 20
NAME_BYTES = 8


class _Part(NamedTuple):
    """What one segment has: its doc values, the lengths of its units, of its titles and of its stored pieces."""

    values: dict[str, Array]
    text: Array
    title: Array
    stored: Array


class SegmentBuilder:
    """Builds segments in the folder of an index: `add` spools batches, `finish` sorts and writes."""

    def __init__(self, folder: Path, *, segment_tokens: int = SEGMENT_TOKENS) -> None:
        self._folder = folder
        self._segment_tokens = segment_tokens
        self._doc_values = DocValuesBuilder()
        self._numbers = Numbering()
        self._spools = {name: (folder / f"{name}.spool").open("wb") for name in (*FIELDS, "stored")}
        self._lengths: dict[str, list[Array]] = {name: [] for name in (*FIELDS, "stored", "units")}

    def add(self, articles: Sequence[Article], prepared: bytes) -> None:
        """Add a batch of articles with what the preparer made of them."""
        batch = PreparedBatch.of(prepared)
        text, title = batch.text, batch.title
        if max(each.lengths.max(initial=0) for each in (text, title)) > LONGEST_UNIT:
            raise EngineError(f"A paragraph or title has more than {LONGEST_UNIT:,} words; no reader makes such.")
        self._doc_values.add(articles, text.lengths, batch.sentences, batch.sentence_starts, title.lengths)
        numbers = np.fromiter(map(self._numbers.__getitem__, batch.words), np.uint32, len(batch.words))
        for name, field in (("text", text), ("title", title)):
            tokens = numbers[field.tokens >> np.uint32(1)] << np.uint32(1) | (field.tokens & np.uint32(1))
            self._spools[name].write(tokens.data)
            self._lengths[name].append(field.lengths.copy())  # not a view, which would keep the whole batch
        self._spools["stored"].write(batch.stored)
        self._lengths["stored"].append(batch.stored_lengths.copy())
        self._lengths["units"].append(np.fromiter((len(each.units) for each in articles), np.uint32, len(articles)))

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> list[str]:
        """Sort the postings and write the segments; return their names, in order."""
        self.close()
        words = list(self._numbers)
        stem_of = stems(words)
        order = np.array(sorted(range(len(words)), key=words.__getitem__), np.int64)
        spools = {name: (self._folder / f"{name}.spool").open("rb") for name in self._spools}
        names = []
        try:
            for part in self._parts():
                names.append(secrets.token_hex(NAME_BYTES))
                folder = self._folder / SEGMENTS / names[-1]
                folder.mkdir(parents=True)
                _write_segment(folder, part, spools, words, stem_of, order=order)
        finally:
            for spool in spools.values():
                spool.close()
        for name in self._spools:
            (self._folder / f"{name}.spool").unlink()
        return names

    def _parts(self) -> Iterator[_Part]:
        """Yield what each segment has: whole articles, up to the first that has tokens enough."""
        text, title, stored, units = (_joined(self._lengths[name]) for name in (*FIELDS, "stored", "units"))
        unit_ends = np.cumsum(units, dtype=np.int64)
        token_ends = np.cumsum(text, dtype=np.int64)[unit_ends - 1] if len(units) else unit_ends
        first = first_unit = 0
        while first < len(units):
            tokens_before = int(token_ends[first - 1]) if first else 0
            end = min(int(token_ends.searchsorted(tokens_before + self._segment_tokens)) + 1, len(units))
            end_unit = int(unit_ends[end - 1])
            values = self._doc_values.arrays(slice(first, end), slice(first_unit, end_unit))
            pieces = stored[first_unit + first : end_unit + end]
            yield _Part(values, text[first_unit:end_unit], title[first:end], pieces)
            first, first_unit = end, end_unit

    def close(self) -> None:
        """Close the spools."""
        for spool in self._spools.values():
            spool.close()


def _write_segment(
    folder: Path,
    part: _Part,
    spools: Mapping[str, BinaryIO],
    words: Sequence[str],
    stem_of: Sequence[str],
    *,
    order: Ints,
) -> None:
    """Write the segment of what the spools give next.

    `order` has the numbers of all words in the order of the words.
    """
    tokens = {name: np.fromfile(spools[name], np.uint32, int(getattr(part, name).sum())) for name in FIELDS}
    present = np.zeros(len(words), np.bool_)
    for part_of in chain.from_iterable(map(_parts_of, tokens.values())):
        present[part_of >> np.uint32(1)] = True
    numbers = order[present[order]]
    own = [words[number] for number in numbers.tolist()]
    stems = [stem_of[number] for number in numbers.tolist()]
    terms = Terms.of(own, list(map(_own_stem, own, stems)))
    others = {word: stem for word, stem in zip(own, stems, strict=True) if is_otherwise_written(word)}
    # Within a segment words are numbered in their order; the lowest bit says that a token is written in capitals.
    local = np.zeros(len(words), np.uint32)
    local[numbers] = np.arange(len(own), dtype=np.uint32) << np.uint32(1)
    postings: dict[str, Array] = {}
    for name in FIELDS:
        lengths = getattr(part, name)
        for part_of in _parts_of(tokens[name]):
            part_of[:] = local[part_of >> np.uint32(1)] | (part_of & np.uint32(1))
        held, units = tokens[name] >> np.uint32(1), np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
        word_docs = doc_freqs(held, units, len(own))
        del held, units
        arrays = inverted(tokens.pop(name), lengths, terms)
        arrays["word_docs"] = smallest(word_docs)
        postings |= {f"{name}_{key}": each for key, each in arrays.items()}
    write_arrays(folder / POSTINGS, postings)
    write_arrays(folder / TERMS, terms.arrays(others))
    write_arrays(folder / VALUES, part.values)
    ends = np.cumsum(part.stored, dtype=np.int64)
    body = np.fromfile(spools["stored"], np.uint8, int(ends[-1]) if len(ends) else 0)
    write_arrays(folder / STORED, {"ends": smallest(ends), "bytes": body})


def _own_stem(word: str, stems: str) -> str:
    """Return the stem by which a word's postings are kept: a word with several names is kept by itself."""
    return word if is_otherwise_written(word) else stems


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a segment: words in order, and stems in order.

    `stem_of` and `form_of` give for the number of a word the index of its stem, and its index among the words of that
    stem, its forms; `form_counts` says how many forms each stem has.
    """

    words: Sequence[str]
    stems: list[str]
    form_counts: Array
    stem_of: Array
    form_of: Array

    @classmethod
    def of(cls, words: Sequence[str], stems: Sequence[str]) -> "Terms":
        """Group words, which are in order, by stem."""
        distinct = sorted(set(stems))
        number_of = {stem: number for number, stem in enumerate(distinct)}
        stem_of = np.fromiter(map(number_of.__getitem__, stems), np.uint32, len(stems))
        counts = np.bincount(stem_of, minlength=len(distinct))
        form_of = np.zeros(len(words), np.uint32)
        form_of[stem_of.argsort(kind="stable")] = np.arange(len(words)) - np.repeat(np.cumsum(counts) - counts, counts)
        return cls(words, distinct, counts, stem_of, form_of)

    def arrays(self, others: Mapping[str, str]) -> dict[str, Array]:
        """Return the dictionary as arrays; of stems and of words, what `Dictionary` reads.

        `others` are those of the words that may be written otherwise, each with the stems of its names.
        """
        capitals = [word for word in self.words if word != word.lower()]
        found: dict[str, Array] = {
            "kept": np.frombuffer(orjson.dumps([others, capitals]), np.uint8),
            "form_counts": smallest(self.form_counts),
            "word_stems": self.stem_of,
            "word_forms": smallest(self.form_of),
        }
        for name, texts in (("stem", self.stems), ("word", self.words)):
            found |= {f"{name}_{key}": each for key, each in dictionary_arrays(texts).items()}
        return found


def inverted(tokens: Array, lengths: Array, terms: Terms) -> dict[str, Array]:
    """Return the postings of a field, sorted by term, document and position.

    `docs` and `frequencies` have an entry a posting, `positions` and `forms` one a token; `posting_starts` give where
    the postings of each term begin, and where the last end, `block_starts` where the positions of every BLOCK-th
    posting do. A frequency of MOST_FREQUENT stands for that or more, which are `frequent` at the postings
    `frequent_at`. A form is the index among the stem's forms, times two, plus one where the token is in capitals.
    """
    # One number for term and token sorts faster than an indirect, stable sort. Arrays are dropped once they are used.
    keys = np.arange(len(tokens), dtype=np.uint64)
    for part, of_part in zip(_parts_of(keys), _parts_of(tokens), strict=True):
        part[:] |= terms.stem_of[of_part >> np.uint32(1)].astype(np.uint64) << np.uint64(32)
    keys.sort()
    order, stem = (keys.view(np.uint32)[half::2].copy() for half in (0, 1))
    del keys
    forms = _taken(tokens, order)
    del tokens
    for part in _parts_of(forms):
        part[:] = terms.form_of[part >> np.uint32(1)] << np.uint32(1) | (part & np.uint32(1))
    numbers = np.arange(len(terms.stems) + 1, dtype=np.uint32)
    found: dict[str, Array] = {"forms": smallest(forms), "lengths": smallest(lengths)}
    del forms
    docs = _taken(np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths), order)
    begins = np.ones(len(docs), np.bool_)
    np.not_equal(docs[1:], docs[:-1], out=begins[1:])
    begins[1:] |= stem[1:] != stem[:-1]
    first = begins.nonzero()[0].astype(np.uint32)
    del begins
    found["posting_starts"] = smallest(np.searchsorted(stem[first], numbers))
    del stem
    found["docs"] = docs[first]
    frequencies = run_lengths(first, len(docs))
    del first
    found |= frequency_arrays(frequencies)
    del frequencies
    starts = (np.cumsum(lengths, dtype=np.int64) - lengths).astype(np.uint32)
    for part, of_part in zip(_parts_of(docs), _parts_of(order), strict=True):
        part[:] = of_part - starts[part]
    return {**found, "positions": smallest(docs)}


def frequency_arrays(frequencies: Array) -> dict[str, Array]:
    """Return the frequencies of all postings, in four bytes each, as they are written, and where each block begins."""
    # Of their own type, so that they are not copied.
    in_blocks = np.add.reduceat(frequencies, np.arange(0, len(frequencies), BLOCK), dtype=frequencies.dtype)
    frequent_at = (frequencies >= MOST_FREQUENT).nonzero()[0]
    in_bytes = np.empty(len(frequencies), np.uint8)
    np.minimum(frequencies, MOST_FREQUENT, out=in_bytes, casting="unsafe")
    return {
        "block_starts": smallest(in_blocks.cumsum(dtype=np.int64) - in_blocks),
        "frequent_at": frequent_at,
        "frequent": frequencies[frequent_at],
        "frequencies": in_bytes,
    }


def _parts_of(array: Array) -> Iterator[Array]:
    """Yield an array piece by piece: what is made of each on the way is given back before the next."""
    return (array[start : start + _AT_A_TIME] for start in range(0, len(array), _AT_A_TIME))


def _taken(values: Array, at: Array) -> Array:
    """Return the values at some indexes."""
    taken = np.empty(len(at), values.dtype)
    for part, indexes in zip(_parts_of(taken), _parts_of(at), strict=True):
        part[:] = values[indexes]
    return taken


def doc_freqs(words: Array, units: Array, number: int) -> Ints:
    """Return how many units hold each of so many words, given the word and the unit of each token."""
    pairs = words.astype(np.uint64)
    pairs <<= np.uint64(32)
    pairs |= units
    pairs.sort()
    begins = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=begins[1:])
    pairs >>= np.uint64(32)
    return np.bincount(pairs.view(np.int64)[begins], minlength=number)


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0, np.uint32)
