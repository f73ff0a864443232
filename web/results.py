"""Answer -> what the results page shows beside the hits: filters, facets, switches, warnings, as labelled links."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search import deadlines
from search.answering.answer import Answer, ShownHit, Status
from search.answering.parameters import MAX_SIZE, SearchParameters
from search.answering.service import SearchService
from search.answering.undated import undated_query
from search.engines.base import FACETS, FacetValue, Group, Month, Scope, Sort
from search.errors import EngineUnavailable
from search.query import Dialect, Match
from web import words
from web.addresses import Pairs, changed, pairs, search_address
from web.facets import FacetBox, facet_boxes
from web.faults import ShownFault, shown_faults
from web.nothing import Nothing, nothing_of
from web.timeline import Timeline, draw

# So many further paragraphs of an article are shown below its best one.
_ALSO_SHOWN = 2


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
class Listed:
    """A hit as it is listed: with some more paragraphs of its article, and where all of them stand.

    `more` counts those that match and are not shown.
    """

    hit: ShownHit
    also: tuple[ShownHit, ...]
    more: int
    more_href: str


@dataclass(frozen=True, slots=True)
class Undated:
    """How many articles that were found have no date, and the address of these; None where that is all of them."""

    articles: int
    href: str | None


@dataclass(frozen=True, slots=True)
class Results:
    """What the results page shows of an answer."""

    heading: str
    listed: tuple[Listed, ...]
    first_rank: int
    last_rank: int
    filters: tuple[Filter, ...]
    facets: tuple[FacetBox, ...]
    switches: tuple[Switch, ...]
    warnings: tuple[ShownFault, ...]
    nothing: Nothing | None
    timeline: Timeline | None
    undated: Undated | None
    next_href: str | None
    first_href: str | None
    kept: tuple[tuple[str, str], ...]


def results_of(answer: Answer, parameters: SearchParameters, service: SearchService) -> Results:
    """Return what is shown of an answer to these parameters; asks the service what the answer itself does not say."""
    asked = pairs(parameters)
    return Results(
        heading=_heading(answer),
        listed=tuple(_listed(answer, parameters, service)),
        first_rank=answer.hits[0].rank if answer.hits else 0,
        last_rank=answer.hits[-1].rank if answer.hits else 0,
        filters=tuple(_filters(parameters)),
        facets=facet_boxes(_facet_values(answer, parameters, service), parameters),
        switches=tuple(_switches(answer, parameters)),
        warnings=tuple(_warnings(answer, asked)),
        nothing=_nothing(answer, parameters, service),
        timeline=draw(_months(answer, service.status())),
        undated=_undated(answer, parameters),
        next_href=search_address(parameters, cursor=answer.next) if answer.next else None,
        first_href=search_address(parameters, cursor=None) if parameters.cursor else None,
        kept=tuple((name, text) for name, text in asked if name not in ("q", "cursor", "dialect")),
    )


def _heading(answer: Answer) -> str:
    if not answer.paragraphs:
        return "Nothing found"
    return f"{words.count(answer.paragraphs, 'paragraph')} in {words.count(answer.articles, 'article')}"


def _listed(answer: Answer, parameters: SearchParameters, service: SearchService) -> Iterable[Listed]:
    also = _also_found(answer, parameters, service)
    for hit in answer.hits:
        others = tuple(each for each in also[hit.card.id] if each.paragraph != hit.paragraph)[:_ALSO_SHOWN]
        # All paragraphs of the article, in the order one reads them.
        reading = {"article": (hit.card.id,), "group": Group.NONE, "sort": Sort.OLDEST, "size": MAX_SIZE}
        href = search_address(parameters, match=_match_again(answer, parameters), **reading)
        yield Listed(hit, others, hit.more - len(others), href)


def _also_found(
    answer: Answer, parameters: SearchParameters, service: SearchService
) -> Mapping[str, Sequence[ShownHit]]:
    """Return the best paragraphs of the articles listed that have more than one."""
    also: dict[str, list[ShownHit]] = defaultdict(list)
    ids = tuple(hit.card.id for hit in answer.hits if hit.more)
    if ids:
        within = {"article": ids, "group": Group.NONE, "sort": Sort.RELEVANCE, "size": MAX_SIZE, "facets": "none"}
        found = _if_in_time(service, changed(parameters, match=_match_again(answer, parameters), **within))
        # Without them: they are counted, and the link to them is there.
        for hit in found.hits if found and found.generation == answer.generation else ():
            also[hit.card.id].append(hit)
    return also


def _match_again(answer: Answer, parameters: SearchParameters) -> Match:
    """Return what to match in a part of what was found, so that it is matched as all of it was."""
    return parameters.match if answer.match == Match.ALL else Match.ANY


def _facet_values(
    answer: Answer, parameters: SearchParameters, service: SearchService
) -> Mapping[str, Sequence[FacetValue]]:
    """Return the values of each facet; where one is narrowed, as if it were not, so that further ones can be added."""
    values = dict(answer.facets.values)
    for name in FACETS:
        if getattr(parameters, name) or getattr(parameters, f"not_{name}"):
            open_ = {name: (), f"not_{name}": (), "facets": name, "size": 1}
            if found := _if_in_time(service, changed(parameters, **open_)):
                values[name] = found.facets.values[name]
    return values


def _if_in_time(service: SearchService, parameters: SearchParameters) -> Answer | None:
    """Return the answer to a further search of a page, without remarks; None where the page's time is over."""
    try:
        return service.search(parameters, remarked=False)
    except EngineUnavailable:
        if not deadlines.is_over():
            raise
        return None


