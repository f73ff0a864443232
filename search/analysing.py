"""Articles -> prepared for an engine, on all cores, in the order they came, never more than a few batches ahead."""

import contextlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process, resource_tracker
from typing import Any

from search import engines
from search.articles import Article
from search.errors import EngineError
from search.language import Analyzer, SentenceModel

# Few articles are done before other processes have started.
ALONE_UP_TO = 1_000
_BATCH_PARAGRAPHS = 400
_BATCHES_AHEAD = 3

_prepare: Callable[[Article], object] | None = None


class Analysis:
    """Prepares articles for an engine; a context manager, for it may hold processes."""

    def __init__(self, engine: str, analyzer: Analyzer, sentences: SentenceModel, *, processes: int) -> None:
        self._engine = engine
        self._analyzer = analyzer
        self._sentences = sentences
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Analysis":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def prepared(self, articles: Iterable[Article]) -> Iterator[object]:
        """Yield each article, prepared, in order.

        Raises:
            EngineError: a process ended in the middle of its work.
        """
        kind = engines.kind(self._engine)
        articles = iter(articles)
        paragraphs = 0
        for article in articles:
            yield kind.prepare(article, self._analyzer, self._sentences)
            paragraphs += len(article.paragraphs)
            if self._processes > 1 and paragraphs >= ALONE_UP_TO:
                break
        yield from self._in_processes(articles)

    def _in_processes(self, articles: Iterator[Article]) -> Iterator[object]:
        waiting: deque[Future[list[object]]] = deque()
        for batch in _batches(articles):
            with _worker_errors(), _children_deaf_to_ctrl_c():
                waiting.append(self._started_pool().submit(_prepare_batch, batch))
            if len(waiting) >= self._processes * _BATCHES_AHEAD:
                yield from _result(waiting.popleft())
        while waiting:
            yield from _result(waiting.popleft())

    def _started_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=get_context("spawn"),
                initializer=_begin,
                initargs=(self._engine, self._analyzer.language, self._sentences),
            )
        return self._pool


@contextlib.contextmanager
def _children_deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C, which is for us to answer, not even while they start."""
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


def _result(batch: Future[list[object]]) -> list[object]:
    with _worker_errors():
        return batch.result()


@contextlib.contextmanager
def _worker_errors() -> Iterator[None]:
    try:
        yield
    except (BrokenProcessPool, OSError) as error:  # a pool that is just breaking can find its own pipes closed
        raise EngineError(
            "A process that analysed articles ended unexpectedly, perhaps for want of memory; "
            "set DATELINE_PROCESSES=1 and run the rebuild again."
        ) from error


def _batches(articles: Iterator[Article]) -> Iterator[list[Article]]:
    batch: list[Article] = []
    size = 0
    for article in articles:
        batch.append(article)
        size += len(article.paragraphs)
        if size >= _BATCH_PARAGRAPHS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _begin(engine: str, language: str, sentences: SentenceModel) -> None:
    """Set a process up: what it prepares with, and that it ends with the one that started it."""
    global _prepare  # noqa: PLW0603 - a pool's processes have no other place for what they are set up with
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kind = engines.kind(engine)
    analyzer = Analyzer(language)

    def prepare(article: Article) -> object:
        return kind.prepare(article, analyzer, sentences)

    _prepare = prepare
    parent: Any = parent_process()

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def _prepare_batch(articles: list[Article]) -> list[object]:
    assert _prepare is not None
    return [_prepare(article) for article in articles]
