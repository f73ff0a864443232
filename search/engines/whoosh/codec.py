"""Serve a segment to Whoosh: its readers, searchers and queries run over our arrays through its codec seam.

The reading half of a codec only: a terms reader, a reader of what is stored of each document, a matcher of postings.
Fields are `words` (as tokenized) and `stems`, at the same positions, and stored metadata. Whoosh's own way of writing,
its table of contents and its caches are not used, so nothing is unpickled.

Not to be used of Whoosh: `AndNot` (it finds what it should exclude where that begins before what is wanted: write
`And` with `Not`), and `Searcher.refresh`. A ranked search with a limit is unsound where Whoosh skips blocks, so the
matchers here support no block quality.
"""

from collections.abc import Sequence
from typing import Any

from whoosh import fields
from whoosh.codec import base
from whoosh.filedb.filestore import RamStorage
from whoosh.reading import IndexReader, MultiReader, SegmentReader

from search.engines.evaluator.doc_values import DocValues
from search.engines.records import read_card
from search.engines.whoosh.segment import Segment
from search.engines.whoosh.terms import STEMS, WORDS, PackedPositions, Terms
from search.engines.whoosh.texts import Texts

_FROM_CARD = ("title", "place", "agency", "section", "byline")
_STORED = ("article_id", "date", *_FROM_CARD)


def schema() -> fields.Schema:
    """Return the schema of a segment as Whoosh is told it."""
    indexed = {name: fields.TEXT(phrase=True, stored=False) for name in (WORDS, STEMS)}
    for field in indexed.values():
        field.format = PackedPositions()
    return fields.Schema(**indexed, paragraph=fields.STORED(), **dict.fromkeys(_STORED, fields.STORED()))


def open_reader(segments: Sequence[Segment], doc_values: DocValues) -> IndexReader:
    """Return Whoosh's reader of some segments: a document for each headline and paragraph, in the order of all."""
    first_unit, texts = 0, Texts(segments)
    readers: list[IndexReader] = []
    for number, segment in enumerate(segments):
        readers.append(
            SegmentReader(RamStorage(), schema(), _WhooshSegment(number, segment, doc_values, texts, first_unit))
        )
        first_unit += len(segment.text.lengths)
    return readers[0] if len(readers) == 1 else MultiReader(readers)


class _WhooshSegment(base.Segment):
    """What Whoosh asks of a segment as a whole."""

    def __init__(self, number: int, segment: Segment, doc_values: DocValues, texts: Texts, first_unit: int) -> None:
        self.indexname, self.segid, self.compound = "dateline", str(number), False
        self.opened = segment
        self.doc_values = doc_values
        self.texts = texts
        self.first_unit = first_unit

    def codec(self) -> base.Codec:
        """Return the codec that reads it."""
        return _Codec()

    def doc_count_all(self) -> int:
        """Return how many documents it has."""
        return len(self.opened.text.lengths)

    def deleted_count(self) -> int:
        """Return 0: a segment's documents are never deleted."""
        return 0

    def deleted_docs(self) -> frozenset[int]:
        """Return none, as above."""
        return frozenset()

    def is_deleted(self, docnum: int) -> bool:  # noqa: ARG002 - of no document is it true
        """Whether a document was deleted: never."""
        return False

    def delete_document(self, *_: Any) -> None:
        """Refuse: what is written is written.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError


class _Codec(base.Codec):
    """The reading half of a codec; segments are written in bulk, by `building`."""

    def per_document_writer(self, *_: Any) -> Any:
        """Refuse, as all that writes does.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError

    field_writer = postings_writer = postings_reader = new_segment = per_document_writer

    def terms_reader(self, storage: object, segment: _WhooshSegment) -> Terms:  # noqa: ARG002 - Whoosh hands its storage over; ours is mapped
        """Return what reads terms and postings."""
        return Terms(segment.opened)

    def per_document_reader(self, storage: object, segment: _WhooshSegment) -> "_Documents":  # noqa: ARG002 - Whoosh hands it over here too
        """Return what reads documents."""
        return _Documents(segment)


class _Documents(base.PerDocumentReader):
    """Reads what is known of each document."""

    def __init__(self, segment: _WhooshSegment) -> None:
        self._doc_values = segment.doc_values
        self._texts = segment.texts
        self._first_unit = segment.first_unit
        self._lengths = segment.opened.text.lengths

    def doc_count(self) -> int:
        """Return how many documents there are."""
        return len(self._lengths)

    doc_count_all = doc_count

    def has_deletions(self) -> bool:
        """Whether documents were deleted: never."""
        return False

    def is_deleted(self, docnum: int) -> bool:  # noqa: ARG002 - of no document is it true
        """Whether a document was deleted: never."""
        return False

    def deleted_docs(self) -> frozenset[int]:
        """Return the documents that were deleted: none."""
        return frozenset()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:  # noqa: ARG002 - every document has a length
        """Return the length of a document in tokens."""
        return int(self._lengths[docnum])

    def field_length(self, fieldname: str) -> int:  # noqa: ARG002 - both fields have the same tokens
        """Return the length of all documents in tokens."""
        return int(self._lengths.sum())

    def min_field_length(self, fieldname: str) -> int:  # noqa: ARG002 - both fields have the same tokens
        """Return the length of the shortest document."""
        return int(self._lengths.min(initial=0))

    def max_field_length(self, fieldname: str) -> int:  # noqa: ARG002 - both fields have the same tokens
        """Return the length of the longest document."""
        return int(self._lengths.max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, object]:
        """Return the metadata of a document: its article's, and its number within it (0 is the headline)."""
        doc_values = self._doc_values
        unit = docnum + self._first_unit
        article = int(doc_values.article_of[unit])
        first = int(doc_values.first_doc[article])
        card = read_card(self._texts.record(article, first))
        date = card.date and card.date.isoformat()
        stored = {"article_id": card.id, "date": date, **{name: getattr(card, name) for name in _FROM_CARD}}
        return {**stored, "paragraph": unit - first + int(doc_values.first_number[article])}
