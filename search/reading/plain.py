"""Read one plain-text file into an Article. Text in, one Article out; knows no encoding and no engine.

The form: an optional `date YYYY-MM-DD` (alone in its line or before the dateline), an optional title in a
line of its own, `By NAME` lines, then paragraphs, the first of which may open with a dateline, which stays in its
text. A title is
taken only where what follows it makes it one (a blank line, a byline, a dateline, the date), never from the
midst of running text.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from search.articles import (
    BYLINE,
    DATELINE,
    LINE,
    PATH,
    SENTENCE,
    Article,
    Dateline,
    Note,
    NoteKind,
    Origins,
    Paragraph,
    Source,
)
from search.errors import ArticleError
from search.reading import agencies, identifiers, places, titles
from search.reading.context import ReadingContext
from search.reading.cutting import cut_spans
from search.reading.dateline import Opening, moved, read_opening
from search.reading.dateline_parts import Day
from search.reading.dates import DateError
from search.reading.dating import date_from, date_note, date_origin
from search.reading.layout import Line, ends_like_a_sentence, lines_of, paragraph_spans
from search.reading.locating import MOST_LINES, is_furniture, lines_of_paragraphs, locate
from search.reading.written_dates import read_date

LONGEST_TITLE = 150
_TOP = 6000  # code points in which to look for all that stands above the first paragraph
_DATE = regex.compile(r"date:?[ \t]{1,8}(?P<date>\S{1,40})[ \t]{0,40}")
_DATE_BEGINS = regex.compile(r"(?:\p{Nd}|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$)")
_WORD = (
    r"(?:\p{Lu}[\p{L}\p{M}.'’\-]*|a|an|and|at|bin|correspondent|de|della?|der|desk|editor|for|in|of|our"
    r"|reporters?|special|staff|the|to|van|von|writers?)"
)
_BYLINE = regex.compile(rf"(?:By|BY)\s{{1,4}}(?P<name>{_WORD}(?:,?\s{{1,3}}{_WORD}){{0,11}})")


@dataclass(slots=True)
class _Top:
    """What stands above the first paragraph, as it is found."""

    date: datetime.date | None = None
    has_date: bool = False
    title: str | None = None
    byline: str | None = None
    unread: DateError | None = None
    headline: list[str] = field(default_factory=list)
    body: int = 0


def read_plain(text: str, *, name: str, sha256: str, context: ReadingContext) -> Iterator[Article | Note]:
    """The article that `text` is, after any notes on it. `name` is the file's path below SOURCE.

    Raises ArticleError where it has no text.
    """
    top = _read_top(text, context)
    opening, spans, bare, cut = _open(text, top, context)
    if not spans:
        raise ArticleError(name, "has no text below its opening")
    paragraphs = tuple(
        Paragraph(number, " ".join(text[start:end].split()), start, end) for number, (start, end) in enumerate(spans, 1)
    )
    if cut:
        yield Note(name, cut, kind=NoteKind.PARAGRAPH_CUT)
    date = top.date or date_from(opening, bare, top.unread, context)
    if note := date_note(opening, date, top.unread):
        yield Note(name, note[0], kind=note[1])
    dateline = Dateline(text[opening.start : opening.end], opening.start, opening.end) if opening else None
    byline, agency = split_byline(top.byline, opening.agency if opening else None, context.agencies)
    place = places.resolve(opening.written, context.survey) if opening and opening.written else None
    yield Article(
        id=identifiers.for_text(name),
        title=top.title or titles.first_story_sentence(paragraphs, dateline),
        title_derived=top.title is None,
        date=date,
        place=place.name if place else None,
        agency=agency,
        byline=byline,
        section=None,
        topics=(),
        dateline=dateline,
        source=Source(name, sha256, 0, len(text)),
        paragraphs=paragraphs,
        origins=Origins(
            id=PATH,
            title=LINE if top.title else SENTENCE,
            date=(LINE if top.date else date_origin(opening, top.unread, context)) if date else None,
            place=DATELINE if place else None,
            agency=agency and agency_origin(opening),
            byline=byline and LINE,
        ),
        headline="\n".join(top.headline) or None,
        country=place.country if place else None,
        place_written=opening.written if opening else None,
    )


def _open(
    text: str, top: _Top, context: ReadingContext
) -> tuple[Opening | None, list[tuple[int, int]], Day | None, str | None]:
    """The dateline, the paragraphs' spans, the day of a date in a line before them, what to note of long paragraphs.

    A line within a paragraph that begins with the dateline begins a paragraph of its own.
    """
    spans, cut = cut_spans(text, paragraph_spans(lines_of(text, top.body)))
    first = spans[:MOST_LINES]
    located = locate(lines_of_paragraphs(text[start:end] for start, end in first), context)
    if located.opening is None:
        return None, spans, located.day, cut
    begin = spans[located.index][0] + located.line
    before = len(text[:begin].rstrip())
    opening = moved(located.opening, spans[located.index][0])
    return opening, _parted(spans, before=before, begin=begin) if located.line else spans, located.day, cut


def _parted(spans: Sequence[tuple[int, int]], *, before: int, begin: int) -> list[tuple[int, int]]:
    """The spans where that which holds `begin` is two, one up to `before` and one from `begin` on."""
    parted: list[tuple[int, int]] = []
    for start, end in spans:
        parted.extend([(start, before), (begin, end)] if start < begin < end else [(start, end)])
    return parted


def split_byline(byline: str | None, agency: str | None, extra: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Byline and agency: one at the byline's end ("NAME, Reuters") is the agency, unless there is another."""
    name, comma, last = (byline or "").rpartition(",")
    known = agencies.spelled(last.strip(), extra) if comma and agencies.is_known(last.strip(), extra) else None
    if known and agency in {None, known}:
        return name.strip(), known
    return byline, agency


