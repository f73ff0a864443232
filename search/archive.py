"""Generations: build aside, verify, promote, roll back, prune. Knows folders and engines, but no article.

    index/
      CURRENT                     the id of the generation that serves; replaced in one atomic step
      LOCK                        held while something is built; beside it WATCH, see currency.py
      generations/<id>/           one complete index, never changed once it has a manifest
        .dateline                 written first: the folder is ours, and may be removed
        manifest.json             written last: a folder without one is what a broken build left behind

A crash at any instant leaves CURRENT pointing at the last good generation.
"""

import contextlib
import logging
import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from search import engines, errors
from search.errors import EngineError, IndexDamaged, IndexMissing, IndexOutdated, RebuildRefused, SettingsError
from search.generation import Generation
from search.index_folder import (
    CURRENT,
    GENERATIONS,
    LOCK,
    MANIFEST,
    SELF_CHECKED,
    check_folder,
    files_below,
    is_id,
    is_own,
    mark,
    new_id,
    read_file,
    remove,
    sha256,
    sync,
    write_atomically,
)
from search.language import Analyzer, SentenceModel
from search.manifest import Manifest, damaged_files, linked_checksums, read_manifest, read_sources
from search.seen import Seen, read_seen
from search.settings import Settings

_log = logging.getLogger(__name__)
SENTENCES_FILE = "sentences.json"
# In bytes; an id, and whatever white space an editor left behind it.
_LONGEST_CURRENT = 1_024


