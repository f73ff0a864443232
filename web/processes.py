"""What processes beside the one that was started have in common: begun without losing a signal, ended with it."""

import contextlib
import signal
from collections.abc import Iterator
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnProcess

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def signals_wait() -> Iterator[None]:
    """Let signals wait while a process is started: none is started and forgotten, and none ends before it can hear.

    The process begins with them waiting; `hear` lets it hear them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It starts on the first need, and lets signals through again for all that is started after it.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hear(*numbers: signal.Signals) -> None:
    """Let this process hear signals that wait since it was started."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)


def how_it_ended(process: SpawnProcess) -> str:
    """Return how a process ended: "by signal 9", "with status 1"."""
    code = process.exitcode or 0
    return f"by signal {-code}" if code < 0 else f"with status {code}"


def end_process(process: SpawnProcess, seconds: float) -> None:
    """Wait so long for a process that was told to end, then end it whatever it does."""
    process.join(max(0.0, seconds))
    process.kill()
    process.join()
