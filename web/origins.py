"""Article -> the rows of its record: what is known, and in words where each value was found."""

from collections.abc import Iterator
from dataclasses import dataclass

from search.answering.parameters import SearchParameters
from search.articles import BYLINE, DATELINE, DIGEST, FIELD, LINE, PATH, SENTENCE, Article
from web import words
from web.addresses import search_address

_WORDS = {
    DATELINE: "from the dateline that opens the text",
    BYLINE: "from the end of the byline",
    SENTENCE: "taken from the first sentence",
    PATH: "from the path of the file",
    DIGEST: "made of the file’s path and a digest of the text",
}
_LINES = {
    "title": "from the line above the text",
    "date": "from “date” at the head of the file",
    "byline": "from the line “By …” above the text",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the record; `href` searches for all articles that share it, `origin` says where it was found."""

    label: str
    value: str | None
    origin: str | None
    href: str | None = None


def record_rows(article: Article) -> tuple[Row, ...]:
    """Return what is known of an article, and where each value was found."""
    return tuple(_rows(article))


def _rows(article: Article) -> Iterator[Row]:
    origins = article.origins
    everything = SearchParameters()
    if origins.title:
        yield Row("Title", None, origin_words("title", origins.title))
    day = article.date
    yield Row(
        "Date",
        words.day(day) if day else "not known",
        origin_words("date", origins.date),
        search_address(everything, from_=day.isoformat(), to=day.isoformat()) if day else None,
    )
    for name in ("place", "agency", "section"):
        value = getattr(article, name)
        if value:
            href = search_address(everything, **{name: (value,)})
            yield Row(name.capitalize(), value, origin_words(name, getattr(origins, name)), href)
        if name == "place":
            yield from _more_of_place(article)
    if article.byline:
        yield Row("Byline", article.byline, origin_words("byline", origins.byline))
    if article.topics:
        yield Row("Topics", ", ".join(article.topics), None)
    if article.dateline:
        yield Row("Dateline, as written", article.dateline.text, None)
    yield Row("Identifier", article.id, origin_words("id", origins.id))


def _more_of_place(article: Article) -> Iterator[Row]:
    if article.place_written and article.place_written != article.place:
        yield Row("Place, as written", article.place_written, None)
    if article.country:
        quoted = article.country.replace('"', "")
        href = search_address(SearchParameters(q=f'country:"{quoted}"'))
        yield Row("Country", article.country, None, href)


def origin_words(name: str, origin: str | None) -> str | None:
    """Return in words where the value of this name was found; None where nobody said."""
    if origin is None:
        return None
    if origin.startswith(FIELD):
        return f"from the record’s field “{origin.removeprefix(FIELD)}”"
    return _LINES[name] if origin == LINE else _WORDS.get(origin, origin)
