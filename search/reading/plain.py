"""Read one plain-text file into an Article. Text in, one Article out; knows no encoding and no engine.

The form: an optional `date YYYY-MM-DD` (alone in its line or before the dateline), an optional title in a
line of its own, `By NAME` lines, then paragraphs, the first of which may open with a dateline, which stays in its
text. A title is
taken only where what follows it makes it one (a blank line, a byline, a dateline, the date), never from the
midst of running text.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

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
from search.reading import agencies, identifiers, titles
from search.reading.context import ReadingContext
from search.reading.cutting import cut_spans
from search.reading.dateline import Opening, read_opening
from search.reading.dates import DateError, PartialDateError, check_date, read_date
from search.reading.layout import Line, ends_like_a_sentence, lines_of, paragraph_spans

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
    note: str | None = None
    headline: list[str] = field(default_factory=list)
    body: int = 0


def read_plain(text: str, *, name: str, sha256: str, context: ReadingContext) -> Iterator[Article | Note]:
    """The article that `text` is, after any notes on it. `name` is the file's path below SOURCE.

    Raises ArticleError where it is none: no text, or a date that cannot be.
    """
    try:
        top = _read_top(text, context.today)
        opening, spans, cut = _open(text, top)
        date = _dated(top, opening, context.today)
    except DateError as error:
        raise ArticleError(name, str(error)) from error
    if not spans:
        raise ArticleError(name, "has no text below its opening")
    paragraphs = tuple(
        Paragraph(number, " ".join(text[start:end].split()), start, end) for number, (start, end) in enumerate(spans, 1)
    )
    if cut:
        yield Note(name, cut, kind=NoteKind.PARAGRAPH_CUT)
    if top.note:
        yield Note(name, top.note, kind=NoteKind.DATE_INCOMPLETE)
    if reason := date_note(opening, date):
        yield Note(name, reason, kind=NoteKind.DATE_CONFLICT if date else NoteKind.DATE_INCOMPLETE)
    dateline = Dateline(text[opening.start : opening.end], opening.start, opening.end) if opening else None
    byline, agency = split_byline(top.byline, opening.agency if opening else None)
    yield Article(
        id=identifiers.for_text(name),
        title=top.title or titles.first_story_sentence(paragraphs, dateline),
        title_derived=top.title is None,
        date=date,
        place=opening.place if opening else None,
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
            date=(LINE if top.date else DATELINE) if date else None,
            place=DATELINE if opening and opening.place else None,
            agency=agency and agency_origin(opening),
            byline=byline and LINE,
        ),
        headline="\n".join(top.headline) or None,
    )


def _open(text: str, top: _Top) -> tuple[Opening | None, list[tuple[int, int]], str | None]:
    """The dateline, with offsets into `text`, the paragraphs' spans, and what to note of long ones."""
    spans, cut = cut_spans(text, paragraph_spans(lines_of(text, top.body)))
    if not spans:
        return None, [], None
    start, end = spans[0]
    opening = read_opening(text[start:end])
    if opening is None:
        return None, spans, cut
    moved = replace(opening, start=start + opening.start, end=start + opening.end, rest=start + opening.rest)
    return moved, spans, cut


def _dated(top: _Top, opening: Opening | None, today: datetime.date) -> datetime.date | None:
    """The header's day, which wins, or a dateline's that has its year."""
    if top.has_date or opening is None or opening.day is None or opening.day.year is None:
        return top.date
    return check_date(datetime.date(opening.day.year, opening.day.month, opening.day.day), today=today)


def date_note(opening: Opening | None, date: datetime.date | None) -> str | None:
    """What to report on a dateline's day: that the date given is another, or that it lacks a year."""
    day = opening.day if opening else None
    if day is None or (date is not None and day.agrees(date)):
        return None
    if date is None:
        return "its dateline has a day but no year, so it has no date: give it one, such as `date 2024-08-24`"
    written = f"{day.year or date.year}-{day.month:02}-{day.day:02}"
    return f"its date is {date}, but its dateline says {written}; {date} is kept"


def split_byline(byline: str | None, agency: str | None) -> tuple[str | None, str | None]:
    """Byline and agency: one at the byline's end ("NAME, Reuters") is the agency, unless there is another."""
    name, comma, last = (byline or "").rpartition(",")
    known = agencies.spelled(last.strip()) if comma and agencies.is_known(last.strip()) else None
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


def _read_top(text: str, today: datetime.date) -> _Top:
    """Take date, title and bylines off the top; `body` is where the rest begins."""
    top = _Top()
    lines = [line for line in lines_of(text[:_TOP]) if not line.blank]
    while lines:
        line = lines[0]
        if not top.has_date and (rest := _take_date(line, top, today)):
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


def _take_date(line: Line, top: _Top, today: datetime.date) -> int | None:
    """Read a `date` header into `top`; where the line goes on after it, or None where there is none."""
    match = _DATE.match(line.text[0].lower() + line.text[1:])
    if match is None or not _DATE_BEGINS.match(match["date"]):
        return None
    if line.text[0] == "D" and ":" not in match[0] and not match["date"][:4].isdecimal():
        return None  # "Date 7 was ..." is a sentence; "date 7/23/17" a header gone wrong
    top.has_date = True
    try:
        top.date = read_date(match["date"], today=today)
    except PartialDateError as error:
        top.note = str(error)
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
    if byline_in(following.text) or read_opening(text[following.start : following.start + 400]) is not None:
        return True
    blank_between = len(lines_of(text[line.end : following.start + 1])) > 2
    set_off = blank_between or following.indent >= line.indent + 2
    return set_off or bool(_DATE.match(following.text))
