"""Requests take turns: one thread answers one after the other, and beside one that takes long another thread goes on.

Python runs one thread at a time. Requests that wait in a queue cost nothing; threads that wait for each other cost a
fifth of what a busy server answers, in switches between them and in what the processor has at hand for each.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Event, Lock
from typing import Any, Protocol

from waitress.task import ThreadedTaskDispatcher

# How long a request waits for one that is being answered; nearly all are answered in a tenth of it.
_LONGEST_WAIT_SECONDS = 0.1


class Task(Protocol):
    """What waitress has a thread do: answer what a connection asked."""

    def service(self) -> None:
        """Do it."""

    def cancel(self) -> None:
        """Let it be, for the server ends."""


class Turns(ThreadedTaskDispatcher):
    """Has tasks done in the order they come, by one thread as long as none takes long.

    A task that takes longer than `wait` seconds while others wait loses the turn to another of `threads` threads, which
    does them beside it. The threads are waitress's; what they are given to do here is to take turns.
    """

    def __init__(self, threads: int, *, wait: float = _LONGEST_WAIT_SECONDS) -> None:
        super().__init__()
        self.set_thread_count(threads)
        self._wait = wait
        self._waiting: deque[Task] = deque()
        # Who took it last may do what waits; None when nothing does. `_begun` is when its last task was, None before.
        self._turn: object | None = None
        self._begun: float | None = None
        self._is_watched = False
        self._changing = Lock()  # held for moments, over the fields above
        self._ending = Event()

    def add_task(self, task: Task) -> None:  # type: ignore[override]  # waitress hands over what its stubs leave out
        """Have a task done after those that wait."""
        with self._changing:
            self._waiting.append(task)
            if self._turn is None:
                turn = self._new_turn()
                self._have_called(lambda: self._go_on(turn))
            elif not self._is_watched:
                self._let_watch()

    def shutdown(self, *options: Any, **named: Any) -> bool:
        """Cancel what waits, and give what is being done some seconds to end; options are those of waitress."""
        self._ending.set()
        with self._changing:
            cancelled = list(self._waiting)
            self._waiting.clear()
        for task in cancelled:
            task.cancel()
        return super().shutdown(*options, **named)

    def _new_turn(self) -> object:
        self._turn, self._begun = object(), None
        return self._turn

    def _go_on(self, turn: object) -> None:
        """Do what waits, one after the other, until nothing does or the turn is lost."""
        while True:
            with self._changing:
                if self._turn is not turn:
                    return
                if not self._waiting:
                    self._turn = None
                    return
                task = self._waiting.popleft()
                self._begun = time.monotonic()
            try:
                task.service()
            except BaseException:  # nothing that a task raises ends a thread, as in waitress
                self.logger.exception("A request was not answered.")

    def _let_watch(self) -> None:
        self._is_watched = True
        self._have_called(self._watch)

    def _watch(self) -> None:
        """While something waits, take the turn from who takes long."""
        while True:
            with self._changing:
                if not self._waiting or self._ending.is_set():
                    self._is_watched = False
                    return
                # A turn in which nothing is begun may be waiting for this very thread.
                left = 0.0 if self._begun is None else self._begun + self._wait - time.monotonic()
                if left <= 0:
                    turn = self._new_turn()
                    self._is_watched = False
                    if len(self._waiting) > 1:
                        self._let_watch()
                    break
            self._ending.wait(left)
        self._go_on(turn)

    def _have_called(self, call: Callable[[], None]) -> None:
        """Have one of the threads make a call."""
        called: Any = _Call(call)
        super().add_task(called)


class _Call:
    """A task that is a call."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.service = call

    def cancel(self) -> None:
        """Let it be: what it would have done is cancelled by itself."""
