"""`dateline serve --workers N`: several processes on one address, watched by their parent and ended with it."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import orjson
import pytest
from webserver import DATELINE, SEEDS, build, server_process

from search.settings import Settings

pytest_plugins = ("webserver",)

PROC = Path("/proc")
PATIENCE = 60.0


def workers_of(parent: int) -> set[int]:
    """Return the ids of the workers that a server has started."""
    children = (PROC / f"{parent}/task/{parent}/children").read_text().split()
    return {int(child) for child in children if "spawn_main" in _command(int(child))}


def _command(process: int) -> str:
    try:
        return (PROC / f"{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "this took too long"
        time.sleep(0.05)


def gone(processes: set[int]) -> bool:
    return not any(_command(process) for process in processes)


def get(address: str) -> bytes:
    with urlopen(address, timeout=30) as answer:
        return answer.read()


def searched(address: str) -> int:
    return orjson.loads(get(f"{address}/api/v1/search?q=defence"))["total"]["paragraphs"]


@contextmanager
def two_workers(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], str, set[int]]]:
    """Serve with two workers, and wait until both are there."""
    with server_process(settings, "--workers", "2") as (process, address):
        wait_until(lambda: len(workers_of(process.pid)) == 2)
        yield process, address, workers_of(process.pid)


def test_all_workers_answer_at_the_one_address_and_metrics_count_over_them(seeds_settings: Settings) -> None:
    with two_workers(seeds_settings) as (_, address, workers), ThreadPoolExecutor(8) as pool:
        busy = set[int]()

        def ask(_: int) -> int:
            return searched(address)

        asked = 0
        # Whoever is free accepts, so it may take a while until the second was needed.
        while len(busy) < len(workers):
            assert set(pool.map(ask, range(40))) == {searched(address)}
            asked += 41
            lines = get(f"{address}/metrics").decode().splitlines()
            assert f'dateline_requests_total{{endpoint="api.search",status="200"}} {asked}.0' in lines
            assert f'dateline_request_seconds_count{{endpoint="api.search"}} {asked}.0' in lines
            assert "dateline_ready 1.0" in lines
            busy = {worker for worker in workers if _counts_of(worker)}
            assert asked < 41 * 100


def _counts_of(worker: int) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"dateline-*/counter_{worker}.db"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them_with_status_0_and_without_a_trace(seeds_settings: Settings, number: int) -> None:
    with two_workers(seeds_settings) as (process, address, workers):
        assert searched(address)
        assert any(map(_counts_of, workers))
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (0, "", "")
        assert gone(workers)
        assert not any(map(_counts_of, workers))


def test_ctrl_c_in_a_terminal_reaches_every_process_and_ends_them_once(seeds_settings: Settings) -> None:
    command = [DATELINE, "serve", "--index", seeds_settings.index, "--port", "0", "--workers", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert "Dateline serves" in process.stdout.readline()
        wait_until(lambda: len(workers_of(process.pid)) == 2)
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=PATIENCE) == ("", "")
    assert process.returncode == 0


def test_requests_that_run_while_it_ends_are_answered_whole(seeds_settings: Settings) -> None:
    with two_workers(seeds_settings) as (process, address, _), ThreadPoolExecutor(8) as pool:
        expected = searched(address)

        def ask(_: int) -> int | None:
            try:
                return searched(address)
            except (URLError, ConnectionError):
                return None  # too late

        asked = pool.map(ask, range(400))
        first = next(asked)
        os.kill(process.pid, signal.SIGTERM)
        assert {first, *asked} == {expected, None}
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


def test_a_worker_that_dies_is_told_of_and_started_again(seeds_settings: Settings) -> None:
    with two_workers(seeds_settings) as (process, address, workers):
        searched(address)
        victim = min(workers)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in workers_of(process.pid) and len(workers_of(process.pid)) == 2)
        assert max(workers) in workers_of(process.pid)
        assert searched(address)
        os.kill(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, err) == (0, f"dateline: A worker, process {victim}, ended by signal 9.\n")


def test_it_gives_up_with_status_2_when_its_workers_die_as_soon_as_they_are_started(seeds_settings: Settings) -> None:
    with two_workers(seeds_settings) as (process, _, _):
        while process.poll() is None:
            for worker in workers_of(process.pid):
                os.kill(worker, signal.SIGKILL)
            time.sleep(0.05)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert re.fullmatch(
        r"(dateline: A worker, process \d+, ended by signal 9\.\n){5}"
        r"dateline: 5 workers in a row ended as soon as they were started; .* --workers 1\.\n",
        err,
    )


def test_when_the_parent_is_killed_no_process_and_no_file_is_left(seeds_settings: Settings) -> None:
    with two_workers(seeds_settings) as (process, address, workers):
        searched(address)
        wait_until(lambda: any(map(_counts_of, workers)))
        os.kill(process.pid, signal.SIGKILL)
        wait_until(lambda: gone(workers))
        assert not any(map(_counts_of, workers))


def test_without_an_index_one_of_them_says_so_and_all_serve_it_once_it_is_built(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path / "index", processes=1)
    with server_process(settings, "--workers", "2") as (process, address):
        assert get(f"{address}/healthz") == b"alive\n"
        build(settings.index, SEEDS)
        assert [searched(address) for _ in range(20)]
        process.terminate()
        _, told = process.communicate(timeout=PATIENCE)
    assert told.count(f"dateline rebuild --index {settings.index}") <= 1


@pytest.mark.parametrize("workers", ["0", "-1", "many"])
def test_a_number_of_workers_that_cannot_be_is_an_error(workers: str) -> None:
    ended = subprocess.run(
        [DATELINE, "serve", "--workers", workers], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
