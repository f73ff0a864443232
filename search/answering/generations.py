"""The generations that are open: the one that serves, and older ones while cursors or running searches need them.

A switch is noticed by the next search, which opens the new generation; searches that run meanwhile go on with the old
one, and none ever mixes two.
"""

import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock

from search.archive import Archive
from search.errors import EngineError, EngineUnavailable, GenerationGone, IndexGone
from search.generation import Generation
from search.settings import Settings

_log = logging.getLogger(__name__)
# Beside the serving one: that of the last cursors.
_OLDER_AT_MOST = 1
_TRIES = 5
_GONE = "This page belongs to an index that is no longer kept; search again from the first page."


class _Opened:
    """An open generation and how many searches use it; closed when it is retired and unused."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.users = 0
        self.retired = False

    @property
    def id(self) -> str:
        return self.generation.manifest.id

    def used(self) -> "_Opened":
        self.users += 1
        return self

    def close_if_done(self) -> None:
        if self.retired and not self.users:
            self.generation.engine.close()


class OpenGenerations:
    """Lends open generations to searches; calls `tell_opened` after one began to serve."""

    def __init__(self, archive: Archive, settings: Settings, tell_opened: Callable[[], None] = lambda: None) -> None:
        self._archive = archive
        self._settings = settings
        self._tell_opened = tell_opened
        self._serving: _Opened | None = None
        self._older: OrderedDict[str, _Opened] = OrderedDict()
        # An id that could not be opened: it is tried again only when CURRENT has named another.
        self._broken: str | None = None
        self._lock = Lock()  # held for moments, over the fields above
        self._opening = Lock()  # held by the one search that opens what CURRENT names

    @contextlib.contextmanager
    def lend(self, generation_id: str | None = None) -> Iterator[Generation]:
        """Lend the serving generation, or the one of an id.

        Raises:
            GenerationGone: there is none of this id any more.
            EngineError: there is no index, or it cannot be opened and nothing else is open.
        """
        opened = self._use_serving() if generation_id is None else self._use_older(generation_id)
        try:
            yield opened.generation
        except IndexGone as error:
            if generation_id is None:
                raise
            raise GenerationGone(_GONE) from error
        finally:
            with self._lock:
                opened.users -= 1
                opened.close_if_done()

    def close(self) -> None:
        """Retire everything that is open."""
        with self._lock:
            opened = [*self._older.values(), *([self._serving] if self._serving else [])]
            self._older.clear()
            self._serving = None
            for each in opened:
                self._retire(each)

    def _use_serving(self) -> _Opened:
        for _ in range(_TRIES):
            current = self._current_id()
            with self._lock:
                if self._serving is not None and current in (self._serving.id, self._broken, None):
                    return self._serving.used()
                must_wait = self._serving is None
            # One search opens the new generation; others meanwhile go on with the old one, if there is one.
            if self._opening.acquire(blocking=must_wait):
                try:
                    self._open_current()
                finally:
                    self._opening.release()
            with self._lock:
                if self._serving is not None:
                    return self._serving.used()
        raise EngineUnavailable("The index changes faster than it can be opened; try again in a moment.")

    def _current_id(self) -> str | None:
        """Return what CURRENT names; None where it cannot be read, but something is open that can go on serving."""
        try:
            return self._archive.current_id()
        except EngineError:
            if self._serving is None:
                raise
            return None

    def _open_current(self) -> None:
        """Open what CURRENT names by now, and let it serve."""
        current = self._archive.current_id()
        if self._serving is not None and self._serving.id == current:
            return
        try:
            opened = self._opened(current, before=self._serving)
        except EngineError as error:
            if self._archive.current_id() != current:
                return  # it was replaced, and perhaps pruned, while it was being opened
            if self._serving is None:
                raise
            _log.error("Generation %s cannot be opened, %s goes on serving: %s", current, self._serving.id, error)
            self._broken = current
            return
        with self._lock:
            before, self._serving, self._broken = self._serving, opened, None
            if before is not None:
                self._keep_older(before)
        self._tell_opened()

    def _use_older(self, generation_id: str) -> _Opened:
        # One that was pruned is gone though it may be open here: all processes are to answer alike.
        if not self._archive.has(generation_id):
            raise GenerationGone(_GONE)
        with self._lock:
            known = self._known(generation_id)
            if known is not None:
                return known.used()
        try:
            opened = self._opened(generation_id)
        except EngineError as error:
            if not self._archive.has(generation_id):
                raise GenerationGone(_GONE) from error
            raise
        with self._lock:
            known = self._known(generation_id)
            if known is not None:
                self._retire(opened)
                return known.used()
            opened.used()
            self._keep_older(opened)
            return opened

    def _known(self, generation_id: str) -> _Opened | None:
        if self._serving is not None and self._serving.id == generation_id:
            return self._serving
        return self._older.get(generation_id)

    def _keep_older(self, opened: _Opened) -> None:
        self._older[opened.id] = opened
        while len(self._older) > _OLDER_AT_MOST:
            self._retire(self._older.popitem(last=False)[1])

    @staticmethod
    def _retire(opened: _Opened) -> None:
        opened.retired = True
        opened.close_if_done()

    def _opened(self, generation_id: str, before: _Opened | None = None) -> _Opened:
        shared, cache_bytes = before.generation if before else None, self._settings.cache_mb << 20
        seconds = self._settings.query_seconds
        return _Opened(self._archive.open(generation_id, cache_bytes=cache_bytes, seconds=seconds, before=shared))
