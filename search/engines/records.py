"""Article <-> bytes, as an index keeps it: everything but the texts of its units, which are stored with each unit."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby

import orjson

from search.articles import (
    BYLINE,
    DATELINE,
    DIGEST,
    FIELD,
    LINE,
    PATH,
    SENTENCE,
    Article,
    Dateline,
    Origins,
    Paragraph,
    Source,
)
from search.engines.base import LEAD, ArticleTexts, Card

# Nearly every article has these origins and no others: a letter for each. A field of the value's own name is "f".
_LETTERS = {
    None: "-", f"{FIELD}author": "a", BYLINE: "b", DATELINE: "d", DIGEST: "g", LINE: "l", PATH: "p", SENTENCE: "s",
    f"{FIELD}topics": "t",
}  # fmt: skip
_ORIGINS = {letter: origin for origin, letter in _LETTERS.items()}
_OWN_FIELD = "f"
_ORIGIN_NAMES = tuple(field.name for field in fields(Origins))
# Of an article, what its card has too.
_OF_CARD = ("id", "title", "title_derived", "date", "place", "country", "agency", "byline", "section", "source")
_DATE, _SOURCE = Card._fields.index("date"), Card._fields.index("source")
# Kept where there is such a value.
_KEPT_OF_ARTICLES = ("kicker", "place_written")


def article_record(article: Article) -> bytes:
    """Return what is kept of an article beside its paragraphs' texts: a line for its card, a line for the rest."""
    source, dateline = article.source, article.dateline
    rest = {
        "topics": article.topics,
        "dateline": dateline and [dateline.text, dateline.start, dateline.end],
        "origins": _short_origins(article.origins),
        "spans": _gaps(article.paragraphs),
        "headline": article.headline is not None,
        **{name: value for name in _KEPT_OF_ARTICLES if (value := getattr(article, name)) is not None},
    }
    values = [*(getattr(article, name) for name in _OF_CARD), len(article.paragraphs)]
    values[_SOURCE] = [source.path, source.sha256, source.start, source.end]
    return orjson.dumps(values) + b"\n" + orjson.dumps(rest)


def _short_origins(origins: Origins) -> str | list[str]:
    """Return the origins in their order: as a word of letters where each has one, else as a list."""
    short = [_short_origin(name, getattr(origins, name)) for name in _ORIGIN_NAMES]
    return "".join(short) if max(map(len, short)) == 1 else short


def _short_origin(name: str, origin: str | None) -> str:
    return _OWN_FIELD if origin == FIELD + name else _LETTERS.get(origin) or str(origin)


def _origins(short: str | list[str]) -> Origins:
    return Origins(*(_origin(name, letter) for name, letter in zip(_ORIGIN_NAMES, short, strict=True)))


def _origin(name: str, short: str) -> str | None:
    return FIELD + name if short == _OWN_FIELD else _ORIGINS.get(short, short)


def _gaps(paragraphs: Sequence[Paragraph]) -> list[tuple[int, int, int]]:
    """Return the paragraphs' spans as what is not known from their texts: mostly the same numbers, so many times."""
    before = (0, *(paragraph.end for paragraph in paragraphs))
    gaps = (
        (paragraph.start - end, paragraph.end - paragraph.start - len(paragraph.text))
        for paragraph, end in zip(paragraphs, before, strict=False)
    )
    return [(*gap, sum(1 for _ in same)) for gap, same in groupby(gaps)]


def _spans(gaps: Sequence[tuple[int, int, int]], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    end = 0
    each = ((gap, beyond) for gap, beyond, times in gaps for _ in range(times))
    for (gap, beyond), text in zip(each, texts, strict=True):
        start = end + gap
        end = start + len(text) + beyond
        yield start, end


def article_texts(article: Article) -> ArticleTexts:
    """Return what is prepared of an article."""
    texts = tuple([unit.text for unit in article.units])
    return ArticleTexts(article.title, texts, article_record(article))


def read_card(record: bytes) -> Card:
    """Return the card of an article."""
    values = orjson.loads(record[: record.index(b"\n")])
    if values[_DATE]:
        values[_DATE] = datetime.date.fromisoformat(values[_DATE])
    values[_SOURCE] = Source(*values[_SOURCE])
    return Card(*values)


def with_lead(record: bytes, article: Article) -> bytes:
    """Return a record with how the first paragraph begins, for an engine that reads texts one by one."""
    return record + b"\n" + orjson.dumps(article.paragraphs[0].text[:LEAD])


def read_lead(record: bytes) -> str:
    """Return how the first paragraph begins, of a record that has it."""
    return str(orjson.loads(record.split(b"\n")[2]))


def read_article(record: bytes, texts: Sequence[str]) -> Article:
    """Return the article of a record and the texts of its units."""
    card, known = read_card(record), orjson.loads(record.split(b"\n")[1])
    headline, texts = (texts[0], texts[1:]) if known["headline"] else (None, texts)
    return Article(
        **{name: getattr(card, name) for name in _OF_CARD},
        **{name: known.get(name) for name in _KEPT_OF_ARTICLES},
        headline=headline,
        topics=tuple(known["topics"]),
        dateline=Dateline(*known["dateline"]) if known["dateline"] else None,
        origins=_origins(known["origins"]),
        paragraphs=tuple(
            Paragraph(number, text, *span)
            for number, (text, span) in enumerate(zip(texts, _spans(known["spans"], texts), strict=True), 1)
        ),
    )
