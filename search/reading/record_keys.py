"""Which keys of a JSON record hold what: one table of the names that exports use. Keys in, keys by field out.

Names are compared without capitals, signs and prefixes: `pubDate`, `pub_date` and `dc:pubdate` are one.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import regex

_TABLE = {
    "id": "id guid uuid articleid docid docno",
    "title": "title headline webtitle heading",
    "name": "name",
    "date": """date published publishdate publishedat datepublished pubdate datepublish publicationdate publisheddate
        publishedon webpublicationdate firstpublicationdate versioncreated datecreated created createdat""",
    "byline": "byline author authors creator creators",
    "place": "place location",
    "agency": "agency",
    "source": "source provider publisher",
    "section": "section articlesection sectionname",
    "topics": "topics topic subjects subject categories category",
    "tags": "tags keywords",
    "body": """paragraphs text body content maintext articlebody articletext bodytext fulltext contenttext storytext
        articlecontent story article bodyhtml contenthtml""",
    "summary": "description summary abstract leadparagraph excerpt",
    "envelope": "source article doc document item fields attributes record story data",
}
_PLACES_IN_TABLE = {(field, name): place for field, names in _TABLE.items() for place, name in enumerate(names.split())}
_FIELDS_OF: dict[str, list[str]] = {}
for _field, _name in _PLACES_IN_TABLE:
    _FIELDS_OF.setdefault(_name, []).append(_field)

_PREFIX = regex.compile(r"^.*:")
_SIGNS = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_MOST_KEYS = 1000  # of a record: beyond, its keys are data


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of a record by the field that they hold, the best name first, and those that no field knows."""

    id: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    envelope: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def layout_of_record(values: Mapping[str, object]) -> Layout:
    """The layout of a record."""
    return layout_of(tuple(values) if len(values) <= _MOST_KEYS else tuple(islice(values, _MOST_KEYS)))


@functools.lru_cache(maxsize=1024)
def layout_of(keys: tuple[str, ...]) -> Layout:
    """The layout of a record with these keys; records of one export share it."""
    ranked: dict[str, list[tuple[int, bool, str]]] = {}
    unknown = []
    for key in keys:
        name = folded(key)
        fields = _FIELDS_OF.get(name, [])
        for field in fields:
            ranked.setdefault(field, []).append((_PLACES_IN_TABLE[field, name], key != name, key))
        if not fields:
            unknown.append(key)
    by_field = {field: tuple(key for _, _, key in sorted(found)) for field, found in ranked.items()}
    return Layout(**by_field, unknown=tuple(unknown))


def folded(key: str) -> str:
    """A key without what exports write differently: capitals, signs, a prefix before a colon."""
    return _SIGNS.sub("", _PREFIX.sub("", key)).casefold()


def listed(keys: tuple[str, ...]) -> str:
    """The keys of a record for a message, quoted, at most twenty."""
    shown = ", ".join(f'"{key[:40]}"' for key in keys[:20]) or "none"
    return f"{shown} and {len(keys) - 20} more" if len(keys) > 20 else shown
