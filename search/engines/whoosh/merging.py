"""Merge segments into one of their live articles: postings are copied to where they belong, nothing is sorted anew.

What a merge writes is byte for byte what `SegmentBuilder` writes of the same articles. The postings of a stem are those
of the first segment, then those of the next. All is read checked, so what is damaged gets no new checksum.
"""

from collections.abc import Sequence
from itertools import chain, compress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from search.engines.base import VALUE_FIELDS
from search.engines.sorted_arrays import Bools, Ints, ranges, smallest
from search.engines.vocabulary import Numbering
from search.engines.whoosh.arrays import Array, write_arrays
from search.engines.whoosh.building import Terms, doc_freqs, frequency_arrays
from search.engines.whoosh.layout import FIELDS, POSTINGS, STORED, TERMS, VALUES
from search.engines.whoosh.live import LiveSegment
from search.engines.whoosh.segment import FieldPostings, Postings
from search.engines.whoosh.values import NUMBERS, value_arrays

# Tokens that are copied at a time.
_AT_A_TIME = 1 << 20


def merge(segments: Sequence[LiveSegment], folder: Path, *, at_a_time: int = _AT_A_TIME) -> None:
    """Make the folder of a new segment that holds the live articles of segments, in their order.

    Of deletions only the articles are read, not what is counted of them. About `at_a_time` tokens are copied at a time.

    Raises:
        ValueError: no article is live.
        IndexDamaged: a segment is not what was written; the folder may have some of its files.
    """
    sources = [_Source(each, at_a_time) for each in segments if each.live_articles.any()]
    if not sources:
        raise ValueError("no article is live")
    folder.mkdir(parents=True)
    terms = _terms_of(sources)
    numbers = _numbers_of(sources, terms)
    postings: dict[str, Array] = {}
    for name in FIELDS:
        merged = _merged([each.fields[name] for each in sources], numbers, terms, at_a_time)
        postings |= {f"{name}_{key}": each for key, each in merged.items()}
    write_arrays(folder / POSTINGS, postings)
    del postings, merged
    others = {word: stems for each in sources for word, stems in each.segment.others.items()}
    write_arrays(folder / TERMS, terms.arrays({word: others[word] for word in terms.words if word in others}))
    write_arrays(folder / VALUES, _values_of(sources))
    lengths, pieces = zip(*(each.segment.stored_of(each.articles) for each in sources), strict=True)
    ends = smallest(np.concatenate(lengths).cumsum())
    write_arrays(folder / STORED, {"ends": ends, "bytes": list(chain.from_iterable(pieces))})


def live_doc_freqs(segment: LiveSegment) -> dict[str, Ints]:
    """Return how many live documents hold each stem and word of each field, counted from all postings: `COUNTED`."""
    found: dict[str, Ints] = {}
    for name, each in _Source(segment, _AT_A_TIME).fields.items():
        found |= {f"{name}_stems": each.stem_docs, f"{name}_words": each.word_docs}
    return found


class _Field(NamedTuple):
    """The postings of a field of a segment, which of its documents are live, and what is counted of these.

    `form_starts` says for each stem where its forms begin among those of all stems, one after the other.
    """

    postings: FieldPostings
    live: Bools
    form_starts: Ints
    stem_docs: Ints
    stem_tokens: Ints
    word_docs: Ints


class _Source:
    """A segment to merge: which of its articles, units and words are live."""

    def __init__(self, given: LiveSegment, at_a_time: int) -> None:
        self.segment = segment = given.segment
        self.articles = given.live_articles
        self.units: Bools = self.articles.repeat(segment.units_of)
        counts = segment.form_counts.astype(np.int64)
        form_starts = counts.cumsum() - counts
        # Of each word, its index among the forms of all stems.
        self.places: Ints = form_starts[segment.word_stems] + segment.word_forms
        fields = zip(FIELDS, (segment.text, segment.title), (self.units, self.articles), strict=True)
        self.fields = {name: _counted(each, live, form_starts, self.places, at_a_time) for name, each, live in fields}
        self.words: Bools = np.any([each.word_docs > 0 for each in self.fields.values()], axis=0)
        self.live_words = list(compress(segment.words.listed(), self.words))


