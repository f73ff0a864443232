"""Judge whether what was gathered is a dateline. What was found in, yes or no out.

Where the evidence is thin the answer is no: the words are found in their paragraph all the same, but a sentence or a
label taken for a dateline gives the archive a place that is none.
"""

import regex

from search.reading import agencies, places
from search.reading.answers import Answers
from search.reading.dateline_gathering import Found
from search.reading.looks import Look, is_label, look_of

_STORY_BEGINS = regex.compile(r"[^\w]{0,3}(?:[\p{Lu}\p{Lt}\p{Lo}\p{Nd}]|$)")
_NO_AGENCY = regex.compile(
    r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|[rdi]-.*|left|right|above|below)", regex.IGNORECASE
)
_TICKER = regex.compile(r"[\p{Lu}.]{1,5}")


def is_vouched(found: Found, survey: Answers) -> bool:
    """Whether the evidence is enough to call it a dateline."""
    look = look_of(found.place)
    if _is_refuted(found, look):
        return False
    if look is Look.NONE:
        return _is_vouched_without_place(found)
    if look is Look.SMALL:
        return found.has_day and found.is_dashed  # "new york, march 2 -", as telex copy has it
    if found.has_day:
        return bool(found.mark) or _names_agency(found)
    if found.agency:
        return _is_vouched_by_agency(found, look, survey)
    if not found.mark or not found.story or not _STORY_BEGINS.match(found.story):
        return False
    if found.has_weekday:
        return places.is_in_gazetteer(found.place)
    if places.has_region(found.place):
        return (look is Look.CAPITALS and found.is_dashed) or places.is_in_gazetteer(found.place)
    return (look is Look.CAPITALS or _is_prose(found)) and places.stands_alone(found.place, survey)


def _is_prose(found: Found) -> bool:
    """Whether what follows the dash is a sentence and no title or list: half of its first words have small letters."""
    words = found.head[found.rest :].split()[:8]
    return len(words) >= 5 and 2 * sum(not word[0].isupper() for word in words) >= len(words) - 1


def _is_refuted(found: Found, look: Look) -> bool:
    """Whether something in it speaks against a dateline, whatever speaks for it."""
    if look is Look.OTHER or (found.agency and _NO_AGENCY.fullmatch(found.agency)):
        return True
    if look is not Look.NONE and _is_no_place(found):
        return True
    return not found.mark and not _STORY_BEGINS.match(found.story)


def _is_no_place(found: Found) -> bool:
    # with a day beside it, "LEAD, S.D." is a town and "UPPER SADDLE RIVER" too
    certain = found.has_day and ("," in found.place or not is_label(found.place.split()[0]))
    return agencies.is_known(found.place, found.extra) or (is_label(found.place) and not certain)


def _is_vouched_without_place(found: Found) -> bool:
    if found.agency is None:
        return False  # "May 5 - " opens an entry of a chronology as often as a story
    if found.has_day:
        return found.is_dashed or found.knows_agency()
    return agencies.is_unmistakable(found.agency, found.extra)


def _is_vouched_by_agency(found: Found, look: Look, survey: Answers) -> bool:
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


def _names_agency(found: Found) -> bool:
    return found.agency is not None and (not found.agency[0].islower() or found.knows_agency())
