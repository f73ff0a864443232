"""One search from request to answer: parse, plan, ask, mark. The same service under page, endpoint and terminal."""

import contextlib
import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from search import deadlines
from search.answering.answer import (
    Answer,
    ArticleAnswer,
    GenerationInfo,
    Mark,
    News,
    ShownHit,
    Status,
    Suggestion,
    Whole,
)
from search.answering.asking import Asker
from search.answering.completing import Completer, Completion
from search.answering.cursor import Cursor, check_cursor, read_cursor, search_digest
from search.answering.generations import OpenGenerations
from search.answering.marking import Marker
from search.answering.parameters import SearchParameters
from search.answering.relaxing import Missing, what_is_missing
from search.answering.remarks import notice, remarks
from search.answering.snippets import Sentences, make_snippet, marks_of_part
from search.answering.spotting import Find, Spotter
from search.answering.suggestions import (
    UnknownWord,
    found_with,
    spelling_suggestions,
)
from search.answering.understanding import Understood
from search.answering.whole import hits_of, news_of
from search.archive import Archive
from search.articles import Article
from search.currency import Currency, read_currency
from search.engines.base import Found, Group, Hit, Scope, Sort
from search.errors import Diagnostic, EngineUnavailable, QueryError, TooManyForms
from search.generation import Generation
from search.manifest import Manifest
from search.query import Match, Query, plan, with_forms
from search.query.nodes import Node, Wildcard, leaves
from search.settings import Settings

