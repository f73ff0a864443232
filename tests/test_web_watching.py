"""`dateline serve --watch`: what arrives is soon found while it serves, whatever process dies, and all end together."""

import os
import signal
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import orjson
import pytest
from sources import environment, write_texts
from watchers import PATIENCE, move_in, wait_until
from webserver import DATELINE, build, server_process

from search.index_folder import WATCH
from search.settings import Settings

pytest_plugins = ("webserver",)


def _get(address: str) -> tuple[int, str]:
    try:
        with urlopen(address, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _found(address: str, word: str) -> int:
    return orjson.loads(_get(f"{address}/api/v1/search?q={word}")[1])["total"]["articles"]


def _watcher(index: Path) -> int:
    """Return the process that says it watches; 0 where none does."""
    return orjson.loads((index / WATCH).read_bytes())["process"] if (index / WATCH).is_file() else 0


def _is_watched(address: str) -> bool:
    return _get(f"{address}/readyz")[1].endswith("; watched, nothing waiting\n")


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An index of one article, whose source is the folder `wire` beside it."""
    return build(tmp_path / "index", write_texts(tmp_path / "wire", harbour="Rain fell on the harbour."))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_builds_an_index_where_there_is_none_and_serves_what_arrives(tmp_path: Path, workers: str) -> None:
    write_texts(tmp_path / "wire", harbour="Rain fell on the harbour.")
    settings = Settings(index=tmp_path / "index")
    options = ("--watch", str(tmp_path / "wire"), "--workers", workers)
    with server_process(settings, *options) as (process, address):
        status, told = _get(f"{address}/readyz")
        # It may have been quick.
        assert status == 200 or (status == 503 and "run: dateline rebuild" in told)
        wait_until(lambda: _get(f"{address}/readyz")[0] == 200)
        assert _found(address, "rain") == 1
        wait_until(lambda: _is_watched(address))
        move_in(tmp_path / "wire" / "market.txt", "Snow fell on the market.")
        wait_until(lambda: _found(address, "snow") == 1)
        watcher = _watcher(settings.index)
        process.terminate()
        _, told = process.communicate(timeout=PATIENCE)
    assert "1 file added, 0 changed, 0 removed; 2 articles" in told
    assert (process.returncode, _runs(watcher), (settings.index / WATCH).exists()) == (0, False, False)


def test_a_watcher_that_dies_is_told_of_and_started_again(settings: Settings) -> None:
    with server_process(settings, "--watch") as (process, address):
        wait_until(lambda: _is_watched(address))
        killed = _watcher(settings.index)
        os.kill(killed, signal.SIGKILL)
        assert _found(address, "rain") == 1
        wait_until(lambda: _watcher(settings.index) != killed)
        process.terminate()
        _, told = process.communicate(timeout=PATIENCE)
    assert f"dateline: The watcher, process {killed}, ended by signal 9; it is started again.\n" in told


def test_when_the_server_is_killed_its_watcher_ends_and_leaves_nothing(settings: Settings) -> None:
    with server_process(settings, "--watch") as (process, address):
        wait_until(lambda: _is_watched(address))
        watcher = _watcher(settings.index)
        process.kill()
        wait_until(lambda: not _runs(watcher))
    assert not (settings.index / WATCH).exists()


def test_ctrl_c_in_a_terminal_reaches_both_and_ends_them_once(settings: Settings) -> None:
    command = [DATELINE, "serve", "--watch", "--index", settings.index, "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, start_new_session=True, env=environment(), **pipes) as process:
        address = process.stdout.readline().split(" on ")[1].split()[0]
        wait_until(lambda: _is_watched(address))
        watcher = _watcher(settings.index)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told.splitlines()[1:], _runs(watcher)) == (0, ["Watching has ended."], False)


def test_sources_are_for_watching(tmp_path: Path) -> None:
    ended = subprocess.run(
        [DATELINE, "serve", tmp_path], capture_output=True, text=True, env=environment(), timeout=PATIENCE, check=False
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "dateline serve --watch SOURCE" in ended.stderr
