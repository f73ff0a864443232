"""Which place a name means, its normal spelling, and whether the archive or the gazetteer knows it.

A name as a dateline or field writes it goes in ("NEW DELHI", "New Delhi [India]", "Paris, Texas"); out comes a Place:
a key that all spellings of one city share, the name to show, and the country. A name the gazetteer does not have is
a place too, in its own spelling: the reader of the dateline has judged the evidence for it.
"""

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import regex

from search.reading.answers import Answers
from search.reading.gazetteer import City, cities_named, fold
from search.reading.looks import is_label
from search.reading.regions import Region, country_name, is_within, region_name, regions_named

LARGE = 100_000  # people of a city whose name in capitals before a dash is a dateline

_ALWAYS_CAPITAL_TEXT = """
UAE UK UN US USA USSR EU DC DR NSW
"""
_ALWAYS_CAPITAL = frozenset(_ALWAYS_CAPITAL_TEXT.split())
_SMALL_IN_CAPITALS_TEXT = """
am an and au aux da das de del der des di do dos du of sur upon
"""
_SMALL_IN_CAPITALS = frozenset(_SMALL_IN_CAPITALS_TEXT.split())
_INITIALS = regex.compile(r"(?:\p{Lu}\.)+\p{Lu}?\.?")
_WORD_PARTS = regex.compile(r"([\s/\-]+)")

# Names that datelines have alone, beside those of the gazetteer's large cities: smaller capitals, other spellings and
# languages, islands and headquarters.
_ALONE_TEXT = """
abuja, aden, athenes, bahrain, bali, belgrad, belgrado, berne, bogota, bombay, bonn, brasilia, brugge, bruges, bruselas,
brussel, bruxelles, bukarest, calcutta, camp david, canton, cape canaveral, cape town, constantinople, davos,
estocolmo, fiji, firenze, florenz, francfort, frankfurt, gaza city, geneve, genf, genova, gibraltar, ginebra, goa, guam,
guantanamo bay, ho chi minh city, kiel, kiev, kiew, kopenhagen, koln, kuwait, kuwait city, le caire, leningrad,
lisboa, lissabon, londra, londres, los angeles, lucerne, luxembourg, luxemburg, luxor, madras, mailand, malta,
mekka, mexico, milano, monaco, moscou, moscu, moskau, moskva, mumbai, munchen, napoli, neapel, neu delhi, new delhi,
new york, niue, nueva york, nuremberg, nurnberg, oran, palma, pekin, peking, prag, praga, praha, pyongyang, rangoon,
roma, rom, saigon, salzburg, san marino, seville, sevilla, stockholm, strasbourg, suva, tallinn, tel aviv, tokio,
torino, toronto, troy, turin, ulm, united nations, vaduz, valletta, vatican city, venezia, vereinte nationen,
nations unies, naciones unidas, varsovie, varsovia, warschau, warszawa, wien, vienne, viena, york, zurigo
"""
_ALONE = frozenset(map(fold, _ALONE_TEXT.replace("\n", " ").split(", ")))

# Cities that are words, brands or surnames as well: alone before a dash they are as likely a label.
_WORDS_TEXT = """
allen angers aurora bath bend best bolton boulder bury buffalo burton bush carson centennial chandler china clinton
commerce concord cork corona crawford crawley dalton davis derby douglas energy enterprise flint garland gent george
gilbert gold google grant hail hamilton hue hull independence irving jackson jordan kent lancaster lawrence limerick
lincoln male man manning mary medina mesa mobile murray name nelson newton nice norman orange paradise phoenix
preston providence pueblo queens reading richardson sale santos sari sparks split springs surprise sterling stirling
sunrise tempe temple thornton tours tyler tyre van ventura victor victoria vista warren wells wilson worth
"""
_WORDS = frozenset(_WORDS_TEXT.split())

# Places that no table of cities has, or has under a name that no dateline uses: name to show | country or "".
_SPECIAL = {
    fold(name): (shown, country)
    for name, shown, country in (
        ("Aboard Air Force One", "Aboard Air Force One", ""),
        ("Aboard the Papal Plane", "Aboard the Papal Plane", ""),
        ("Bali", "Bali", "ID"),
        ("Camp David", "Camp David", "US"),
        ("Cape Canaveral", "Cape Canaveral", "US"),
        ("Davos", "Davos", "CH"),
        ("Goa", "Goa", "IN"),
        ("Guantanamo Bay", "Guantanamo Bay", "CU"),
        ("Naciones Unidas", "United Nations", ""),
        ("Nations Unies", "United Nations", ""),
        ("UN", "United Nations", ""),
        ("United Nations", "United Nations", ""),
        ("Vatican", "Vatican City", "VA"),
        ("Vatican City", "Vatican City", "VA"),
        ("Vereinte Nationen", "United Nations", ""),
    )
}

# Other names that GeoNames does not have.
_OTHER_NAMES = {fold("Gaza Strip"): "Gaza", fold("the Gaza Strip"): "Gaza"}