def _counted(postings: FieldPostings, live: Bools, form_starts: Ints, places: Ints, at_a_time: int) -> _Field:
    """Count the live postings and tokens of each stem, and the live documents of each word."""
    stem_docs, stem_tokens, dead = (np.zeros(len(each), np.int64) for each in (form_starts, form_starts, places))
    for part in postings.parts(at_a_time):
        kept = live[part.docs]
        stem_docs[part.stems] += _sums(kept, part)
        stem_tokens[part.stems] += _sums(part.frequencies * kept, part)
        if not kept.all():
            of_dead = (~kept).repeat(part.frequencies)
            docs = part.docs.repeat(part.frequencies)[of_dead]
            dead += doc_freqs(_forms_of(part, form_starts)[of_dead] >> 1, docs, len(places))
    return _Field(postings, live, form_starts, stem_docs, stem_tokens, postings.word_docs - dead[places])


def _sums(values: Array, part: Postings) -> Ints:
    """Return the sum for each stem of a number of each posting."""
    before = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=before[1:])
    return np.asarray(np.diff(before[part.bounds]))


def _forms_of(part: Postings, form_starts: Ints) -> Ints:
    """Return the form of each token as an index among those of all stems, times two, plus one where in capitals."""
    return np.asarray((form_starts[part.stems] << 1).repeat(_sums(part.frequencies, part)) + part.tokens.forms)


def _terms_of(sources: Sequence[_Source]) -> Terms:
    """Return the terms of all live words."""
    stem_of: dict[str, str] = {}
    for each in sources:
        stems = each.segment.stems.listed()
        numbers = each.segment.word_stems[each.words].tolist()
        stem_of |= zip(each.live_words, (stems[number] for number in numbers), strict=True)
    words = sorted(stem_of)
    return Terms.of(words, [stem_of[word] for word in words])


class _Numbers(NamedTuple):
    """What the words and the stems of a segment are numbered anew; those that are not live come after all others.

    `forms` says what becomes of a form that `_forms_of` returns.
    """

    words: Ints
    stems: Ints
    forms: Array


def _numbers_of(sources: Sequence[_Source], terms: Terms) -> list[_Numbers]:
    number_of = {word: number for number, word in enumerate(terms.words)}
    # The last stands for words that are not live.
    in_capitals = smallest(np.append(terms.form_of, 0) * 2 + 1)
    found = []
    for each in sources:
        words = np.full(len(each.words), len(terms.words))
        words[each.words] = [number_of[word] for word in each.live_words]
        stems = np.full(len(each.segment.form_counts), len(terms.stems))
        stems[each.segment.word_stems[each.words]] = terms.stem_of[words[each.words]]
        forms = np.empty((len(words), 2), in_capitals.dtype)
        forms[each.places, 1] = in_capitals[words]
        forms[:, 0] = forms[:, 1] - 1
        found.append(_Numbers(words, stems, forms.ravel()))
    return found


def _merged(fields: Sequence[_Field], numbers: Sequence[_Numbers], terms: Terms, at_a_time: int) -> dict[str, Array]:
    """Return the postings of a field of all segments, as they are written."""
    stems, words = [each.stems for each in numbers], [each.words for each in numbers]
    stem_docs = _total([each.stem_docs for each in fields], stems, len(terms.stems))
    stem_tokens = _total([each.stem_tokens for each in fields], stems, len(terms.stems))
    word_docs = _total([each.word_docs for each in fields], words, len(terms.words))
    lengths = np.concatenate([each.postings.lengths[each.live] for each in fields])
    copied = _Copied(stem_docs, stem_tokens, lengths.dtype, numbers[0].forms.dtype)
    for field, new in zip(fields, numbers, strict=True):
        copied.add(field, new, at_a_time)
    return {
        "forms": smallest(copied.forms),
        "lengths": smallest(lengths),
        "posting_starts": smallest(stem_docs.cumsum() - stem_docs),
        "docs": copied.docs,
        **frequency_arrays(copied.frequencies),
        "positions": smallest(copied.positions),
        "word_docs": smallest(word_docs[:-1]),
    }


