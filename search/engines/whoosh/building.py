"""Build segments in bulk: analyzed batches -> tokens spooled to disk -> postings sorted by term, by numpy.

No document passes through Python objects one by one: a batch is a handful of arrays, and a segment is sorted as a
whole when everything was added.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from search.articles import Article
from search.engines.base import ArticleTexts
from search.engines.columns import ColumnsBuilder, Ints, run_starts, smallest
from search.engines.vocabulary import Numbering, Vocabulary
from search.engines.whoosh.arrays import Array, write_arrays
from search.language import Analyzer, SentenceModel, is_otherwise_written

FIELDS = ("text", "title")
SEGMENT = "segment-{}"
# Tokens of the text that one segment has at most, but for its last article: what is sorted in memory at a time.
SEGMENT_TOKENS = 25_000_000
TERMS, POSTINGS, STORED = "terms.arrays", "postings.arrays", "stored.arrays"


class FieldTokens(NamedTuple):
    """The tokens of one field of a batch, unit by unit.

    `lengths` counts the tokens of each unit; a token is the index of its word in the batch's words, times two, plus
    one where it is written in capitals.
    """

    lengths: Array
    tokens: Array


class _Part(NamedTuple):
    """What one segment has: the lengths of its units, of its titles and of its stored pieces."""

    text: Array
    title: Array
    stored: Array


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """An analyzed batch of articles: distinct words, tokens of both fields, sentences, stored texts and records."""

    words: list[str]
    text: FieldTokens
    title: FieldTokens
    sentences: Array
    sentence_starts: Array
    stored: bytes
    stored_lengths: Array


class Preparer:
    """Analyzes batches of articles; remembers the vocabulary it met."""

    def __init__(self, analyzer: Analyzer, sentences: SentenceModel) -> None:
        self._indexer = analyzer.indexer(sentences)
        self._index_of = np.empty(0, np.int64)

    def __call__(self, articles: Sequence[ArticleTexts]) -> PreparedBatch:
        """Analyze a batch."""
        units = [text for article in articles for text in article.units]
        found = self._indexer.indexed([*units, *(article.title for article in articles)])
        distinct, indexes = self._distinct(found.words)
        tokens = indexes.astype(np.uint32) << np.uint32(1)
        tokens[found.capitals] |= np.uint32(1)
        in_text = int(found.lengths[: len(units)].sum())
        sentences_in_text = int(found.sentences[: len(units)].sum())
        pieces = [piece for article in articles for piece in (article.record, *map(str.encode, article.units))]
        return PreparedBatch(
            [self._indexer.vocabulary[number] for number in distinct.tolist()],
            FieldTokens(found.lengths[: len(units)].astype(np.uint32), tokens[:in_text]),
            FieldTokens(found.lengths[len(units) :].astype(np.uint32), tokens[in_text:]),
            found.sentences[: len(units)].astype(np.uint32),
            found.sentence_starts[:sentences_in_text].astype(np.uint32),
            b"".join(pieces),
            np.fromiter(map(len, pieces), np.uint32, len(pieces)),
        )

    def _distinct(self, words: Ints) -> tuple[Ints, Ints]:
        """Return the distinct numbers among `words`, and the index of each word among them."""
        if len(self._indexer.vocabulary) > len(self._index_of):
            self._index_of = np.empty(2 * len(self._indexer.vocabulary), np.int64)
        order = np.arange(len(words))
        # Of several values for one index numpy keeps the last: here, that of a word's first occurrence.
        self._index_of[words[::-1]] = order[::-1]
        distinct = words[self._index_of[words] == order]
        self._index_of[distinct] = order[: len(distinct)]
        return distinct, self._index_of[words]


class IndexBuilder:
    """Builds the segments of an index in a folder: `add` spools batches, `finish` sorts and writes."""

    def __init__(self, folder: Path, *, segment_tokens: int = SEGMENT_TOKENS) -> None:
        self._folder = folder
        self._segment_tokens = segment_tokens
        self._columns = ColumnsBuilder()
        self._numbers = Numbering()
        self._spools = {name: (folder / f"{name}.spool").open("wb") for name in (*FIELDS, "stored")}
        self._lengths: dict[str, list[Array]] = {name: [] for name in (*FIELDS, "stored", "units")}

    def add(self, articles: Sequence[Article], prepared: object) -> None:
        """Add a batch of articles with what the preparer made of them."""
        assert isinstance(prepared, PreparedBatch)
        text, title = prepared.text, prepared.title
        self._columns.add(
            articles,
            text.lengths.astype(np.int64),
            prepared.sentences.astype(np.int64),
            prepared.sentence_starts.astype(np.int64),
            title.lengths.astype(np.int64),
        )
        numbers = np.fromiter(map(self._numbers.__getitem__, prepared.words), np.uint32, len(prepared.words))
        for name, field in (("text", text), ("title", title)):
            tokens = numbers[field.tokens >> np.uint32(1)] << np.uint32(1) | (field.tokens & np.uint32(1))
            self._spools[name].write(tokens.data)
            self._lengths[name].append(field.lengths)
        self._spools["stored"].write(prepared.stored)
        self._lengths["stored"].append(prepared.stored_lengths)
        self._lengths["units"].append(np.fromiter((len(each.units) for each in articles), np.uint32, len(articles)))

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Sort the postings and write the segments, the columns and the vocabulary."""
        self._close()
        self._columns.save(self._folder)
        words = list(self._numbers)
        stem_of = stems(words)
        order = sorted(range(len(words)), key=words.__getitem__)
        doc_freq = np.zeros(len(words), np.int64)
        spools = {name: (self._folder / f"{name}.spool").open("rb") for name in self._spools}
        try:
            for number, part in enumerate(self._parts()):
                folder = self._folder / SEGMENT.format(number)
                folder.mkdir()
                doc_freq += _write_segment(folder, part, spools, words, stem_of)
        finally:
            for spool in spools.values():
                spool.close()
        for name in self._spools:
            (self._folder / f"{name}.spool").unlink()
        Vocabulary.save(
            self._folder,
            [words[number] for number in order],
            doc_freq[order].tolist(),
            [stem_of[number] for number in order],
        )

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
            yield _Part(text[first_unit:end_unit], title[first:end], stored[first_unit + first : end_unit + end])
            first, first_unit = end, end_unit

    def cancel(self) -> None:
        """Close the spools; the folder may be deleted."""
        self._close()

    def _close(self) -> None:
        for spool in self._spools.values():
            spool.close()


