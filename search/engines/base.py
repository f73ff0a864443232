"""What every engine is: a Protocol to ask it, and the values that go in and out. Knows no engine.

An engine is asked with the tree that `query.plan` returns, never with text, and answers with hits, never with HTML.
All engines order hits alike: by score, highest first (or by date), equal ones by (article_id, paragraph).
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from search.articles import Article, Source
from search.query.nodes import Fuzzy, Node, Term, Wildcard

FACETS = ("place", "agency", "section")
# Fields with few values, which are asked by the words of each.
VALUE_FIELDS = (*FACETS, "byline", "country")
# In the folder of an index that is kept outside of it: where that is.
ELSEWHERE = "elsewhere.json"

# Okapi BM25 (Robertson and others, TREC-3, 1994), with the idf that is never negative.
BM25_K1 = 1.2
BM25_B = 0.75
# What two neighbouring clauses of an And add where they stand near each other: this, times the smaller of their
# idf, divided by their distance in words, where that is at most PROXIMITY_REACH.
PROXIMITY_WEIGHT = 1.0
PROXIMITY_REACH = 16


# Code points of the lead of a hit: more than an excerpt has.
LEAD = 400


class Scope(StrEnum):
    """Where all parts of a query must be found together."""

    PARAGRAPH = "paragraph"
    ARTICLE = "article"


class Group(StrEnum):
    """Whether each article is shown once, by its best paragraph, or by every paragraph that matches."""

    ARTICLE = "article"
    NONE = "none"


class Sort(StrEnum):
    """The order of hits; undated articles come last in both orders by date.

    By when articles came into the archive (`recent`), the last come first, and of those that came together the newest.
    """

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    RECENT = "recent"


class Partial(StrEnum):
    """Whether an answer may come from a part of the index only, where the rest of it is away."""

    REFUSE = "refuse"
    ALLOW = "allow"


class Position(NamedTuple):
    """A place in the order of hits: what they are ordered by, then the tie-breaker.

    `key` is the score for Sort.RELEVANCE; for Sort.RECENT a number that grows with when its article came and its day;
    else the day's proleptic ordinal (0 for undated).
    """

    key: float
    article_id: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to an engine. `after` is the position of the last hit of the page before."""

    node: Node
    scope: Scope = Scope.PARAGRAPH
    group: Group = Group.ARTICLE
    sort: Sort = Sort.RELEVANCE
    size: int = 20
    after: Position | None = None
    facets: tuple[str, ...] = ()
    partial: Partial = Partial.REFUSE


class Card(NamedTuple):
    """What is known of an article without its paragraphs' text; `of` counts them."""

    id: str
    title: str
    title_derived: bool
    date: datetime.date | None
    place: str | None
    country: str | None
    agency: str | None
    byline: str | None
    section: str | None
    source: Source
    of: int


class Hit(NamedTuple):
    """One hit: a unit (a paragraph, or the headline) with its article's card, score and how many more units match.

    Under Group.NONE `more` is 0. `lead` is how the first paragraph begins, to be shown below a headline; None for
    paragraphs.
    """

    position: Position
    score: float
    more: int
    card: Card
    text: str
    lead: str | None = None


class FacetValue(NamedTuple):
    """One value of a facet and how much of what was found has it."""

    value: str
    articles: int
    paragraphs: int


class Month(NamedTuple):
    """A month ("2024-08"): articles found and articles held, matching or not."""

    value: str
    articles: int
    held: int


class UndatedArticles(NamedTuple):
    """Articles without a day of publication: those found, and those held, matching or not."""

    articles: int
    held: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Facets of everything found; only those asked for. Values by articles, most first, then by value.

    The facet of dates is `months` and `undated`, both None where it was not asked for.
    """

    values: dict[str, tuple[FacetValue, ...]]
    months: tuple[Month, ...] | None = None
    undated: UndatedArticles | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to an Ask: exact totals, one page of hits, facets, and whether there are hits after these.

    `partial` says that all of this is of a part of the index only, which is never so unless the Ask allows it.
    """

    paragraphs: int
    articles: int
    hits: tuple[Hit, ...]
    facets: Facets
    has_more: bool
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What an index holds, for checking it against what was put in; only `tokens` count those of headlines too."""

    articles: int
    paragraphs: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Form:
    """A word of the archive and the number of paragraphs that hold it."""

    word: str
    paragraphs: int


class Engine(Protocol):
    """An index that is open for asking. Safe for several threads at once."""

    @property
    def name(self) -> str:
        """The name by which it is chosen."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the query language that can be searched."""

    def search(self, ask: Ask) -> Found:
        """Return one page of what the node matches.

        Raises:
            QueryError: a wildcard fits too many words.
            EngineError: the index is damaged, away or too slow.
        """

    def every(self, ask: Ask) -> Iterator[Hit]:
        """Return all hits of what the node matches, in order, each read when taken; `size` and `after` do nothing.

        What matches is found before this returns, and that raises what `search` does.
        """

    def count(self, node: Node, scope: Scope = Scope.PARAGRAPH) -> int:
        """Return how many paragraphs a node matches; raises what `search` does."""

    def article(self, article_id: str) -> Article:
        """Return a whole article.

        Raises:
            ArticleNotFound: there is none of this id.
        """

    def forms(self, node: Term | Wildcard | Fuzzy) -> Sequence[str]:
        """Return the words of the archive that a stem, a wildcard or an edit distance stands for.

        Of one that may be written otherwise, its names that have the stem.

        Raises:
            TooManyForms: a wildcard fits too many words.
        """

    def number_within(self, node: Fuzzy) -> int:
        """Return how many words of the archive are so many edits away; `forms` has only the most frequent of many."""

    def similar_forms(self, word: str, *, limit: int) -> Sequence[Form]:
        """Return words of the archive that a word may be a misspelling of, the likeliest first."""

    def completions(self, prefix: str, *, limit: int) -> Sequence[Form]:
        """Return the most frequent words of the archive that begin with these letters."""

    def months_held(self) -> Sequence[Month]:
        """Return every month that has articles, oldest first, with `articles` equal to `held`."""

    def counts(self) -> Counts:
        """Return what the index holds, counted from the index itself."""

    def close(self) -> None:
        """Let go of files; no question may be asked afterwards."""


class ArticleTexts(NamedTuple):
    """What an engine prepares of an article: its title, the text of each unit, the record of all else."""

    title: str
    units: tuple[str, ...]
    record: bytes
