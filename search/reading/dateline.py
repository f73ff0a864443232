"""Read the opening of a wire story. A paragraph in; place, day and agency out, or None.

A dateline is told by its evidence. What stands before the first day, bracket or dash must look like a place
(looks.py), and something must vouch for it: a day with a dash or an agency, an agency that is known, a state or
country beside it, or, for capitals before a dash alone, the gazetteer or the archive's other datelines (places.py).
Where the evidence is thin there is no dateline: its words are found in the paragraph all the same.

Only the first 200 characters are looked at and every repetition is bounded, so no input can make this slow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import regex

from search.reading import agencies, dateline_parts, places
from search.reading.context import ReadingContext, Survey
from search.reading.dateline_east import read_eastern
from search.reading.dateline_parts import Day
from search.reading.dates import WrittenDay, resembles_month
from search.reading.looks import Look, is_label, look_of
from search.reading.months import MONTHS, WEEKDAYS

LOOKED_AT = 200  # code points; the longest datelines found in archives have about 90
_LONGEST_PLACE = 90
_MOST_PARTS = 6  # days, weekdays, agencies and regions that follow the place

_LEAD = regex.compile(r"[\s*•]{0,40}")
_SIGN = regex.compile(r"[(\[:|–—―]|\s/\s?(?=\p{L})|\s[-_]{1,3}(?=[\s\p{Lu}(])|--|(?<=\p{Lu})[-_](?=\s)|[.,]\s?-")
_PLACE = regex.compile(r"\p{L}[\p{L}\p{M}'’ʻ.,/\-\s&]{1,90}|")
_MISSPELT_DAY = regex.compile(
    r"(?P<place>.{2,80}?)\s?,\s{0,3}(?P<word>\p{Lu}\p{L}{2,9})\.?(?:\s{0,2}(?P<number>\d{1,3}))?",
    regex.DOTALL,
)
_LAST = regex.compile(
    r"(?P<place>.{2,80}?)(?P<sign>,\s{0,3}|\.\s{1,3}|\s{1,2})(?P<last>[\p{L}\p{M}.\-]{2,20})", regex.DOTALL
)
_AGENCY_FIRST = regex.compile(
    r"(?:[(\[]\s?(?P<name>[\p{L}\p{M}][\p{L}\p{M}\s./&\-]{1,30}?)\s?[)\]]\s{0,2}[.,:|–—―\-]{0,3}"
    r"|(?P<name>[\p{L}\p{M}][\p{L}\p{M}.\-]{1,14})(?:\s?[,:|/]|\s[-–—]{1,2}(?=\s)))\s{1,3}"
)
_STORY_BEGINS = regex.compile(r"[^\w]{0,3}(?:[\p{Lu}\p{Lt}\p{Lo}\p{Nd}]|$)")
_NO_AGENCY = regex.compile(
    r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|[rdi]-.*|left|right|above|below)", regex.IGNORECASE
)
_TICKER = regex.compile(r"[\p{Lu}.]{1,5}")
_IN_BRACKET_ENDS = regex.compile(r"\s?[,|–]\s?|\s-\s|\sby\s|/")


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


@dataclass(slots=True)
class _Found:
    """What has been read so far of `head`, up to `end`, before it is judged."""

    head: str
    place: str
    end: int
    extra: Mapping[str, str]
    has_day: bool = False
    day: WrittenDay | None = None
    either: tuple[WrittenDay, WrittenDay] | None = None
    has_weekday: bool = False
    agency: str | None = None
    mark: str = ""
    rest: int = 0

    @property
    def story(self) -> str:
        return self.head[self.rest : self.rest + 8]

    @property
    def is_dashed(self) -> bool:
        return self.mark not in {"", ":"}

    def knows_agency(self) -> bool:
        return self.agency is not None and agencies.is_known(self.agency, self.extra)


def read_opening(text: str, context: ReadingContext | None = None) -> Opening | None:
    """The dateline that `text`, a paragraph, opens with; None where it has none.

    `context` gives the agencies of the settings and what the archive's other datelines say.
    """
    head = text[:LOOKED_AT]
    lead = _LEAD.match(head)
    start = lead.end() if lead else 0
    survey, extra = (context.survey, context.agencies) if context else (Survey(), {})
    if eastern := read_eastern(head, start):
        written = eastern.place
        spelled = places.spelled(written) if written else None
        return Opening(start, eastern.end, eastern.rest, spelled, eastern.agency, eastern.day, written)
    found = _after_its_agency(head, start, survey, extra) or _western(head, start, survey, extra)
    return _as_opening(found, start, survey) if found else None


def _as_opening(found: _Found, start: int, survey: Survey) -> Opening:
    day = settled(Day(0, found.day, found.either), survey)
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


def settled(day: Day, survey: Survey) -> WrittenDay | None:
    """The day, of two that it may be that which the order of the archive's certain dates speaks for; None for doubt."""
    if day.either is None:
        return day.day
    if survey.day_first > 10 * survey.month_first:
        return day.either[0]
    return day.either[1] if survey.month_first > 10 * survey.day_first else None