class Archive:
    """The folder of the index. Several processes may read while one builds."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.folder = folder
        self._current = folder / CURRENT
        self._settings = settings

    @property
    def _generations(self) -> Path:
        return self.folder / GENERATIONS

    # Reading

    def current_id(self) -> str:
        """Return the id of the generation that serves.

        Raises:
            IndexMissing: nothing was built yet.
            IndexDamaged: CURRENT names none.
        """
        try:
            generation_id = read_file(self._current, at_most=_LONGEST_CURRENT).decode("ascii").strip()
        except FileNotFoundError as error:
            raise IndexMissing(f"There is no index in {self.folder}; run: {self.rebuild_command()}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"{self._current} cannot be read ({error}); run: {self.rebuild_command()}") from error
        if not is_id(generation_id):
            raise IndexDamaged(f"{self._current} does not name a generation; run: {self.rebuild_command()}")
        return generation_id

    def has(self, generation_id: str) -> bool:
        """Whether a generation is still kept."""
        return is_id(generation_id) and (self._generations / generation_id / MANIFEST).is_file()

    def sources(self) -> tuple[Path, ...]:
        """Return what the index was built from: of the generation that serves or, where that is damaged, the last kept.

        Nothing where there is no index yet.

        Raises:
            IndexDamaged: there is an index, but nothing tells what it was built from.
        """
        try:
            newest = [self.current_id()]
        except (IndexMissing, IndexDamaged):
            newest = []
        kept = self.kept()
        for generation_id in dict.fromkeys([*newest, *reversed(kept)]):
            try:
                return tuple(map(Path, read_sources(self.path_of(generation_id))))
            except (OSError, ValueError):
                continue
        if newest or kept:
            command = shlex.join(["dateline", "rebuild", "SOURCE", "--index", str(self.folder)])
            raise IndexDamaged(f"What {self.folder} was built from cannot be read; name it: {command}")
        return ()

    def check(self, *, but: str | None = None) -> Manifest:
        """Return the manifest of what serves, after checking its files. Raises as `current_id` and `manifest` do.

        Of files whose names end in `but` it is only looked at whether they are there.
        """
        manifest = self.manifest(self.current_id())
        self._check_files(manifest, but=but)
        return manifest

    def manifest(self, generation_id: str) -> Manifest:
        """Return the manifest of a generation. Raises IndexDamaged where it is missing or cannot be read.

        Raises IndexOutdated where another version of Dateline wrote it.
        """
        return read_manifest(self.path_of(generation_id), self.rebuild_command())

    def path_of(self, generation_id: str) -> Path:
        """Return the folder of a generation; raise IndexDamaged where that is no generation's id."""
        if not is_id(generation_id):
            raise IndexDamaged(f"{generation_id!r} is not a generation of {self.folder}; run: {self.rebuild_command()}")
        return self._generations / generation_id

    def open(
        self, generation_id: str, *, cache_bytes: int, seconds: float, before: Generation | None = None
    ) -> Generation:
        """Open a generation, after checking that its files are those that were built.

        What files of arrays hold is checked as it is read, so that the time this takes does not grow with them. What is
        open of the one `before` is not opened again.

        Raises:
            IndexDamaged: a file is missing, was changed or added; nothing of it was loaded.
            IndexOutdated: another version of the engine or of the analysis built it.
        """
        folder = self.path_of(generation_id)
        manifest, analyzer = self.checked(generation_id, but=SELF_CHECKED)
        try:
            kind = engines.kind(manifest.engine, self._settings)
            shared = before.engine if before else None
            engine = kind.open(folder, analyzer, cache_bytes=cache_bytes, seconds=seconds, before=shared)
            try:
                learned = orjson.loads((folder / SENTENCES_FILE).read_bytes())
                return Generation(manifest, engine, analyzer, SentenceModel(**learned), read_seen(folder))
            except BaseException:  # raised again, with no file left open
                engine.close()
                raise
        except (OSError, ValueError, TypeError) as error:
            command = self.rebuild_command(manifest)
            raise IndexDamaged(f"{folder} cannot be read ({error}); run: {command}") from error

    def seen(self) -> Seen:
        """Return what the generation that serves remembers of when articles came; it need not be one that opens.

        Raises IndexDamaged where that cannot be read.
        """
        try:
            generation_id = self.current_id()
        except IndexMissing:
            return Seen.nothing()
        except IndexDamaged:
            generation_id = max(self.kept(), default="")
        try:
            return read_seen(self._generations / generation_id)
        except (OSError, ValueError) as error:
            what = f"What {generation_id} remembers of when articles came"
            raise IndexDamaged(f"{what} cannot be read: {error}") from error

    def rebuild_command(self, manifest: Manifest | None = None) -> str:
        """Return what to type to build the index anew, from the sources it was built from where they are known."""
        sources = manifest.sources if manifest else []
        return shlex.join(["dateline", "rebuild", *sources, "--index", str(self.folder)])

    # Building

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """Hold the lock, clear away what broken builds left, and give an empty folder for a new generation.

        The folder is removed unless it was promoted.

        Raises:
            RebuildRefused: something else is being built, or the index's folder cannot be written.
        """
        with self._locked():
            self._clear_unfinished()
            folder = self._generations / new_id(after=max(self.kept(), default=""))
            folder.mkdir()
            mark(folder)
            try:
                yield folder
            finally:
                if not self._is_current(folder.name):
                    self._discard(folder)

    def seal(
        self, folder: Path, manifest: Manifest, sentences: SentenceModel, *, before: Manifest | None = None
    ) -> None:
        """Make a built folder a generation: record the checksums, write everything to disk, the manifest last.

        Files that are those of the generation of the manifest `before`, by links, are on disk and have their checksums.
        """
        (folder / SENTENCES_FILE).write_bytes(orjson.dumps(sentences.learned))
        files = files_below(folder)
        known = {} if before is None else linked_checksums(files, self.path_of(before.id), before)
        new = {name: path for name, path in files.items() if name not in known}
        for path in [*new.values(), *(path for path in folder.rglob("*") if path.is_dir())]:
            sync(path)
        checksums = {name: known[name] if name in known else sha256(path) for name, path in files.items()}
        write_atomically(folder / MANIFEST, manifest.model_copy(update={"files": checksums}).to_bytes())
        sync(folder.parent)

    def promote(self, generation_id: str) -> None:
        """Let a sealed generation serve: one atomic step, on disk before it returns."""
        if not self.has(generation_id):
            command = self.rebuild_command()
            raise IndexDamaged(f"Generation {generation_id} has no manifest, so it cannot serve; run: {command}")
        if outside := engines.elsewhere(self.path_of(generation_id), self._settings):
            outside.promote(self.path_of(generation_id))
        write_atomically(self._current, f"{generation_id}\n".encode("ascii"))

    def roll_back(self) -> str:
        """Let the newest generation before the serving one serve again; return its id.

        Raises RebuildRefused where there is none, or something is being built; IndexDamaged and IndexOutdated where it
        could not serve. What serves goes on serving then.
        """
        with self._locked():
            current = self.current_id()
            earlier = [generation_id for generation_id in self.kept() if generation_id < current]
            if not earlier:
                command = self.rebuild_command()
                raise RebuildRefused(f"There is no generation before {current} to go back to; run: {command}")
            self.checked(earlier[-1])
            self.promote(earlier[-1])
            return earlier[-1]

    def prune(self, keep: int) -> None:
        """Remove all but the `keep` newest generations up to the serving one; damaged ones could not serve again."""
        current, kept = self.current_id(), self.kept()
        usable = (each for each in reversed(kept) if each == current or (each < current and self._is_whole(each)))
        for generation_id in set(kept) - set(islice(usable, keep)):
            self._discard(self.path_of(generation_id))

    def _is_whole(self, generation_id: str) -> bool:
        try:
            self._check_files(self.manifest(generation_id), but=SELF_CHECKED)
        except (IndexDamaged, IndexOutdated) as error:
            return isinstance(error, IndexOutdated)  # an earlier Dateline may read it
        return True

    def kept(self) -> list[str]:
        """Return the ids of all complete generations, oldest first."""
        if not self._generations.is_dir():
            return []
        return sorted(path.name for path in self._generations.iterdir() if self.has(path.name) and is_own(path))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        check_folder(self.folder)
        lock = FileLock(self.folder / LOCK)
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout as error:
            message = f"Another rebuild of {self.folder} is running; wait until it has ended, then run yours again."
            raise errors.BuildRunning(message) from error
        except OSError as error:
            reason = error.strerror or error
            raise RebuildRefused(f"{self.folder} cannot be written: {reason}; give another --index.") from error
        try:
            yield
        finally:
            lock.release()

    def _is_current(self, generation_id: str) -> bool:
        try:
            return self.current_id() == generation_id
        except (IndexMissing, IndexDamaged):
            return False

    def _clear_unfinished(self) -> None:
        """Remove what has no manifest, and what is newer than what serves: never promoted, or rolled back.

        What Dateline did not make is left where it is.
        """
        kept = self.kept()
        try:
            current = self.current_id()
        except IndexMissing:
            current = ""
        except IndexDamaged:
            current = max(kept, default="")  # which one served cannot be known, so all are left alone
        for path in self._generations.iterdir():
            if is_own(path) and (path.name not in kept or path.name > current):
                self._discard(path)

    def _discard(self, folder: Path) -> None:
        """Remove a folder and what it points to in a cluster; where that is away, the next rebuild tries again."""
        # Without its manifest it is no generation any more, even if the rest cannot be removed yet.
        with contextlib.suppress(OSError):
            (folder / MANIFEST).unlink(missing_ok=True)
        try:
            if outside := engines.elsewhere(folder, self._settings):
                outside.remove(folder)
        except (EngineError, SettingsError, ValueError, KeyError, OSError) as error:
            _log.warning("What %s points to cannot be removed yet: %s", folder, error)
            return
        remove(folder)

    def checked(self, generation_id: str, *, but: str | None = None) -> tuple[Manifest, Analyzer]:
        """Return the manifest and the analysis of a generation, which can be opened then; raises as `manifest` does.

        Of files whose names end in `but` it is only looked at whether they are there.
        """
        manifest = self.manifest(generation_id)
        folder = self.path_of(generation_id)
        command = self.rebuild_command(manifest)
        try:
            kind = engines.kind(manifest.engine, self._settings)
            analyzer = Analyzer(manifest.language)
        except SettingsError as error:
            raise IndexOutdated(f"{folder}: {error} To build it anew, run: {command}") from error
        built, now = (manifest.engine_version, manifest.analysis), (kind.version, analyzer.fingerprint)
        if built != now:
            raise IndexOutdated(f"{folder} was built by {' '.join(built)}, this is {' '.join(now)}; run: {command}")
        self._check_files(manifest, but=but)
        return manifest, analyzer

    def _check_files(self, manifest: Manifest, *, but: str | None = None) -> None:
        """Raise IndexDamaged, which names them, where files of a generation are not those that were built."""
        folder, command = self.path_of(manifest.id), self.rebuild_command(manifest)
        try:
            damaged = damaged_files(folder, manifest, but=but)
        except OSError as error:
            raise IndexDamaged(f"{folder} cannot be read ({error}); run: {command}") from error
        if damaged:
            are = "is" if len(damaged) == 1 else "are"
            raise IndexDamaged(f"{', '.join(map(str, damaged))} {are} missing or not what was built; run: {command}")
