"""SearchParameters -> addresses: the same search elsewhere, with something changed, or one of its articles."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from search.answering.answer import article_path
from search.answering.parameters import SearchParameters

Pairs = list[tuple[str, str]]


def pairs(parameters: SearchParameters) -> Pairs:
    """Return what was asked other than the defaults, as names and texts in a fixed order."""
    # Templates change a choice by its text, which equals the member it stands for; pydantic would warn of it.
    given = parameters.model_dump(mode="json", by_alias=True, exclude_defaults=True, warnings="none")
    return [
        (name, str(text))
        for name, value in given.items()
        for text in (value if isinstance(value, list) else [value])
        if text is not None
    ]


def changed(parameters: SearchParameters, **changes: Any) -> SearchParameters:
    """Return the search with some parameters changed, from its first page on unless a cursor is among them."""
    return parameters.model_copy(update={"cursor": None, **changes})


def address(path: str, query: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query string, where there is anything to ask."""
    encoded = urlencode(list(query))
    return f"{path}?{encoded}" if encoded else path


def search_address(parameters: SearchParameters, path: str = "/search", /, **changes: Any) -> str:
    """Return the address of this search, or of it with some parameters changed."""
    return address(path, pairs(changed(parameters, **changes) if changes else parameters))


def article_address(article_id: str, parameters: SearchParameters, paragraph: int | None = None) -> str:
    """Return an article's page, which knows the search it was found by, so that it can mark and lead back."""
    path, _, fragment = article_path(article_id, paragraph).partition("#")
    asked = address(path, pairs(parameters))
    return f"{asked}#{fragment}" if fragment else asked


def with_value(query: Iterable[tuple[str, str]], name: str, value: str | None) -> Pairs:
    """Return raw parameters with one set (None: left out), on the first page; for those that could not be read."""
    kept = [(key, text) for key, text in query if key not in (name, "cursor")]
    if value is None:
        return kept
    return [(name, value), *kept] if name == "q" else [*kept, (name, value)]
