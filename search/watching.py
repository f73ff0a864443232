"""Sources that change -> an index that follows: hear, wait until files stand still, update, tell. Until it is stopped.

What was heard is only a hint: the update itself finds out what is new. So an event that was lost, or a folder that
cannot be heard, costs time and nothing else: now and then all files are looked at.
"""

import contextlib
import datetime
import math
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from queue import Empty, SimpleQueue

from search import indexing
from search.archive import Archive
from search.currency import Heartbeat
from search.errors import (
    BuildRunning,
    DatelineError,
    EngineError,
    EngineUnavailable,
    IndexMissing,
    RebuildRefused,
    SettingsError,
)
from search.listening import Listener
from search.reading import real_path
from search.rejections import Rejections
from search.settings import Settings
from search.settling import STILL_SECONDS, Settling, Stamp
from search.stopping import Stoppable
from search.tally import Progress, Report, Summary
from search.watched import Watched

# Between two looks at all files: where nothing tells of changes, and where something may only have been lost.
_POLL_SECONDS, _LOOK_SECONDS = 3.0, 60.0
# The latter take no more than this part of the time.
_SHARE_OF_LOOKS = 0.02
# Whether the sources are there, and whether someone else built the index, is looked at so often.
_CHECK_SECONDS = 1.0
# A folder is heard a moment after it was made; what came into it before that is looked for.
_NEW_FOLDER_SECONDS = 1.0
# After an update that failed the next begins no sooner, whatever happens; and then where only time can mend it.
_AFTER_FAILURE_SECONDS, _LOCKED_SECONDS, _AWAY_SECONDS = 1.0, 0.5, 15.0
# Files that changed before the watcher began are waited for if that is no longer ago.
_RECENT_SECONDS = 5.0
_REJECTIONS_TOLD = 20


def _unheard(_: Progress) -> None:
    """Tell nobody of the progress."""


