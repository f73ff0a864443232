"""Whoosh as a store: postings with positions, and stored fields, written in one go and read through public readers.

whoosh3 is young and nearly of one author, so it does only what it does well. What it is not asked to do, each measured
to go wrong: rank (its top-k is unsound), refresh a reader (it serves deleted documents), write in parallel (it loses
documents in silence), update or delete, analyse (its stop filter closes gaps in phrases).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from whoosh.fields import STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Format

from search.engines.columns import Ints
from search.errors import IndexDamaged

# A word's bytes, how often it stands in the text, and its positions as little-endian 32 bit numbers.
Posting = tuple[bytes, int, float, bytes]

# The words of paragraphs and of titles, and those of them that were written in capitals.
POSTINGS_FIELDS = ("words", "capitals", "title", "title_capitals")
POSITION = np.dtype("<u4")
# What is gathered before it is sorted and spilt to disk; spilling doubles the time, and this stays below a gigabyte.
_WRITER_MEMORY_MB = 512
_LOW_POSITIONS = tuple(position.to_bytes(POSITION.itemsize, "little") for position in range(1_000))


class PositionsFormat(Format):
    """A posting's value is its positions, packed; Whoosh's own formats pickle them."""

    def __init__(self) -> None:
        super().__init__(field_boost=1.0)

    def decode_frequency(self, valuestring: bytes) -> int:
        """Return how many positions there are."""
        return len(valuestring) // POSITION.itemsize

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """Return the positions."""
        return [int(position) for position in np.frombuffer(valuestring, POSITION)]


class PostingsField(FieldType):
    """A field that is given its postings ready-made, so that the one analysis is ours."""

    def __init__(self) -> None:
        self.format = PositionsFormat()
        self.analyzer = None
        self.scorable = False
        self.stored = False
        self.unique = False
        self.vector = None
        self.spelling = False
        self.column_type = None
        self.multitoken_query = "default"

    def index(self, value: Iterable[Posting], **_: Any) -> Iterator[Posting]:  # type: ignore[override]  # it is given postings, not text
        """Return the postings as they were given."""
        return iter(value)

    def clean(self) -> None:
        """Do nothing: there is no analyzer to reset."""


def pack_postings(words: Iterable[str]) -> list[Posting]:
    """Return the postings of a text's words."""
    return _packed(zip(words, _packed_positions(), strict=False))


def pack_capitals(words: Sequence[str], places: Iterable[int]) -> list[Posting]:
    """Return the postings of those of a text's words, in small letters, that stand at some of its places."""
    return _packed((words[place].lower(), place.to_bytes(POSITION.itemsize, "little")) for place in places)


def _packed(placed: Iterable[tuple[str, bytes]]) -> list[Posting]:
    positions: dict[str, bytes] = {}
    for word, packed in placed:
        positions[word] = positions.get(word, b"") + packed
    return [(word.encode(), len(packed) // POSITION.itemsize, 1.0, packed) for word, packed in positions.items()]


def _packed_positions() -> Iterator[bytes]:
    """Yield 0, 1, 2 ... packed; the low ones, which nearly every text has, from a table."""
    yield from _LOW_POSITIONS
    for position in count(len(_LOW_POSITIONS)):
        yield position.to_bytes(POSITION.itemsize, "little")


class StoreWriter:
    """Writes one index into an empty folder; nothing is readable before `commit`."""

    def __init__(self, folder: Path) -> None:
        schema = Schema(**{name: PostingsField() for name in POSTINGS_FIELDS}, text=STORED, article=STORED)
        index = FileStorage(str(folder)).create_index(schema)
        self._writer = index.writer(limitmb=_WRITER_MEMORY_MB)
        self.documents = 0
        self.postings = 0

    def add(self, postings: Mapping[str, list[Posting]], text: str, article: bytes | None) -> None:
        """Add a paragraph with its postings in each of POSTINGS_FIELDS it has words in.

        The first of an article brings the title's postings and the article's record.

        After a failure the writer can only be cancelled: going on would shift what later documents hold.
        """
        # Whoosh finds out in the middle of a document, and cannot be cancelled cleanly from there.
        if not isinstance(text, str) or not isinstance(article, bytes | None):
            raise TypeError("What Whoosh stores is text and bytes; it would pickle anything else.")
        self._writer.add_document(**postings, text=text, article=article)
        self.documents += 1
        self.postings += sum(map(len, postings.values()))

    def commit(self) -> None:
        """Write everything in one go."""
        self._writer.commit(merge=False)

    def cancel(self) -> None:
        """Drop everything that was added; after a commit that failed there is nothing left to drop."""
        if not self._writer.is_closed:
            self._writer.cancel()


class StoreReader:
    """Reads an index that was committed. Its files are opened once and asked one at a time; it is never refreshed."""

    def __init__(self, folder: Path) -> None:
        self._lock = Lock()
        try:
            self._index = FileStorage(str(folder)).open_index()
            self._reader = self._index.reader()
            self.documents = int(self._reader.doc_count())
            if self.documents:
                self._stored(0)  # opens the file of stored fields, which may be pruned later
        except Exception as error:  # raised again as ours
            # Reading a folder that is just being pruned raises anything that unpickling half a file can raise.
            raise IndexDamaged(f"{folder} cannot be read ({error!r}); run: dateline rebuild") from error

    def positions(self, field: str, word: str) -> tuple[Ints, Ints, Ints]:
        """Return the documents that hold a word, how often, and its positions in them, one document after the other."""
        documents: list[int] = []
        values: list[bytes] = []
        with self._lock:
            if (field, word) in self._reader:
                matcher = self._reader.postings(field, word.encode())
                while matcher.is_active():
                    documents.append(matcher.id())
                    values.append(matcher.value())
                    matcher.next()
        frequencies = np.fromiter((len(value) // POSITION.itemsize for value in values), np.int64, len(values))
        return (
            np.array(documents, np.int64),
            frequencies,
            np.frombuffer(b"".join(values), POSITION).astype(np.int64),
        )

    def words(self, field: str) -> Iterator[tuple[str, int]]:
        """Yield every word of a field and the number of documents that hold it."""
        with self._lock:
            words = [(word, self._reader.doc_frequency(field, word)) for word in self._reader.lexicon(field)]
        return ((word.decode(), int(frequency)) for word, frequency in words)

    def record(self, first: int) -> bytes:
        """Return the record of the article whose first paragraph is this document."""
        return bytes(self._stored(first)["article"])

    def text(self, first: int, index: int) -> str:
        """Return the text of an article's unit; the index of its first one is 0."""
        return str(self._stored(first + index)["text"])

    def texts(self, first: int, units: int) -> list[str]:
        """Return the texts of all units of an article, which has that many."""
        return [self.text(first, index) for index in range(units)]

    def _stored(self, document: int) -> dict[str, Any]:
        with self._lock:
            return dict(self._reader.stored_fields(document))

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._reader.close()
            self._index.close()
