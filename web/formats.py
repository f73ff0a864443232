"""Hits and citations -> the bytes of an export, piece by piece: CSV, JSON, NDJSON, RIS, BibTeX, CSL-JSON.

Each writer takes the whole answer to a search and yields its export as the hits come; none holds more than one hit.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from search.answering.answer import Whole, WholeHit, answer_json, article_path, hit_json
from web.citations import Citation, bibtex, csl, ris

Cite = Callable[[WholeHit], Citation]
# What a spreadsheet begins a formula by, also behind white space; full-width forms are taken for the same signs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NO_FORMULA = "'"
# Excel takes a file for UTF-8 by it alone; programs know it as "utf-8-sig".
_BYTE_ORDER_MARK = "\ufeff"
CSV_COLUMNS = (
    "rank", "score", "id", "article_id", "paragraph", "of", "more", "title", "title_derived", "date", "place", "agency",
    "byline", "section", "text", "link", "source_path", "source_sha256", "source_start", "source_end",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be written: the answer, where the archive is served, and how an article of it is cited."""

    whole: Whole
    host: str
    cite: Cite


@dataclass(frozen=True, slots=True)
class Format:
    """How an export is written and called; one of articles has each once, however the search is grouped."""

    kind: str
    content_type: str
    write: Callable[[Job], Iterator[str | bytes]]
    label: str
    of_articles: bool = False


def _csv(job: Job) -> Iterator[str]:
    """Yield rows as RFC 4180 has them."""
    yield _BYTE_ORDER_MARK + csv_row(CSV_COLUMNS)
    for hit in job.whole.hits:
        yield csv_row(_cells(hit, job.host))


def _cells(hit: WholeHit, host: str) -> list[object]:
    card, source = hit.card, hit.card.source
    path = article_path(card.id, hit.paragraph)
    return [
        hit.rank, round(hit.score, 6), f"{card.id}#p{hit.paragraph}", card.id, hit.paragraph, card.of, hit.more,
        card.title, str(card.title_derived).lower(), card.date and card.date.isoformat(), card.place, card.agency,
        card.byline, card.section, hit.text, host.rstrip("/") + path, source.path, source.sha256, source.start,
        source.end,
    ]  # fmt: skip


def csv_row(cells: Sequence[object]) -> str:
    """Return a row: None is an empty cell, and no text is taken for a formula."""
    row = io.StringIO()
    csv.writer(row).writerow([defused(cell) if isinstance(cell, str) else cell for cell in cells])
    return row.getvalue()


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before it where it might be one.

    That is what OWASP recommends against formula injection; a program takes the apostrophe off again.
    """
    return _NO_FORMULA + text if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _ndjson(job: Job) -> Iterator[bytes]:
    for hit in job.whole.hits:
        yield orjson.dumps(hit_json(hit.show())) + b"\n"


def _json(job: Job) -> Iterator[bytes]:
    """Yield the answer of the search endpoint with all hits in their place."""
    before = b"{"
    for name, value in answer_json(job.whole.answer).items():
        yield before + orjson.dumps(name) + b":"
        if name == "hits":
            yield from _array(orjson.dumps(hit_json(hit.show())) for hit in job.whole.hits)
        else:
            yield orjson.dumps(value)
        before = b","
    yield b"}\n"


def _array(items: Iterable[bytes]) -> Iterator[bytes]:
    before = b"["
    for item in items:
        yield before + item
        before = b",\n"
    yield b"]" if before != b"[" else b"[]"


def _ris(job: Job) -> Iterator[str]:
    return map(ris, _citations(job))


def _bibtex(job: Job) -> Iterator[str]:
    return map(bibtex, _citations(job))


def _csl(job: Job) -> Iterator[bytes]:
    yield from _array(orjson.dumps(csl(citation)) for citation in _citations(job))
    yield b"\n"


def _citations(job: Job) -> Iterator[Citation]:
    return map(job.cite, job.whole.hits)


FORMATS = {
    each.kind: each
    for each in (
        Format("csv", "text/csv; charset=utf-8; header=present", _csv, "CSV"),
        Format("ndjson", "application/x-ndjson", _ndjson, "NDJSON"),
        Format("json", "application/json; charset=utf-8", _json, "JSON"),
        Format("ris", "application/x-research-info-systems; charset=utf-8", _ris, "RIS", of_articles=True),
        Format("bib", "application/x-bibtex; charset=utf-8", _bibtex, "BibTeX", of_articles=True),
        Format("csl.json", "application/vnd.citationstyles.csl+json", _csl, "CSL-JSON", of_articles=True),
    )
}
CITATION_KINDS = tuple(each.kind for each in FORMATS.values() if each.of_articles)


def cited(citation: Citation, kind: str) -> bytes:
    """Return one citation as a whole file of a kind."""
    writers: dict[str, Callable[[Citation], Any]] = {
        "ris": lambda each: ris(each).encode(),
        "bib": lambda each: bibtex(each).encode(),
        "csl.json": lambda each: orjson.dumps([csl(each)]) + b"\n",
    }
    written: bytes = writers[kind](citation)
    return written
