"""`dateline serve`, as a process of its own: how it begins, what it says, how it ends."""

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import orjson
import pytest
from webserver import DATELINE, SEEDS, build, server_process

from search.settings import Settings

pytest_plugins = ("webserver",)


def _get(address: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urlopen(address, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def _serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([DATELINE, "serve", *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_it_answers_at_the_address_it_says_as_soon_as_it_says_it(seeds_settings: Settings) -> None:
    with server_process(seeds_settings) as (_, address):
        assert not address.endswith(":0")
        assert _get(f"{address}/readyz")[0] == 200
        status, headers, body = _get(f"{address}/api/v1/search?q=defence")
        assert (status, headers["Server"]) == (200, "Dateline")
        assert orjson.loads(body)["total"]["paragraphs"] > 0
        assert b"<!DOCTYPE html>" in _get(f"{address}/search?q=defence")[2]
        assert _get(f"{address}/api/v1/search?q=%22")[0] == 400


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_status_0_and_without_a_trace(seeds_settings: Settings, number: int) -> None:
    with server_process(seeds_settings) as (process, address):
        assert _get(f"{address}/healthz")[0] == 200
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")


def test_it_says_in_one_line_what_it_serves_and_where(seeds_settings: Settings) -> None:
    command = [DATELINE, "serve", "--index", seeds_settings.index, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        os.kill(process.pid, signal.SIGTERM)
        rest = process.stdout.read()
    port = line.partition("127.0.0.1:")[2].partition(" ")[0]
    assert line == f"Dateline serves {seeds_settings.index} on http://127.0.0.1:{port} (Ctrl-C ends it)\n"
    assert (int(port) > 0, rest) == (True, "")


def test_a_port_that_is_taken_is_an_error_in_one_line(seeds_settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = _serve("--index", str(seeds_settings.index), "--port", port)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"dateline: Cannot listen on 127.0.0.1, port {port}: Address already in use. Choose another port with --port "
        "(0 takes a free one) or another address with --host.\n"
    )


def test_a_host_that_is_not_here_is_an_error_in_one_line(seeds_settings: Settings) -> None:
    ended = _serve("--index", str(seeds_settings.index), "--host", "192.0.2.1", "--port", "0")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "Cannot listen on 192.0.2.1" in ended.stderr


def test_without_an_index_it_says_the_command_answers_503_and_serves_the_index_once_it_is_built(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path / "index", processes=1)
    with server_process(settings) as (process, address):
        assert _get(f"{address}/healthz")[0] == 200
        assert _get(f"{address}/readyz")[0] == 503
        assert _get(f"{address}/api/v1/search?q=rain")[0] == 503
        build(settings.index, SEEDS)
        assert _get(f"{address}/readyz")[0] == 200
        assert _get(f"{address}/api/v1/search?q=rain")[0] == 200
        process.terminate()
        _, told = process.communicate(timeout=20)
    assert f"dateline rebuild --index {settings.index}" in told


def test_a_port_that_cannot_be_is_an_error(seeds_settings: Settings) -> None:
    assert _serve("--index", str(seeds_settings.index), "--port", "65536").returncode == 2


def test_a_rebuild_is_served_without_a_failed_request_or_a_restart(tmp_path: Path) -> None:
    settings = build(tmp_path / "index", SEEDS)
    seen: list[tuple[int, str]] = []
    begun, done = threading.Event(), threading.Event()

    with server_process(settings) as (_, address):

        def ask() -> None:
            while not done.is_set():
                status, _, body = _get(f"{address}/api/v1/search?q=said")
                seen.append((status, orjson.loads(body).get("generation", {}).get("id", "")))
                begun.set()

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        assert begun.wait(10)
        build(tmp_path / "index", SEEDS)
        # One search opens the new generation; those beside it may still be answered from the old one.
        deadline = time.monotonic() + 20
        while len({generation for _, generation in seen}) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        done.set()
        for thread in asking:
            thread.join()
    assert {status for status, _ in seen} == {200}
    assert len({generation for _, generation in seen}) == 2


def test_requests_that_are_far_too_long_are_refused_and_the_server_lives_on(seeds_settings: Settings) -> None:
    with server_process(seeds_settings) as (_, address):
        assert _get(f"{address}/search?q={'x' * 70_000}")[0] >= 400
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(f"{address}/search", data=b"q=" + b"x" * 5_000), timeout=10)
        with refused.value as error:
            assert error.code in (405, 413)
        assert _get(f"{address}/healthz")[0] == 200


def test_metrics_count_requests_by_endpoint_and_status(seeds_settings: Settings) -> None:
    with server_process(seeds_settings) as (_, address):
        for path in ("/search?q=x", "/search?q=y", "/search?q=%22", "/nowhere/1", "/nowhere/2", "/api/v1/search?q=x"):
            _get(f"{address}{path}")
        status, headers, body = _get(f"{address}/metrics")
        lines = set(body.decode().splitlines())
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    assert {
        'dateline_requests_total{endpoint="pages.results",status="200"} 2.0',
        'dateline_requests_total{endpoint="pages.results",status="400"} 1.0',
        'dateline_requests_total{endpoint="none",status="404"} 2.0',
        'dateline_requests_total{endpoint="api.search",status="200"} 1.0',
        'dateline_request_seconds_count{endpoint="pages.results"} 3.0',
        "dateline_ready 1.0",
    } <= lines
    assert any(line.startswith("dateline_generation_info{") for line in lines)
    assert any(line.startswith("dateline_paragraphs ") for line in lines)
