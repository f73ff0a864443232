"""One pass over an archive: what the mix is made of, and the analysed text that the peers build their indexes from.

The pass reads and analyses as a rebuild does, in one process; its time is what a peer's own time leaves out.
"""

import datetime
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import orjson

from search.articles import Article
from search.language import Analyzer
from search.reading import ReadingContext, find_files, read_files

VALUE_FIELDS = ("place", "agency", "section")
_NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
_NUMBER = re.compile(r"\b[0-9]{1,9}\b")
_ENDINGS = ("ka", "so", "ri", "ne", "mu", "ta", "lo", "vi", "pa", "ze")
# Of every paragraph so many only the first is kept as a sample, the more the longer the archive gets.
_SAMPLES = 4_000


@dataclass(slots=True)
class Corpus:
    """What the pass found out. `analysed` has one paragraph a line; `frequencies` counts paragraphs by word."""

    sources: tuple[Path, ...]
    analysed: Path
    articles: int = 0
    paragraphs: int = 0
    text_bytes: int = 0
    seconds: float = 0.0
    frequencies: Counter[str] = field(default_factory=Counter)
    values: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in VALUE_FIELDS})
    days: Counter[datetime.date] = field(default_factory=Counter)
    # Each with the words of a paragraph and the article's fields, spread evenly over the archive.
    samples: list[dict] = field(default_factory=list)

    @property
    def analysis_rate(self) -> float:
        """Paragraphs a second that the pass read and analysed."""
        return self.paragraphs / self.seconds


class _Samples:
    """Every n-th paragraph; n doubles whenever there are too many."""

    def __init__(self) -> None:
        self.kept: list[dict] = []
        self._step = 1
        self._seen = 0

    def offer(self, row: dict) -> None:
        if self._seen % self._step == 0:
            self.kept.append(row)
            if len(self.kept) >= _SAMPLES:
                self.kept = self.kept[::2]
                self._step *= 2
        self._seen += 1


def read_corpus(sources: Sequence[Path], analysed: Path, analyzer: Analyzer) -> Corpus:
    """Read the sources, write `analysed` and return what was found out."""
    begun = time.perf_counter()
    corpus = Corpus(tuple(sources), analysed)
    samples = _Samples()
    with analysed.open("wb") as file:
        for article in articles(sources):
            _count_article(corpus, article)
            for row in _rows(article, analyzer):
                _count_paragraph(corpus, row)
                samples.offer(row)
                file.write(orjson.dumps(row) + b"\n")
    if not corpus.paragraphs:
        raise SystemExit(f"No article was found in {', '.join(map(str, sources))}.")
    corpus.samples = samples.kept
    corpus.seconds = time.perf_counter() - begun
    return corpus


def articles(sources: Sequence[Path]) -> Iterator[Article]:
    """Yield what can be read as articles, as a rebuild does."""
    today = datetime.datetime.now().astimezone().date()
    for reading in read_files(find_files(sources), context=ReadingContext(today=today)):
        if isinstance(reading, Article):
            yield reading


def write_sized(sources: Sequence[Path], paragraphs: int, path: Path) -> Path:
    """Write an archive of the first articles that have this many paragraphs in all, the last one cut short.

    Where there are not so many, articles come again, with other names and numbers each time.
    """
    with path.open("wb") as file:
        for turn in count():
            for article in articles(sources):
                texts = [_altered(paragraph.text, turn) for paragraph in article.paragraphs[:paragraphs]]
                record = record_of(article)
                title = record["title"] and _altered(record["title"], turn)
                record |= {"id": f"{article.id}-{turn}", "title": title, "paragraphs": texts}
                file.write(orjson.dumps(record) + b"\n")
                paragraphs -= len(texts)
                if paragraphs <= 0:
                    return path
    raise AssertionError


def _altered(text: str, turn: int) -> str:
    if not turn:
        return text
    ending = _ENDINGS[turn % len(_ENDINGS)] * (1 + turn // len(_ENDINGS))
    return _NUMBER.sub(lambda found: str(int(found.group()) + turn), _NAME.sub(rf"\g<0>{ending}", text))


def rows(analysed: Path) -> Iterator[dict]:
    """Yield the paragraphs that a pass wrote."""
    with analysed.open("rb") as file:
        yield from map(orjson.loads, file)


def _count_article(corpus: Corpus, article: Article) -> None:
    corpus.articles += 1
    if article.date:
        corpus.days[article.date] += 1
    for name in VALUE_FIELDS:
        if value := getattr(article, name):
            corpus.values[name][value] += 1


def _count_paragraph(corpus: Corpus, row: dict) -> None:
    corpus.paragraphs += 1
    corpus.text_bytes += len(row["text"].encode())
    corpus.frequencies.update(set(row["words"].split()))


def _rows(article: Article, analyzer: Analyzer) -> Iterator[dict]:
    about = {name: getattr(article, name) for name in VALUE_FIELDS}
    about |= {"article_id": article.id, "title": article.title, "date": article.date and article.date.isoformat()}
    for unit in article.units:
        words = analyzer.words(unit.text)
        yield about | {
            "number": unit.number,
            "text": unit.text,
            "words": " ".join(words),
            "stems": " ".join(map(analyzer.stem, words)),
        }


def record_of(article: Article) -> dict:
    """Return an article as a record that a rebuild reads."""
    named = {name: getattr(article, name) for name in ("id", *VALUE_FIELDS, "byline", "topics")}
    title = None if article.title_derived else article.title
    texts = [paragraph.text for paragraph in article.paragraphs]
    return named | {"title": title, "date": article.date and article.date.isoformat(), "paragraphs": texts}
