"""The fields of the form that composes a query -> the query, in our own language. Knows neither Flask nor the search.

What is typed into the form is words and names, never operators: it is quoted where the language would read more in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import regex

_QUOTES = regex.compile('["“”„«»]')
_PLAIN = regex.compile(
    r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:[-'’.][\p{L}\p{M}\p{N}]+)*|[\p{L}\p{M}*?]*\p{L}{2}[\p{L}\p{M}*?]*"
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})
DISTANCES = ("3", "5", "10", "25")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form: its parameter, what it asks for, and an example of what it writes."""

    name: str
    label: str
    hint: str
    writes: str


FORM = (
    FormField("all", "All of these words", "in any form: talk finds talks and talking", "defence minister"),
    FormField("phrase", "Exactly this phrase", "these words in this order, nothing skipped", '"minister of defence"'),
    FormField("any", "Any of these words", "one is enough", "(india OR china)"),
    FormField("none", "None of these words", "paragraphs with one of them are left out", "-cricket"),
    FormField("near", "Near each other", "these two words, in either order", "india w/5 china"),
    FormField("title", "In the title", "words of the title, in any form", "title:treaty"),
    FormField("place", "Place", "where the dateline says it was written", 'place:"New York"'),
    FormField("country", "Country", "the country of that place", "country:India"),
    FormField("agency", "Agency", "who sent it", "agency:IANS"),
    FormField("section", "Section", "", "section:business"),
    FormField("byline", "Byline", "who wrote it", "byline:correspondent"),
    FormField("from", "From", "a day, a month or a year", "date:2024-01..2024-08"),
    FormField("to", "to", "", ""),
)


def compose(given: Mapping[str, str]) -> str:
    """Return the query that the form's fields ask for; "" where nothing is filled in.

    `given` has texts by the names in FORM, and `near2` and `within`, the second word and the distance of `near`.
    """
    return " ".join(_clauses({name: text.strip() for name, text in given.items() if text.strip()}))


def _clauses(given: Mapping[str, str]) -> Iterator[str]:
    yield from map(_word, given.get("all", "").split())
    if phrase := _QUOTES.sub("", given.get("phrase", "")).strip():
        yield f'"{" ".join(phrase.split())}"'
    any_of = [_word(word) for word in given.get("any", "").split()]
    if any_of:
        yield any_of[0] if len(any_of) == 1 else f"({' OR '.join(any_of)})"
    if "near" in given and "near2" in given:
        yield f"{_one(given['near'])} w/{given.get('within', DISTANCES[1])} {_one(given['near2'])}"
    else:
        yield from (_one(given[name]) for name in ("near", "near2") if name in given)
    yield from _in_fields(given)
    yield from (f"-{_word(word)}" for word in given.get("none", "").split())


def _in_fields(given: Mapping[str, str]) -> Iterator[str]:
    if title := _joined(map(_word, given.get("title", "").split())):
        yield f"title:{title}"
    for name in ("place", "country", "agency", "section", "byline"):
        if name in given:
            yield f"{name}:{_one(given[name])}"
    first, last = (given.get(name, "").replace(" ", "") for name in ("from", "to"))
    if first and first == last:
        yield f"date:{first}"
    elif first or last:
        yield f"date:{first}..{last}"


def _joined(words: Iterable[str]) -> str:
    listed = list(words)
    return f"({' '.join(listed)})" if len(listed) > 1 else "".join(listed)


def _word(text: str) -> str:
    """Return one word as the language reads it as a word: an operator or a sign is put into quotes."""
    if _PLAIN.fullmatch(text) and text not in _OPERATORS:
        return text
    return f'"{_QUOTES.sub("", text)}"'


def _one(text: str) -> str:
    """Return one word, or several as a phrase."""
    words = text.split()
    return _word(words[0]) if len(words) == 1 else f'"{_QUOTES.sub("", " ".join(words))}"'
