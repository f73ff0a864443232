"""The floor of what a server can do here: the same WSGI server, raw tantivy behind it, and its stored fields as JSON.

    python tests/bench/floor.py INDEX QUESTIONS THREADS LANGUAGE

It is asked for a question by its number, `/7`, so that not even a query has to be read.
"""

import datetime
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import orjson
from peers.raw_tantivy import RawTantivy
from questions import Question, load
from waitress.server import create_server

from search.language import Analyzer


def application(raw: RawTantivy, questions: list[Question]) -> Callable[..., Iterable[bytes]]:
    """Return the bare application."""

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        total, documents = raw.search(questions[int(environ["PATH_INFO"].lstrip("/"))])
        body = orjson.dumps({"total": total, "hits": documents}, default=_as_text)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def main() -> None:
    index, questions, threads, language = sys.argv[1:]
    raw = RawTantivy(Path(index), Analyzer(language).stem)
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = application(raw, load(Path(questions)))
        server = create_server(app, sockets=[listening], threads=int(threads), ident="floor")
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        server.run()


def _as_text(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    raise TypeError(type(value))


def _end(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
