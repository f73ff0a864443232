"""Ctrl-C and SIGTERM end what is being built cleanly: never in the middle of letting it serve."""

import signal
import sys
import threading
from typing import Any

from search.tally import PROMOTING, Progress, Report


class Stoppable:
    """Lets Ctrl-C and SIGTERM stop a rebuild cleanly, the next time that it reports where not at once.

    What a signal raises is lost where Python is just letting go of an object. Once the new index begins to serve, they
    are only remembered: it would not be true that nothing was changed, and old generations would be left behind.
    """

    def __init__(self) -> None:
        self._stopped = self._finishing = False
        self._handlers: dict[int, Any] = {}
        self._tell = sys.unraisablehook

    def __enter__(self) -> "Stoppable":
        sys.unraisablehook = self._tell_others
        if threading.current_thread() is threading.main_thread():  # others hear no signals
            for number in (signal.SIGINT, signal.SIGTERM):
                self._handlers[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        sys.unraisablehook = self._tell

    def watching(self, report: Report) -> Report:
        """Return what reports the same, and is where the rebuild is stopped if it was not."""

        def report_or_stop(progress: Progress) -> None:
            if progress.stage == PROMOTING:
                self.finish()
            if self._stopped:
                raise KeyboardInterrupt
            if progress.stage != PROMOTING:  # which is over before anyone has read of it
                report(progress)

        return report_or_stop

    def finish(self) -> None:
        """From here on signals are only remembered."""
        self._finishing = True

    def go_on(self) -> None:
        """Stop where a signal came since `finish`; from here on signals stop at once again."""
        self._finishing = False
        if self._stopped:
            raise KeyboardInterrupt

    def _stop(self, *_: object) -> None:
        self._stopped = True
        if not self._finishing:
            raise KeyboardInterrupt

    def _tell_others(self, lost: "sys.UnraisableHookArgs") -> None:
        if lost.exc_type is not KeyboardInterrupt:
            self._tell(lost)
