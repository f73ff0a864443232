"""An article -> how it is cited: for reference managers (RIS, BibTeX, CSL-JSON) and in its page (COinS, tags, JSON-LD).

All are written from one `Citation`, and none says more than the article does: a byline is taken as it stands, never cut
into first and last names. The agency is what a newspaper's name is elsewhere, for that is what wire copy is cited by.

There are libraries for each of these formats (tests read everything back with rispy, pybtex and citeproc-py), but none
writes record after record as they come, and none knows that a byline is no name.
"""

import datetime
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from search.articles import Source
from web.words import showable

_SPACE = re.compile(r"\s+")
_KEY_UNSAFE = re.compile(r"[^a-z0-9._/-]")
_KEY_DIGITS = 8
# What BibTeX would take for a command; a brace that is only escaped would still be counted.
_LATEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_"},
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


class Cited(Protocol):
    """What is cited: an article, or its card."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def title_derived(self) -> bool:
        """Whether its title is its first sentence."""

    @property
    def date(self) -> datetime.date | None:
        """Its day."""

    @property
    def place(self) -> str | None:
        """Its place."""

    @property
    def agency(self) -> str | None:
        """Its agency."""

    @property
    def byline(self) -> str | None:
        """Its byline."""

    @property
    def section(self) -> str | None:
        """Its section."""

    @property
    def source(self) -> Source:
        """Where it was read from."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What all formats are written from: texts without line breaks; `key` is the same whenever the article is cited."""

    key: str
    title: str
    date: datetime.date | None
    place: str | None
    agency: str | None
    byline: str | None
    section: str | None
    note: str
    url: str
    accessed: datetime.date


def citation_of(article: Cited, url: str, accessed: datetime.date) -> Citation:
    """Return how an article is cited that was read at an address on a day."""
    derived = "Title taken from the first sentence. " if article.title_derived else ""
    source = f"Source file: {article.source.path} (SHA-256: {article.source.sha256})"
    return Citation(
        key=citation_key(article.id),
        title=_line(article.title),
        date=article.date,
        place=_optional_line(article.place),
        agency=_optional_line(article.agency),
        byline=_optional_line(article.byline),
        section=_optional_line(article.section),
        note=_line(derived + source),
        url=url,
        accessed=accessed,
    )


def citation_key(article_id: str) -> str:
    """Return a key that every program takes: an article's id, or something like it that is as unique.

    Keys that differ in capitals alone are one key to BibTeX.
    """
    safe = _KEY_UNSAFE.sub("-", article_id.lower())
    if safe == article_id:
        return safe
    return f"{safe}-{hashlib.sha256(article_id.encode()).hexdigest()[:_KEY_DIGITS]}"