def agency_origin(opening: Opening | None) -> str:
    """Where an agency that nobody gave was found: in the dateline or, as `split_byline` does, in the byline."""
    return DATELINE if opening and opening.agency else BYLINE


def byline_in(line: str) -> str | None:
    """The name in a `By NAME` line; None for any other line, such as a sentence that begins with "By"."""
    match = _BYLINE.fullmatch(line) if len(line) <= 100 else None
    return " ".join(match["name"].split()).rstrip(",") if match and not _is_sentence(match["name"]) else None


def _is_sentence(name: str) -> bool:
    return ends_like_a_sentence(name) and not regex.search(r"\b(?:Jr|Sr|\p{Lu})\.$", name)


def _read_top(text: str, context: ReadingContext) -> _Top:
    """Take date, title and bylines off the top; `body` is where the rest begins."""
    top = _Top()
    lines = [line for line in lines_of(text[:_TOP]) if not line.blank]
    while lines:
        line = lines[0]
        if not top.has_date and (rest := _take_date(line, top, context)):
            lines[:1] = lines_of(text[: line.end], rest) if rest < line.end else []
            top.body = rest
            continue
        byline = byline_in(line.text)
        if byline and len(lines) > 1:
            top.byline = f"{top.byline}, {byline}" if top.byline else byline
        elif top.title is None and top.byline is None and _is_title(text, lines):
            top.title = " ".join(line.text.split())
        else:
            break
        top.headline.append(" ".join(line.text.split()))
        top.body = line.end
        del lines[0]
    return top


def _take_date(line: Line, top: _Top, context: ReadingContext) -> int | None:
    """Read a `date` header into `top`; where the line goes on after it, or None where there is none."""
    match = _DATE.match(line.text[0].lower() + line.text[1:])
    if match is None or not _DATE_BEGINS.match(match["date"]):
        return None
    if line.text[0] == "D" and ":" not in match[0] and not match["date"][:4].isdecimal():
        return None  # "Date 7 was ..." is a sentence; "date 7/23/17" a header gone wrong
    top.has_date = True
    try:  # all of the line ("date 11 March 2016")
        top.date = read_date(line.text[match.start("date") :], context=context)
    except DateError as unread:
        top.unread = unread
    else:
        return line.end
    try:  # what stands before a dateline ("date 2016-03-11 Lima (AFP)")
        top.date, top.unread = read_date(match["date"], context=context), None
    except DateError as unread:
        top.unread = unread
    return line.start + int(match.end())


def _is_title(text: str, lines: list[Line]) -> bool:
    """Whether the first line is a title: short, no sentence, and set off by what follows it."""
    if len(lines) < 2 or len(lines[0].text) > LONGEST_TITLE or not any(map(str.isalpha, lines[0].text)):
        return False
    line, following = lines[0], lines[1]
    if line.text[0].islower() or ends_like_a_sentence(line.text) or line.text.endswith((",", ";", ":", "-")):
        return False
    if read_opening(line.text) is not None or titles.sentence_end(line.text) is not None:
        return False
    if (
        byline_in(following.text)
        or is_furniture(following.text)
        or read_opening(text[following.start : following.start + 400]) is not None
    ):
        return True
    blank_between = len(lines_of(text[line.end : following.start + 1])) > 2
    set_off = blank_between or following.indent >= line.indent + 2
    return set_off or bool(_DATE.match(following.text))
