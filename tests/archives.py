"""Small archives for tests: articles from a few words, an index of them, a source file of them. Everything is real."""

import datetime
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import cluster
import numpy as np
import numpy.typing as npt
import orjson

from search.archive import Archive
from search.articles import Article, Dateline, Paragraph, Source
from search.engines.base import Engine
from search.engines.kinds import EngineKind
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
_IN_CLUSTER: OrderedDict[tuple[bool, tuple[Article, ...]], Path] = OrderedDict()


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


def updated_engine(articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Come to an index by updates, and open it."""
    kind = WhooshKind()
    return kind.open(updated_index(kind, articles, folder), ANALYZER, cache_bytes=CACHE_BYTES, seconds=seconds)


def opensearch_engine(articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Build an index in the cluster that tests share, and open it."""
    return _cluster_engine(articles, folder, updated=False, seconds=seconds)


def updated_opensearch_engine(articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Come to an index in the cluster that tests share by updates, and open it."""
    return _cluster_engine(articles, folder, updated=True, seconds=seconds)


def _cluster_engine(articles: Iterable[Article], folder: Path, *, updated: bool, seconds: float) -> Engine:
    """Return an engine in the cluster over these articles.

    A cluster makes a new index in a second or so, and what a generation sees of one never changes: who asks for the
    same articles again gets the same one. The least lately used of them are removed.
    """
    kind = OpenSearchKind(cluster.shared_settings())
    known = (updated, tuple(articles))
    if known in _IN_CLUSTER:
        _IN_CLUSTER.move_to_end(known)
    else:
        last = (updated_index if updated else built_index)(kind, known[1], folder)
        # The folder of a test is gone before the next begins.
        _IN_CLUSTER[known] = Path(shutil.copytree(last, Path(tempfile.mkdtemp()) / "index"))
    if len(_IN_CLUSTER) > _KEPT_IN_CLUSTER:
        _, oldest = _IN_CLUSTER.popitem(last=False)
        kind.remove(oldest)
        shutil.rmtree(oldest.parent)
    return kind.open(_IN_CLUSTER[known], ANALYZER, cache_bytes=CACHE_BYTES, seconds=seconds)


def built_engine(kind: EngineKind, articles: Iterable[Article], folder: Path, *, seconds: float = SECONDS) -> Engine:
    """Build an index of some kind in an empty folder, an article at a time, and open it."""
    return kind.open(built_index(kind, articles, folder), ANALYZER, cache_bytes=CACHE_BYTES, seconds=seconds)


def built_index(kind: EngineKind, articles: Iterable[Article], folder: Path) -> Path:
    """Build an index of some kind in an empty folder, an article at a time; return the folder."""
    builder = kind.builder(folder)
    try:
        for each in articles:
            builder.add([each], prepared(kind, [each]))
        builder.finish(stems)
    except BaseException:  # raised again, with nothing half-built left
        builder.cancel()
        raise
    return folder


def updated_index(kind: EngineKind, articles: Iterable[Article], folder: Path) -> Path:
    """Come to an index of some kind by two updates of another, below an empty folder; return the folder it is in.

    At first every other article has another text and other values, and there are strangers with the texts of all; the
    others come with the first update, and with them a stranger that goes with the second.
    """
    wanted = list(articles)
    folders = [folder / name for name in ("built", "updated", "updated-again")]
    for each in folders:
        each.mkdir()
    before = [_before(each) if number % 2 else each for number, each in enumerate(wanted)]
    strangers = [replace(each, id=f"stranger-{each.id}") for each in wanted]
    built_index(kind, [article for pair in zip(strangers, before, strict=True) for article in pair], folders[0])
    stranger = article("stranger", *(paragraph.text for each in wanted for paragraph in each.paragraphs), "unheard")
    changed = range(3, 2 * len(wanted), 4)
    numbers = updated(kind, folders[0], folders[1], added=[*wanted[1::4], stranger], deleted=changed[::2])
    deleted = [*range(0, 2 * len(wanted), 2), *changed[1::2], 2 * len(wanted) + len(wanted[1::4])]
    updated(kind, folders[1], folders[2], added=wanted[3::4], deleted=sorted(numbers[deleted].tolist()))
    return folders[2]


def _before(each: Article) -> Article:
    """Return what an article was before it was changed."""
    texts = [f"unheard {paragraph.text} unheard" for paragraph in each.paragraphs[1:]]
    values = dict.fromkeys(("place", "country", "agency", "byline", "section"), "Nowhere")
    return article(each.id, "unheard of", *texts, title="unheard", date="1999-09-09", **values)


def updated(
    kind: EngineKind, before: Path, folder: Path, *, added: Iterable[Article] = (), deleted: Iterable[int] = ()
) -> npt.NDArray[np.int64]:
    """Update an index into an empty folder, an article at a time; return the articles' numbers as `finish` does."""
    updater = kind.updater(folder, before, ANALYZER, SENTENCES)
    try:
        updater.delete(np.array(list(deleted), np.int64))
        for each in added:
            updater.add([each], prepared(kind, [each]))
        return updater.finish(stems)
    except BaseException:  # raised again, with nothing half-built left
        updater.cancel()
        raise


def stems(words: Sequence[str]) -> list[str]:
    """Return the stems of words, as a builder is given them."""
    return [" ".join(ANALYZER.stems_of(word)) for word in words]


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
