"""Tantivy asked directly: the limit of what an engine on it can do, with the same fields and the bare search.

A question becomes the nearest query of tantivy's own. Two are not quite ours: `phrase_query` with slop knows no words
in reverse order, and a value of a field must be the whole value. A prefix is a regular expression, because
`phrase_prefix_query` stops at fifty words without saying so.
"""

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tantivy
from corpus import VALUE_FIELDS, rows
from questions import Question, Shape
from tantivy import FieldType, Occur, Query

SIZE = 20
_HEAP = 256_000_000


def build(analysed: Path, folder: Path) -> None:
    """Build an index of the analysed paragraphs."""
    folder.mkdir(parents=True)
    index = tantivy.Index(schema(), path=str(folder))
    writer = index.writer(_HEAP)
    for row in rows(analysed):
        writer.add_document(_document(row))
    writer.commit()
    writer.wait_merging_threads()


def schema() -> tantivy.Schema:
    """Return the fields: words and stems with positions, text and what is shown of it stored, values fast."""
    builder = tantivy.SchemaBuilder()
    for name in ("words", "stems"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("text", "title"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("article_id", *VALUE_FIELDS):
        builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("number", stored=True, fast=True)
    builder.add_date_field("date", stored=True, indexed=True, fast=True)
    return builder.build()


class RawTantivy:
    """An index that was built, open for asking. `stem` is that of the archive's analysis."""

    def __init__(self, folder: Path, stem: Callable[[str], str]) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self._stem = stem

    def search(self, question: Question) -> tuple[int, list[dict[str, list[Any]]]]:
        """Return how many paragraphs there are and the stored fields of the best."""
        found = self._searcher.search(self._query(question), SIZE, count=True)
        return found.count, [self._searcher.doc(address).to_dict() for _, address in found.hits]

    def _query(self, question: Question) -> Query:
        text = self._text_query(question)
        filters = [Query.term_query(self._schema, name, value) for name, value in question.filters]
        if question.start and question.end:
            filters.append(self._days(question.start, question.end))
        return _all([text, *map(_unscored, filters)]) if filters else text

    def _text_query(self, question: Question) -> Query:
        words = list(question.words)
        stems = [self._stem(word) for word in words]
        match question.shape:
            case Shape.PATTERN:
                return Query.regex_query(self._schema, "words", _regex(words[0]))
            case Shape.PHRASE:
                return Query.phrase_query(self._schema, "words", words)
            case Shape.NEAR:
                return Query.phrase_query(self._schema, "stems", stems, slop=question.distance)
        terms = [Query.term_query(self._schema, "stems", stem) for stem in stems]
        if question.shape is Shape.ANY:
            return Query.boolean_query([(Occur.Should, term) for term in terms])
        return terms[0] if len(terms) == 1 else _all(terms)

    def _days(self, start: datetime.date, end: datetime.date) -> Query:
        midnight = datetime.time(tzinfo=datetime.UTC)
        first, last = datetime.datetime.combine(start, midnight), datetime.datetime.combine(end, midnight)
        return Query.range_query(self._schema, "date", FieldType.Date, first, last)


def _document(row: dict) -> tantivy.Document:
    document = tantivy.Document()
    for name in ("words", "stems", "text", "title", "article_id", *VALUE_FIELDS):
        if row[name]:
            document.add_text(name, row[name])
    document.add_unsigned("number", row["number"])
    if row["date"]:
        document.add_date("date", datetime.datetime.fromisoformat(row["date"]).replace(tzinfo=datetime.UTC))
    return document


def _all(queries: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _regex(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
