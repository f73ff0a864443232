"""Serve the terms and postings of a segment to Whoosh: its terms reader, its cursor over terms, its matcher."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.formats import Format
from whoosh.matching.mcore import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo

from search.engines.sorted_arrays import Ints
from search.engines.whoosh.arrays import Array
from search.engines.whoosh.segment import Segment
from search.engines.whoosh.strings import Dictionary

WORDS, STEMS = "words", "stems"
_POSITION = np.dtype("<u4")


class PackedPositions(Format):
    """Positions as little-endian 32-bit numbers; Whoosh's own formats pickle them."""

    def __init__(self) -> None:
        super().__init__(field_boost=1.0)

    def decode_frequency(self, valuestring: bytes) -> int:
        """Return how many positions there are."""
        return len(valuestring) // _POSITION.itemsize

    def decode_weight(self, valuestring: bytes) -> float:
        """Return the weight of a posting: its frequency."""
        return float(self.decode_frequency(valuestring))

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """Return the positions."""
        positions: list[int] = np.frombuffer(valuestring, _POSITION).tolist()
        return positions


class Terms(base.TermsReader):
    """Reads the terms of both fields: a term is (field, UTF-8)."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._dictionaries = {STEMS: segment.stems, WORDS: segment.words}

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return name in self._dictionaries and self.doc_frequency(name, text) > 0

    def cursor(self, fieldname: str, fieldobj: object) -> "_Cursor":  # noqa: ARG002 - Whoosh hands the field over; its name is enough
        """Return what walks the terms of a field."""
        return _Cursor(self._dictionaries[fieldname])

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms in order."""
        for name in sorted(self._dictionaries):
            yield from self._terms_of(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the terms from one on, those of the fields after it too."""
        yield from self._terms_of(fieldname, prefix)
        for name in sorted(self._dictionaries):
            if name > fieldname:
                yield from self._terms_of(name, b"")

    def _terms_of(self, name: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        dictionary = self._dictionaries[name]
        for index in range(dictionary.bisect(prefix), len(dictionary)):
            # A term of titles alone is no term of the text.
            if self._doc_freq(name, index):
                yield name, dictionary.bytes_at(index)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield all terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield the terms from one on with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return the statistics of a term.

        Raises:
            KeyError: the text does not have it.
        """
        docs, frequencies, _ = self._postings(fieldname, self._index(fieldname, text))
        if not len(docs):
            raise KeyError(text)
        lengths = self._segment.text.lengths[docs]
        return TermInfo(
            float(frequencies.sum()), len(docs), int(lengths.min()), int(lengths.max()), float(frequencies.max()),
            int(docs[0]), int(docs[-1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return how often a term occurs; raises KeyError as `term_info` does."""
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many documents hold a term; 0 where none does."""
        index = self._dictionaries[fieldname].find(text.decode())
        return 0 if index is None else self._doc_freq(fieldname, index)

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields that have terms."""
        return sorted(self._dictionaries)

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: Any = None) -> "_Postings":
        """Return a matcher of a term's postings."""
        index = self._index(fieldname, text)
        postings = self._postings(fieldname, index)
        return _Postings((fieldname, text), postings, format_=format_, scorer=scorer)

    def _index(self, fieldname: str, text: bytes) -> int:
        index = self._dictionaries[fieldname].find(text.decode())
        if index is None:
            raise KeyError(text)
        return index

    def _doc_freq(self, fieldname: str, index: int) -> int:
        text = self._segment.text
        return text.doc_freq(index) if fieldname == STEMS else text.word_doc_freq(index)

    def _postings(self, fieldname: str, index: int) -> tuple[Ints, Ints, Array]:
        """Return the documents, frequencies and positions of a term; a word is those of its stem in its form."""
        segment, text = self._segment, self._segment.text
        found = text.find(index if fieldname == STEMS else int(segment.word_stems[index]))
        frequencies = text.frequencies(found.at)
        tokens = text.tokens(found.at, frequencies)
        if fieldname == STEMS:
            return found.docs, frequencies.astype(np.int64), tokens.positions
        is_form = (tokens.forms >> 1) == segment.word_forms[index]
        counts = np.bincount(np.arange(len(found.docs)).repeat(frequencies)[is_form], minlength=len(found.docs))
        held = counts.nonzero()[0]
        return found.docs[held], counts[held], tokens.positions[is_form]


class _Cursor(base.FieldCursor):
    """Walks the terms of a field in order, as Whoosh's automata do."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._at = 0

    def first(self) -> str | None:
        """Go to the first term."""
        self._at = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        """Go to the first term that is not before one."""
        self._at = self._dictionary.bisect(term if isinstance(term, bytes) else term.encode())
        return self.text()

    def next(self) -> str | None:
        """Go to the next term."""
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """Return the term here; None behind the last one."""
        return self._dictionary[self._at] if self._at < len(self._dictionary) else None

    term = text


class _Postings(LeafMatcher):
    """Walks the postings of one term; scores every document, for Whoosh's skipping of blocks is unsound."""

    def __init__(
        self, term: tuple[str, bytes], found: tuple[Array, Ints, Array], *, format_: Format, scorer: Any
    ) -> None:
        self._term = term
        self._found = found
        self._docs, self._frequencies, self._positions = found
        self._ends = np.cumsum(self._frequencies)
        self.format = format_
        self.scorer = scorer
        self._at = 0

    def is_active(self) -> bool:
        """Whether there is a posting here."""
        return self._at < len(self._docs)

    def reset(self) -> None:
        """Go to the first posting."""
        self._at = 0

    def copy(self) -> "_Postings":
        """Return a matcher at the same posting."""
        other = _Postings(self._term, self._found, format_=self.format, scorer=self.scorer)
        other._at = self._at
        return other

    def replace(self, minquality: float = 0) -> LeafMatcher:  # noqa: ARG002 - no posting is skipped for its quality
        """Return this matcher."""
        return self

    def supports_block_quality(self) -> bool:
        """Whether postings may be skipped for their quality: never."""
        return False

    def id(self) -> int:
        """Return the document here."""
        return int(self._docs[self._at])

    def next(self) -> None:
        """Go to the next posting."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:  # noqa: A002 - Whoosh calls it by this name
        """Go to the first posting that is not before a document."""
        if not self.is_active():
            raise ReadTooFar
        if id > self.id():
            self._at += int(self._docs[self._at :].searchsorted(np.asarray(id, self._docs.dtype)))

    def weight(self) -> float:
        """Return the frequency here."""
        return float(self._frequencies[self._at])

    def value(self) -> bytes:
        """Return the positions here, packed."""
        end = int(self._ends[self._at])
        positions = self._positions[end - int(self._frequencies[self._at]) : end]
        return positions.astype(_POSITION).tobytes()

    def all_ids(self) -> Iterator[int]:
        """Yield all documents."""
        return iter(self._docs.tolist())
