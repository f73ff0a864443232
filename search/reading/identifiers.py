"""Article ids: unique in the archive, stable from run to run, safe in a URL's path. A name in, an id out.

An id has ASCII letters, digits and `-._~/` only, no empty, "." or ".." part and at most 200 characters. A
name that is so already is its own id. Any other has each offending character replaced by "-" and ends in "-"
and 8 hex digits of the name's sha256, so that two names that look alike afterwards stay two ids.
"""

import hashlib
import re
from collections.abc import Sequence

LONGEST = 200

_UNSAFE = re.compile(r"[^A-Za-z0-9._~/-]")
_TEXT_SUFFIX = re.compile(r"(?<=[^/])\.(?:txt|text)(?:\.gz)?$|(?<=[^/])\.gz$", re.IGNORECASE)
_LINES_SUFFIX = re.compile(r"(?<=[^/])\.(?:jsonl|ndjson|jl|jsonlines|json)(?:\.gz)?$", re.IGNORECASE)


def url_safe(name: str) -> str:
    """The id for `name`, which is itself where nothing in it needs changing."""
    parts = [part for part in _UNSAFE.sub("-", name).split("/") if part not in {"", ".", ".."}]
    safe = "/".join(parts)
    if safe == name and 0 < len(name) <= LONGEST:
        return safe
    return f"{safe[: LONGEST - 9]}-{_digest(name)[:8]}"


def for_text(file_name: str) -> str:
    """The id of a plain-text article: its path below SOURCE without .txt, .text or .gz."""
    return url_safe(_TEXT_SUFFIX.sub("", file_name))


def for_part(file_name: str, number: int) -> str:
    """The id of one of several articles in a plain-text file: that of the file, "~" and its number, counted from 1.

    Hardly a file's name has a tilde before a number, so it is no other file's id.
    """
    return url_safe(f"{_TEXT_SUFFIX.sub('', file_name)}~{number}")


def for_record(record_id: str) -> str:
    """The id of a JSON record that has one."""
    return url_safe(record_id)


def for_nameless_record(file_name: str, title: str | None, texts: Sequence[str], date: str | None = None) -> str:
    """The id of a JSON record without one: its file's name and 12 hex digits of sha256 of title, text and date.

    `date` is as written, so that a date that is read better some day does not change the id.
    """
    digest = _digest("\n\n".join([title or "", *texts, *([date] if date else [])]))
    return url_safe(f"{_LINES_SUFFIX.sub('', file_name)}-{digest[:12]}")


def distinguished(article_id: str, by: str) -> str:
    """An id for the second of two articles with one id: the first's, "-", and 8 hex digits of the sha256 of `by`."""
    return url_safe(f"{article_id[: LONGEST - 9]}-{_digest(by)[:8]}")


def numbered(article_id: str, number: int) -> str:
    """An id for a further article of the same name and text: the name's, "-" and a number from 2 on."""
    suffix = f"-{number}"
    return url_safe(f"{article_id[: LONGEST - len(suffix)]}{suffix}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
