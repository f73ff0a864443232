"""Read a plain text into an Article. Text in, one Article out; knows no encoding and no engine.

What is above the first paragraph (front matter, header, date, labels, title, bylines) is top.py's. The rest are
paragraphs, the first of which may open with a dateline, which stays in its text. Where a file has several articles
(several.py) each is read by itself.
"""

import datetime
from collections.abc import Iterator
from dataclasses import replace

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
from search.reading.dateline import Opening, read_opening
from search.reading.dates import DateError, PartialDateError, check_date
from search.reading.hyphens import KnownWords, joined
from search.reading.layout import lines_of, paragraph_spans
from search.reading.several import WHOLE, Part
from search.reading.top import Top, byline_in, is_rule, read_top

__all__ = ["agency_origin", "byline_in", "date_note", "read_plain", "split_byline"]


def read_plain(
    text: str, *, name: str, sha256: str, context: ReadingContext, part: Part = WHOLE
) -> Iterator[Article | Note]:
    """The article that `text` is, after any notes on it. `name` is the file's path below SOURCE.

    `part` says which part of its file `text` is; spans count from the beginning of the file. Raises ArticleError where
    there is no text at all.
    """
    top = read_top(text, context, start=part.preamble)
    opening, spans = _open(text, top)
    if not spans and top.titled is None:
        raise ArticleError(name, "has no text below its opening", where=part.where)
    headline = [*_lines_above(text, part), *top.headline]
    known = KnownWords(text, context.survey.words)
    paragraphs = tuple(
        Paragraph(number, joined(text[start:end], known), part.start + start, part.start + end)
        for number, (start, end) in enumerate(spans, 1)
    )
    if not paragraphs and top.titled is not None:  # a title is all the text that there is
        written = next(line for line in headline if (top.title or "") in line)
        headline.remove(written)
        paragraphs = (Paragraph(1, written, part.start + top.titled[0], part.start + top.titled[1]),)
    date, notes = _dated(top, opening, context.today)
    for reason, kind in notes:
        yield Note(name, reason, part.where, kind)
    dateline = _dateline(text, opening, part.start)
    byline, agency = split_byline(top.byline, top.agency or (opening.agency if opening else None))
    yield Article(
        id=identifiers.for_part(name, part.number) if part.number else identifiers.for_text(name),
        title=top.title or titles.first_story_sentence(paragraphs, dateline),
        title_derived=top.title is None,
        date=date,
        place=places.spelled(top.place) if top.place else opening.place if opening else None,
        agency=agency,
        byline=byline,
        section=top.section,
        topics=top.topics,
        dateline=dateline,
        source=Source(name, sha256, part.start, part.start + len(text)),
        paragraphs=paragraphs,
        origins=Origins(
            id=PATH,
            title=LINE if top.title else SENTENCE,
            date=(LINE if top.date else DATELINE) if date else None,
            place=LINE if top.place else DATELINE if opening and opening.place else None,
            agency=agency and (LINE if top.agency else agency_origin(opening)),
            byline=byline and LINE,
            section=top.section and LINE,
        ),
        headline="\n".join(headline) or None,
        kicker=top.kicker,
        place_written=top.place,
    )


def _open(text: str, top: Top) -> tuple[Opening | None, list[tuple[int, int]]]:
    """The dateline, with offsets into `text`, and the paragraphs' spans."""
    spans = paragraph_spans(lines_of(text, top.body))
    if not spans:
        return None, []
    start, end = spans[0]
    opening = read_opening(text[start:end])
    if opening is None:
        return None, spans
    moved = replace(opening, start=start + opening.start, end=start + opening.end, rest=start + opening.rest)
    return moved, spans


def _dated(
    top: Top, opening: Opening | None, today: datetime.date
) -> tuple[datetime.date | None, list[tuple[str, NoteKind]]]:
    """The header's day, or else a dateline's that has its year; and what to report on it."""
    notes: list[tuple[str, NoteKind]] = []
    if top.remark:
        notes.append((top.remark, NoteKind.FIELD_UNREADABLE))
    if top.unread:
        partial = isinstance(top.unread, PartialDateError)
        notes.append((str(top.unread), NoteKind.DATE_INCOMPLETE if partial else NoteKind.DATE_UNREADABLE))
    date = top.date
    if date is None and opening and opening.day and opening.day.year:
        try:
            date = check_date(datetime.date(opening.day.year, opening.day.month, opening.day.day), today=today)
        except DateError as error:
            return None, [*notes, (str(error), NoteKind.DATE_DOUBTFUL)]
    if (date or not top.unread) and (reason := date_note(opening, date)):
        notes.append((reason, NoteKind.DATE_CONFLICT if date else NoteKind.DATE_INCOMPLETE))
    return date, notes


def _lines_above(text: str, part: Part) -> list[str]:
    """The lines above the head of an article that is one of several, rules apart."""
    lines = lines_of(text[: part.preamble]) if part.preamble else []
    return [line.text for line in lines if line.text and not is_rule(line.text)]


def _dateline(text: str, opening: Opening | None, offset: int) -> Dateline | None:
    """The dateline as written, with its span in the file."""
    if opening is None:
        return None
    return Dateline(text[opening.start : opening.end], offset + opening.start, offset + opening.end)


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