# Of the time that a search has, so much again for marking what it found.
_SHARE_OF_MARKS = 0.5
_CUT = Diagnostic(
    "highlights-cut",
    "Not all that was found is marked, which would take too long here; to see all of it, ask for fewer or rarer words "
    "near each other.",
    severity="warning",
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search on its way: what was asked of which generation."""

    parameters: SearchParameters
    query: Query
    generation: Generation
    asker: Asker
    cursor: Cursor | None


class SearchService:
    """Answers searches from the archive's serving generation. Safe for threads; sees a new generation by itself."""

    def __init__(self, archive: Archive, settings: Settings, *, opened: Callable[[], None] = lambda: None) -> None:
        """Serve an archive; `opened` is called whenever another generation began to serve."""
        self._folder = archive.folder
        self._open = OpenGenerations(archive, settings, opened)
        self._set_today = settings.today
        self._seconds = settings.query_seconds
        self._understood = Understood()
        self._completer = Completer()
        # One for each generation that is asked: the one that serves, and that of the last cursors.
        self._spotter = lru_cache(maxsize=2)(Spotter)

    @classmethod
    def from_settings(cls, settings: Settings, *, opened: Callable[[], None] = lambda: None) -> "SearchService":
        """Serve the index that the settings name, whether or not it is there yet."""
        return cls(Archive(settings.index, settings), settings, opened=opened)

    def search(self, parameters: SearchParameters, *, remarked: bool = True) -> Answer:
        """Answer a search; without `remarked`, with no remarks on the query and no suggestions.

        Raises:
            QueryError: the query or a parameter cannot be used.
            GenerationGone: the cursor's generation is no longer kept.
            EngineError: there is no index, or it cannot answer.
        """
        cursor = read_cursor(parameters.cursor) if parameters.cursor else None
        with self._open.lend(cursor.generation if cursor else None) as generation:
            return self._search(parameters, generation, cursor, remarked=remarked)

    def whole(self, parameters: SearchParameters) -> Whole:
        """Answer a search with all its hits, whatever page and size the parameters name; to be closed by who asks.

        Raises:
            QueryError, EngineError: as for `search`.
        """
        first = parameters.model_copy(update={"cursor": None, "size": 1})
        with contextlib.ExitStack() as held:
            generation = held.enter_context(self._open.lend())
            answer = self._search(first, generation, None)
            asker = Asker(first, generation, self.today(), self._understood)
            tree = asker.tree(asker.query(), Match(answer.match))
            # Thousands of texts pass by once: what is remembered is left to those that are shown on pages.
            marker = _marker(tree, first, generation, self._spotter(generation.analyzer).find_once)
            show = self._each_in_time(partial(_shown, marker=marker, sentences=generation.sentences.finder))
            hits = hits_of(tree, first, generation, show=show)
            size = answer.articles if first.group is Group.ARTICLE else answer.paragraphs
            return Whole(replace(answer, hits=(), next=None, size=size), hits, held.pop_all().close)

    def news(self, parameters: SearchParameters) -> News:
        """Answer a search in the order in which articles came into the archive, the last first.

        Raises:
            QueryError, GenerationGone, EngineError: as for `search`.
        """
        asked = parameters.model_copy(update={"sort": Sort.RECENT})
        cursor = read_cursor(asked.cursor) if asked.cursor else None
        with self._open.lend(cursor.generation if cursor else None) as generation:
            return news_of(self._search(asked, generation, cursor, remarked=False), generation)

    def article(self, article_id: str, parameters: SearchParameters) -> ArticleAnswer:
        """Return a whole article, marked with what the parameters ask.

        Raises:
            ArticleNotFound: there is none of this id.
            QueryError, EngineError: as for `search`.
        """
        with self._open.lend() as generation:
            article = generation.engine.article(article_id)
            query = Asker(parameters, generation, self.today(), self._understood).query()
            find = self._spotter(generation.analyzer).find_once
            with deadlines.within(self._seconds):
                marks, is_cut = _article_marks(article, query, parameters, generation, find)
            remarks = (_CUT,) if is_cut else ()
            return ArticleAnswer(article, _info(generation.manifest), parameters.q, marks, remarks)

    def missing(self, parameters: SearchParameters) -> Missing:
        """Return what a search that finds nothing lacks, and what would find something.

        Raises:
            QueryError, EngineError: as for `search`.
        """
        with self._open.lend() as generation:
            asker = Asker(parameters, generation, self.today(), self._understood)
            return what_is_missing(asker, asker.query())

    def suggest(self, text: str, *, limit: int = 8) -> tuple[str, ...]:
        """Return a query with its last word completed by the most frequent words of the archive."""
        with self._open.lend() as generation:
            return tuple(each.q for each in self._completer.words(text, generation, limit=limit))

    def complete(self, text: str, *, limit: int = 8) -> tuple[Completion, ...]:
        """Return words (at most `limit`), names and titles of the archive that a query being typed may become."""
        with self._open.lend() as generation:
            return self._completer.all(text, generation, limit=limit)

    def status(self) -> Status:
        """Return what is being served.

        Raises:
            EngineError: there is no index, or it cannot be opened.
        """
        with self._open.lend() as generation:
            manifest = generation.manifest
            first, last = manifest.days
            months = tuple(generation.engine.months_held())
            counts = manifest.articles, manifest.paragraphs
            currency = read_currency(self._folder, manifest.built_at)
            return Status(_info(manifest), *counts, first, last, months, manifest.counted, currency)

    def in_time(self) -> contextlib.AbstractContextManager[None]:
        """Let all that is asked inside, for one page, take as long as a search and its marks may."""
        return deadlines.within(self._seconds * (1 + _SHARE_OF_MARKS))

    def generation_id(self) -> str:
        """Return the id of the generation that would answer now."""
        with self._open.lend() as generation:
            return generation.manifest.id

    def currency(self) -> Currency:
        """Return how current the generation is that would answer now."""
        with self._open.lend() as generation:
            return read_currency(self._folder, generation.manifest.built_at)

    def today(self) -> datetime.date:
        """Return the day that date:last-7-days ends with: the one that was set, or the computer's."""
        return self._set_today or datetime.date(*time.localtime()[:3])

    def close(self) -> None:
        """Close what is open."""
        self._open.close()

    def _search(
        self, parameters: SearchParameters, generation: Generation, cursor: Cursor | None, *, remarked: bool = True
    ) -> Answer:
        started = time.perf_counter()
        # The pages of one search are of one generation, and of the day its first page was asked on.
        asker = Asker(parameters, generation, cursor.day if cursor else self.today(), self._understood)
        query = asker.query()
        if cursor:
            check_cursor(cursor, parameters, query.canonical)
        try:
            return self._answer(_Asked(parameters, query, generation, asker, cursor), started, remarked=remarked)
        except TooManyForms as error:
            raise QueryError([_located(error, query)]) from error

    def _answer(self, asked: _Asked, started: float, *, remarked: bool) -> Answer:
        parameters, query, generation = asked.parameters, asked.query, asked.generation
        with deadlines.within(self._seconds):
            match, tree, found = asked.asker.ask(query, asked.cursor)
            suggestions, diagnostics = _remarked(asked, match, tree, found) if remarked else ((), ())
        marker = _marker(tree, parameters, generation, self._spotter(generation.analyzer).find)
        first_rank = asked.cursor.rank + 1 if asked.cursor else 1
        with deadlines.within(self._seconds * _SHARE_OF_MARKS):
            hits = tuple(
                _shown(hit, rank, marker, generation.sentences) for rank, hit in enumerate(found.hits, first_rank)
            )
        return Answer(
            input=parameters.q,
            dialect=query.dialect,
            canonical=query.canonical,
            match=match,
            scope=parameters.scope,
            diagnostics=(*diagnostics, _CUT) if marker.is_cut else diagnostics,
            generation=_info(generation.manifest),
            paragraphs=found.paragraphs,
            articles=found.articles,
            hits=hits,
            facets=found.facets,
            suggestions=suggestions,
            size=parameters.size,
            next=_next_cursor(asked, match, found, first_rank),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def _each_in_time(self, show: Callable[[Hit, int], ShownHit]) -> Callable[[Hit, int], ShownHit]:
        """Return what shows each of many hits in the time that a page of them may take."""

        def show_in_time(hit: Hit, rank: int) -> ShownHit:
            with deadlines.within(self._seconds * _SHARE_OF_MARKS):
                return show(hit, rank)

        return show_in_time


def _remarked(
    asked: _Asked, match: Match, tree: Node, found: Found
) -> tuple[tuple[Suggestion, ...], tuple[Diagnostic, ...]]:
    held = frozenset(found_with(tree)) if found.paragraphs else frozenset[Node]()
    noticed = notice(asked.asker, asked.query, match, found, held)
    suggestions = _suggestions(asked, noticed.unknown) if noticed.unknown else ()
    return suggestions, tuple(remarks(asked.asker, asked.query, noticed, suggestions))


def _suggestions(asked: _Asked, unknown: list[UnknownWord]) -> tuple[Suggestion, ...]:
    generation, asker = asked.generation, asked.asker
    # What a suggestion finds is what following it will find: all its words, unless any was asked for.
    followed = Match.ANY if asked.parameters.match is Match.ANY else Match.ALL

    def count(query: Query) -> int:
        try:
            return generation.engine.count(asker.tree(query, followed), asked.parameters.scope)
        except EngineUnavailable:
            return 0  # too slow to be offered

    return spelling_suggestions(asked.query, unknown, generation.engine, read=asker.read, count=count)


def _marker(tree: Node, parameters: SearchParameters, generation: Generation, find: Find) -> Marker:
    anywhere = parameters.scope is Scope.ARTICLE
    asked = with_forms(tree, generation.engine.forms)
    return Marker(asked, generation.analyzer, sentences=generation.sentences, anywhere=anywhere, find=find)


def _shown(hit: Hit, rank: int, marker: Marker, sentences: Sentences) -> ShownHit:
    number, card = hit.position.paragraph, hit.card
    marks = marker.marks(hit.text, paragraph=number, article=card)
    if number:
        of_title = () if card.title_derived else marker.marks(card.title, paragraph=0, article=card)
    else:
        of_title = marks_of_part(hit.text, marks, card.title)
    context = make_snippet(hit.lead, (), sentences).text if hit.lead else None
    return ShownHit(
        card, number, rank, hit.score, make_snippet(hit.text, marks, sentences), hit.more, of_title, context
    )


def _article_marks(
    article: Article, query: Query, parameters: SearchParameters, generation: Generation, find: Find
) -> tuple[tuple[tuple[Mark, ...], ...], bool]:
    """Return the marks of each unit: of those that match or, where none has all the words, of some of them.

    And whether some are missing because the time was over.
    """
    modes = (Match.ALL, Match.ANY) if parameters.match is Match.AUTO else (parameters.match,)
    for match in modes:
        marker = _marker(plan(query.node, match), parameters, generation, find)
        marks = tuple(marker.marks(each.text, paragraph=each.number, article=article) for each in article.units)
        if any(marks) or marker.is_cut:
            break
    return marks, marker.is_cut


def _located(error: TooManyForms, query: Query) -> Diagnostic:
    """Return the engine's complaint about a wildcard with the span it was typed at."""
    (diagnostic,) = error.diagnostics
    for clause in query.clauses:
        if Wildcard(error.pattern) in leaves(clause.node):
            return replace(diagnostic, start=clause.start, end=clause.end)
    return diagnostic


def _next_cursor(asked: _Asked, match: Match, found: Found, first_rank: int) -> str | None:
    if not found.has_more or not found.hits:
        return None
    rank = first_rank + len(found.hits) - 1
    digest = search_digest(asked.parameters, asked.query.canonical)
    return Cursor(asked.generation.manifest.id, asked.asker.today, match, rank, found.hits[-1].position, digest).text()


def _info(manifest: Manifest) -> GenerationInfo:
    return GenerationInfo(manifest.id, manifest.built_at, manifest.engine)