def ris(citation: Citation) -> str:
    """Return a citation as an RIS record, with the line ends that RIS asks for and an empty line after it."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _ris_lines(citation)) + "\r\n"


def bibtex(citation: Citation) -> str:
    """Return a citation as a BibTeX entry: an `article` of its agency, or, where that is not known, `misc`."""
    kind = "article" if citation.agency else "misc"
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _bibtex_fields(citation))
    return f"@{kind}{{{citation.key},\n{fields}}}\n\n"


def csl(citation: Citation) -> dict[str, Any]:
    """Return a citation as a CSL-JSON item."""
    item = {
        "id": citation.key,
        "type": "article-newspaper",
        "title": citation.title,
        "author": citation.byline and [{"literal": citation.byline}],
        "container-title": citation.agency,
        "publisher": citation.agency,
        "publisher-place": citation.place,
        "section": citation.section,
        "issued": citation.date and _date_parts(citation.date),
        "URL": citation.url,
        "accessed": _date_parts(citation.accessed),
        "note": citation.note,
    }
    return {name: value for name, value in item.items() if value}


def coins(citation: Citation) -> str:
    """Return a citation as the title of a `span class="Z3988"`: OpenURL 1.0 (Z39.88-2004), as Zotero writes it."""
    pairs = [
        ("url_ver", "Z39.88-2004"),
        ("ctx_ver", "Z39.88-2004"),
        ("rfr_id", "info:sid/dateline"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "newspaperArticle"),
        ("rft.title", citation.title),
        ("rft.source", citation.agency),
        ("rft.publisher", citation.agency),
        ("rft.place", citation.place),
        ("rft.date", citation.date and citation.date.isoformat()),
        ("rft.au", citation.byline),
        ("rft.subject", citation.section),
        ("rft.description", citation.note),
        ("rft.identifier", citation.url),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def dublin_core(citation: Citation) -> list[tuple[str, str]]:
    """Return a citation as names and contents of `meta` elements."""
    pairs = [
        ("DC.type", "newspaperArticle"),
        ("DC.title", citation.title),
        ("DC.creator", citation.byline),
        ("DC.publisher", citation.agency),
        ("DC.source", citation.agency),
        ("DC.coverage", citation.place),
        ("DC.date", citation.date and citation.date.isoformat()),
        ("DC.subject", citation.section),
        ("DC.identifier", citation.url),
    ]
    return [(name, value) for name, value in pairs if value]


def news_article(citation: Citation, dateline: str | None, sha256: str) -> dict[str, Any]:
    """Return a citation as schema.org's NewsArticle; `dateline` is as it was written, else it is the place."""
    value = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": citation.title,
        "dateline": _optional_line(dateline) or citation.place,
        "datePublished": citation.date and citation.date.isoformat(),
        "locationCreated": citation.place and {"@type": "Place", "name": citation.place},
        "author": citation.byline and {"@type": "Person", "name": citation.byline},
        "sourceOrganization": citation.agency and {"@type": "NewsMediaOrganization", "name": citation.agency},
        "articleSection": citation.section,
        "url": citation.url,
        "mainEntityOfPage": citation.url,
        "identifier": {"@type": "PropertyValue", "propertyID": "SHA-256", "value": sha256},
    }
    return {name: part for name, part in value.items() if part}


def _ris_lines(citation: Citation) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    yield "ID", citation.key
    yield "TI", citation.title
    if citation.byline:
        # What stands behind a comma would become a first name.
        yield "AU", citation.byline.replace(", ", " – ").replace(",", " – ")
    if citation.agency:
        yield "T2", citation.agency
        yield "PB", citation.agency
    if citation.place:
        yield "CY", citation.place
    if citation.date:
        yield "PY", f"{citation.date:%Y}"
        yield "DA", f"{citation.date:%Y/%m/%d}/"
    if citation.section:
        yield "SE", citation.section
    yield "UR", citation.url
    yield "Y2", f"{citation.accessed:%Y/%m/%d}/"
    yield "N1", citation.note
    yield "ER", ""


def _bibtex_fields(citation: Citation) -> Iterator[tuple[str, str]]:
    # Second braces keep a title's capitals, and a byline from being read as names.
    yield "title", f"{{{_latex(citation.title)}}}"
    if citation.byline:
        yield "author", f"{{{_latex(citation.byline)}}}"
    if citation.agency:
        yield "journal", _latex(citation.agency)
        yield "entrysubtype", "newspaper"
    if citation.place:
        yield "address", _latex(citation.place)
    if citation.date:
        yield "date", citation.date.isoformat()
        yield "year", f"{citation.date:%Y}"
        yield "month", f"{citation.date:%m}"
    if citation.section:
        yield "keywords", _latex(citation.section)
    yield "url", citation.url  # read as it stands
    yield "urldate", citation.accessed.isoformat()
    yield "note", _latex(citation.note)


def _date_parts(day: datetime.date) -> dict[str, Any]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _latex(text: str) -> str:
    return text.translate(_LATEX)


def _line(text: str) -> str:
    return _SPACE.sub(" ", showable(text)).strip()


def _optional_line(text: str | None) -> str | None:
    return _line(text) or None if text else None
