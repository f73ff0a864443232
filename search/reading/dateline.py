"""Read the opening of a wire story. A first paragraph in; place, day and agency out, or None.

A dateline is told by its evidence. What stands before the first day, bracket or dash must look like a place
(places.py), and something must vouch for it: a day with a dash or an agency, an agency that is known, or, for
capitals before a dash alone, a name that is no desk's label. Where the evidence is thin the words stay text:
a dateline left in its paragraph can still be found, a sentence taken for a dateline is lost.

Only the first 200 characters are looked at and every repetition is bounded, so no input can make this slow.
"""

from dataclasses import dataclass

import regex

from search.reading import agencies, places
from search.reading.dates import WrittenDay, resembles_month, written_day
from search.reading.months import MONTHS
from search.reading.places import Look

LOOKED_AT = 200  # code points; the longest datelines found in archives have about 90
_LONGEST_PLACE = 90

_DAY = r"""
  (?<![\w])
  (?: (?P<month>\L<months>)(?:\.\s{0,2}|\s{1,3})(?P<day>\d{1,2})(?:st|nd|rd|th)?
    | (?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?\s{1,3}(?:de\s)?(?P<month>\L<months>)\.? )
  (?![\w/]|[.,:]\d)
  (?: ,?\s{1,3}(?:de\s)?(?P<year>(?:1[4-9]|20)\d\d)(?!\w) )?
"""
_FLAGS = regex.VERBOSE | regex.IGNORECASE


def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, _FLAGS, months=list(MONTHS), cache_pattern=False)


_LEAD = regex.compile(r"[\s*]{0,40}")
_DAY_ANYWHERE = _compiled(_DAY)
_DAY_NEXT = _compiled(r"[\s,.:]{0,4}" + _DAY)
_SIGN = regex.compile(r"[(:–—―]|\s/(?=\p{L})|\s[-_]{1,3}(?=\s)|--")
_AGENCY_NEXT = regex.compile(
    r"[\s,.]{0,4}(?:--)?"
    r"(?:\(\s{0,2}(?P<name>[\p{L}\p{M}][\p{L}\p{M}\s./&'’!\-]{1,38}?)\s{0,2}\)"
    r"|(?<=[\s.])/(?P<name>[\p{L}\p{M}][\p{L}\p{M}\s\-]{1,30})/\.?"
    r"|(?P<name>\p{L}{2,12})(?=\s{1,3}-{1,2}\s))"
)
_MARK = regex.compile(r"(?:[\s,.]{0,4}(?P<mark>-{1,3}(?![\d\-])|_{1,2}|[\u2013\u2014\u2015]|:)|(?P<mark>))\s{0,4}")
_PLACE = regex.compile(r"\p{L}[\p{L}\p{M}'’ʻ.,/\-\s\[\]&]{1,90}|")
_MISSPELT_DAY = regex.compile(
    r"(?P<place>.{2,80}?)\s?,\s{0,3}(?P<word>\p{Lu}\p{L}{2,9})\.?(?:\s{0,2}(?P<number>\d{1,3}))?",
    regex.DOTALL,
)
_STORY_BEGINS = regex.compile(r"[^\w]{0,3}(?:[\p{Lu}\p{Lt}\p{Lo}\p{Nd}]|$)")
_NO_AGENCY = regex.compile(
    r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|[rdi]-.*|left|right|above|below)", regex.IGNORECASE
)
_TICKER = regex.compile(r"[\p{Lu}.]{1,5}")


