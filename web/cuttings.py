"""Paragraph ids that a basket holds -> cuttings: the paragraphs with their neighbours, or word that they are gone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from search.answering.answer import article_path
from search.answering.parameters import SearchParameters
from search.answering.service import SearchService
from search.articles import Article, Paragraph
from search.errors import ArticleNotFound
from web.citing import citation_parts
from web.fragments import fragments_of, passage_path

# What a basket holds at most; a longer list is no basket any more but an export of a search.
MOST = 200
LONGEST_NOTE = 1_000
LONGEST_TITLE = 300
_LONGEST_ID = 220
_ID = re.compile(r"(?P<article>\S+)#p(?P<number>0|[1-9][0-9]{0,6})", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class CuttingsError(ValueError):
    """What was asked for cannot be made into cuttings; its text says what to send instead."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paragraph as a basket keeps it: its id, the source's sha256 and the title when it was marked, and a note."""

    id: str
    article_id: str
    number: int
    sha256: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Cutting:
    """A paragraph (or the headline) with its neighbours and its citation.

    `path` leads to it and has a browser mark its words; `short_path` only leads to it. `changed` tells that the source
    is another than when the paragraph was marked.
    """

    wanted: Wanted
    article: Article
    paragraph: Paragraph
    before: Paragraph | None
    after: Paragraph | None
    citation: tuple[str, ...]
    path: str
    short_path: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """A paragraph that the archive does not hold any more."""

    wanted: Wanted


def read_wanted(form: MultiDict[str, str]) -> tuple[Wanted, ...]:
    """Read the paragraphs a form asks for: `paragraph` for each, and `sha256`, `title`, `note` for each or for none.

    Raises:
        CuttingsError: none, too many, or one that cannot be a paragraph's id.
    """
    ids = form.getlist("paragraph")
    if not ids:
        raise CuttingsError("There is nothing to cut out: send the ids of paragraphs, such as paragraph=story-17#p3.")
    if len(ids) > MOST:
        raise CuttingsError(f"These are {len(ids):,} paragraphs; a basket holds {MOST}. Send fewer.")
    beside = [_beside(form, name, len(ids)) for name in ("sha256", "title", "note")]
    return tuple(_wanted(*each) for each in zip(ids, *beside, strict=True))


def _beside(form: MultiDict[str, str], name: str, count: int) -> Sequence[str]:
    values = form.getlist(name) or [""] * count
    if len(values) != count:
        raise CuttingsError(f"There are {count} paragraphs but {len(values)} of {name}: send one for each, or none.")
    return values


def _wanted(paragraph_id: str, sha256: str, title: str, note: str) -> Wanted:
    known = _ID.fullmatch(paragraph_id) if len(paragraph_id) <= _LONGEST_ID else None
    if known is None:
        raise CuttingsError(f"{paragraph_id[:80]!r} is no paragraph's id: write the article's id, #p and a number.")
    if sha256 and not _SHA256.fullmatch(sha256):
        raise CuttingsError(f"{sha256[:80]!r} is no SHA-256: send 64 hexadecimal digits, or nothing.")
    note = note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise CuttingsError(f"The note on {paragraph_id} is longer than {LONGEST_NOTE:,} characters: shorten it.")
    return Wanted(paragraph_id, known["article"], int(known["number"]), sha256, title[:LONGEST_TITLE], note)


def collect(service: SearchService, wanted: Sequence[Wanted]) -> Iterator[Cutting | Gone]:
    """Yield each paragraph as a cutting, in order, or word that it is gone.

    Raises:
        EngineError: there is no index, or it cannot be opened.
    """
    articles = {article_id: _found(service, article_id) for article_id in {each.article_id for each in wanted}}
    fragments = {
        article_id: dict(enumerate(("p0", *fragments_of(article))))
        for article_id, article in articles.items()
        if article
    }
    units = {
        article_id: {unit.number: unit for unit in article.units} for article_id, article in articles.items() if article
    }
    for each in wanted:
        article = articles[each.article_id]
        if article is None or each.number not in units[each.article_id]:
            yield Gone(each)
        else:
            yield _cutting(each, article, units[each.article_id], fragments[each.article_id][each.number])


def _found(service: SearchService, article_id: str) -> Article | None:
    try:
        return service.article(article_id, SearchParameters()).article
    except ArticleNotFound:
        return None


def _cutting(wanted: Wanted, article: Article, units: Mapping[int, Paragraph], fragment: str) -> Cutting:
    return Cutting(
        wanted=wanted,
        article=article,
        paragraph=units[wanted.number],
        before=units.get(wanted.number - 1),
        after=units.get(wanted.number + 1),
        citation=citation_parts(article, wanted.number),
        path=passage_path(article.id, fragment),
        short_path=article_path(article.id, wanted.number),
        changed=bool(wanted.sha256) and wanted.sha256 != article.source.sha256,
    )