# The usual spelling of English-language wires where GeoNames has another.
_USUAL = {
    "BE.VLG:Antwerpen": "Antwerp", "BE.VLG:Brugge": "Bruges", "BE.VLG:Gent": "Ghent", "BR.07:Brasília": "Brasilia",
    "BR.27:São Paulo": "Sao Paulo", "CA.10:Montréal": "Montreal", "CA.10:Québec": "Quebec", "CH.ZH:Zürich": "Zurich",
    "CN.13:Ürümqi": "Urumqi", "CO.34:Bogotá": "Bogota", "CR.08:San José": "San Jose", "DE.02:Nürnberg": "Nuremberg",
    "DE.05:Frankfurt am Main": "Frankfurt", "DE.06:Hannover": "Hanover", "DE.07:Köln": "Cologne",
    "DE.07:Düsseldorf": "Duesseldorf", "ES.51:Sevilla": "Seville", "PT.17:Porto": "Porto",
    "RU.66:Saint Petersburg": "St. Petersburg", "SE.28:Göteborg": "Gothenburg", "US.NY:New York City": "New York",
}  # fmt: skip

_BRACKETED = regex.compile(r"\s*[\[(]\s*([^\[\]()]{1,80})\s*[\])]")
_WITH_SLASH = regex.compile(r"(\p{L}+)/(\p{L}+)")
_JOINED = regex.compile(r"\s*/\s*|\s+(?:and|AND|&|und|UND|et|ET)\s+")
_TRANSLITERATION = str.maketrans("’‘āīūēōḩẕşţḑĀĪŪĒŌḨ", "''aiueohzstdAIUEOH")


@dataclass(frozen=True, slots=True)
class Place:
    """What a written name means. `key` is the same for all spellings of one city; `country` a short name in English."""

    key: str
    name: str
    country: str | None


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A name as it is understood before the archive's habits are asked.

    `usual` is None where the gazetteer has no such place; `spelling` is that of the city alone.
    """

    key: str
    usual: str | None
    spelling: str
    country: str | None
    city: City | None = None


def resolve(written: str, survey: Answers) -> Place | None:
    """The place that `written` names, called as most of the archive's datelines call it; None for an empty name."""
    meaning = _meaning(written)
    return Place(meaning.key, _shown(meaning, survey), meaning.country) if meaning else None


def key_of(written: str) -> str | None:
    """What all spellings of the place share, and no other place has; None for an empty name."""
    meaning = _meaning(written)
    return meaning.key if meaning else None


def tally(written: str, counts: dict[str, Counter[str]]) -> None:
    """Count one dateline or field that writes its place like this: its spelling, by the place's key."""
    meaning = _meaning(written)
    if meaning is not None:
        counts.setdefault(meaning.key, Counter())[meaning.spelling] += 1


def most_written(counted: Mapping[str, int], key: str) -> str:
    """Of the spellings of a place, at least one, that which was counted most often, the usual one before its equals."""
    spellings = _spellings(counted)
    most = max(spellings.values())
    equals = [spelling for spelling, count in spellings.items() if count == most]
    return min(equals, key=lambda one: (one != _usual(key), one)) if len(equals) > 1 else equals[0]


def is_in_gazetteer(written: str) -> bool:
    """Whether `written` names a city of the gazetteer, or one of the special places beside it."""
    meaning = _meaning(written)
    return meaning is not None and meaning.usual is not None


def is_region(written: str) -> bool:
    """Whether `written` is a state, province or country."""
    return bool(regions_named(written))


def has_region(written: str) -> bool:
    """Whether all that follows the first comma or stands in brackets are states and countries ("OMAHA, Neb.")."""
    _, *regions = _parts(written)
    return bool(regions) and all(map(regions_named, regions))


def stands_alone(written: str, survey: Answers) -> bool:
    """Whether this name, with neither day nor agency beside it ("PARIS - "), is safely a place.

    It is where the archive's other datelines often have it, or where it is a large city's and no word, brand or
    surname besides.
    """
    meaning = _meaning(written)
    if meaning is None or is_label(written):
        return False
    return all(map(_is_large, _JOINED.split(_parts(written)[0]))) or survey.is_often(meaning.key)


def _is_large(name: str) -> bool:
    folded = fold(name)
    if folded in _WORDS:
        return False
    if folded in _ALONE or folded in _SPECIAL:
        return True
    if name.isascii() or regex.match(r"\p{Latin}", name):
        return any(city.population >= LARGE and fold(city.name) == folded for city in cities_named(name)[:1])
    return len(folded) > 3 and any(city.population >= LARGE for city in cities_named(name)[:1])


def _shown(meaning: _Meaning, survey: Answers) -> str:
    """The spelling most often counted, else the usual one, with state or country where a likelier city has the name."""
    name = survey.spelling(meaning.key) or meaning.usual or meaning.spelling
    city = meaning.city
    if city is None or city in (cities_named(name)[:1] or (city,)):
        return name
    area = region_name(city.country, city.region)
    return f"{name}, {area}" if area else name