@dataclass(frozen=True, slots=True)
class Opening:
    """A dateline found at `start:end` of a text whose story goes on at `rest`; offsets are code points."""

    start: int
    end: int
    rest: int
    place: str | None
    agency: str | None
    day: WrittenDay | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read, before it is judged."""

    place: str
    has_day: bool
    day: WrittenDay | None
    agency: str | None
    mark: str
    end: int
    story: str


def read_opening(text: str) -> Opening | None:
    """The dateline that `text`, a first paragraph, opens with; None where it has none."""
    head = text[:LOOKED_AT]
    lead = _LEAD.match(head)
    start = lead.end() if lead else 0
    stop = _place_ends(head, start)
    if stop is None:
        return None
    found, rest = _gather(head, start, stop)
    if found is None or not _vouched(found):
        return None
    return Opening(
        start,
        found.end,
        rest,
        places.spelled(found.place) or None,
        agencies.spelled(found.agency) if found.agency else None,
        found.day,
    )


def _place_ends(head: str, start: int) -> int | None:
    """Where the first day, bracket or dash stands, the cheap looks first; None where there is none."""
    limit = start + _LONGEST_PLACE
    sign = _SIGN.search(head, start, limit)
    stop = sign.start() if sign else limit
    if any(map(str.isdecimal, head[start : stop + 12])):
        day = _DAY_ANYWHERE.search(head, start, stop + 12)
        if day is not None and day.start() < stop:
            return int(day.start())
    return stop if sign else None


def _gather(head: str, start: int, stop: int) -> tuple[_Found | None, int]:
    """What can be read from `start` on, where the place ends before `stop`; and where the story begins."""
    before = head[start:stop].rstrip(" \t\r\n,:")
    misspelt = _MISSPELT_DAY.fullmatch(before)
    place = misspelt["place"] if misspelt and _is_misspelt(misspelt["word"], misspelt["number"]) else before
    if not _PLACE.fullmatch(place):
        return None, 0
    has_day, day, agency, end = place is not before, None, None, start + len(before)
    named = end
    for _ in range(2):  # a day and an agency, in either order
        if not has_day and (match := _DAY_NEXT.match(head, end)):
            has_day, day, end = True, written_day(match["month"], match["day"], match["year"]), match.end()
        elif agency is None and (match := _agency_next(head, end)):
            agency, named = " ".join(match["name"].split()), match.end()
            end = named
    if agency is not None and named < end and not agencies.is_known(agency):
        # "Dera Baba Nanak (Punjab), Aug 24 (IANS)"
        match = _agency_next(head, end)
        if match is not None and agencies.is_known(match["name"]):
            place, agency, end = f"{place} [{agency}]", match["name"], match.end()
    marked = _MARK.match(head, end)
    mark, rest = (marked["mark"], marked.end()) if marked else ("", end)
    return _Found(place, has_day, day, agency, mark, end, head[rest : rest + 8]), rest


def _agency_next(head: str, position: int) -> regex.Match[str] | None:
    match = _AGENCY_NEXT.match(head, position)
    if match and match[0][-1].isalpha() and not agencies.is_unmistakable(match["name"]):
        return None  # without brackets only the known: "March 12, Reuter -"
    return match


def _is_misspelt(word: str, number: str | None) -> bool:
    """Whether "Narch 2", "March 219" or "April" alone was to be a day."""
    return word.casefold() in MONTHS or (number is not None and resembles_month(word))


def _vouched(found: _Found) -> bool:
    """Whether the evidence is enough to call it a dateline."""
    look = places.look_of(found.place)
    dashed = bool(found.mark) and found.mark != ":"
    if _is_refuted(found, look):
        return False
    if look is Look.NONE:
        return _vouched_without_place(found, dashed=dashed)
    if look is Look.SMALL:
        return found.has_day and dashed  # "new york, march 2 -", as telex copy has it
    if found.has_day:
        return bool(found.mark) or (found.agency is not None and _names_agency(found.agency))
    if found.agency:
        return _vouched_by_agency(found.agency, look, dashed=dashed)
    return look is Look.CAPITALS and _vouched_alone(found, dashed=dashed)


def _is_refuted(found: _Found, look: Look) -> bool:
    """Whether something in it speaks against a dateline, whatever speaks for it."""
    if look is Look.OTHER or (found.agency and _NO_AGENCY.fullmatch(found.agency)):
        return True
    if look is not Look.NONE and _is_no_place(found):
        return True
    return not found.mark and not _STORY_BEGINS.match(found.story)


def _is_no_place(found: _Found) -> bool:
    # with a day beside it, "LEAD, S.D." is a town and "UPPER SADDLE RIVER" too
    certain = found.has_day and ("," in found.place or not places.is_label(found.place.split()[0]))
    return agencies.is_known(found.place) or (places.is_label(found.place) and not certain)


def _vouched_without_place(found: _Found, *, dashed: bool) -> bool:
    if found.agency is None:
        return False  # "May 5 - " opens an entry of a chronology as often as a story
    if found.has_day:
        return dashed or agencies.is_known(found.agency)
    return agencies.is_unmistakable(found.agency)


def _vouched_by_agency(agency: str, look: Look, *, dashed: bool) -> bool:
    if agencies.is_known(agency):
        return dashed or agencies.is_unmistakable(agency)
    # an unknown name may be a ticker, a party, an age: capitals, a dash and a longer name must concur
    return look is Look.CAPITALS and dashed and _names_agency(agency) and not _TICKER.fullmatch(agency)


def _names_agency(name: str) -> bool:
    return not name[0].islower() or agencies.is_known(name)


def _vouched_alone(found: _Found, *, dashed: bool) -> bool:
    if not found.mark or not _STORY_BEGINS.match(found.story) or not found.story:
        return False
    return places.stands_alone(found.place, known_only=not dashed)
