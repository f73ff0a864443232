"""Read JSON Lines, one article a line, as they stream by. Lines in, Articles and what went wrong out.

A record is `id, title, date, place, agency, byline (or author), section, topics, paragraphs`; other keys are
ignored. Its source is the file's name below SOURCE and the sha256 of the record's own line without its line
end (the whole file's would need a second pass), spanning that line. Spans of its paragraphs and dateline
count code points of the record's text: the paragraphs as written, joined by a blank line (two line feeds).

A dateline at the head of the first paragraph is read where the record gives no place, and fills in what the
record lacks; where the record does give its place, only a dateline that names that very place is read. The
dateline stays in the paragraph's text.
"""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

import orjson

from search.articles import (
    DATELINE,
    DIGEST,
    FIELD,
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
from search.reading.cutting import cut, cuts_noted
from search.reading.dateline import Opening, read_opening
from search.reading.dates import DateError, PartialDateError, check_date, read_date
from search.reading.mojibake import mend_texts
from search.reading.plain import agency_origin, byline_in, date_note, split_byline
from search.reading.records import Record, RecordError, read_record, tidy

LONGEST_LINE = 1 << 26  # bytes; a longer one is no article, and would take the memory

_JOINT = 2  # the two line feeds between paragraphs
_UTF8_MARK = b"\xef\xbb\xbf"


def read_jsonlines(
    lines: Iterable[bytes], *, name: str, context: ReadingContext
) -> Iterator[tuple[Article | Note | ArticleError, str]]:
    """Each record's Article, its Notes before it, or the ArticleError that it is, each with its "line N"."""
    for number, raw in enumerate(lines, 1):
        line = raw.removeprefix(_UTF8_MARK) if number == 1 else raw
        line = line.strip()
        if not line:
            continue
        where = f"line {number}"
        try:
            for reading in _read_line(line, name=name, where=where, context=context):
                yield reading, where
        except (RecordError, DateError) as error:
            yield ArticleError(name, str(error), where=where), where


def _read_line(line: bytes, *, name: str, where: str, context: ReadingContext) -> Iterator[Article | Note]:
    length = _length(line)
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise RecordError(f"is not JSON: {error.msg} at character {error.pos + 1}") from error
    record = read_record(values)
    record, found = _mended(record, context)
    if found:
        yield Note(name, found, where, NoteKind.MOJIBAKE)
    if reason := cuts_noted(record.raw):
        yield Note(name, reason, where, NoteKind.PARAGRAPH_CUT)
    source = Source(name, hashlib.sha256(line).hexdigest(), 0, length)
    date, reason = _date(record, context.today)
    if reason:
        yield Note(name, reason, where, NoteKind.DATE_INCOMPLETE)
    opening = _opening(record)
    if date is None and reason is None and opening and opening.day and opening.day.year:
        date = check_date(datetime.date(opening.day.year, opening.day.month, opening.day.day), today=context.today)
    if reason is None and (reason := date_note(opening, date)):
        yield Note(name, reason, where, NoteKind.DATE_CONFLICT if date else NoteKind.DATE_INCOMPLETE)
    yield _article(record, source, opening, date)


def _mended(record: Record, context: ReadingContext) -> tuple[Record, str | None]:
    """The record with mojibake mended, where that is asked for, and what to note of it."""
    texts, reason = mend_texts([record.title or "", *record.raw])
    if reason is None or not context.mends_mojibake:
        return record, reason
    return replace(record, title=texts[0] or None, raw=texts[1:]), reason


def _length(line: bytes) -> int:
    if len(line) > LONGEST_LINE:
        raise RecordError(f"is longer than {LONGEST_LINE >> 20} MiB, which no article is")
    try:
        return len(line.decode())
    except UnicodeDecodeError as error:
        raise RecordError(f"is not UTF-8 at its byte {error.start + 1}: save the file as UTF-8") from error


def _date(record: Record, today: datetime.date) -> tuple[datetime.date | None, str | None]:
    if record.date is None:
        return None, None
    try:
        return read_date(record.date, today=today), None
    except PartialDateError as error:
        return None, str(error)


def _opening(record: Record) -> Opening | None:
    first = next((text for text in record.raw if text and not text.isspace()), None)
    if first is None:
        return None
    if record.place is None:
        return read_opening(first)
    if first.lstrip()[:3].casefold() != record.place[:3].casefold():
        return None  # spares nearly every record the closer look
    opening = read_opening(first)
    same = opening is not None and (opening.place or "").casefold() == places.spelled(record.place).casefold()
    return opening if same else None


def _article(record: Record, source: Source, opening: Opening | None, date: datetime.date | None) -> Article:
    paragraphs, dateline = _paragraphs(record.raw, opening)
    headline = "\n".join(filter(None, (record.title, record.byline))) or None
    if not paragraphs:
        if record.title is None:
            raise RecordError('has no text: neither "paragraphs" nor "title" say anything')
        headline, paragraphs = None, (Paragraph(1, record.title, 0, len(record.title)),)
    agency = record.agency or (opening.agency if opening else None)
    byline = record.byline and (byline_in(record.byline) or record.byline)
    byline, agency = split_byline(byline, agency and agencies.spelled(agency))
    return Article(
        id=_id(record, source.path, paragraphs),
        title=record.title or titles.first_story_sentence(paragraphs, dateline),
        title_derived=record.title is None,
        date=date,
        place=places.spelled(record.place) if record.place else opening.place if opening else None,
        agency=agency,
        byline=byline,
        section=record.section,
        topics=record.topics,
        dateline=dateline,
        source=source,
        paragraphs=paragraphs,
        origins=Origins(
            id=f"{FIELD}id" if record.id is not None else DIGEST,
            title=f"{FIELD}title" if record.title else SENTENCE,
            date=(f"{FIELD}date" if record.date else DATELINE) if date else None,
            place=f"{FIELD}place" if record.place else DATELINE if opening and opening.place else None,
            agency=agency and (f"{FIELD}agency" if record.agency else agency_origin(opening)),
            byline=byline and f"{FIELD}{record.byline_field}",
            section=record.section and f"{FIELD}{record.section_field}",
        ),
        headline=headline,
    )


def _id(record: Record, path: str, paragraphs: tuple[Paragraph, ...]) -> str:
    if record.id is not None:
        return identifiers.for_record(record.id)
    return identifiers.for_nameless_record(path, record.title, [paragraph.text for paragraph in paragraphs])


def _paragraphs(raw: list[str], opening: Opening | None) -> tuple[tuple[Paragraph, ...], Dateline | None]:
    """The paragraphs that say something, and the dateline that opens the first."""
    paragraphs: list[Paragraph] = []
    dateline = None
    position = 0
    for written in raw:
        text = tidy(written)
        if text and opening is not None and dateline is None:
            start, end = position + opening.start, position + opening.end
            dateline = Dateline(written[opening.start : opening.end], start, end)
        if text:
            start, end = (0, len(text)) if text == written else _span(written)
            for first, last in cut(written, start, end):
                part = text if (first, last) == (start, end) else tidy(written[first:last])
                if part:
                    paragraphs.append(Paragraph(len(paragraphs) + 1, part, position + first, position + last))
        position += len(written) + _JOINT
    return tuple(paragraphs), dateline


def _span(written: str) -> tuple[int, int]:
    """Return the span of `written` without the white space around it."""
    return len(written) - len(written.lstrip()), len(written.rstrip())