def _warnings(answer: Answer, asked: Pairs) -> Iterable[ShownFault]:
    """Yield the remarks on the query; a fix that stands among the suggestions, with its count, is not offered twice."""
    suggested = {suggestion.q for suggestion in answer.suggestions}
    for fault in shown_faults(answer.diagnostics, asked, "/search"):
        yield replace(fault, href=None) if fault.fix in suggested else fault


def _nothing(answer: Answer, parameters: SearchParameters, service: SearchService) -> Nothing | None:
    is_relaxed = any(diagnostic.code == "relaxed" for diagnostic in answer.diagnostics)
    if answer.paragraphs and not is_relaxed:
        return None
    return nothing_of(service.missing(changed(parameters)), parameters)


def _months(answer: Answer, status: Status) -> Sequence[Month]:
    """Return all months that are held, with what was found in each; the answer has only those with something found."""
    found = answer.facets.months or ()
    if status.generation != answer.generation:  # rebuilt in between, or an older page that a cursor leads to
        return found
    articles = {month.value: month.articles for month in found}
    return [Month(month.value, articles.get(month.value, 0), month.held) for month in status.months]


def _undated(answer: Answer, parameters: SearchParameters) -> Undated | None:
    found = answer.facets.undated
    if found is None or not found.articles:
        return None
    if found.articles == answer.articles:
        return Undated(found.articles, None)
    # Other dialects have no word for it.
    text = parameters.q if parameters.dialect is Dialect.DATELINE else answer.canonical
    href = search_address(parameters, q=undated_query(text), dialect=Dialect.DATELINE)
    return Undated(found.articles, href)


def _filters(parameters: SearchParameters) -> Iterable[Filter]:
    for name in FACETS:
        for parameter, label in ((name, name.capitalize()), (f"not_{name}", f"Not {name}")):
            chosen: tuple[str, ...] = getattr(parameters, parameter)
            for value in chosen:
                others = tuple(other for other in chosen if other != value)
                yield Filter(label, value, search_address(parameters, **{parameter: others}))
    for article_id in parameters.article:
        others = tuple(other for other in parameters.article if other != article_id)
        yield Filter("Article", article_id, search_address(parameters, article=others))
    if parameters.from_:
        yield Filter("From", words.period(parameters.from_), search_address(parameters, from_=None))
    if parameters.to:
        yield Filter("To", words.period(parameters.to), search_address(parameters, to=None))
    if parameters.match is not Match.AUTO:
        label = {Match.ALL: "all of them", Match.ANY: "any of them"}[parameters.match]
        yield Filter("Words", label, search_address(parameters, match=Match.AUTO))


def _switches(answer: Answer, parameters: SearchParameters) -> Iterable[Switch]:
    """Yield the switches; those that say how words are matched only where there are words."""
    sorts = {Sort.RELEVANCE: "relevance", Sort.NEWEST: "newest", Sort.OLDEST: "oldest", Sort.RECENT: "newest arrivals"}
    groups = {Group.ARTICLE: "articles", Group.NONE: "paragraphs"}
    matches = {Match.ALL: "all", Match.ANY: "any"}
    scopes = {Scope.PARAGRAPH: "paragraph", Scope.ARTICLE: "article"}
    if answer.hits:
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
