"""A tree -> the marks of paragraphs: what it asks for is gathered once for all hits, and looked for in each of them."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from search import deadlines
from search.answering.answer import Mark
from search.answering.holding import Described, Known, asks_of_article
from search.answering.spotting import Find, Wanted, every_token
from search.language import Analyzer, SentenceModel
from search.query.matching import Matcher, nobody_knows
from search.query.nodes import Fuzzy, Node, NotNear, Prefer, Term, Together, Unit, Wildcard, children_of, leaves, mapped
from search.query.occurrences import compile_pattern, is_within


class Marker:
    """Marks what a tree asks for. Made for one request, for one thread.

    Without `sentences` every paragraph is one sentence. `anywhere` says that parts of the tree may stand in other
    paragraphs of the article. `find` is that of a spotter, which finds words, no stems, and remembers what it saw for
    other requests; without it all tokens are looked at.
    """

    def __init__(
        self,
        node: Node,
        analyzer: Analyzer,
        *,
        sentences: SentenceModel | None = None,
        anywhere: bool = False,
        find: Find | None = None,
    ) -> None:
        tree = _without_preferred(node)
        self._matcher = Matcher(tree)
        self._wanted = _wanted(tree)
        self._sentences = sentences if sentences is not None and _asks_of_sentences(tree) else None
        self._anywhere = anywhere
        self._known = Known(analyzer) if asks_of_article(tree) else None
        self._find = find or (lambda text, _: every_token(text, analyzer))
        self.is_cut = False

    def marks(self, text: str, *, paragraph: int = 1, article: Described | None = None) -> tuple[Mark, ...]:
        """Return what was asked for in an article's paragraph, sorted, not overlapping; offsets into its text.

        What is asked of the article is looked up there or, without one, may hold or not. When the time is over, nothing
        is marked, and before that perhaps words, but not what stands near what.
        """
        if deadlines.is_over():
            self.is_cut = True
            return ()
        holds = nobody_knows if article is None or self._known is None else partial(self._known.holds, article)
        tokens, spans = self._find(text, self._wanted)
        if self._sentences is not None:
            starts = self._sentences.starts(text)
            tokens = {
                place: replace(token, sentence=bisect_right(starts, spans[place][0])) for place, token in tokens.items()
            }
        marks: list[Mark] = []
        runs = self._matcher.marked_runs(
            tokens, anywhere=self._anywhere, leads=paragraph <= 1, holds=holds, give_up=self._give_up
        )
        for first, last in runs:
            start, end = spans[first][0], spans[last][1]
            if marks and start < marks[-1].end:
                start = marks.pop().start  # one character can be several words: ½
            marks.append(Mark(start, end))
        return tuple(marks)

    def _give_up(self) -> None:
        self.is_cut = True


def _wanted(node: Node) -> Wanted:
    """Return what is to be looked for."""
    names = frozenset(word for leaf in leaves(node) if isinstance(leaf, Term) for word in leaf.tokens)
    return Wanted(names, tuple(_fitting(node)))


def _fitting(node: Node) -> Iterator[Callable[[str], object]]:
    for leaf in leaves(node):
        match leaf:
            case Wildcard(pattern=pattern):
                yield compile_pattern(pattern).fullmatch
            case Fuzzy(word=word, edits=edits):
                yield partial(is_within, word, edits=edits)


def _without_preferred(node: Node) -> Node:
    """Return the tree without what only ranks higher: it is never marked."""
    return _without_preferred(node.must) if isinstance(node, Prefer) else mapped(node, _without_preferred)


def _asks_of_sentences(node: Node) -> bool:
    match node:
        case NotNear(reach=Unit.SENTENCE) | Together(unit=Unit.SENTENCE):
            return True
    return any(map(_asks_of_sentences, children_of(node)))