def _western(head: str, start: int, survey: Survey, extra: Mapping[str, str]) -> _Found | None:
    """Place, then day and agency in either order, then a dash."""
    stop = _place_ends(head, start)
    found = None if stop is None else _gathered(head, start, stop, extra)
    return found if found is not None and _is_vouched(found, survey) else None


def _after_its_agency(head: str, start: int, survey: Survey, extra: Mapping[str, str]) -> _Found | None:
    """A dateline whose agency ("(ANSA) - ROMA, 11 MAR - ") or day ("March 3, LONDON - ") comes before its place."""
    lead = _AGENCY_FIRST.match(head, start)
    if lead is not None and agencies.is_unmistakable(lead["name"], extra):
        agency, position = lead["name"], lead.end()
        day = None
    elif any(map(str.isdecimal, head[start : start + 12])) and (day := dateline_parts.day_at(head, start)):
        agency, position = None, day.end + len(head[day.end :]) - len(head[day.end :].lstrip(" ,"))
    else:
        return None
    stop = _place_ends(head, position)
    found = None if stop is None else _gathered(head, position, stop, extra)
    if found is None or not places.is_in_gazetteer(found.place) or not found.mark:
        return None
    found.agency = found.agency or agency
    if day and not found.has_day:
        found.has_day, found.day, found.either = True, day.day, day.either
    return found if _is_vouched(found, survey) else None


def _place_ends(head: str, start: int) -> int | None:
    """Where the first day, bracket or dash begins, the cheap looks first; None where there is none."""
    sign = _SIGN.search(head, start, start + _LONGEST_PLACE)
    stop = sign.start() if sign else start + _LONGEST_PLACE
    day = dateline_parts.first_day(head, start, stop)
    return day if day is not None else stop if sign else None


def _gathered(head: str, start: int, stop: int, extra: Mapping[str, str]) -> _Found | None:
    """All that can be read from `start` on, where the place ends before `stop`; None where no place can be there."""
    before = head[start:stop].rstrip(" \t\r\n,:|")
    found = _Found(head, before, start + len(before), extra)
    _part_from_place(found)
    if not _PLACE.fullmatch(found.place):
        return None
    for _ in range(_MOST_PARTS):
        if not (_take_day(found) or _take_weekday(found) or _take_bracket(found) or _take_bare(found)):
            break
    found.end = dateline_parts.closed(head, found.end)
    marked = dateline_parts.MARK.match(head, found.end)
    found.mark, found.rest = (marked["mark"], marked.end()) if marked else ("", found.end)
    _take_after_mark(found)
    return found


def _part_from_place(found: _Found) -> None:
    """Take from the end of the place what is none of it: a misspelt day, a weekday, an agency without brackets."""
    misspelt = _MISSPELT_DAY.fullmatch(found.place)
    if misspelt and _is_misspelt(misspelt["word"], misspelt["number"]):
        found.place, found.has_day = misspelt["place"], True
    last = _LAST.fullmatch(found.place)
    if last is None:
        return
    if last["last"].strip(".").casefold() in WEEKDAYS and last["sign"].isspace() is False:
        found.place, found.has_weekday = last["place"], True
    elif agencies.is_unmistakable(last["last"], found.extra) and (
        not last["sign"].isspace() or places.is_in_gazetteer(last["place"])
    ):
        found.place, found.agency = last["place"], last["last"]


def _is_misspelt(word: str, number: str | None) -> bool:
    """Whether "Narch 2", "March 219" or "April" alone was to be a day."""
    return word.casefold() in MONTHS or (number is not None and resembles_month(word))


def _take_day(found: _Found) -> bool:
    day = None if found.has_day else dateline_parts.day_at(found.head, found.end)
    if day is not None:
        found.has_day, found.day, found.either, found.end = True, day.day, day.either, day.end
    return day is not None


def _take_weekday(found: _Found) -> bool:
    end = None if found.has_weekday else dateline_parts.weekday_at(found.head, found.end)
    if end is not None:
        found.has_weekday, found.end = True, end
    return end is not None


