"""Tantivy as inverted index and store: which units hold a word, and an article's record with its texts.

Written by one thread in one commit, read by one searcher that is never reloaded. Words come joined by spaces from our
own analysis, and its tokenizer only cuts them apart again; positions are not among what it can be asked for, so they
are kept beside it (see `token_file`), and it indexes none. Every document has its number: a segment's order is none.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import tantivy

from search.engines.columns import Ints
from search.errors import EngineError, IndexDamaged

FIELDS = ("words", "title")
# In code points. Tantivy leaves terms of more than 65,530 bytes out in silence; nobody types them, but counts hold.
LONGEST_WORD = 15_000
_TOKENIZER = "whitespace"
# A segment is written whenever so much was gathered; each one more costs a little on every question.
_WRITER_BYTES = 700_000_000
_LOCKS = ".tantivy-*.lock"
# What the library raises.
_FAILURES = (ValueError, RuntimeError, OSError)


def version() -> str:
    """Return the version of the library with that of its files' format."""
    return str(vars(tantivy)["__version__"]).removeprefix("tantivy ")  # missing in its stub


class StoreWriter:
    """Writes one index into an empty folder; nothing is readable before `commit`."""

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        for name in FIELDS:
            builder.add_text_field(name, tokenizer_name=_TOKENIZER, index_option="basic")
        builder.add_unsigned_field("number", fast=True)
        builder.add_unsigned_field("first", indexed=True)
        builder.add_bytes_field("article", stored=True)
        index = tantivy.Index(builder.build(), path=str(folder))
        _register_tokenizer(index)
        self._folder = folder
        self._writer: tantivy.IndexWriter | None = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        self.documents = 0

    def add(self, texts: Mapping[str, str], article: bytes | None) -> None:
        """Add a paragraph: the words of each field it has, joined by spaces; an article's first brings its record."""
        assert self._writer is not None
        document = tantivy.Document()
        for name, words in texts.items():
            document.add_text(name, words)
        document.add_unsigned("number", self.documents)
        if article is not None:
            document.add_unsigned("first", self.documents)
            document.add_bytes("article", article)
        self._writer.add_document(document)
        self.documents += 1

    def commit(self) -> None:
        """Write everything in one go, and leave no file behind that the index does not need.

        Raises:
            EngineError: the library failed.
        """
        assert self._writer is not None
        try:
            self._writer.commit()
            self._writer.garbage_collect_files()
            self._writer.wait_merging_threads()
        except _FAILURES as error:
            raise EngineError(f"Tantivy could not write {self._folder} ({error}); run the rebuild again.") from error
        finally:
            self._writer = None
        for lock in self._folder.glob(_LOCKS):
            lock.unlink()
        # Some files it makes are for us alone; the index is for whom its folder is.
        for path in self._folder.iterdir():
            path.chmod(self._folder.stat().st_mode & 0o666)

    def cancel(self) -> None:
        """Drop everything that was added."""
        self._writer = None


class StoreReader:
    """Reads an index that was committed. Safe for threads."""

    def __init__(self, folder: Path, terms: Callable[[Sequence[str]], Sequence[str]] = tuple) -> None:
        """Open an index; `terms` gives those of some words, as far as there are any, or is the words themselves."""
        self._folder = folder
        self._terms = terms
        try:
            self._schema, self._searcher = _opened(folder)
        except _FAILURES as error:
            raise IndexDamaged(f"{folder} cannot be read ({error}); run: dateline rebuild") from error
        self.documents = int(self._searcher.num_docs)

    def holding(self, field: str, words: Sequence[str]) -> Ints:
        """Return the numbers, in order, of the documents that hold one of these words."""
        terms = self._terms(words)
        most = self.documents if len(terms) > 1 else self._frequency(field, terms)
        if not most:
            return np.empty(0, np.int64)
        found = self._searcher.search(
            self._query(field, terms), most, count=False, order_by_field="number", order=tantivy.Order.Asc
        )
        return np.array([number for number, _ in found.hits], np.int64)

    def count(self, field: str, words: Sequence[str]) -> int:
        """Return how many documents hold one of these words."""
        terms = self._terms(words)
        if len(terms) <= 1:
            return self._frequency(field, terms)
        return int(self._searcher.search(self._query(field, terms), 1).count)  # type: ignore[attr-defined]  # missing in its stub

    def _frequency(self, field: str, terms: Sequence[str]) -> int:
        return sum(int(self._searcher.doc_freq(field, term)) for term in terms)

    def words(self, field: str) -> list[tuple[str, int]]:
        """Return every term of a field, and the number of documents that hold it."""
        return self._searcher.terms_with_prefix(field, "")

    def article(self, number: int) -> bytes:
        """Return the record of the article whose first paragraph has this number."""
        found = self._searcher.search(tantivy.Query.term_query(self._schema, "first", number), 1, count=False)
        ((_, address),) = found.hits
        article = self._searcher.doc(address).get_first("article")
        assert article is not None
        return bytes(article)

    def _query(self, field: str, terms: Sequence[str]) -> tantivy.Query:
        if len(terms) == 1:
            return tantivy.Query.term_query(self._schema, field, terms[0], "basic")
        return tantivy.Query.term_set_query(self._schema, field, terms)


def _opened(folder: Path) -> tuple[tantivy.Schema, tantivy.Searcher]:
    """Open an index, also where it may only be read."""
    try:
        return _opened_as_it_is(folder)
    except _FAILURES:
        # Opening writes a lock, perhaps where that may not be: then beside links, of which what is open needs none.
        with tempfile.TemporaryDirectory(prefix="dateline-") as links:
            for path in folder.resolve().iterdir():
                if not path.match(_LOCKS):
                    Path(links, path.name).symlink_to(path)
            return _opened_as_it_is(Path(links))


def _opened_as_it_is(folder: Path) -> tuple[tantivy.Schema, tantivy.Searcher]:
    index = tantivy.Index.open(str(folder))
    # An index that never changes needs nobody to watch for changes.
    index.config_reader(reload_policy="manual")
    _register_tokenizer(index)
    return index.schema, index.searcher()


def _register_tokenizer(index: tantivy.Index) -> None:
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENIZER, analyzer)
