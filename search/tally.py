"""What a rebuild has seen so far, and what it tells: progress while it runs, a summary when it has ended."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from search.articles import Article, Note
from search.errors import ArticleError

# Paragraphs that are looked for by their own words once the index is built.
PROBES = 20


# The last stage of a rebuild, of moments: from here on it is too late to stop it.
PROMOTING = "promoting"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is: what was read and analysed; bytes are those of the source files on disk."""

    stage: str
    articles: int
    paragraphs: int
    rejected: int
    bytes_read: int
    bytes_in_all: int
    seconds: float


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Changes:
    """How the source files differ from those of the generation that serves."""

    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a rebuild did, with which engine and why.

    `index_bytes` is the size on disk, `text_bytes` that of the paragraphs in UTF-8. `first_undated` is the path of the
    first article without a date; `left_out` has the files that are no articles by their names.
    """

    generation_id: str
    engine: str
    engine_reason: str
    articles: int
    paragraphs: int
    first_day: datetime.date | None
    last_day: datetime.date | None
    rejected: tuple[ArticleError, ...]
    notes: tuple[Note, ...]
    seconds: float
    text_bytes: int
    index_bytes: int
    changes: Changes | None = None
    undated: int = 0
    without_place: int = 0
    first_undated: str | None = None
    left_out: tuple[Note, ...] = ()


@dataclass(slots=True)
class Tally:
    """What was seen so far. Paths and ids of articles without a date or place are kept where it `lists_articles`."""

    articles: int = 0
    paragraphs: int = 0
    tokens: int = 0
    text_bytes: int = 0
    bytes_read: int = 0
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None
    rejected: list[ArticleError] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left_out: list[Note] = field(default_factory=list)
    undated: int = 0
    without_place: int = 0
    first_undated: str | None = None
    lists_articles: bool = False
    undated_articles: list[tuple[str, str]] = field(default_factory=list)
    placeless_articles: list[tuple[str, str]] = field(default_factory=list)
    probes: list[tuple[str, int, str]] = field(default_factory=list)

    def count(self, article: Article) -> None:
        """Count an article, and keep some of its text for verifying."""
        self.articles += 1
        self.paragraphs += len(article.paragraphs)
        if article.date:
            self.first_day = min(self.first_day or article.date, article.date)
            self.last_day = max(self.last_day or article.date, article.date)
        self._count_missing(article)
        for paragraph in article.paragraphs:
            self.text_bytes += len(paragraph.text.encode())
        # Ever sparser, so that the probes come from the whole archive.
        if self.articles & (self.articles - 1) == 0:
            last = article.paragraphs[-1]
            self.probes = [*self.probes, (article.id, last.number, last.text)][-PROBES:]

    def _count_missing(self, article: Article) -> None:
        """Count an article without a date or place."""
        known = (article.source.path, article.id)
        if article.date is None:
            self.undated += 1
            self.first_undated = self.first_undated or article.source.path
            if self.lists_articles:
                self.undated_articles.append(known)
        if article.place is None:
            self.without_place += 1
            if self.lists_articles:
                self.placeless_articles.append(known)
