"""`dateline serve --watch`: a watcher beside what answers, in a process of its own, so that none waits for the other.

It is started again when it dies, and ends with the server, however that ends.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import click

from search.archive import Archive
from search.printing import shown
from search.settings import Settings
from web.processes import ENDING_SIGNALS, end_process, hear, how_it_ended, signals_wait

# Before a watcher that died is started again; each time twice as long while it dies at once.
_LEAST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_AT_ONCE_SECONDS = 10.0
_ENDING_SECONDS = 10.0


@contextlib.contextmanager
def watching(sources: Sequence[Path], settings: Settings) -> Iterator[None]:
    """Keep the index up to date with its sources while a `with` lasts; what happens is told on standard error."""
    keeper = _Keeper(tuple(sources), settings)
    try:
        yield
    finally:
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        keeper.end()


class _Keeper:
    """Keeps a watcher running, from a thread."""

    def __init__(self, sources: tuple[Path, ...], settings: Settings) -> None:
        self._arguments = (sources, settings)
        self._ending, self._ends = os.pipe()
        self._process = self._started()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the watcher, and start it no more."""
        os.close(self._ends)
        self._thread.join()
        os.close(self._ending)
        self._process.terminate()
        end_process(self._process, _ENDING_SECONDS)

    def _started(self) -> SpawnProcess:
        # It starts processes itself where there is much to read, as those that end by themselves with us may not.
        process = get_context("spawn").Process(target=_watch, args=self._arguments, daemon=False)
        with signals_wait():
            process.start()
        return process

    def _keep(self) -> None:
        pause, started = _LEAST_PAUSE, time.monotonic()
        while self._ending not in wait([self._process.sentinel, self._ending]):
            self._process.join()
            died_at_once = time.monotonic() - started < _AT_ONCE_SECONDS
            how = how_it_ended(self._process)
            _tell(f"dateline: The watcher, process {self._process.pid}, ended {how}; it is started again.")
            if wait([self._ending], timeout=pause):
                return
            pause = min(2 * pause, _LONGEST_PAUSE) if died_at_once else _LEAST_PAUSE
            with contextlib.suppress(OSError):  # there is no room for it just now
                self._process = self._started()
            started = time.monotonic()


def _watch(sources: tuple[Path, ...], settings: Settings) -> None:
    """Watch: what the process does. Ctrl-C is for its parent to hear."""
    from search.watching import Watcher  # noqa: PLC0415 - reading takes long to load, and what answers never reads

    threading.Thread(target=_end_with_parent, daemon=True).start()
    hear(signal.SIGTERM)
    Watcher(sources, Archive(settings.index, settings), settings, tell=_tell).run()


def _end_with_parent() -> None:
    """End this process when its parent was killed: as when it is told to, as long as it can hear."""
    parent: Any = parent_process()
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_ENDING_SECONDS)
    os._exit(1)


def _tell(line: str) -> None:
    click.echo(shown(line), err=True)
