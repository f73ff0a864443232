"""Articles -> prepared for an engine, on all cores, in the order they came, never more than a few batches ahead."""

import contextlib
import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, count
from multiprocessing import get_context, parent_process, resource_tracker
from pathlib import Path
from typing import Any

import orjson

from search import engines
from search.articles import Article
from search.engines.base import ArticleTexts
from search.engines.kinds import EngineKind
from search.engines.records import article_texts
from search.errors import EngineError
from search.language import Analyzer, SentenceModel

# Few articles are done before other processes have started.
ALONE_UP_TO = 1_000
# Paragraphs of a batch: small ones, so that progress can be told, and such that crossing costs little beside the work.
_BATCH_ALONE, _BATCH = 50, 400
_BATCHES_AHEAD = 3
_WORDS_AT_A_TIME = 5_000
_STOPPING = (signal.SIGINT, signal.SIGTERM)

_prepare: Callable[[Sequence[ArticleTexts]], Path] | None = None
_stem: Callable[[str], str] | None = None

# Some articles in their order, and what was prepared of them.
Batch = tuple[list[Article], bytes]


class Analysis:
    """Prepares articles for an engine; a context manager, for it may hold processes.

    Only texts cross to them and only what was prepared comes back: articles stay here. It comes back as a file in
    `folder`, of which the pool passes the name: of a process that is killed while it sends a large piece through a
    pipe, the pool would wait for the rest for ever. What they begin with is a file too: what is killed while it starts
    would never take it out of the pipe.
    """

    def __init__(
        self,
        kind: EngineKind,
        analyzer: Analyzer,
        sentences: SentenceModel,
        *,
        folder: Path,
        processes: int,
    ) -> None:
        self._folder = folder
        self._beginning = folder / "analysis.batch"
        self._kind = kind
        self._analyzer = analyzer
        self._sentences = sentences
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Analysis":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._beginning.unlink(missing_ok=True)

    def prepared(self, articles: Iterable[Article]) -> Iterator[Batch]:
        """Yield the articles, some at a time, with what was prepared of them, in order.

        Raises:
            EngineError: a process ended in the middle of its work.
        """
        articles = iter(articles)
        prepare = self._kind.preparer(self._analyzer, self._sentences)
        paragraphs = 0
        for batch in _batches(articles, _BATCH_ALONE):
            yield batch, prepare(_texts(batch))
            paragraphs += _paragraphs(batch)
            if self._processes > 1 and paragraphs >= ALONE_UP_TO:
                break
        yield from self._in_processes(_batches(articles, _BATCH))

    def stems(self, words: Sequence[str]) -> list[str]:
        """Return the stem of each of many words, several of one joined by blanks.

        In this process where there is no other, or not any more.
        """
        parts = [words[start : start + _WORDS_AT_A_TIME] for start in range(0, len(words), _WORDS_AT_A_TIME)]
        with contextlib.suppress(BrokenProcessPool, OSError):
            if self._pool is not None:
                with processes_may_start():  # it may start the rest of its processes only now
                    stems = self._pool.map(_stem_words, parts)
                return list(chain.from_iterable(stems))
        return list(map(_joined_stems(self._analyzer), words))

    def _in_processes(self, batches: Iterator[list[Article]]) -> Iterator[Batch]:
        waiting: deque[tuple[list[Article], Future[Path]]] = deque()
        for batch in batches:
            with _worker_errors(), processes_may_start():
                waiting.append((batch, self._started_pool().submit(_prepare_batch, _texts(batch))))
            if len(waiting) >= self._processes * _BATCHES_AHEAD:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())

    def _started_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            begins_with = [self._kind.name, self._analyzer.language, self._sentences.learned]
            self._beginning.write_bytes(orjson.dumps(begins_with))
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=get_context("spawn"),
                initializer=_begin,
                initargs=(self._beginning, self._folder),
            )
        return self._pool


@contextlib.contextmanager
def processes_may_start() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C, which is for us to answer; what stops us waits till they are started.

    A process of which the start is broken off says so itself, in many lines. That this thread blocks a signal does not
    keep it from being broken off: any other thread may take the signal, and its handler runs here all the same.
    """
    came: list[int] = []
    handlers: dict[signal.Signals, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():  # in others no handler ever runs
            for number in _STOPPING:
                handlers[number] = signal.signal(number, lambda number, _: came.append(number))
        with _ctrl_c_blocked():
            yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextlib.contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Block Ctrl-C, for processes that are started inherit it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It starts on the first need, and lets Ctrl-C through again for all that are started after it.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _result(batch: list[Article], prepared: Future[Path]) -> Batch:
    with _worker_errors():
        path = prepared.result()
        result = path.read_bytes()
        path.unlink()
        return batch, result


@contextlib.contextmanager
def _worker_errors() -> Iterator[None]:
    try:
        yield
    except (BrokenProcessPool, OSError) as error:  # a pool that is just breaking can find its own pipes closed
        raise EngineError(
            "A process that analysed articles ended unexpectedly, perhaps for want of memory; "
            "set DATELINE_PROCESSES=1 and run the rebuild again."
        ) from error


def _paragraphs(articles: Iterable[Article]) -> int:
    return sum(len(article.paragraphs) for article in articles)


def _batches(articles: Iterator[Article], paragraphs: int) -> Iterator[list[Article]]:
    """Yield the articles in batches of at least so many paragraphs, but for the last."""
    batch: list[Article] = []
    size = 0
    for article in articles:
        batch.append(article)
        size += len(article.paragraphs)
        if size >= paragraphs:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _texts(articles: Sequence[Article]) -> list[ArticleTexts]:
    return list(map(article_texts, articles))


def _begin(beginning: Path, folder: Path) -> None:
    """Set a process up: what it prepares with, and that it ends with the one that started it."""
    global _prepare, _stem
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine, language, learned = orjson.loads(beginning.read_bytes())
    gc.disable()  # nothing that is made here is cyclic
    analyzer = Analyzer(language)
    preparer = engines.kind(engine).preparer(analyzer, SentenceModel(**learned))
    numbers = count()

    def prepare(texts: Sequence[ArticleTexts]) -> Path:
        path = folder / f"{os.getpid()}-{next(numbers)}.batch"
        path.write_bytes(preparer(texts))
        return path

    _prepare, _stem = prepare, _joined_stems(analyzer)
    parent: Any = parent_process()

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def _prepare_batch(texts: Sequence[ArticleTexts]) -> Path:
    assert _prepare is not None
    return _prepare(texts)


def _joined_stems(analyzer: Analyzer) -> Callable[[str], str]:
    return lambda word: " ".join(analyzer.stems_of(word))


def _stem_words(words: Sequence[str]) -> list[str]:
    assert _stem is not None
    return list(map(_stem, words))


@contextlib.contextmanager
def rubbish_left() -> Iterator[None]:
    """Do not look for cycles among what is made by the million and has none: that takes a twentieth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