def _write_segment(
    folder: Path, part: _Part, spools: Mapping[str, BinaryIO], words: Sequence[str], stem_of: Sequence[str]
) -> Ints:
    """Write the segment of what the spools give next; return how many of its units hold each word, by its number."""
    tokens = {name: np.fromfile(spools[name], np.uint32, int(getattr(part, name).sum())) for name in FIELDS}
    present = np.zeros(len(words), np.bool_)
    for each in tokens.values():
        present[each >> np.uint32(1)] = True
    numbers = np.array(sorted(present.nonzero()[0].tolist(), key=words.__getitem__), np.int64)
    own = [words[number] for number in numbers.tolist()]
    terms = Terms.of(own, [_own_stem(words[number], stem_of[number]) for number in numbers.tolist()])
    # Within a segment words are numbered in their order; the lowest bit says that a token is written in capitals.
    local = np.zeros(len(words), np.uint32)
    local[numbers] = np.arange(len(own), dtype=np.uint32) << np.uint32(1)
    known = {word: number for number, word in enumerate(own)}
    # What keeps its capitals (US) is asked together with the same word in lower case.
    either = np.array([known.get(word.lower(), number) for number, word in enumerate(own)], np.int64)
    is_shared = np.bincount(either, minlength=len(own))[either] > 1
    postings: dict[str, Array] = {}
    doc_freq = np.zeros(len(words), np.int64)
    for name in FIELDS:
        lengths, numbered = getattr(part, name), local[tokens[name] >> np.uint32(1)] | (tokens.pop(name) & np.uint32(1))
        held, units = numbered >> np.uint32(1), np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
        word_docs = _doc_freq(held, units, len(own))
        if name == "text":
            doc_freq[numbers] = word_docs
        chosen = is_shared[held].nonzero()[0]
        shared_docs = _doc_freq(either[held[chosen]], units[chosen], len(own))
        del held, units, chosen
        arrays = inverted(numbered, lengths, terms)
        arrays["word_docs"] = word_docs.astype(np.uint32)
        arrays["either_docs"] = np.where(is_shared, shared_docs[either], word_docs).astype(np.uint32)
        postings |= {f"{name}_{key}": each for key, each in arrays.items()}
    write_arrays(folder / POSTINGS, postings)
    write_arrays(folder / TERMS, terms.arrays())
    ends = np.cumsum(part.stored, dtype=np.int64)
    body = np.fromfile(spools["stored"], np.uint8, int(ends[-1]) if len(ends) else 0)
    write_arrays(folder / STORED, {"ends": ends, "bytes": body})
    return doc_freq


