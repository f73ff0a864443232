"""Gather all that a dateline can be made of: a place, and the days, agencies and regions that follow it, a dash.

The start of a text and a position in; what was found there out, or None. Nothing is judged here but whether the place
can be one at all: what the findings amount to, dateline_evidence.py says.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import regex

from search.reading import agencies, dateline_parts, places
from search.reading.dates import WrittenDay, resembles_month
from search.reading.months import MONTHS, WEEKDAYS

LONGEST_PLACE = 90  # code points of the place with its regions
LONGEST_DAY = 40  # code points from the beginning of a day to the dash or bracket after it
_MOST_PARTS = 6  # days, weekdays, agencies and regions that follow the place

_SIGN = regex.compile(r"[(\[:|–—―]|\s/\s?(?=\p{L})|\s[-_]{1,3}(?=[\s\p{Lu}(])|--|(?<=[\p{Lu}\d])[-_](?=\s)|[.,]\s?-")
_PLACE = regex.compile(r"\p{L}[\p{L}\p{M}'’ʻ.,/\-\s&]{1,90}|")
_LINE_ENDS = regex.compile(r"(?<![,\s])\s{0,3}[\n\r]")  # a place runs on only after a comma: "RIO,\nFeb 26 -"
_MISSPELT_DAY = regex.compile(
    r"(?P<place>.{2,80}?)\s?,\s{0,3}(?P<word>\p{Lu}\p{L}{2,9})\.?(?:\s{0,2}(?P<number>\d{1,3}))?",
    regex.DOTALL,
)
_LAST = regex.compile(
    r"(?P<place>.{2,80}?)(?P<sign>,\s{0,3}|\.\s{1,3}|\s{1,2})(?P<last>[\p{L}\p{M}.\-]{2,20})", regex.DOTALL
)
_IN_BRACKET_ENDS = regex.compile(r"\s?[,|–]\s?|\s-\s|\sby\s|/")


@dataclass(slots=True)
class Found:
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
        """The first characters of what follows the dateline."""
        return self.head[self.rest : self.rest + 8]

    @property
    def is_dashed(self) -> bool:
        """Whether a dash or its like closes it; a colon is weaker."""
        return self.mark not in {"", ":"}

    def knows_agency(self) -> bool:
        """Whether it has an agency that is known."""
        return self.agency is not None and agencies.is_known(self.agency, self.extra)


def place_ends(head: str, start: int) -> int | None:
    """Where the first day, bracket or dash begins, the cheap looks first; None where there is none."""
    limit = start + LONGEST_PLACE
    sign = _SIGN.search(head, start, limit + LONGEST_DAY)
    if sign is None:
        return None
    stop = min(sign.start(), limit)
    day = dateline_parts.first_day(head, start, stop)
    return day if day is not None else stop if sign.start() < limit else None


def gathered(head: str, start: int, stop: int, extra: Mapping[str, str]) -> Found | None:
    """All that can be read from `start` on, where the place ends before `stop`; None where no place can be there."""
    before = head[start:stop].rstrip(" \t\r\n,:|")
    found = Found(head, before, start + len(before), extra)
    _part_from_place(found)
    if not _PLACE.fullmatch(found.place) or _LINE_ENDS.search(found.place):
        return None
    for _ in range(_MOST_PARTS):
        if not (_take_day(found) or _take_weekday(found) or _take_bracket(found) or _take_bare(found)):
            break
    found.end = dateline_parts.closed(head, found.end)
    marked = dateline_parts.MARK.match(head, found.end)
    found.mark, found.rest = (marked["mark"], marked.end()) if marked else ("", found.end)
    _take_after_mark(found)
    return found


def _part_from_place(found: Found) -> None:
    """Take from the end of the place what is none of it: a misspelt day, a weekday, an agency without brackets."""
    misspelt = _MISSPELT_DAY.fullmatch(found.place)
    if misspelt and _is_misspelt(misspelt["word"], misspelt["number"]):
        found.place, found.has_day = misspelt["place"], True
    last = _LAST.fullmatch(found.place)
    if last is None:
        return
    if last["last"].strip(".").casefold() in WEEKDAYS and not last["sign"].isspace():
        found.place, found.has_weekday = last["place"], True
    elif agencies.is_unmistakable(last["last"], found.extra) and (
        not last["sign"].isspace() or places.is_in_gazetteer(last["place"])
    ):
        found.place, found.agency = last["place"], last["last"]


def _is_misspelt(word: str, number: str | None) -> bool:
    """Whether "Narch 2", "March 219" or "April" alone was to be a day."""
    return word.casefold() in MONTHS or (number is not None and resembles_month(word))


def _take_day(found: Found) -> bool:
    day = None if found.has_day else dateline_parts.day_at(found.head, found.end)
    if day is not None:
        found.has_day, found.day, found.either, found.end = True, day.day, day.either, day.end
    return day is not None


def _take_weekday(found: Found) -> bool:
    end = None if found.has_weekday else dateline_parts.weekday_at(found.head, found.end)
    if end is not None:
        found.has_weekday, found.end = True, end
    return end is not None


def _take_bracket(found: Found) -> bool:
    """Take an agency or a region in brackets, or an agency between slashes."""
    read = dateline_parts.bracket_at(found.head, found.end)
    if read is None:
        return False
    known = _agency_in(read.inside, found.extra)
    if known is not None and not found.knows_agency():
        if found.agency is not None:  # "Dera Baba Nanak (Punjab), Aug 24 (IANS)"
            found.place = f"{found.place} [{found.agency}]"
        found.agency = known
    elif read.is_after_dash or not dateline_parts.is_name(read.inside):
        return False
    elif found.place and not found.has_day and (places.is_region(read.inside) or read.is_square):
        found.place = f"{found.place} [{read.inside}]"
    elif found.agency is None:
        found.agency = read.inside
    elif not found.knows_agency():
        return False
    found.end = read.end
    return True


def _agency_in(inside: str, extra: Mapping[str, str]) -> str | None:
    """The known agency in brackets, alone or before a desk or a person ("Reuters/J. Smith", "AP by J. Smith")."""
    if agencies.is_known(inside, extra):
        return inside
    first = _IN_BRACKET_ENDS.split(inside, maxsplit=1)[0]
    return first if agencies.is_known(first, extra) else None


def _take_bare(found: Found) -> bool:
    """Take a known agency that stands before the dash without brackets ("March 12, Reuter -")."""
    read = None if found.agency else dateline_parts.bare_at(found.head, found.end)
    if read is None or not agencies.is_known(read[0], found.extra):
        return False
    if not (found.has_day or agencies.is_unmistakable(read[0], found.extra)):
        return False
    found.agency, found.end = read
    return True


def _take_after_mark(found: Found) -> None:
    """Take a known agency that stands after the dash ("МОСКВА, 3 мар - РИА Новости. ")."""
    read = dateline_parts.after_mark(found.head, found.rest) if found.mark and not found.agency else None
    if read is not None and found.place and agencies.is_unmistakable(read[0], found.extra):
        found.agency, found.end, found.rest = read
