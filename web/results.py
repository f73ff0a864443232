"""Answer -> what the results page shows beside the hits: filters, facets, switches, warnings, as labelled links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search.answering.answer import Answer, Status
from search.answering.parameters import SearchParameters
from search.engines.base import FACETS, FacetValue, Group, Month, Scope, Sort
from search.query import Match
from web import words
from web.addresses import Pairs, pairs, search_address
from web.faults import ShownFault, shown_faults
from web.timeline import Timeline, draw

_FACET_SHOWN = 10
_FACET_LISTED = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to see the same search; `current` is the one seen."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """A named set of choices."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that is on, and the address without it."""

    name: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A value of a facet, how many have it, and the address with it added or, where it is on, removed."""

    value: str
    count: int
    href: str
    active: bool


@dataclass(frozen=True, slots=True)
class FacetBox:
    """One facet: the rows shown, the rows folded away, and how many values are not listed at all."""

    label: str
    shown: tuple[FacetRow, ...]
    folded: tuple[FacetRow, ...]
    unlisted: int


@dataclass(frozen=True, slots=True)
class Results:
    """What the results page shows beside the answer itself."""

    heading: str
    first_rank: int
    last_rank: int
    filters: tuple[Filter, ...]
    facets: tuple[FacetBox, ...]
    switches: tuple[Switch, ...]
    warnings: tuple[ShownFault, ...]
    timeline: Timeline | None
    next_href: str | None
    first_href: str | None
    any_words_href: str | None
    kept: tuple[tuple[str, str], ...]


def results_of(answer: Answer, parameters: SearchParameters, status: Status) -> Results:
    """Return what is shown around an answer to these parameters, in an archive of this status."""
    asked = pairs(parameters)
    return Results(
        heading=_heading(answer),
        first_rank=answer.hits[0].rank if answer.hits else 0,
        last_rank=answer.hits[-1].rank if answer.hits else 0,
        filters=tuple(_filters(parameters)),
        facets=tuple(_facet(name, answer.facets.values.get(name, ()), parameters) for name in FACETS),
        switches=tuple(_switches(answer, parameters)),
        warnings=tuple(_warnings(answer, asked)),
        timeline=draw(_months(answer, status)),
        next_href=search_address(parameters, cursor=answer.next) if answer.next else None,
        first_href=search_address(parameters, cursor=None) if parameters.cursor else None,
        any_words_href=_any_words(answer, parameters),
        kept=tuple((name, text) for name, text in asked if name not in ("q", "cursor", "dialect")),
    )


def _heading(answer: Answer) -> str:
    if not answer.paragraphs:
        return "Nothing found"
    return f"{words.count(answer.paragraphs, 'paragraph')} in {words.count(answer.articles, 'article')}"


def _warnings(answer: Answer, asked: Pairs) -> Iterable[ShownFault]:
    """Yield the remarks on the query; a fix that stands among the suggestions, with its count, is not offered twice."""
    suggested = {suggestion.q for suggestion in answer.suggestions}
    for fault in shown_faults(answer.diagnostics, asked, "/search"):
        yield replace(fault, href=None) if fault.fix in suggested else fault


def _months(answer: Answer, status: Status) -> Sequence[Month]:
    """Return all months that are held, with what was found in each; the answer has only those with something found."""
    found = answer.facets.months or ()
    if status.generation != answer.generation:  # rebuilt in between, or an older page that a cursor leads to
        return found
    articles = {month.value: month.articles for month in found}
    return [Month(month.value, articles.get(month.value, 0), month.held) for month in status.months]


def _any_words(answer: Answer, parameters: SearchParameters) -> str | None:
    if answer.paragraphs or parameters.match is not Match.ALL:
        return None
    return search_address(parameters, match=Match.ANY)


def _filters(parameters: SearchParameters) -> Iterable[Filter]:
    for name in FACETS:
        chosen: tuple[str, ...] = getattr(parameters, name)
        for value in chosen:
            others = tuple(other for other in chosen if other != value)
            yield Filter(name.capitalize(), value, search_address(parameters, **{name: others}))
    if parameters.from_:
        yield Filter("From", words.period(parameters.from_), search_address(parameters, from_=None))
    if parameters.to:
        yield Filter("To", words.period(parameters.to), search_address(parameters, to=None))
    if parameters.match is not Match.AUTO:
        label = {Match.ALL: "all of them", Match.ANY: "any of them"}[parameters.match]
        yield Filter("Words", label, search_address(parameters, match=Match.AUTO))


def _facet(name: str, values: tuple[FacetValue, ...], parameters: SearchParameters) -> FacetBox:
    chosen: tuple[str, ...] = getattr(parameters, name)
    by_article = parameters.group is Group.ARTICLE
    rows = []
    for value in values[:_FACET_LISTED]:
        active = value.value in chosen
        after = tuple(v for v in chosen if v != value.value) if active else (*chosen, value.value)
        count = value.articles if by_article else value.paragraphs
        rows.append(FacetRow(value.value, count, search_address(parameters, **{name: after}), active))
    shown, folded = tuple(rows[:_FACET_SHOWN]), tuple(rows[_FACET_SHOWN:])
    return FacetBox(name.capitalize(), shown, folded, max(0, len(values) - _FACET_LISTED))


def _switches(answer: Answer, parameters: SearchParameters) -> Iterable[Switch]:
    """Yield the switches; those that say how words are matched only where there are words."""
    sorts = {Sort.RELEVANCE: "relevance", Sort.NEWEST: "newest", Sort.OLDEST: "oldest"}
    groups = {Group.ARTICLE: "articles", Group.NONE: "paragraphs"}
    matches = {Match.ALL: "all", Match.ANY: "any"}
    scopes = {Scope.PARAGRAPH: "paragraph", Scope.ARTICLE: "article"}
    yield _switch("Sort by", "sort", sorts, parameters, parameters.sort)
    yield _switch("List", "group", groups, parameters, parameters.group)
    if parameters.q.strip():
        yield _switch("Words", "match", matches, parameters, answer.match)
        yield _switch("in one", "scope", scopes, parameters, parameters.scope)


def _switch(label: str, name: str, labels: Mapping[Any, str], parameters: SearchParameters, current: str) -> Switch:
    return Switch(
        label,
        tuple(
            Choice(text, search_address(parameters, **{name: value}), current=value == current)
            for value, text in labels.items()
        ),
    )