def _own_stem(word: str, stems: str) -> str:
    """Return the stem by which a word's postings are kept: a word with several names is kept by itself."""
    return word if is_otherwise_written(word) else stems


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a segment: words in order, stems in order, and the forms (words) of each stem, in order.

    `stem_of` and `form_of` give for the number of a word the index of its stem, and its index among the stem's forms.
    """

    words: Sequence[str]
    stems: list[str]
    forms: list[str]
    form_starts: Array
    stem_of: Array
    form_of: Array

    @classmethod
    def of(cls, words: Sequence[str], stems: Sequence[str]) -> "Terms":
        """Group words, which are in order, by stem."""
        order = sorted(range(len(words)), key=stems.__getitem__)
        stem_of, form_of = np.zeros(len(words), np.uint32), np.zeros(len(words), np.uint32)
        distinct: list[str] = []
        starts: list[int] = []
        for index, number in enumerate(order):
            if not distinct or distinct[-1] != stems[number]:
                distinct.append(stems[number])
                starts.append(index)
            stem_of[number], form_of[number] = len(distinct) - 1, index - starts[-1]
        starts.append(len(words))
        return cls(words, distinct, [words[number] for number in order], np.array(starts, np.uint32), stem_of, form_of)

    def arrays(self) -> dict[str, Array]:
        """Return the dictionary as arrays: the UTF-8 of stems, forms and words with the end of each."""
        dictionary: dict[str, Array] = {"form_starts": self.form_starts, "word_stems": self.stem_of}
        for name, texts in (("stem", self.stems), ("form", self.forms), ("word", self.words)):
            encoded = [text.encode() for text in texts]
            dictionary[f"{name}_ends"] = np.cumsum([len(text) for text in encoded], dtype=np.uint32)
            dictionary[f"{name}_bytes"] = np.frombuffer(b"".join(encoded), np.uint8)
        return dictionary


def inverted(tokens: Array, lengths: Array, terms: Terms) -> dict[str, Array]:
    """Return the postings of a field, sorted by term, document and position.

    `docs` and `frequencies` have an entry a posting, `positions` and `forms` one a token; `posting_starts` and
    `position_starts` give where those of each term begin, and where the last end. A form is the index among the
    stem's forms, times two, plus one where the token is written in capitals.
    """
    # One number for term and token sorts faster than an indirect, stable sort. Arrays are dropped once they are used.
    keys = terms.stem_of[tokens >> np.uint32(1)].astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.arange(len(tokens), dtype=np.uint64)
    keys.sort()
    stem, order = (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32)
    del keys
    numbers = np.arange(len(terms.stems) + 1, dtype=np.uint32)
    found = {"position_starts": np.searchsorted(stem, numbers)}
    docs = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)[order]
    begins = np.ones(len(tokens), np.bool_)
    np.not_equal(docs[1:], docs[:-1], out=begins[1:])
    begins[1:] |= stem[1:] != stem[:-1]
    first = begins.nonzero()[0]
    del begins
    found["posting_starts"] = np.searchsorted(stem[first], numbers)
    del stem
    starts = (np.cumsum(lengths, dtype=np.int64) - lengths).astype(np.uint32)
    found["positions"] = smallest(order - starts[docs])
    found["docs"] = docs[first]
    del docs
    found["frequencies"] = smallest(np.diff(first, append=len(tokens)))
    del first
    sorted_tokens = tokens[order]
    del order
    forms = terms.form_of[sorted_tokens >> np.uint32(1)] << np.uint32(1)
    forms |= sorted_tokens & np.uint32(1)
    return {**found, "forms": smallest(forms), "lengths": lengths}


def _doc_freq(words: Array, units: Array, number: int) -> Ints:
    """Return how many units hold each of so many words, given the word and the unit of each token."""
    pairs = words.astype(np.uint64)
    pairs <<= np.uint64(32)
    pairs |= units
    pairs.sort()
    held = (pairs[run_starts(pairs)] >> np.uint64(32)).astype(np.int64)
    return np.bincount(held, minlength=number)


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0, np.uint32)
