"""What the words before a day, an agency or a dash look like: capitals, a name, a desk's label, a sentence.

Only the way they are written is judged here; whether there is such a place, places.py says.
"""

import enum
import functools

from search.reading.months import WEEKDAYS

_LABELS_TEXT = """
addition advisory alert aluminium analysis archive archives asean attention audio background banknotes
barley baseball basketball bcast boxing breaking breakingviews brief briefs briefing bulletin buzz caption
chronology clarification closing cocoa coffee column comment commentary commodities cop copper corn
correct corrected correcting correction corrections cotton cricket currencies cycling daily data diary
digest dow economy editorial editor editors editor's embargoed emerging energy enquiries exclusive
explained explainer eyewitness fact factbox factcheck fact-check features feature file files film flash
focus football forex frontex gallery global gold golf gradings grains graphic graphics guest headlines
health highlights hockey how image insight instant interpol interview investigation ipo key kill latest
lead letter letters listen live maize market markets media mercosur metals millet money moneymarkets
monitor motor multimedia music nasdaq newsalert newsletter newsmaker nickel note notebook nyse obit
obituary oil olympics op-ed opinion patch people photo photos picture pictures podcast poll polls preview
press profile q&a quote quotes ranking rates recap refile refiling reflection repeat report reuters review
river roundup rpt rubber rugby sales scenarios schedule science scores security silver skiing snap
snapshot soccer special spoiler sorghum soybeans sport sports stocks sugar story summary survey swimming
table take tankers tapioca tech technology tennis test text timeline tip top transcript treasuries
trending unesco unicef update updated updates urgent usa-election vatican-diary video view viewpoint views
warning watch weather week what wheat why zinc withdrawal withdrawn world wrap wrapup wrap-up writethru
"""
_LABELS = frozenset(_LABELS_TEXT.split())
_NO_PLACE_BEGINS_TEXT = """
a about after although an and as at because before between born both but by during early for from given he
her his how i if in it its last late mr mrs ms next of on our she since so still that the their then there
these they this those to today tomorrow under until we what when where while who why with yesterday you
"""
_NO_PLACE_BEGINS = frozenset(_NO_PLACE_BEGINS_TEXT.split())
_THE_NAMES = frozenset({"the hague", "the valley", "the woodlands", "the dalles"})
_SMALL_TEXT = """
a al am an and at au aux bei da das de del dela della den der des di do dos du e el en i im in la las le
les los na of on op over sul sur the und upon van von y
"""
_SMALL = frozenset(_SMALL_TEXT.split())
_WEEKDAYS = frozenset(name for name in WEEKDAYS if name.endswith("day")) | {"mon", "tue", "wed", "thu", "fri"}


class Look(enum.Enum):
    """How what stands before a dash, a day or an agency is written."""

    CAPITALS = enum.auto()  # "OMAHA, Neb."
    NAME = enum.auto()  # "San Diego", "नई दिल्ली"
    SMALL = enum.auto()  # "new york", "Mexico city": typed without capitals
    NONE = enum.auto()  # nothing stands there
    OTHER = enum.auto()  # a sentence, a label, anything that is no place


@functools.lru_cache(maxsize=4096)
def look_of(written: str) -> Look:
    """How `written` looks as a place; OTHER where it cannot be one."""
    if not written:
        return Look.NONE
    first, *regions = (part.strip() for part in written.split(","))
    words = first.replace("/", " ").replace("[", " ").replace("]", " ").split()
    folded = [word.strip(".").casefold() for word in words]
    too_long = len(words) > 8 or max(len(one.split()) for one in first.split("/")) > 5
    if not words or too_long or len(regions) > 3 or not _WEEKDAYS.isdisjoint(folded):
        return Look.OTHER
    if first.isupper() and sum(map(str.isalpha, first)) > 1:
        if folded[0] in _NO_PLACE_BEGINS and folded[0] != "the":
            return Look.OTHER
        return Look.CAPITALS if all(_is_name(region) for region in regions) else Look.OTHER
    if folded[0] in _NO_PLACE_BEGINS and first.casefold() not in _THE_NAMES:
        return Look.OTHER
    if (written[1:].islower() and 1 < len(words) <= 3) or (written.islower() and len(words) <= 3):
        return Look.SMALL
    return Look.NAME if _is_name(first) and all(_is_name(region) for region in regions) else Look.OTHER


def _is_name(written: str) -> bool:
    words = written.replace("[", " ").replace("]", " ").split()
    return bool(words) and all(
        not word[0].islower() or (word in _SMALL and (position > 0 or word == "the"))
        for position, word in enumerate(words)
    )


def is_label(written: str) -> bool:
    """Whether `written` is a desk's label (FILE, ANALYSIS, UPDATE) and no place, though it looks like one."""
    words = written.split(",", maxsplit=1)[0].casefold().split()
    return bool(words) and (words[0].strip(".") in _LABELS or words[-1] in _LABELS)
