"""A search and what it found -> the remarks that travel with its answer, in their order."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from search.answering.answer import Suggestion
from search.answering.asking import Asker
from search.answering.hints import hints
from search.answering.suggestions import (
    UnknownWord,
    left_out_warnings,
    unknown_value_warning,
    unknown_values,
    unknown_word_warning,
    unknown_words,
)
from search.answering.undated import left_out_note
from search.engines.base import Found, Scope
from search.errors import Diagnostic
from search.query import Match, Query
from search.query.nodes import Node


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was noticed of a search: how it was matched, words that are not in the archive, nodes that are, hints."""

    match: Match
    found: Found
    unknown: list[UnknownWord]
    held: Collection[Node]
    hints: list[Diagnostic]


def notice(asker: Asker, query: Query, match: Match, found: Found, held: Collection[Node]) -> Noticed:
    """Return what is noticed of a query that found something, or nothing; `held` is known to be in the archive."""
    if found.partial:  # what a part of the index does not have, the rest may have
        return Noticed(match, found, [], held, [])
    generation = asker.generation
    hinted = hints(asker, query)
    unknown = unknown_words(query, generation.engine, generation.analyzer, held)
    unknown = [word for word in unknown if not any(_is_within(word, hint) for hint in hinted)]
    return Noticed(match, found, unknown, held, hinted)


def remarks(asker: Asker, query: Query, noticed: Noticed, suggestions: tuple[Suggestion, ...]) -> Iterator[Diagnostic]:
    """Yield the remarks on a query and its answer."""
    engine = asker.generation.engine
    if noticed.found.partial:
        message = "Part of the index did not answer: all of this is of the rest only, totals too."
        yield Diagnostic("partial", message, severity="warning", parameter="partial")
        yield from query.diagnostics
        yield from left_out_warnings(query, engine)
        return
    yield from map(asker.with_fix_run, query.diagnostics)
    yield from left_out_warnings(query, engine)
    best = suggestions[0] if suggestions else None
    for each in noticed.unknown:
        yield unknown_word_warning(each, best)
    yield from noticed.hints
    yield from map(unknown_value_warning, unknown_values(query, engine, noticed.held))
    if note := left_out_note(asker, query, noticed.match, noticed.found):
        yield note
    if noticed.match is Match.ANY and asker.parameters.match is Match.AUTO:
        what = "article" if asker.parameters.scope is Scope.ARTICLE else "paragraph"
        message = f"No {what} has all of these words; shown are those with some of them."
        yield Diagnostic("relaxed", message, severity="warning")


def _is_within(word: UnknownWord, hint: Diagnostic) -> bool:
    return hint.start is not None and hint.end is not None and hint.start <= word.start < hint.end
