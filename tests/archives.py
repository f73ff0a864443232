"""Small archives for tests: articles from a few words, an index of them, a source file of them. Everything is real."""

import datetime
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path

import cluster
import orjson

from search.archive import Archive
from search.articles import Article, Dateline, Paragraph, Source
from search.engines.base import Engine, EngineKind
from search.engines.opensearch_engine import OpenSearchKind
from search.engines.records import article_texts
from search.engines.whoosh.engine import WhooshKind
from search.indexing import rebuild
from search.language import Analyzer, SentenceModel
from search.query import Match, parse, plan
from search.query.nodes import Node, Term
from search.settings import Settings
from search.tally import Summary

ANALYZER = Analyzer()
# Untrained: a sentence ends at every full stop that white space follows.
SENTENCES = SentenceModel()
CACHE_BYTES = 1 << 24
SECONDS = 60.0
_KEPT_IN_CLUSTER = 20
_IN_CLUSTER: OrderedDict[tuple[Article, ...], Path] = OrderedDict()


def day(text: str | None) -> datetime.date | None:
    """Read 2024-08-24; None stays None."""
    return datetime.date.fromisoformat(text) if text else None


def article(
    article_id: str,
    *texts: str,
    title: str = "",
    date: str | datetime.date | None = None,
    place: str | None = None,
    country: str | None = None,
    agency: str | None = None,
    byline: str | None = None,
    section: str | None = None,
    topics: tuple[str, ...] = (),
    dateline: Dateline | None = None,
    headline: str | None = None,
) -> Article:
    """Make an article of these paragraphs, whose source is the paragraphs joined by blank lines."""
    paragraphs = []
    start = 0
    for number, text in enumerate(texts, 1):
        paragraphs.append(Paragraph(number, text, start, start + len(text)))
        start += len(text) + 2
    return Article(
        id=article_id,
        title=title,
        title_derived=not title,
        date=day(date) if isinstance(date, str) else date,
        place=place,
        country=country,
        agency=agency,
        byline=byline,
        section=section,
        topics=topics,
        dateline=dateline,
        source=Source(f"{article_id}.txt", "0" * 64, 0, start),
        paragraphs=tuple(paragraphs),
        headline=headline,
    )


def whoosh_engine(articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Build a Whoosh index in an empty folder and open it."""
    return built_engine(WhooshKind(), articles, folder, seconds=seconds)


def segmented_engine(articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Build an index of a segment an article or so, and open it."""
    return built_engine(WhooshKind(segment_tokens=5), articles, folder, seconds=seconds)


def opensearch_engine(articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Build an index in the cluster that tests share, and open it.

    A cluster makes a new index in a second or so, and indexes never change: who asks for the same articles again gets
    the same one. The least lately used of them are removed.
    """
    kind = OpenSearchKind(cluster.shared_settings())
    known = tuple(articles)
    if known in _IN_CLUSTER:
        _IN_CLUSTER.move_to_end(known)
        return kind.open(_IN_CLUSTER[known], ANALYZER, cache_bytes=CACHE_BYTES, seconds=seconds)
    engine = built_engine(kind, known, folder, seconds=seconds)
    # The folder of a test is gone before the next begins.
    _IN_CLUSTER[known] = Path(shutil.copytree(folder, Path(tempfile.mkdtemp()) / "index"))
    if len(_IN_CLUSTER) > _KEPT_IN_CLUSTER:
        _, oldest = _IN_CLUSTER.popitem(last=False)
        kind.remove(oldest)
        shutil.rmtree(oldest.parent)
    return engine


def built_engine(kind: EngineKind, articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Build an index of some kind in an empty folder, an article at a time, and open it."""
    articles = list(articles)
    builder = kind.builder(folder)
    try:
        for each in articles:
            builder.add([each], prepared(kind, [each]))
        builder.finish(lambda words: [" ".join(ANALYZER.stems_of(word)) for word in words])
    except BaseException:  # raised again, with nothing half-built left
        builder.cancel()
        raise
    return kind.open(folder, ANALYZER, cache_bytes=CACHE_BYTES, seconds=seconds)


def prepared(kind: EngineKind, articles: Iterable[Article]) -> object:
    """Return what a builder of some kind is given with articles."""
    return kind.preparer(ANALYZER, SENTENCES)(list(map(article_texts, articles)))


def tree(text: str, match: Match = Match.ALL) -> Node:
    """Return the engine's tree of a query."""
    return plan(parse(text, ANALYZER).node, match)


def word(text: str) -> Term:
    """Return the term of a word in any form."""
    return Term((ANALYZER.stem(text),))


def exact(text: str) -> Term:
    """Return the term of a word in this form only."""
    return Term((text,), stemmed=False)


def settings_for(folder: Path, **changes: object) -> Settings:
    """Return settings that serve the index in a folder and build in one process."""
    values = {"index": folder / "index", "source": folder / "source", "processes": 1, "query_seconds": SECONDS}
    return Settings(**{**values, **changes})  # type: ignore[arg-type]  # mixed values, each of its field's type


def write_source(folder: Path, articles: Sequence[Article], name: str = "articles.jsonl") -> Path:
    """Write articles as JSON Lines into a folder of sources; the articles read from there have the same ids."""
    folder.mkdir(exist_ok=True)
    names = ("id", "title", "date", "place", "agency", "byline", "section")
    records = [
        {
            **{name: getattr(each, name) for name in names if getattr(each, name)},
            "paragraphs": [paragraph.text for paragraph in each.paragraphs],
            "topics": [each.section] if each.section else [],
        }
        for each in articles
    ]
    path = folder / name
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    return path


def rebuilt(folder: Path, articles: Sequence[Article], **changes: object) -> tuple[Archive, Settings, Summary]:
    """Rebuild the archive in a folder from these articles alone, the whole way from files to a promoted generation."""
    settings = settings_for(folder, **changes)
    shutil.rmtree(settings.source, ignore_errors=True)
    source = write_source(settings.source, articles)
    archive = Archive(settings.index, settings)
    summary = rebuild([source], archive, settings, force=True)
    assert not summary.rejected, summary.rejected
    return archive, settings, summary