class Watcher:
    """Keeps an archive up to date with its sources: those given or, without any, those of the index."""

    def __init__(
        self,
        sources: Sequence[Path],
        archive: Archive,
        settings: Settings,
        *,
        tell: Callable[[str], None],
        poll: float | None = None,
        progress: Callable[[], AbstractContextManager[Report]] = lambda: nullcontext(_unheard),
    ) -> None:
        """Tell each thing that happens in a line; look every `poll` seconds instead of listening, where it is given.

        What `progress` gives hears of the progress of the first build.
        """
        self._given = tuple(sources)
        self._archive = archive
        self._settings = settings
        self._tell = tell
        self._given_poll = poll
        self._progress = progress
        self._heard: SimpleQueue[set[str]] = SimpleQueue()
        self._listener: Listener | None = None
        self._stoppable = Stoppable()
        self._heartbeat = Heartbeat(archive.folder)
        self._rejections = Rejections()
        self._settling = Settling()
        # What the files were like when they came into the index.
        self._known: dict[str, Stamp] = {}
        self._vanished: list[str] = []
        self._told = ""
        # Whether what was heard since the last update is all that changed.
        self._is_current = False
        # While the last update failed, the next is at `_update_at`; else it is when files stand still, or then.
        self._failed_at: float | None = None
        self._update_at = self._look_at = self._check_at = math.inf

    def run(self) -> None:
        """Build the index where there is none, bring it up to date, and keep it so until SIGTERM or Ctrl-C."""
        with self._stoppable, self._heartbeat:
            try:
                self._watch()
            except KeyboardInterrupt:
                self._stoppable.finish()
                self._tell("Watching has ended.")
            finally:
                self._stoppable.finish()
                self._silence()

    def _watch(self) -> None:
        self._resolve()
        self._first_look()
        self._update()
        how = f" every {self._poll:g} seconds" if self._poll else ""
        self._tell(f"Watching {', '.join(self._watched.roots)}{how} (Ctrl-C ends it)")
        while True:
            self._heartbeat.tell(len(self._settling))
            self._hear()
            self._look_around(time.monotonic())
            if self._is_due(time.monotonic()):
                self._heartbeat.tell(len(self._settling))
                self._update()

    def _look_around(self, now: float) -> None:
        if now >= self._check_at:
            self._check(now)
        if now >= self._look_at:
            self._look()
        self._settling.look(now)

    def _is_due(self, now: float) -> bool:
        return now >= self._update_at or (self._failed_at is None and bool(self._settling.still(now)))

    # What is watched

    def _resolve(self) -> None:
        """Find out what the sources are, those of the index where none were given, and listen to them."""
        self._current = self._current_id()
        sources, follow_links = self._given, self._settings.follow_links
        with contextlib.suppress(EngineError):
            sources = sources or self._archive.sources()
            follow_links |= self._archive.manifest(self._current).follow_links
        self._sources = sources or (self._settings.source,)
        self._watched = Watched(self._sources, self._archive.folder, follow_links=follow_links)
        self._listen()

    def _current_id(self) -> str:
        with contextlib.suppress(EngineError):
            return self._archive.current_id()
        return ""

    def _listen(self) -> None:
        self._is_current = False
        self._silence()
        self._poll = self._given_poll or (None if self._watched.tell_of_changes else _POLL_SECONDS)
        if self._poll is None:
            self._listener = Listener(self._watched.paths, self._heard)
            self._poll = _POLL_SECONDS if self._listener.is_deaf else None
        now = time.monotonic()
        touched = self._settling.paths
        # A network folder has another machine's clock, and shows sizes that are seconds old.
        least = max(STILL_SECONDS, self._poll or 0.0)
        self._settling = Settling(least=least, trusts_times=self._poll is None)
        for path in touched:
            self._settling.touch(path, now)
        self._check_at = now + _CHECK_SECONDS

    def _silence(self) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None

    def _check(self, now: float) -> None:
        """Notice that someone else built the index, and that sources went or came back."""
        self._check_at = now + _CHECK_SECONDS
        if self._current_id() != self._current:
            self._resolve()
            self._look()
            self._try_again(now)
        elif self._watched.came_back():
            self._listen()
            self._look()
            self._try_again(now)
        elif (vanished := self._watched.vanished()) != self._vanished:
            self._vanished = vanished
            self._update_at = now

    # What has changed

    def _hear(self) -> None:
        """Wait until something changes or is to be done; take down all that changed."""
        now = time.monotonic()
        until = min(self._settling.next(now), self._look_at, self._check_at, self._update_at)
        with contextlib.suppress(Empty):
            self._touch(self._heard.get(timeout=max(0.0, until - now)))
            while True:
                self._touch(self._heard.get_nowait())

    def _touch(self, paths: set[str]) -> None:
        now = time.monotonic()
        concerned = [path for path in paths if self._watched.concerns(path)]
        for path in concerned:
            if not Path(path).is_dir():
                self._settling.touch(path, now)
                continue
            self._look_at = min(self._look_at, now + _NEW_FOLDER_SECONDS)
            below = {} if path in self._watched.roots else self._watched.files_below(path)
            for file, stamp in below.items():
                if stamp != self._known.get(file):
                    self._settling.touch(file, now)
        if concerned:
            self._try_again(now)

    def _first_look(self) -> None:
        """Take down what all files are like; those that changed just now are to stand still first."""
        found = self._look_at_all()
        now, recent = time.monotonic(), time.time() - _RECENT_SECONDS
        for path, stamp in found.items():
            if stamp and stamp.changed > recent:
                self._settling.touch(path, now)
            else:
                self._known[path] = stamp

    def _look(self) -> None:
        """Look at all files, and take down those that are not as they were when they came into the index."""
        if self._watched.vanished():
            self._look_at = time.monotonic() + (self._poll or _LOOK_SECONDS)
            return
        try:
            found = self._look_at_all()
        except SettingsError:
            return  # a source has just gone, which is noticed within a second
        now = time.monotonic()
        for path in found.keys() | self._known.keys() | set(self._settling.paths):
            if found.get(path) == self._known.get(path):
                self._settling.drop(path)
            else:
                self._settling.touch(path, now)
        if len(self._settling):
            self._try_again(now)

    def _look_at_all(self) -> dict[str, Stamp]:
        began = time.monotonic()
        self._look_at = began + (self._poll or _LOOK_SECONDS)
        found = self._watched.files()
        now = time.monotonic()
        self._look_at = now + (self._poll or max(_LOOK_SECONDS, (now - began) / _SHARE_OF_LOOKS))
        return found

    # Updates

    def _update(self) -> None:
        """Bring the index up to date with all files that stand still, and tell what came of it."""
        began = time.monotonic()
        try:
            if self._poll:
                self._look()  # what is being written was perhaps not seen yet
            still = self._settling.still(began)
            leave = frozenset(str(real_path(Path(path))) for path in self._settling.being_written(began))
            summary = self._build(leave, self._touched(still))
        except BuildRunning:
            self._fail(f"Another build of {self._archive.folder} is running; its end is waited for.", _LOCKED_SECONDS)
        except (EngineUnavailable, OSError) as error:
            self._fail(str(error), _AWAY_SECONDS)
        except DatelineError as error:
            self._fail(str(error), math.inf)
        else:
            self._succeed(still)
            if summary:
                self._tell_of(summary, time.monotonic() - began)
        finally:
            self._stoppable.go_on()

    def _touched(self, still: Iterable[str]) -> frozenset[str] | None:
        """Return the files of which alone it is known that they changed; None where any may have."""
        if self._poll or self._failed_at is not None or not self._is_current:
            return None
        return frozenset(still)

    def _build(self, leave: frozenset[str], touched: frozenset[str] | None) -> Summary | None:
        if vanished := self._watched.vanished():
            raise RebuildRefused(f"{vanished[0]} is gone or empty; the index keeps what it has of it until it is back.")
        try:
            report = self._stoppable.watching(_unheard)
            return indexing.update(
                self._given, self._archive, self._settings, leave=leave, touched=touched, report=report
            )
        except IndexMissing:
            with self._progress() as hears:
                report = self._stoppable.watching(hears)
                return indexing.rebuild(self._sources, self._archive, self._settings, report=report)

    def _succeed(self, files: dict[str, Stamp]) -> None:
        for path, stamp in files.items():
            self._known[path] = stamp
            if stamp is None:
                del self._known[path]
        self._settling.forget(files)
        self._current = self._current_id()
        self._failed_at, self._update_at, self._told = None, math.inf, ""
        self._is_current = True

    def _fail(self, reason: str, seconds: float) -> None:
        """Tell once why an update failed; the next is in so many seconds, or when something changes."""
        now = time.monotonic()
        self._failed_at, self._update_at = now, now + seconds
        # The same with other numbers is no news.
        kind = "".join(character for character in reason if not character.isdigit())
        if kind != self._told:
            self._told = kind
            self._tell(reason)

    def _try_again(self, now: float) -> None:
        if self._failed_at is not None:
            self._update_at = min(self._update_at, max(now, self._failed_at + _AFTER_FAILURE_SECONDS))

    def _tell_of(self, summary: Summary, seconds: float) -> None:
        # First, before what it is of changes again.
        rejected = list(self._rejections.new(summary.rejected, self._watched.paths))
        when = f"{datetime.datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
        changes = summary.changes
        done = "built"
        if changes:
            added = f"{changes.added:,} file{'' if changes.added == 1 else 's'} added"
            done = f"{added}, {changes.changed:,} changed, {changes.removed:,} removed"
        articles = f"{summary.articles:,} article{'' if summary.articles == 1 else 's'}"
        self._tell(f"{when}: {done}; {articles}; {seconds:.2f} s")
        for error in rejected[:_REJECTIONS_TOLD]:
            self._tell(f"{when}: {error}")
        if (more := len(rejected) - _REJECTIONS_TOLD) > 0:
            self._tell(f"{when}: ... and {more:,} more; dateline rebuild --report FILE has all of them")
