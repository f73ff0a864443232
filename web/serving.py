"""One process of the server: a service, the app over it, and waitress on a socket that listens already."""

import contextlib
import ctypes
import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
from waitress.server import create_server

from search.answering.service import SearchService
from search.errors import EngineError
from search.settings import Settings
from web.application import create_app
from web.basket import LARGEST_FORM
from web.turns import Turns

_LARGEST_HEADER = 64 * 1024
# A full basket with its notes is the only body that anything here takes.
_LARGEST_BODY = LARGEST_FORM + 1024
# An answer makes some thousand objects, all gone with it; to look through them every 700 took 3 % of its time.
_OBJECTS_BEFORE_COLLECTING = 10_000
# M_ARENA_MAX of malloc.h: how many places memory is taken from.
_ARENAS = -8


@contextlib.contextmanager
def open_service(settings: Settings) -> Iterator[SearchService]:
    """Open a service for as long as a process serves it."""
    service = SearchService.from_settings(settings, opened=set_aside)
    try:
        yield service
    finally:
        service.close()


def set_aside() -> None:
    """Keep the garbage collector from looking through what is there now, while a process serves it.

    A generation's hundreds of thousands of words and lists are no garbage, and to look through them takes a fifth of a
    second, in the middle of some request. What was set aside before, such as a generation that was replaced, is looked
    through once more, so that its files are closed.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def open_index(service: SearchService, *, tell: Callable[[str], None]) -> None:
    """Open the index before anyone asks, or tell why searches will be answered with 503.

    An index that is built meanwhile is served at once.
    """
    try:
        service.generation_id()
    except EngineError as error:
        tell(f"dateline: {error} (until then every search is answered with 503)")


def tell_on_stderr(message: str) -> None:
    """Print a line on standard error."""
    click.echo(message, err=True)


def answer(
    service: SearchService,
    listening: socket.socket,
    *,
    threads: int,
    ended_by: Sequence[signal.Signals],
    ready: Callable[[], None] = lambda: None,
    counts: Path | None = None,
) -> None:
    """Answer requests until one of these signals comes, and then those that are running.

    `ready` is called when all is set up; `counts` is the folder where all processes of a server count their requests.
    """
    _share_memory()
    # It remarks on every request that waits for a thread, which is nothing to tell an operator line by line.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(
        create_app(service, counts=counts),
        sockets=[listening],
        _dispatcher=Turns(threads),  # there is no other way to hand one over
        ident="Dateline",
        max_request_header_size=_LARGEST_HEADER,
        max_request_body_size=_LARGEST_BODY,
    )
    for number in ended_by:
        signal.signal(number, end)
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    ready()
    server.run()


def _share_memory() -> None:
    """Have all threads take memory from one place, where the C library is one (glibc) that gives each its own.

    What one request took and gave back is then there for the next, whichever thread answers that; else each thread
    comes to hold as much as the largest request that it answered.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 1)


def end(_number: int, _frame: FrameType | None) -> NoReturn:
    """End the loop that a signal comes into."""
    raise SystemExit(0)
