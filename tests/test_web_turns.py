"""Requests take turns, one thread after the other, but none waits long for another."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from werkzeug.test import Client

from web.serving import in_turn


@contextmanager
def eight() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_requests_are_answered_one_after_the_other() -> None:
    asked, most = [0], [0]

    def application(_, start_response):
        asked[0] += 1
        most[0] = max(most[0], asked[0])
        sum(range(20_000))
        asked[0] -= 1
        start_response("200 OK", [])
        return [b"done"]

    client = Client(in_turn(application, wait=60))
    with eight() as pool:
        assert {answer.data for answer in pool.map(lambda _: client.get("/"), range(80))} == {b"done"}
    assert most == [1]


def test_beside_one_that_takes_long_the_others_go_on() -> None:
    others_done = threading.Event()

    def application(environ, start_response):
        if environ["PATH_INFO"] == "/long":
            assert others_done.wait(30)
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    client = Client(in_turn(application))
    with eight() as pool:
        long = pool.submit(client.get, "/long")
        assert {answer.data for answer in pool.map(client.get, ["/short"] * 20)} == {b"/short"}
        assert not long.done()
        others_done.set()
        assert long.result(30).data == b"/long"


def test_a_turn_ends_with_an_error_too() -> None:
    def application(_, __):
        raise ZeroDivisionError

    client = Client(in_turn(application))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            client.get("/")
