"""What a place of a dateline looks like, and its normal form. A name in, a judgement or a spelling out.

The tables are short on purpose: a place is known by how it is written and by what stands beside it (a day, an
agency); only where nothing stands beside it does a name have to be a known one.
"""

import enum
import functools

import regex

_KNOWN_TEXT = """
abidjan, abu dhabi, abuja, accra, adelaide, aden, algiers, amman, ankara, astana, athens, atlanta,
baghdad, baku, bali, basel, basra, beijing, beirut, berlin, bern, bogota, bombay, bonn, boston, brasilia,
brussels, bucharest, budapest, buenos aires, cairo, calcutta, cape town, caracas, chennai, chicago,
cologne, colombo, dakar, dallas, damascus, davos, delhi, denver, dhaka, doha, dubai, dublin, fiji, gaza,
geneva, genoa, goa, graz, guam, hanoi, harare, havana, helsinki, ho chi minh city, hong kong, houston,
hyderabad, islamabad, istanbul, jakarta, jeddah, jerusalem, juba, kabul, karachi, kathmandu, khartoum,
kiev, kigali, kinshasa, kolkata, kuala lumpur, kuwait city, kyiv, lagos, lahore, leh, lima, lisbon,
london, los angeles, luanda, lucknow, lusaka, lyon, macau, madrid, male, mali, malta, manila, maputo,
mecca, melbourne, mexico city, miami, milan, minsk, mogadishu, montreal, moscow, mumbai, munich, nairobi,
new delhi, new york, nice, niue, oran, osaka, oslo, ottawa, palo alto, paris, perth, phnom penh, port of
spain, port-au-prince, prague, pune, quito, rabat, riga, rio de janeiro, riyadh, rome, salt lake city, san
francisco, santiago, sao paulo, seoul, shanghai, singapore, sofia, stockholm, suva, sydney, taipei,
tallinn, tashkent, tbilisi, tehran, tel aviv, the hague, tokyo, toronto, tripoli, troy, tunis, turin, ulm,
united nations, vaduz, vienna, vilnius, warsaw, washington, wellington, yangon, yerevan, york, zagreb,
zurich
"""
_KNOWN = frozenset(name.strip() for name in _KNOWN_TEXT.split(","))

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
_WEEKDAYS_TEXT = """
monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
"""
_WEEKDAYS = frozenset(_WEEKDAYS_TEXT.split())
_SMALL_TEXT = """
a al am an and at au aux bei da das de del dela della den der des di do dos du e el en i im in la las le
les los na of on op over sul sur the und upon van von y
"""
_SMALL = frozenset(_SMALL_TEXT.split())
_ALWAYS_CAPITAL_TEXT = """
UAE UK UN US USA USSR EU DC DR NSW
"""
_ALWAYS_CAPITAL = frozenset(_ALWAYS_CAPITAL_TEXT.split())
_SMALL_IN_CAPITALS_TEXT = """
am an and au aux da das de del der des di do dos du of sur upon
"""
_SMALL_IN_CAPITALS = frozenset(_SMALL_IN_CAPITALS_TEXT.split())
_INITIALS = regex.compile(r"(?:\p{Lu}\.)+\p{Lu}?\.?")
_IN_SQUARE_BRACKETS = regex.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_WORD_PARTS = regex.compile(r"([\s/\-]+)")


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
        return Look.CAPITALS if all(_is_name(region) for region in regions) else Look.OTHER
    if folded[0] in _NO_PLACE_BEGINS and first.casefold() not in _KNOWN:
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


def stands_alone(written: str, *, known_only: bool = False) -> bool:
    """Whether capitals with neither day nor agency beside them ("PARIS - ") are safely a place."""
    first, *regions = written.casefold().split(",")
    if all(part.strip() in _KNOWN for part in first.split("/")):
        return True
    if known_only or is_label(written):
        return False
    if sum(map(str.isalpha, first)) < 5 or len(regions) > 1:  # NASA, IBM; a headline with commas
        return False
    return len(first.split()) <= (3 if regions else 1) and all(len(region.split()) <= 2 for region in regions)


@functools.lru_cache(maxsize=4096)  # an archive names the same few thousand places again and again
def spelled(written: str) -> str:
    """The normal form: capitals as in a title, one space, no dot at the end of "Mass.", dots in "D.C."."""
    tidy = _IN_SQUARE_BRACKETS.sub(r", \1", " ".join(written.split()))  # ANI's New Delhi [India]
    parts = [part.strip() for part in tidy.split(",") if part.strip(" .")]
    return ", ".join(_spelled_part(part, first=index == 0) for index, part in enumerate(parts))


def _spelled_part(part: str, *, first: bool) -> str:
    if _INITIALS.fullmatch(part):
        return part.rstrip(".") + "."
    bare = part.rstrip(". ")
    last = bare.split()[-1]
    dot = "." if len(last) > 2 and _INITIALS.fullmatch(last) else ""  # Washington D.C.
    if not bare.isupper() or (not first and len(bare) == 2):  # ALBANY, NY
        return bare + dot
    pieces = _WORD_PARTS.split(bare)
    return "".join(_spelled_word(piece, inner=index > 0) for index, piece in enumerate(pieces)) + dot


def _spelled_word(word: str, *, inner: bool) -> str:
    if (_INITIALS.fullmatch(word) and len(word) > 2) or word in _ALWAYS_CAPITAL:
        return word
    if inner and word.casefold() in _SMALL_IN_CAPITALS:
        return word.lower()
    before, apostrophe, after = word.partition("'" if "'" in word else "’")
    if apostrophe and len(before) == 1 and len(after) > 1:  # O'FALLON; but ST JOHN'S, XI'AN
        return before + apostrophe + after.capitalize()
    return word.capitalize()
