"""A tree -> the marks of paragraphs: what it asks for is gathered once for all hits, and looked for in each of them."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial

from search.answering.answer import Mark
from search.answering.holding import Described, asks_of_article, with_article_known
from search.language import Analyzer, Names, SentenceModel
from search.query.matching import TokenText, compile_pattern, is_within, marked_runs
from search.query.nodes import Fuzzy, Node, NotNear, Prefer, Term, Together, Unit, Wildcard, children_of, leaves, mapped


class Marker:
    """Marks what a tree asks for. Made for one request, for one thread.

    Without `sentences` every paragraph is one sentence. `anywhere` says that parts of the tree may stand in other
    paragraphs of the article.
    """

    def __init__(
        self, node: Node, analyzer: Analyzer, *, sentences: SentenceModel | None = None, anywhere: bool = False
    ) -> None:
        self._tree = _without_preferred(node)
        self._analyzer = analyzer
        self._sentences = sentences if sentences is not None and _asks_of_sentences(self._tree) else None
        self._anywhere = anywhere
        self._asks_of_article = asks_of_article(self._tree)
        self._is_unasked = _unasked(self._tree)

    def marks(self, text: str, *, paragraph: int = 1, article: Described | None = None) -> tuple[Mark, ...]:
        """Return what was asked for in an article's paragraph, sorted, not overlapping; offsets into its text.

        What is asked of the article is looked up there or, without one, may hold or not.
        """
        tree = self._tree
        if article is not None and self._asks_of_article:
            tree = with_article_known(tree, article, self._analyzer)
        tokens = self._analyzer.tokens_asked(text, self._is_unasked)
        starts = [0] if self._sentences is None else self._sentences.starts(text)
        texts = {
            place: TokenText(
                token.word, self._analyzer.stem(token.word), token.capitals, bisect_right(starts, token.start)
            )
            for place, token in tokens.items()
        }
        marks: list[Mark] = []
        for first, last in marked_runs(tree, texts, anywhere=self._anywhere, leads=paragraph == 1):
            start, end = tokens[first].start, tokens[last].end
            if marks and start < marks[-1].end:
                start = marks.pop().start  # one character can be several words: ½
            marks.append(Mark(start, end))
        return tuple(marks)


class _Unasked(dict[Names, bool]):
    """The names of a chunk -> whether none of them fits: for what is asked by other than a word."""

    def __init__(self, asked: frozenset[str], fits: tuple[Callable[[str], object], ...]) -> None:
        super().__init__()
        self._asked = asked
        self._fits = fits

    def __missing__(self, names: Names) -> bool:
        fitting = (name for name in names for fits in self._fits if fits(name))
        unasked = self[names] = self._asked.isdisjoint(names) and next(fitting, None) is None
        return unasked


def _unasked(node: Node) -> Callable[[Names], bool]:
    """Return what tells whether a chunk of these names can be passed over."""
    asked = frozenset(word for leaf in leaves(node) if isinstance(leaf, Term) for word in leaf.tokens)
    fits = tuple(_fitting(node))
    return _Unasked(asked, fits).__getitem__ if fits else asked.isdisjoint


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