def _take_bracket(found: _Found) -> bool:
    """Take an agency or a region in brackets, or an agency between slashes."""
    read = dateline_parts.bracket_at(found.head, found.end) or dateline_parts.slashes_at(found.head, found.end)
    if read is None:
        return False
    inside, end = read
    known = _agency_in(inside, found.extra)
    is_parted = "-" in found.head[found.end : end].split("(")[0] or "–" in found.head[found.end : end].split("(")[0]
    is_square = "[" in found.head[found.end : end]
    if known is not None and not found.knows_agency():
        if found.agency is not None:  # "Dera Baba Nanak (Punjab), Aug 24 (IANS)"
            found.place = f"{found.place} [{found.agency}]"
        found.agency = known
    elif is_parted or not dateline_parts.is_name(inside):
        return False
    elif found.place and not found.has_day and (places.is_region(inside) or is_square):
        found.place = f"{found.place} [{inside}]"
    elif found.agency is None:
        found.agency = inside
    elif not found.knows_agency():
        return False
    found.end = end
    return True


def _agency_in(inside: str, extra: Mapping[str, str]) -> str | None:
    """The known agency in brackets, alone or before a desk or a person ("Reuters/J. Smith", "AP by J. Smith")."""
    if agencies.is_known(inside, extra):
        return inside
    first = _IN_BRACKET_ENDS.split(inside, maxsplit=1)[0]
    return first if agencies.is_known(first, extra) else None


def _take_bare(found: _Found) -> bool:
    """Take a known agency that stands before the dash without brackets ("March 12, Reuter -")."""
    read = None if found.agency else dateline_parts.bare_at(found.head, found.end)
    if read is None or not agencies.is_known(read[0], found.extra):
        return False
    if not (found.has_day or agencies.is_unmistakable(read[0], found.extra)):
        return False
    found.agency, found.end = read
    return True


def _take_after_mark(found: _Found) -> None:
    """Take a known agency that stands after the dash ("МОСКВА, 3 мар - РИА Новости. ")."""
    read = dateline_parts.after_mark(found.head, found.rest) if found.mark and not found.agency else None
    if read is not None and found.place and agencies.is_unmistakable(read[0], found.extra):
        found.agency, found.rest = read
        found.end = found.rest - len(found.head[: found.rest]) + len(found.head[: found.rest].rstrip(" -–—"))


def _is_vouched(found: _Found, survey: Survey) -> bool:
    """Whether the evidence is enough to call it a dateline."""
    look = look_of(found.place)
    if _is_refuted(found, look):
        return False
    if look is Look.NONE:
        return _is_vouched_without_place(found)
    if look is Look.SMALL:
        return found.has_day and found.is_dashed  # "new york, march 2 -", as telex copy has it
    if found.has_day:
        return bool(found.mark) or (found.agency is not None and _names_agency(found))
    if found.agency:
        return _is_vouched_by_agency(found, look, survey)
    if not found.mark or not found.story or not _STORY_BEGINS.match(found.story):
        return False
    if found.has_weekday:
        return places.is_in_gazetteer(found.place)
    if look is Look.CAPITALS:
        return places.stands_alone(found.place, survey)
    return places.has_region(found.place) and places.is_in_gazetteer(found.place)


def _is_refuted(found: _Found, look: Look) -> bool:
    """Whether something in it speaks against a dateline, whatever speaks for it."""
    if look is Look.OTHER or (found.agency and _NO_AGENCY.fullmatch(found.agency)):
        return True
    if look is not Look.NONE and _is_no_place(found):
        return True
    return not found.mark and not _STORY_BEGINS.match(found.story)


def _is_no_place(found: _Found) -> bool:
    # with a day beside it, "LEAD, S.D." is a town and "UPPER SADDLE RIVER" too
    certain = found.has_day and ("," in found.place or not is_label(found.place.split()[0]))
    return agencies.is_known(found.place, found.extra) or (is_label(found.place) and not certain)


def _is_vouched_without_place(found: _Found) -> bool:
    if found.agency is None:
        return False  # "May 5 - " opens an entry of a chronology as often as a story
    if found.has_day:
        return found.is_dashed or found.knows_agency()
    return agencies.is_unmistakable(found.agency, found.extra)


def _is_vouched_by_agency(found: _Found, look: Look, survey: Survey) -> bool:
    agency = found.agency or ""
    if found.knows_agency():
        return found.is_dashed or agencies.is_unmistakable(agency, found.extra)
    if look is not Look.CAPITALS or not found.is_dashed or not _names_agency(found):
        return False
    # an unknown name may be a ticker, a party, an age: the place must be one that needs no agency, or a long name
    # stand beside a city
    if _TICKER.fullmatch(agency):
        return places.stands_alone(found.place, survey)
    return places.is_in_gazetteer(found.place) or places.stands_alone(found.place, survey)


def _names_agency(found: _Found) -> bool:
    return found.agency is not None and (not found.agency[0].islower() or found.knows_agency())


def moved(opening: Opening, by: int) -> Opening:
    """The same dateline in a text that has `by` more code points before it."""
    return replace(opening, start=opening.start + by, end=opening.end + by, rest=opening.rest + by)
