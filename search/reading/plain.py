"""Read a plain text into an Article. Text in, one Article out; knows no encoding and no engine.

What is above the first paragraph (front matter, header, date, labels, title, bylines) is top.py's. The rest are
paragraphs, one of the first of which may open with a dateline (locating.py), which stays in its text. Where a file has
several articles (several.py) each is read by itself.
"""

from collections.abc import Iterator, Mapping, Sequence

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
from search.reading.dateline import Opening, moved
from search.reading.dateline_parts import Day
from search.reading.dating import date_from, date_note
from search.reading.hyphens import KnownWords, joined
from search.reading.layout import lines_of, paragraph_spans
from search.reading.locating import MOST_LINES, lines_of_paragraphs, locate
from search.reading.several import WHOLE, Part
from search.reading.top import Top, byline_in, is_rule, read_top

__all__ = ["agency_origin", "byline_in", "read_plain", "split_byline"]


def read_plain(
    text: str, *, name: str, sha256: str, context: ReadingContext, part: Part = WHOLE
) -> Iterator[Article | Note]:
    """The article that `text` is, after any notes on it. `name` is the file's path below SOURCE.

    `part` says which part of its file `text` is; spans count from the beginning of the file. Raises ArticleError where
    there is no text at all.
    """
    top = read_top(text, context, start=part.preamble)
    opening, spans, bare, cut = _open(text, top, context)
    if not spans and top.titled is None:
        raise ArticleError(name, "has no text below its opening", where=part.where)
    headline = [*_lines_above(text, part), *top.headline]
    known = KnownWords(text, context.survey)
    paragraphs = tuple(
        Paragraph(number, joined(text[start:end], known), part.start + start, part.start + end)
        for number, (start, end) in enumerate(spans, 1)
    )
    if not paragraphs and top.titled is not None:  # a title is all the text that there is
        written = next(line for line in headline if (top.title or "") in line)
        headline.remove(written)
        paragraphs = (Paragraph(1, written, part.start + top.titled[0], part.start + top.titled[1]),)
    date, date_origin = (top.date, LINE) if top.date else date_from(opening, bare, top.unread, context)
    for reason, kind in _notes(top, cut, date_note(opening, date, top.unread)):
        yield Note(name, reason, part.where, kind)
    dateline = _dateline(text, opening, part.start)
    agency = top.agency or (opening.agency if opening else None)
    byline, agency = split_byline(top.byline, agency, context.agencies)
    place_written = top.place or (opening.written if opening else None)
    place = places.resolve(place_written, context.survey) if place_written else None
    yield Article(
        id=identifiers.for_part(name, part.number) if part.number else identifiers.for_text(name),
        title=top.title or titles.first_story_sentence(paragraphs, dateline),
        title_derived=top.title is None,
        date=date,
        place=place.name if place else None,
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
            date=date_origin,
            place=(LINE if top.place else DATELINE) if place else None,
            agency=agency and (LINE if top.agency else agency_origin(opening)),
            byline=byline and LINE,
            section=top.section and LINE,
        ),
        headline="\n".join(headline) or None,
        kicker=top.kicker,
        country=place.country if place else None,
        place_written=place_written,
    )


def _notes(top: Top, cut: str | None, on_date: tuple[str, NoteKind] | None) -> Iterator[tuple[str, NoteKind]]:
    """What to report, and its kind: on the header, on paragraphs that were cut, on the date."""
    if top.remark:
        yield top.remark, NoteKind.FIELD_UNREADABLE
    if cut:
        yield cut, NoteKind.PARAGRAPH_CUT
    if on_date:
        yield on_date


def _open(
    text: str, top: Top, context: ReadingContext
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


def _lines_above(text: str, part: Part) -> list[str]:
    """The lines above the head of an article that is one of several, rules apart."""
    lines = lines_of(text[: part.preamble]) if part.preamble else []
    return [line.text for line in lines if line.text and not is_rule(line.text)]


def _dateline(text: str, opening: Opening | None, offset: int) -> Dateline | None:
    """The dateline as written, with its span in the file."""
    if opening is None:
        return None
    return Dateline(text[opening.start : opening.end], offset + opening.start, offset + opening.end)


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
