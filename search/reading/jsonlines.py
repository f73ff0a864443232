"""Read one JSON record into an Article. The record's own bytes in, the Article and Notes on it out.

A record is `id, title, date, place, agency, byline (or author), section, topics, paragraphs`, under these or other
usual names (record_keys.py); other keys are ignored, and what cannot be read under one costs that field alone. Its
source is the file's name below SOURCE and the sha256 of the record's own bytes (in JSON Lines its line without the line
end), spanning these. Spans of its paragraphs and dateline count code points of the record's text: the paragraphs as
written, joined by a blank line (two line feeds).

A dateline in the first paragraphs (locating.py) is read where the record gives no place, and fills in what the record
lacks; where the record does give its place, only a dateline that names that very place is read. The dateline stays in
its paragraph's text.
"""

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import replace

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
from search.reading import agencies, identifiers, places, titles
from search.reading.context import ReadingContext
from search.reading.cutting import cut, cuts_noted
from search.reading.dates import DateError
from search.reading.dating import date_from, date_note
from search.reading.hyphens import KnownWords, joined
from search.reading.json_text import Parsed
from search.reading.locating import NOWHERE, Located, lines_of_paragraphs, locate
from search.reading.mojibake import mend_texts
from search.reading.plain import agency_origin, byline_in, split_byline
from search.reading.records import Record, read_record, tidy
from search.reading.written_dates import read_date

_JOINT = 2  # the two line feeds between paragraphs


def read_json_record(
    data: bytes, parsed: Parsed, *, name: str, where: str, context: ReadingContext
) -> Iterator[Article | Note]:
    """The Article that a record is, after any Notes on it. Raises RecordError where it is none."""
    record, mojibake = _mended(read_record(parsed.value), context)
    if mojibake:
        yield Note(name, mojibake, where, NoteKind.MOJIBAKE)
    if reason := cuts_noted(record.raw):
        yield Note(name, reason, where, NoteKind.PARAGRAPH_CUT)
    source = Source(name, hashlib.sha256(data).hexdigest(), 0, parsed.length)
    located = _opening(record, context)
    date, unread = _date(record, context)
    origin = _field(record, "date")
    if date is None:
        date, origin = date_from(located.opening, located.day, unread, context)
    for problem in (*parsed.problems, *record.problems):
        yield Note(name, problem.reason, where, problem.kind)
    if note := date_note(located.opening, date, unread):
        yield Note(name, note[0], where, note[1])
    yield _article(record, source, located, (date, origin), context)


def _date(record: Record, context: ReadingContext) -> tuple[datetime.date | None, DateError | None]:
    """The first of the record's dates that can be read, else why the best could not."""
    unread = None
    for key, value in record.dates:
        try:
            date = read_date(value, context=context)
        except DateError as error:
            unread = unread or error
        else:
            record.keys["date"] = key
            return date, None
    return None, unread


def _mended(record: Record, context: ReadingContext) -> tuple[Record, str | None]:
    """The record with mojibake mended, where that is asked for, and what to note of it."""
    texts, reason = mend_texts([record.title or "", *record.raw])
    if reason is None or not context.mends_mojibake:
        return record, reason
    return replace(record, title=texts[0] or None, raw=texts[1:]), reason


def _opening(record: Record, context: ReadingContext) -> Located:
    """Look for the dateline in the first paragraphs; where the record gives its place, only for one of that place."""
    first = next((text for text in record.raw if text and not text.isspace()), None)
    if first is None or (record.place and first.lstrip()[:3].casefold() != record.place[:3].casefold()):
        return NOWHERE  # spares nearly every record with a place the closer look
    located = locate(lines_of_paragraphs(record.raw), context)
    if record.place is None or located.opening is None:
        return located
    same = places.key_of(located.opening.written or "") == places.key_of(record.place)
    return located if same else NOWHERE


def _article(
    record: Record,
    source: Source,
    located: Located,
    dated: tuple[datetime.date | None, str | None],
    context: ReadingContext,
) -> Article:
    opening = located.opening
    paragraphs, dateline = _paragraphs(record.raw, located, context)
    kicker, title = titles.split_kicker(record.title) if record.title else (None, None)
    headline = "\n".join(filter(None, (record.title, record.byline))) or None
    if not paragraphs:
        assert record.title is not None, "read_record takes no record without text and title"
        headline, paragraphs = None, (Paragraph(1, record.title, 0, len(record.title)),)
    given = record.agency or (
        record.source if record.source and agencies.is_known(record.source, context.agencies) else None
    )
    agency = given or (opening.agency if opening else None)
    byline = record.byline and (byline_in(record.byline) or record.byline)
    byline, agency = split_byline(byline, agency and agencies.spelled(agency, context.agencies), context.agencies)
    written = record.place or (opening.written if opening else None)
    place = places.resolve(written, context.survey) if written else None
    return Article(
        id=_id(record, source.path, paragraphs),
        title=title or titles.first_story_sentence(paragraphs, dateline),
        title_derived=record.title is None,
        date=dated[0],
        place=place.name if place else None,
        agency=agency,
        byline=byline,
        section=record.section,
        topics=record.topics,
        dateline=dateline,
        source=source,
        paragraphs=paragraphs,
        origins=Origins(
            id=_field(record, "id") or DIGEST,
            title=_field(record, "title") or SENTENCE,
            date=dated[1],
            place=(_field(record, "place") or DATELINE) if place else None,
            agency=agency and (_field(record, "agency") or agency_origin(opening)),
            byline=byline and _field(record, "byline"),
            section=record.section and _field(record, "section"),
        ),
        headline=headline,
        kicker=kicker,
        country=place.country if place else None,
        place_written=written,
    )


def _field(record: Record, name: str) -> str | None:
    """The origin of a value that was found under a key of the record."""
    key = record.keys.get(name)
    return key and f"{FIELD}{key}"


def _id(record: Record, path: str, paragraphs: tuple[Paragraph, ...]) -> str:
    if record.id is not None:
        return identifiers.for_record(record.id)
    written = str(record.dates[0][1]) if record.dates else None
    return identifiers.for_nameless_record(path, record.title, [paragraph.text for paragraph in paragraphs], written)


def _paragraphs(
    raw: list[str], located: Located, context: ReadingContext
) -> tuple[tuple[Paragraph, ...], Dateline | None]:
    """The paragraphs that say something, and the dateline in the one it was located in."""
    paragraphs: list[Paragraph] = []
    dateline = None
    position = 0
    opening = located.opening
    known: KnownWords | None = None
    for index, written in enumerate(raw):
        text = tidy(written)
        if text != written and "\n" in written:  # wrapped, perhaps within words
            known = known or KnownWords("\n\n".join(raw), context.survey)
            text = tidy(joined(written, known))
        if opening is not None and index == located.index:
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
