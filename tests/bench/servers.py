"""Servers as processes of their own, on free ports of loopback; each is ended by its own process id, however we end."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

HOST = "127.0.0.1"
THREADS = 8
_START_SECONDS = 60.0
_END_SECONDS = 20.0
_HERE = Path(__file__).parent


class Running(NamedTuple):
    """A server that answers."""

    host: str
    port: int


@contextlib.contextmanager
def dateline(index: Path, workers: int, *options: str) -> Iterator[Running]:
    """Serve an index with `dateline serve`."""
    command = [_script("dateline"), "serve", "--index", str(index), "--port", "0", *options]
    with _process(command + (["--workers", str(workers)] if workers > 1 else [])) as process:
        yield _as_told(process)


def started(*arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """Start `dateline` with these arguments; what it prints is not read."""
    return _process([_script("dateline"), *arguments], stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def floor(index: Path, questions: Path, language: str) -> Iterator[Running]:
    """Serve raw tantivy."""
    command = [sys.executable, str(_HERE / "floor.py"), str(index), str(questions), str(THREADS), language]
    with _process(command) as process:
        yield _as_told(process)


def has_datasette() -> bool:
    """Whether Datasette is installed here."""
    return Path(_script("datasette")).exists()


@contextlib.contextmanager
def datasette(database: Path) -> Iterator[Running]:
    """Serve a database with Datasette, its limits of time out of the way."""
    port = _free_port()
    settings = {"sql_time_limit_ms": "10000", "facet_time_limit_ms": "10000", "suggest_facets": "off"}
    options = [text for name, value in settings.items() for text in ("--setting", name, value)]
    command = [_script("datasette"), "serve", str(database), "--host", HOST, "--port", str(port), *options]
    # It tells of every request; a pipe that nobody reads would fill, and the server would wait for ever.
    with _process(command, stdout=subprocess.DEVNULL) as process:
        _wait_until_open(process, port)
        yield Running(HOST, port)


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


@contextlib.contextmanager
def _process(command: Sequence[str], *, stdout: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    # What is set for the one who measures must not change what is measured.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("DATELINE_")}
    process = subprocess.Popen(
        command, stdout=stdout, stderr=subprocess.DEVNULL, text=True, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen) -> None:
    """End a process that was started here: asked first, then not asked."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _as_told(process: subprocess.Popen[str]) -> Running:
    """Read the address from the first line that a server prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://[\d.]+:(\d+)", line)
    if not found:
        raise SystemExit(f"{process.args} did not start: {line or 'it printed nothing'}")
    return Running(HOST, int(found[1]))


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        return listening.getsockname()[1]


def _wait_until_open(process: subprocess.Popen[str], port: int) -> None:
    last = time.monotonic() + _START_SECONDS
    while time.monotonic() < last and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(f"{process.args} did not start to listen within {_START_SECONDS:.0f} s.")
