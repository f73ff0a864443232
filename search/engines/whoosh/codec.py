"""Serve a segment to Whoosh: its readers, searchers and queries run over our arrays through its codec seam.

The reading half of a codec only: a terms reader, a reader of what is stored of each document, a matcher of postings.
Fields are `words` (as tokenized) and `stems`, at the same positions, and stored metadata. Whoosh's own way of writing,
its table of contents and its caches are not used, so nothing is unpickled.

Not to be used of Whoosh: `AndNot` (it finds what it should exclude where that begins before what is wanted: write
`And` with `Not`), and `Searcher.refresh`. A ranked search with a limit is unsound where Whoosh skips blocks, so the
matchers here support no block quality.
"""

from typing import Any

from whoosh import fields
from whoosh.codec import base
from whoosh.filedb.filestore import RamStorage
from whoosh.reading import IndexReader, MultiReader, SegmentReader

from search.engines.records import read_card
from search.engines.whoosh.commit import Commit
from search.engines.whoosh.live import LiveSegment
from search.engines.whoosh.terms import STEMS, WORDS, PackedPositions, Terms

_FROM_CARD = ("title", "place", "agency", "section", "byline")
_STORED = ("article_id", "date", *_FROM_CARD)


def schema() -> fields.Schema:
    """Return the schema of a segment as Whoosh is told it."""
    indexed = {name: fields.TEXT(phrase=True, stored=False) for name in (WORDS, STEMS)}
    for field in indexed.values():
        field.format = PackedPositions()
    return fields.Schema(**indexed, paragraph=fields.STORED(), **dict.fromkeys(_STORED, fields.STORED()))


def open_reader(commit: Commit) -> IndexReader:
    """Return Whoosh's reader of a commit: a document for each headline and paragraph, in the order of all."""
    segments = map(_WhooshSegment, commit.segments)
    readers: list[IndexReader] = [SegmentReader(RamStorage(), schema(), each) for each in segments]
    return readers[0] if len(readers) == 1 else MultiReader(readers)


class _WhooshSegment(base.Segment):
    """What Whoosh asks of a segment as a whole."""

    def __init__(self, segment: LiveSegment) -> None:
        self.indexname, self.segid, self.compound = "dateline", segment.name, False
        self.live = segment
        self.opened = segment.segment

    def codec(self) -> base.Codec:
        """Return the codec that reads it."""
        return _Codec()

    def doc_count_all(self) -> int:
        """Return how many documents it has."""
        return self.opened.units

    def deleted_count(self) -> int:
        """Return how many of them were deleted."""
        return len(self.deleted_docs())

    def deleted_docs(self) -> frozenset[int]:
        """Return those that were deleted."""
        live = self.live.live_units
        return frozenset(() if live is None else (~live).nonzero()[0].tolist())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document was deleted."""
        return self.live.live_units is not None and not self.live.live_units[docnum]

    def delete_document(self, *_: Any) -> None:
        """Refuse: an update deletes articles, no reader does.

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
        self._whoosh = segment
        self._segment = segment.opened
        self._lengths = segment.opened.text.lengths

    def doc_count(self) -> int:
        """Return how many documents there are that were not deleted."""
        return self.doc_count_all() - self._whoosh.deleted_count()

    def doc_count_all(self) -> int:
        """Return how many documents there are."""
        return len(self._lengths)

    def has_deletions(self) -> bool:
        """Whether documents were deleted."""
        return self._whoosh.live.live_units is not None

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document was deleted."""
        return self._whoosh.is_deleted(docnum)

    def deleted_docs(self) -> frozenset[int]:
        """Return the documents that were deleted."""
        return self._whoosh.deleted_docs()

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
        values = self._segment.values
        article = int(values["first_doc"].searchsorted(docnum, "right")) - 1
        first = int(values["first_doc"][article])
        card = read_card(self._segment.stored(first + article))
        date = card.date and card.date.isoformat()
        stored = {"article_id": card.id, "date": date, **{name: getattr(card, name) for name in _FROM_CARD}}
        return {**stored, "paragraph": docnum - first + int(values["first_number"][article])}
