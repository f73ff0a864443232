"""Article <-> bytes, as an index keeps it: everything but the texts of its units, which are stored with each unit."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

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
from search.engines.base import ArticleTexts, Card

# Nearly every article has these origins and no others: a letter for each. A field of the value's own name is "f".
_LETTERS = {
    None: "-", f"{FIELD}author": "a", BYLINE: "b", DATELINE: "d", DIGEST: "g", LINE: "l", PATH: "p", SENTENCE: "s",
    f"{FIELD}topics": "t",
}  # fmt: skip
_ORIGINS = {letter: origin for origin, letter in _LETTERS.items()}
_OWN_FIELD = "f"
_ORIGIN_NAMES = tuple(field.name for field in fields(Origins))
_KEPT_AS_THEY_ARE = ("id", "title", "title_derived", "place", "agency", "byline", "section")
# Kept where there is such a value.
_KEPT_OF_ARTICLES = ("kicker", "country", "place_written")
# Code points of the first paragraph that are kept with the record: more than an excerpt has.
_LEAD = 400


def article_record(article: Article) -> bytes:
    """Return what is kept of an article beside its paragraphs' texts."""
    source, dateline = article.source, article.dateline
    return orjson.dumps(
        {
            "id": article.id,
            "title": article.title,
            "title_derived": article.title_derived,
            "date": article.date,
            "place": article.place,
            "agency": article.agency,
            "byline": article.byline,
            "section": article.section,
            "topics": article.topics,
            "dateline": dateline and [dateline.text, dateline.start, dateline.end],
            "source": [source.path, source.sha256, source.start, source.end],
            "origins": _short_origins(article.origins),
            "spans": _gaps(article.paragraphs),
            **({"lead": article.paragraphs[0].text[:_LEAD]} if article.headline is not None else {}),
            **{name: value for name in _KEPT_OF_ARTICLES if (value := getattr(article, name)) is not None},
        }
    )


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


def _gaps(paragraphs: Sequence[Paragraph]) -> list[tuple[int, int]]:
    """Return the paragraphs' spans as what is not known from their texts: mostly the same small numbers."""
    before = (0, *(paragraph.end for paragraph in paragraphs))
    return [
        (paragraph.start - end, paragraph.end - paragraph.start - len(paragraph.text))
        for paragraph, end in zip(paragraphs, before, strict=False)
    ]


def _spans(gaps: Sequence[tuple[int, int]], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    end = 0
    for (gap, beyond), text in zip(gaps, texts, strict=True):
        start = end + gap
        end = start + len(text) + beyond
        yield start, end


def article_texts(article: Article) -> ArticleTexts:
    """Return what is prepared of an article."""
    texts = tuple([unit.text for unit in article.units])
    return ArticleTexts(article.title, texts, article_record(article))


def read_card(record: bytes) -> Card:
    """Return the card of an article."""
    known = orjson.loads(record)
    return Card(
        **{name: known[name] for name in _KEPT_AS_THEY_ARE},
        date=_day(known),
        source=Source(*known["source"]),
        of=len(known["spans"]),
        country=known.get("country"),
        lead=known.get("lead"),
    )


def read_article(record: bytes, texts: Sequence[str]) -> Article:
    """Return the article of a record and the texts of its units."""
    known = orjson.loads(record)
    headline, texts = (texts[0], texts[1:]) if "lead" in known else (None, texts)
    return Article(
        **{name: known[name] for name in _KEPT_AS_THEY_ARE},
        **{name: known.get(name) for name in _KEPT_OF_ARTICLES},
        headline=headline,
        date=_day(known),
        topics=tuple(known["topics"]),
        dateline=Dateline(*known["dateline"]) if known["dateline"] else None,
        source=Source(*known["source"]),
        origins=_origins(known["origins"]),
        paragraphs=tuple(
            Paragraph(number, text, *span)
            for number, (text, span) in enumerate(zip(texts, _spans(known["spans"], texts), strict=True), 1)
        ),
    )


def _day(known: dict[str, Any]) -> datetime.date | None:
    return datetime.date.fromisoformat(known["date"]) if known["date"] else None