def _spellings(counted: Mapping[str, int]) -> dict[str, int]:
    """The counts by the spelling of the city alone, however its region was written beside it."""
    spellings: dict[str, int] = {}
    for written, count in counted.items():
        meaning = _meaning(written)
        spelling = meaning.spelling if meaning else written
        spellings[spelling] = spellings.get(spelling, 0) + count
    return spellings


def _usual(key: str) -> str | None:
    """The usual spelling of a place of the gazetteer, or of the special places beside it, by its key."""
    return _USUAL.get(key) or key.partition(":")[2].translate(_TRANSLITERATION) or None


@functools.lru_cache(maxsize=4096)  # an archive names the same few thousand places again and again
def _meaning(written: str) -> _Meaning | None:
    parts = _parts(written)
    if not parts:
        return None
    first, *regions = parts
    joined = _several(first)
    if len(joined) > 1:
        regions = []  # "LONDON/ST JOHN'S, Newfoundland": the region is the last one's
    first = _OTHER_NAMES.get(fold(joined[0]), joined[0])
    meant = [regions_named(region) for region in regions]
    special = _SPECIAL.get(fold(first))
    if special is not None and _agrees(special[1], meant):
        shown, country = special
        return _Meaning(f"-:{shown}", shown, spelled(first), country_name(country))
    city = _city(first, meant)
    if city is None:
        return _unlisted(first, regions, meant)
    usual = _usual(city.key)
    spelling = usual if usual and first.islower() else spelled(first)  # "west fargo", as telex copy has it
    return _Meaning(city.key, usual, spelling, country_name(city.country), city)


def _parts(written: str) -> list[str]:
    """The city, or cities, and then the regions: what is parted by commas or in brackets."""
    tidy = " ".join(written.split())
    whole = tidy if tidy.endswith(")") else _WITH_SLASH.sub(r"\1 (\2)", tidy)
    if whole.endswith(")") and cities_named(whole):  # "Frankfurt (Oder)", "Frankfurt/Oder"
        return [whole]
    parts = [part.strip() for part in _BRACKETED.sub(r", \1", tidy).split(",") if _says(part)]
    if len(parts) == 1 and not cities_named(parts[0]):
        words = parts[0].split(" ")
        for length in range(1, min(3, len(words))):  # "Houston Texas", "Washington D.C."
            city, region = " ".join(words[:-length]), " ".join(words[-length:])
            if regions_named(region) and cities_named(city):
                return [city, region]
    return parts


def _says(part: str) -> bool:
    return any(map(str.isalnum, part))


def _several(first: str) -> list[str]:
    joined = [one for one in _JOINED.split(first) if _says(one)]
    return joined if "/" in first or all(map(cities_named, joined)) else [first]


def _agrees(country: str, meant: list[tuple[Region, ...]]) -> bool:
    return not country or all(any(region[0] == country for region in regions) for regions in meant if regions)


def _city(name: str, meant: list[tuple[Region, ...]]) -> City | None:
    """The likeliest city of this name in all the regions beside it."""
    cities = cities_named(name)
    known = [regions for regions in meant if regions]
    within = [
        city
        for city in cities
        if all(any(is_within(city.country, city.region, region) for region in regions) for regions in known)
    ]
    if not within or (len(known) < len(meant) and not _is_plain(within)):
        return None
    return within[0]


def _is_plain(cities: list[City]) -> bool:
    """Whether the first is the one that is meant even if what stands beside the name says nothing."""
    return len(cities) == 1 or cities[0].population >= 10 * cities[1].population


def _unlisted(first: str, regions: list[str], meant: list[tuple[Region, ...]]) -> _Meaning:
    """A place that the gazetteer does not have. Its state is kept, and a country that tells it from a namesake."""
    if all(found and not any(state for _, state in found) for found in meant) and not cities_named(first):
        return _Meaning(fold(first), None, spelled(first), _country([*meant, regions_named(first)]))
    areas = [".".join(found[0]) if found else fold(region) for region, found in zip(regions, meant, strict=True)]
    return _Meaning(", ".join([fold(first), *areas]), None, spelled(", ".join([first, *regions])), _country(meant))


def _country(meant: list[tuple[Region, ...]]) -> str | None:
    """The country that all the regions are in; None where that is not certain, as it is not for Georgia alone."""
    countries = [{country for country, _ in regions} for regions in meant if regions]
    shared = set.intersection(*countries) if countries else set()
    return country_name(shared.pop()) if len(shared) == 1 else None


@functools.lru_cache(maxsize=4096)  # an archive names the same few thousand places again and again
def spelled(written: str) -> str:
    """The normal form: capitals as in a title, one space, no dot at the end of "Mass.", dots in "D.C."."""
    tidy = _BRACKETED.sub(r", \1", " ".join(written.split()))  # ANI's New Delhi [India]
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
