"""The generations that are open: the one that serves, and older ones while cursors or running searches need them.

A switch is noticed by the next search, which opens the new generation; searches that run meanwhile go on with the old
one, and none ever mixes two.
"""

import contextlib
import logging
from collections.abc import Iterator
from threading import Lock

from search.archive import Archive, Generation
from search.errors import EngineError, GenerationGone
from search.settings import Settings

_log = logging.getLogger(__name__)
_OPEN_AT_MOST = 2


class _Opened:
    """An open generation and how many searches use it; closed when it is retired and unused."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.users = 0
        self.retired = False

    def close_if_done(self) -> None:
        if self.retired and not self.users:
            self.generation.engine.close()


class OpenGenerations:
    """Lends open generations to searches."""

    def __init__(self, archive: Archive, settings: Settings) -> None:
        self._archive = archive
        self._settings = settings
        self._opened: dict[str, _Opened] = {}
        self._serving: str | None = None
        # An id that could not be opened: it is tried again only when CURRENT names another.
        self._broken: str | None = None
        self._lock = Lock()
        self._opening = Lock()

    @contextlib.contextmanager
    def lend(self, generation_id: str | None = None) -> Iterator[Generation]:
        """Lend the serving generation, or the one of an id.

        Raises:
            GenerationGone: there is none of this id any more.
            EngineError: there is no index, or it cannot be opened and nothing else is open.
        """
        opened = self._use(generation_id)
        try:
            yield opened.generation
        finally:
            with self._lock:
                opened.users -= 1
                opened.close_if_done()

    def close(self) -> None:
        """Retire everything that is open."""
        with self._lock:
            for opened in self._opened.values():
                opened.retired = True
                opened.close_if_done()
            self._opened.clear()
            self._serving = None

    def _use(self, generation_id: str | None) -> _Opened:
        while True:
            wanted = generation_id or self._serving_id()
            with self._lock:
                opened = self._opened.get(wanted)
                if opened is not None:
                    opened.users += 1
                    return opened
            if generation_id is not None:
                if not self._archive.has(generation_id):
                    raise GenerationGone(
                        "This page belongs to an index that is no longer kept; search again from the start."
                    )
                self._open(generation_id)

    def _serving_id(self) -> str:
        """Return the id of the generation to use now, which is open unless it was retired a moment ago."""
        try:
            current = self._archive.current_id()
        except EngineError:
            if self._serving is None:
                raise
            return self._serving
        if current in (self._serving, self._broken) and self._serving is not None:
            return self._serving
        # One search opens the new generation; others meanwhile go on with the old one, if there is one.
        if self._opening.acquire(blocking=self._serving is None):
            try:
                self._switch_to(current)
            finally:
                self._opening.release()
        assert self._serving is not None
        return self._serving

    def _switch_to(self, current: str) -> None:
        if current == self._serving:
            return
        try:
            self._open(current)
        except EngineError as error:
            if self._serving is None:
                raise
            _log.error("Generation %s cannot be opened, %s goes on serving: %s", current, self._serving, error)
            self._broken = current
            return
        self._serving = current
        self._broken = None

    def _open(self, generation_id: str) -> None:
        try:
            generation = self._archive.open(
                generation_id, cache_bytes=self._settings.cache_mb << 20, seconds=self._settings.query_seconds
            )
        except EngineError:
            if not self._archive.has(generation_id) and self._archive.current_id() != generation_id:
                raise GenerationGone("This page belongs to an index that is no longer kept; search again.") from None
            raise
        with self._lock:
            if generation_id in self._opened:
                generation.engine.close()
                return
            self._opened[generation_id] = _Opened(generation)
            keep = {generation_id, self._serving}
            surplus = [known for known in self._opened if known not in keep][: len(self._opened) - _OPEN_AT_MOST]
            for known in surplus:
                opened = self._opened.pop(known)
                opened.retired = True
                opened.close_if_done()
