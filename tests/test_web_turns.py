"""Requests take turns, but none waits long for another: each is answered once, whatever comes between."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from web.turns import Turns

LONG = 30.0


class Request:
    """What waitress would have answered; it tells when it was, or that it was cancelled."""

    def __init__(self, answer: Callable[[], None] = lambda: None) -> None:
        self.answer = answer
        self.done = threading.Event()
        self.times = 0
        self.is_cancelled = False

    def service(self) -> None:
        self.times += 1
        try:
            self.answer()
        finally:
            self.done.set()

    def cancel(self) -> None:
        self.is_cancelled = True
        self.done.set()


@contextmanager
def turns(threads: int = 8, **options: float) -> Iterator[Turns]:
    dispatcher = Turns(threads, **options)
    try:
        yield dispatcher
    finally:
        dispatcher.shutdown()


def test_requests_are_answered_one_after_the_other_as_they_came():
    answered, running, most = [], [0], [0]

    def answer(number):
        running[0] += 1
        most[0] = max(most[0], running[0])
        answered.append(number)
        sum(range(20_000))
        running[0] -= 1

    with turns(wait=LONG) as dispatcher:
        requests = [Request(lambda number=number: answer(number)) for number in range(80)]
        for request in requests:
            dispatcher.add_task(request)
        assert all(request.done.wait(LONG) for request in requests)
    assert answered == list(range(80))
    assert most == [1]


def test_beside_those_that_take_long_the_others_go_on():
    others_done = threading.Event()
    with turns(threads=4) as dispatcher:
        long = [Request(lambda: others_done.wait(LONG)) for _ in range(3)]
        short = [Request() for _ in range(20)]
        for request in (*long, *short):
            dispatcher.add_task(request)
        assert all(request.done.wait(LONG) for request in short)
        assert not any(request.done.is_set() for request in long)
        # Those that come later find all but one thread taken, and a turn that was lost to them.
        later = [Request() for _ in range(20)]
        for request in later:
            dispatcher.add_task(request)
            assert request.done.wait(LONG)
        others_done.set()
        assert all(request.done.wait(LONG) for request in long)
        assert [request.times for request in (*long, *short, *later)] == [1] * 43


@pytest.mark.parametrize("threads", [1, 2])
def test_who_waits_for_a_thread_goes_on_as_soon_as_there_is_one(threads):
    with turns(threads=threads) as dispatcher:
        for _ in range(5):
            long = [Request(lambda: time.sleep(0.15)) for _ in range(threads + 1)]
            short = [Request() for _ in range(3)]
            for request in (*long, *short):
                dispatcher.add_task(request)
            assert all(request.done.wait(LONG) for request in (*long, *short))
        assert [request.times for request in (*long, *short)] == [1] * (threads + 4)


def test_many_at_once_from_many_sides_are_each_answered_once():
    answers = [lambda: time.sleep(0.002), lambda: None, lambda: None]
    requests = [[Request(answer) for answer in answers * 30] for _ in range(8)]
    with turns(threads=3, wait=0.001) as dispatcher:

        def ask(mine):
            for request in mine:
                dispatcher.add_task(request)
                assert request.done.wait(LONG)

        sides = [threading.Thread(target=ask, args=(mine,)) for mine in requests]
        for side in sides:
            side.start()
        for side in sides:
            side.join(LONG)
    assert {request.times for mine in requests for request in mine} == {1}


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit])
def test_an_error_ends_no_thread(error, caplog):
    def fail():
        raise error

    with turns(threads=1) as dispatcher:
        for _ in range(3):
            failing, other = Request(fail), Request()
            dispatcher.add_task(failing)
            dispatcher.add_task(other)
            assert failing.done.wait(LONG)
            assert other.done.wait(LONG)
    assert caplog.text.count("A request was not answered.") == 3


def test_the_end_cancels_what_waits_and_waits_for_what_is_answered():
    begun, go_on = threading.Event(), threading.Event()

    def answer():
        begun.set()
        go_on.wait(LONG)

    running, waiting = Request(answer), [Request() for _ in range(5)]
    dispatcher = Turns(4, wait=LONG)
    for request in (running, *waiting):
        dispatcher.add_task(request)
    assert begun.wait(LONG)
    threading.Timer(0.2, go_on.set).start()
    dispatcher.shutdown()
    assert running.done.is_set()
    assert not running.is_cancelled
    assert [(request.is_cancelled, request.times) for request in waiting] == [(True, 0)] * 5
