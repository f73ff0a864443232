"""Read the opening of a wire story. A paragraph in; place, day and agency out, or None.

A dateline is told by its evidence. What stands before the first day, bracket or dash must look like a place
(looks.py), and something must vouch for it (dateline_evidence.py): a day with a dash or an agency, an agency that is
known, a state or country beside it, or, for a name before a dash alone, the gazetteer or the archive's other datelines
(places.py). Where the evidence is thin there is no dateline: its words are found in the paragraph all the same.

Only the first 200 characters are looked at and every repetition is bounded, so no input can make this slow.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import regex

from search.reading import agencies, dateline_parts, places
from search.reading.answers import Answers
from search.reading.context import ReadingContext, Survey
from search.reading.dateline_east import may_be_eastern, read_eastern
from search.reading.dateline_evidence import is_vouched
from search.reading.dateline_gathering import LONGEST_DAY, LONGEST_PLACE, Found, gathered, place_ends
from search.reading.dates import WrittenDay

LOOKED_AT = 200  # code points; the longest datelines found in archives have about 90
_LEAD = " \t\n\r\f\v\xa0\u2003\u3000*•"
_SIGN_CHARACTER = re.compile(r"[(\[:|/_–—―]")
_AGENCY_FIRST = regex.compile(
    r"(?:[(\[]\s?(?P<name>[\p{L}\p{M}][\p{L}\p{M}\s./&\-]{1,30}?)\s?[)\]]\s{0,2}[.,:|–—―\-]{0,3}"
    r"|(?P<name>[\p{L}\p{M}][\p{L}\p{M}.\-]{1,14})(?:\s?[,:|/]|\s[-–—]{1,2}(?=\s)))[^\S\n\r]{1,3}"
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A dateline found at `start:end` of a text whose story goes on at `rest`; offsets are code points.

    `place` is in normal spelling with its region, `written` as it is in the text; places.resolve says which it is.
    Where the day is numeric and can be read in two ways, `day` is None and `either` has both. `is_strong` is set where
    a day or a known agency is part of it.
    """

    start: int
    end: int
    rest: int
    place: str | None
    agency: str | None
    day: WrittenDay | None
    written: str | None = None
    either: tuple[WrittenDay, WrittenDay] | None = None
    is_strong: bool = True


def read_opening(text: str, context: ReadingContext | None = None) -> Opening | None:
    """The dateline that `text`, a paragraph, opens with; None where it has none.

    `context` gives the agencies of the settings and what the archive's other datelines say.
    """
    head = text[:LOOKED_AT]
    start = 0 if head[:1].isalpha() else len(head) - len(head.lstrip(_LEAD))
    if may_be_eastern(head, start) and (eastern := read_eastern(head, start)):
        written = eastern.place
        spelled = places.spelled(written) if written else None
        return Opening(start, eastern.end, eastern.rest, spelled, eastern.agency, eastern.day, written)
    if not _has_sign(head[start : start + LONGEST_PLACE + LONGEST_DAY]):
        return None
    survey: Answers
    survey, extra = (context.survey, context.agencies) if context else (Survey(), {})
    found = _after_its_agency(head, start, survey, extra) or _western(head, start, survey, extra)
    return _as_opening(found, start, survey) if found else None


def _has_sign(window: str) -> bool:
    """Whether there is a dash, bracket, colon or slash, which belongs to every dateline; spares most texts the rest."""
    return bool(_SIGN_CHARACTER.search(window) or " -" in window or "- " in window or "--" in window or "-\n" in window)


def _as_opening(found: Found, start: int, survey: Answers) -> Opening:
    day = settled(found.either, survey) if found.either else found.day
    return Opening(
        start,
        found.end,
        found.rest,
        places.spelled(found.place) or None,
        agencies.spelled(found.agency, found.extra) if found.agency else None,
        day,
        " ".join(found.place.split()) or None,
        None if day else found.either,
        found.has_day or found.knows_agency(),
    )


def settled(either: tuple[WrittenDay, WrittenDay], survey: Answers) -> WrittenDay | None:
    """Of two days that it may be, that which the order of the archive's certain dates speaks for; None for doubt."""
    order = survey.is_day_first()
    return None if order is None else either[0] if order else either[1]


def _western(head: str, start: int, survey: Answers, extra: Mapping[str, str]) -> Found | None:
    """Place, then day and agency in either order, then a dash."""
    stop = place_ends(head, start)
    found = None if stop is None else gathered(head, start, stop, extra)
    return found if found is not None and is_vouched(found, survey) else None


def _after_its_agency(head: str, start: int, survey: Answers, extra: Mapping[str, str]) -> Found | None:
    """A dateline whose agency ("(ANSA) - ROMA, 11 MAR - ") or day ("March 3, LONDON - ") comes before its place."""
    lead = _AGENCY_FIRST.match(head, start)
    if lead is not None and agencies.is_unmistakable(lead["name"], extra):
        agency, position = lead["name"], lead.end()
        day = None
    elif any(map(str.isdecimal, head[start : start + 12])) and (day := dateline_parts.day_at(head, start)):
        agency, position = None, day.end + len(head[day.end :]) - len(head[day.end :].lstrip(" ,"))
    else:
        return None
    stop = place_ends(head, position)
    found = None if stop is None else gathered(head, position, stop, extra)
    if found is None or not places.is_in_gazetteer(found.place) or not found.mark:
        return None
    found.agency = found.agency or agency
    if day and not found.has_day:
        found.has_day, found.day, found.either = True, day.day, day.either
    return found if is_vouched(found, survey) else None


def moved(opening: Opening, by: int) -> Opening:
    """The same dateline in a text that has `by` more code points before it."""
    return replace(opening, start=opening.start + by, end=opening.end + by, rest=opening.rest + by)