def _total(counts: Sequence[Ints], numbers: Sequence[Ints], size: int) -> Ints:
    """Return the sums of what is counted in each segment, by new numbers below `size`, and one for what is not live."""
    total = np.zeros(size + 1, np.int64)
    for each, new in zip(counts, numbers, strict=True):
        total[new] += each  # many may be the number of what is not live, which counts nothing
    return total


class _Copied:
    """The postings of a field that were copied so far, each at its place among those of all segments."""

    def __init__(self, stem_docs: Ints, stem_tokens: Ints, position: np.dtype[Any], form: np.dtype[Any]) -> None:
        postings, tokens = int(stem_docs.sum()), int(stem_tokens.sum())
        self.docs, self.frequencies = np.empty(postings, np.uint32), np.empty(postings, np.uint32)
        self.positions, self.forms = np.empty(tokens, position), np.empty(tokens, form)
        # Where the next posting of each stem belongs, and where its tokens do.
        self._posting, self._token = stem_docs.cumsum() - stem_docs, stem_tokens.cumsum() - stem_tokens
        self._number_of_docs = 0

    def add(self, field: _Field, new: _Numbers, at_a_time: int) -> None:
        """Copy the live postings of the next segment."""
        new_docs = field.live.cumsum() + (self._number_of_docs - 1)
        for part in field.postings.parts(at_a_time):
            stems, kept = new.stems[part.stems], field.live[part.docs]
            at = _taken(self._posting, stems, _sums(kept, part))
            self.docs[at] = new_docs[part.docs[kept]]
            self.frequencies[at] = part.frequencies[kept]
            at = _taken(self._token, stems, _sums(part.frequencies * kept, part))
            kept = kept.repeat(part.frequencies)
            self.positions[at] = part.tokens.positions[kept]
            self.forms[at] = new.forms[_forms_of(part, field.form_starts)[kept]]
        self._number_of_docs += int(field.live.sum())


def _taken(nexts: Ints, stems: Ints, counts: Ints) -> Ints:
    """Return the next places of stems, so many of each, and go on after them."""
    starts = nexts[stems]
    nexts[stems] = starts + counts
    return ranges(starts, starts + counts)


def _values_of(sources: Sequence[_Source]) -> dict[str, Array]:
    """Return the doc values of the live articles."""
    found: dict[str, list[Array]] = {name: [] for name in (*NUMBERS, *VALUE_FIELDS)}
    known = {name: Numbering() for name in VALUE_FIELDS}
    for each in sources:
        values = each.segment.values
        live = dict.fromkeys(found, each.articles) | {"length": each.units, "sentences": each.units}
        live["sentence_start"] = each.units.repeat(values["sentences"])
        for name, numbers in found.items():
            numbers.append(values[name][live[name]])
        for name, places in known.items():
            listed = [places[value] for value in each.segment.listed_values[name]]
            found[name][-1] = np.array([*listed, -1])[found[name][-1]]  # the last stands for no value
    joined = {name: np.concatenate(numbers, dtype=np.int64) for name, numbers in found.items()}
    units = np.concatenate([each.segment.units_of[each.articles] for each in sources])
    joined["first_doc"] = units.cumsum() - units
    ids = [article_id for each in sources for article_id in each.segment.ids_of(each.articles)]
    return value_arrays(joined, ids, {name: list(places) for name, places in known.items()})
