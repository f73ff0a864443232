"""One process of the server: a service, the app over it, and waitress on a socket that listens already."""

import contextlib
import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click
from waitress.server import create_server

from search.answering.service import SearchService
from search.errors import EngineError
from search.settings import Settings
from web import create_app
from web.basket import LARGEST_FORM

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LARGEST_HEADER = 64 * 1024
# A full basket with its notes is the only body that anything here takes.
_LARGEST_BODY = LARGEST_FORM + 1024
# How long a request waits for those before it; nearly all are answered in a tenth of it.
_LONGEST_WAIT_SECONDS = 0.1


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
    # It remarks on every request that waits for a thread, which is nothing to tell an operator line by line.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(
        in_turn(create_app(service, counts=counts)),
        sockets=[listening],
        threads=threads,
        ident="Dateline",
        max_request_header_size=_LARGEST_HEADER,
        max_request_body_size=_LARGEST_BODY,
    )
    for number in ended_by:
        signal.signal(number, end)
    ready()
    server.run()


def in_turn(application: "WSGIApplication", *, wait: float = _LONGEST_WAIT_SECONDS) -> "WSGIApplication":
    """Return an application that is asked by one thread after the other, while none waits long.

    Python runs one thread at a time: searches that take turns answer half as many again as searches that keep taking
    the interpreter from each other. Beside one that takes long the others go on after `wait` seconds.
    """
    turn = Lock()

    def ask(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        has_turn = turn.acquire(timeout=wait)
        try:
            return application(environ, start_response)
        finally:
            if has_turn:
                turn.release()

    return ask


def end(_number: int, _frame: FrameType | None) -> NoReturn:
    """End the loop that a signal comes into."""
    raise SystemExit(0)
