"""SearchParameters -> addresses: the same search elsewhere, with something changed, or one of its articles."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from search.answering.answer import article_path
from search.answering.parameters import SearchParameters

Pairs = list[tuple[str, str]]

# What the addresses of exports and of citations begin with; kinds are those of `web.formats`.
EXPORTS = "/search."
CITATIONS = "/citations/"

# Every parameter: its name in Python and in addresses, and what it is where nothing was asked.
_PARAMETERS = tuple((name, field.alias or name, field.default) for name, field in SearchParameters.model_fields.items())
# A page repeats the same few texts in a hundred addresses; longer ones would fill the memory.
_LONGEST_REMEMBERED = 100
_remembered_quote = lru_cache(maxsize=2_000)(quote_plus)


def pairs(parameters: SearchParameters, /, **changes: Any) -> Pairs:
    """Return what is asked other than the defaults, after some changes, as names and texts in a fixed order."""
    found: Pairs = []
    for name, written, default in _PARAMETERS:
        value = changes[name] if name in changes else getattr(parameters, name)
        if value == default or value is None:
            continue
        if isinstance(value, tuple):
            found += [(written, str(text)) for text in value]
        else:
            found.append((written, str(value)))
    return found


def changed(parameters: SearchParameters, **changes: Any) -> SearchParameters:
    """Return the search with some parameters changed, from its first page on unless a cursor is among them."""
    return parameters.model_copy(update={"cursor": None, **changes})


def address(path: str, query: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query string, where there is anything to ask."""
    encoded = "&".join([f"{_quoted(name)}={_quoted(text)}" for name, text in query])
    return f"{path}?{encoded}" if encoded else path


def _quoted(text: str) -> str:
    return _remembered_quote(text) if len(text) <= _LONGEST_REMEMBERED else quote_plus(text)


def search_address(parameters: SearchParameters, path: str = "/search", /, **changes: Any) -> str:
    """Return the address of this search, or of it with some parameters changed: then from its first page on."""
    if changes:
        changes.setdefault("cursor", None)
    return address(path, pairs(parameters, **changes))


def article_address(article_id: str, parameters: SearchParameters, paragraph: int | None = None) -> str:
    """Return an article's page, which knows the search it was found by, so that it can mark and lead back."""
    path, _, fragment = article_path(article_id, paragraph).partition("#")
    asked = address(path, pairs(parameters))
    return f"{asked}#{fragment}" if fragment else asked


def export_address(parameters: SearchParameters, kind: str) -> str:
    """Return where all that a search finds is had as a file: csv, ndjson, json, ris, bib or csl.json."""
    return search_address(parameters, EXPORTS + kind, size=20, cursor=None)


def citation_address(article_id: str, kind: str) -> str:
    """Return where an article's citation is had as a file: ris, bib or csl.json."""
    return f"{CITATIONS}{kind}/{quote(article_id)}"


def with_value(query: Iterable[tuple[str, str]], name: str, value: str | None) -> Pairs:
    """Return raw parameters with one set (None: left out), on the first page; for those that could not be read."""
    kept = [(key, text) for key, text in query if key not in (name, "cursor")]
    if value is None:
        return kept
    return [(name, value), *kept] if name == "q" else [*kept, (name, value)]
