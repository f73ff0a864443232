"""Several processes that answer on one socket: started, watched, started again when one dies, ended together.

Python runs one thread at a time, so a process never takes more than one core. Each worker is a whole server with an
open index of its own; all of them accept from the socket that the parent listens on.
"""

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import click

from search.errors import WorkersEnded
from search.settings import Settings
from web.processes import ENDING_SIGNALS, end_process, hear, how_it_ended, signals_wait
from web.serving import answer, end, open_index, open_service, tell_on_stderr

# Where the library looks for the folder that processes count in together; it must be set before it is imported.
_COUNTS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# A worker that ends within so many seconds hardly served anyone; after so many of them in a row none will.
_AT_ONCE_SECONDS = 10.0
_DEATHS_AT_ONCE = 5
# A signal to all processes of the server ends the workers a moment before we hear of it.
_MOMENT_SECONDS = 0.3
# Longer than waitress waits for running requests.
_ENDING_SECONDS = 10.0


@dataclass(slots=True)
class _Worker:
    """A process, and when it was started."""

    process: SpawnProcess
    started: float = field(default_factory=time.monotonic)

    def lived(self) -> float:
        return time.monotonic() - self.started


class Workers:
    """The parent of `settings.workers` processes that answer on a listening socket."""

    def __init__(self, listening: socket.socket, settings: Settings) -> None:
        self._listening = listening
        self._settings = settings
        self._running: list[_Worker] = []

    def run(self, ready: str) -> None:
        """Start the workers, say the line `ready`, and keep them running until SIGTERM or Ctrl-C ends them all.

        Raises:
            WorkersEnded: they die as soon as they are started.
        """
        for ending in ENDING_SIGNALS:
            signal.signal(ending, end)
        with tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as counts:
            try:
                for number in range(self._settings.workers):
                    self._start(counts, tells=number == 0)
                click.echo(ready)
                self._keep_running(counts)
            finally:
                self._end()

    def _start(self, counts: str, *, tells: bool = False) -> None:
        arguments = (self._listening, self._settings, counts, tells)
        process = get_context("spawn").Process(target=_work, args=arguments, daemon=True)
        with signals_wait(), _counting_in(counts):
            process.start()
            self._running.append(_Worker(process))

    def _keep_running(self, counts: str) -> None:
        deaths_at_once = 0
        while True:
            wait([worker.process.sentinel for worker in self._running])
            time.sleep(_MOMENT_SECONDS)
            for worker in [worker for worker in self._running if not worker.process.is_alive()]:
                deaths_at_once = deaths_at_once + 1 if worker.lived() < _AT_ONCE_SECONDS else 0
                self._running.remove(worker)
                tell_on_stderr(
                    f"dateline: A worker, process {worker.process.pid}, ended {how_it_ended(worker.process)}."
                )
                if deaths_at_once >= _DEATHS_AT_ONCE:
                    raise WorkersEnded(
                        f"{deaths_at_once} workers in a row ended as soon as they were started; "
                        "look at what they said, or serve with --workers 1."
                    )
                self._start(counts)

    def _end(self) -> None:
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for worker in self._running:
            worker.process.terminate()
        until = time.monotonic() + _ENDING_SECONDS
        for worker in self._running:
            end_process(worker.process, until - time.monotonic())


@contextlib.contextmanager
def _counting_in(folder: str) -> Iterator[None]:
    """Start processes that count their requests in a folder; we ourselves count nothing."""
    before = os.environ.get(_COUNTS_FOLDER)
    os.environ[_COUNTS_FOLDER] = folder
    try:
        yield
    finally:
        del os.environ[_COUNTS_FOLDER]
        if before is not None:
            os.environ[_COUNTS_FOLDER] = before


def _work(listening: socket.socket, settings: Settings, counts: str, tells: bool) -> None:  # noqa: FBT001 - by place
    """Answer on the socket: what each of the processes does."""
    threading.Thread(target=_end_with_parent, args=(counts,), daemon=True).start()
    # Ctrl-C is for the parent to hear; until requests can be running, SIGTERM ends this process at once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hear(*ENDING_SIGNALS)
    with open_service(settings) as service:
        open_index(service, tell=tell_on_stderr if tells else lambda _: None)
        answer(service, listening, threads=settings.threads, ended_by=(signal.SIGTERM,), counts=Path(counts))


def _end_with_parent(counts: str) -> None:
    """End this process when its parent was killed, and remove what that would have removed."""
    parent: Any = parent_process()
    parent.join()
    shutil.rmtree(counts, ignore_errors=True)
    os._exit(1)
