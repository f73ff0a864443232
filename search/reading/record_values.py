"""Values of a JSON record as texts: strings, lists of them, objects with a name. Values in, texts out.

None and an empty value are no text; what has no text that can be told raises UnreadableError, which names the key.
"""

import re
from collections.abc import Iterator, Mapping

from search.reading.cutting import LONGEST
from search.reading.record_bodies import UnreadableError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LISTED = re.compile(r"[;|]")
_INSIDE = (
    "name",
    "main",
    "rendered",
    "label",
    "title",
    "original",
    "fullname",
    "text",
    "value",
    "#text",
    "@value",
    "$oid",
)
_GIVEN = ("given", "given_name", "givenName", "first_name", "firstName", "firstname", "first")
_FAMILY = ("family", "family_name", "familyName", "last_name", "lastName", "lastname", "last")
_LONGEST_NAME = 300  # code points of an author, place, agency or topic: longer ones are prose


def tidy(text: str) -> str:
    """White space of every kind, line ends and control characters as single spaces."""
    if "  " not in text and text.isprintable():  # nearly every paragraph; only " " is printable white space
        return text.strip(" ")
    tidied = " ".join(text.split())
    return tidied if tidied.isprintable() else " ".join(_CONTROL.sub(" ", tidied).split())


def text_of(value: object, key: str) -> str | None:
    """The one text that `value` is or, as an object or a list of one, holds."""
    if value is None:
        return None
    if isinstance(value, str):
        return tidy(value) or None
    if isinstance(value, Mapping):
        return text_of(_inside(value, key), key)
    if isinstance(value, list) and len(value) <= 1:
        return text_of(value[0], key) if value else None
    raise UnreadableError(f'"{key}" should be a string or null')


def title_of(value: object, key: str) -> str | None:
    """The title that `value` is: a text no longer than a paragraph, or a whole number such as 1984."""
    title = str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(value, key)
    if title and len(title) > LONGEST:
        raise UnreadableError(f'"{key}" is longer than a title')
    return title


def id_of(value: object, key: str) -> str | None:
    """The id that `value` is: a string as it is written, or a whole number."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping | list):
        return text_of(value, key)
    raise UnreadableError(f'"{key}" should be a string or a whole number')


def names_of(value: object, key: str) -> tuple[str, ...]:
    """The persons or things that `value` names: a string, an object with a name, or a list of these."""
    names = list(dict.fromkeys(_names(value, key, levels=2)))
    if any(len(name) > _LONGEST_NAME for name in names):
        raise UnreadableError(f'"{key}" is longer than a name')
    return tuple(names)


def listed_names_of(value: object, key: str) -> tuple[str, ...]:
    """The same, of a string those between its semicolons, bars or, where there are none of these, commas."""
    if not isinstance(value, str):
        return names_of(value, key)
    parts = _LISTED.split(value) if _LISTED.search(value) else value.split(",")
    return names_of(parts, key)


def _names(value: object, key: str, *, levels: int) -> Iterator[str]:
    if isinstance(value, list) and levels:
        for each in value:
            yield from _names(each, key, levels=levels - 1)
    elif name := _name(value, key):
        yield name


def _name(value: object, key: str) -> str | None:
    if isinstance(value, Mapping) and not any(value.get(inside) for inside in _INSIDE):
        parts = [next((value[name] for name in names if value.get(name)), "") for names in (_GIVEN, _FAMILY)]
        if any(parts) and all(isinstance(part, str) for part in parts):
            return tidy(" ".join(parts)) or None
    if isinstance(value, list):
        raise UnreadableError(f'"{key}" should be a string, or a list of strings')
    return text_of(value, key)


def _inside(value: Mapping[str, object], key: str) -> object:
    inside = next((value[name] for name in _INSIDE if value.get(name)), None)
    if inside is None and value:
        raise UnreadableError(f'"{key}" should be a string, or an object with a "name"')
    return inside
