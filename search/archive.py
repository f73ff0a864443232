"""Generations: build aside, verify, promote, roll back, prune. Knows folders and engines, but no article.

    index/
      CURRENT                     the id of the generation that serves; replaced in one atomic step
      LOCK                        held while something is built
      generations/<id>/           one complete index, never changed once it has a manifest
        manifest.json             written last: a folder without one is what a broken build left behind

A crash at any instant leaves CURRENT pointing at the last good generation.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from search import engines
from search.engines.base import Engine
from search.errors import IndexDamaged, IndexMissing, IndexOutdated, RebuildRefused
from search.language import Analyzer, SentenceModel

FORMAT = 1
MANIFEST = "manifest.json"
_SENTENCES = "sentences.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a generation is. `files` maps each file's path in it to the sha256 of its bytes."""

    id: str
    built_at: str
    engine: str
    engine_version: str
    language: str
    analysis: str
    articles: int
    paragraphs: int
    tokens: int
    first_day: str | None
    last_day: str | None
    rejected: int
    sources: tuple[str, ...]
    source_digest: str
    files: dict[str, str]
    format: int = FORMAT


class Generation:
    """One complete generation, open for asking."""

    def __init__(self, manifest: Manifest, engine: Engine, analyzer: Analyzer, sentences: SentenceModel) -> None:
        self.manifest = manifest
        self.engine = engine
        self.analyzer = analyzer
        self.sentences = sentences


class Archive:
    """The folder of the index. Several processes may read while one builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _generations(self) -> Path:
        return self.folder / "generations"

    # Reading

    def current_id(self) -> str:
        """Return the id of the generation that serves.

        Raises:
            IndexMissing: nothing was built yet.
        """
        try:
            return (self.folder / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise IndexMissing(f"There is no index in {self.folder}; run: {self._rebuild}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"{self.folder}/CURRENT cannot be read ({error}); run: {self._rebuild}") from error

    def has(self, generation_id: str) -> bool:
        """Whether a generation is still kept."""
        return self._is_id(generation_id) and (self._generations / generation_id / MANIFEST).is_file()

    def manifest(self, generation_id: str) -> Manifest:
        """Return the manifest of a generation.

        Raises:
            IndexDamaged: it is missing or cannot be read.
            IndexOutdated: another version of Dateline wrote it.
        """
        path = self._generations / generation_id / MANIFEST
        try:
            known = orjson.loads(path.read_bytes())
            if known["format"] != FORMAT:
                raise IndexOutdated(f"{path.parent} has format {known['format']}, not {FORMAT}; run: {self._rebuild}")
            known["sources"] = tuple(known["sources"])
            return Manifest(**{field.name: known[field.name] for field in fields(Manifest)})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"{path} is missing or cannot be read; run: {self._rebuild}") from error

    def path_of(self, generation_id: str) -> Path:
        """Return the folder of a generation."""
        return self._generations / generation_id

    def open(self, generation_id: str, *, cache_bytes: int, seconds: float) -> Generation:
        """Open a generation, after checking that its files are those that were built.

        Raises:
            IndexDamaged: a file is missing or was changed; nothing of it was loaded.
            IndexOutdated: another version of the engine or of the analysis built it.
        """
        manifest = self.manifest(generation_id)
        folder = self._generations / generation_id
        kind = engines.kind(manifest.engine)
        analyzer = Analyzer(manifest.language)
        built = (manifest.engine_version, manifest.analysis)
        if built != (kind.version, analyzer.fingerprint):
            now = (kind.version, analyzer.fingerprint)
            raise IndexOutdated(
                f"{folder} was built by {' '.join(built)}, this is {' '.join(now)}; run: {self._rebuild}"
            )
        self._check_files(folder, manifest)
        engine = kind.open(folder, analyzer, cache_bytes=cache_bytes, seconds=seconds)
        try:
            learned = orjson.loads((folder / _SENTENCES).read_bytes())
            return Generation(manifest, engine, analyzer, SentenceModel(**learned))
        except BaseException:
            engine.close()
            raise

    # Building

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """Hold the lock, clear away what broken builds left, and give an empty folder for a new generation.

        The folder is removed unless it was promoted.

        Raises:
            RebuildRefused: something else is being built.
        """
        self._generations.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "LOCK")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise RebuildRefused(
                f"Another rebuild of {self.folder} is running; wait until it has ended, then run yours again."
            ) from error
        try:
            self._clear_unfinished()
            folder = self._generations / _new_id()
            folder.mkdir()
            try:
                yield folder
            finally:
                if not self._is_current(folder.name):
                    shutil.rmtree(folder, ignore_errors=True)
        finally:
            lock.release()

    def seal(self, folder: Path, manifest: Manifest, sentences: SentenceModel) -> None:
        """Make a built folder a generation: record the checksums, write everything to disk, the manifest last."""
        learned = {"abbreviations": sentences.abbreviations, "sentence_starters": sentences.sentence_starters}
        (folder / _SENTENCES).write_bytes(orjson.dumps(learned))
        files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        for path in files.values():
            _sync(path)
        checksums = {name: _sha256(path) for name, path in files.items()}
        known = {**asdict(manifest), "files": checksums}
        _write_atomically(folder / MANIFEST, orjson.dumps(known, option=orjson.OPT_INDENT_2))

    def promote(self, generation_id: str) -> None:
        """Let a sealed generation serve: one atomic step, on disk before it returns."""
        if not self.has(generation_id):
            raise IndexDamaged(f"Generation {generation_id} has no manifest, so it cannot serve; run: {self._rebuild}")
        _write_atomically(self.folder / "CURRENT", f"{generation_id}\n".encode("ascii"))

    def roll_back(self) -> str:
        """Let the newest generation before the serving one serve again; return its id.

        Raises:
            RebuildRefused: there is none, or something is being built.
        """
        current = self.current_id()
        earlier = [generation_id for generation_id in self.kept() if generation_id < current]
        if not earlier:
            raise RebuildRefused(f"There is no generation before {current} to go back to; run: {self._rebuild}")
        with FileLock(self.folder / "LOCK", timeout=0):
            self.promote(earlier[-1])
        return earlier[-1]

    def prune(self, keep: int) -> None:
        """Remove all but the `keep` newest generations up to the serving one."""
        current = self.current_id()
        up_to_current = [generation_id for generation_id in self.kept() if generation_id <= current]
        for generation_id in set(self.kept()) - set(up_to_current[-keep:]):
            self._remove(generation_id)

    def kept(self) -> list[str]:
        """Return the ids of all complete generations, oldest first."""
        if not self._generations.is_dir():
            return []
        return sorted(path.name for path in self._generations.iterdir() if self.has(path.name))

    @property
    def _rebuild(self) -> str:
        return f"dateline rebuild --index {self.folder}"

    def _is_current(self, generation_id: str) -> bool:
        try:
            return self.current_id() == generation_id
        except (IndexMissing, IndexDamaged):
            return False

    def _clear_unfinished(self) -> None:
        kept = self.kept()
        for path in self._generations.iterdir():
            # Complete, but newer than what serves: it was never promoted, or was rolled back.
            unpromoted = path.name in kept and not self._is_current(path.name) and path.name > self._current_or_empty()
            if path.name not in kept or unpromoted:
                shutil.rmtree(path, ignore_errors=True)

    def _current_or_empty(self) -> str:
        try:
            return self.current_id()
        except (IndexMissing, IndexDamaged):
            return ""

    def _remove(self, generation_id: str) -> None:
        folder = self._generations / generation_id
        # Without its manifest it is no generation any more, even if the rest cannot be removed yet.
        (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    def _check_files(self, folder: Path, manifest: Manifest) -> None:
        for name, checksum in manifest.files.items():
            path = folder / name
            if not path.is_file():
                raise IndexDamaged(f"{path} is missing; run: {self._rebuild}")
            if _sha256(path) != checksum:
                raise IndexDamaged(f"{path} is not what was built; run: {self._rebuild}")

    @staticmethod
    def _is_id(text: str) -> bool:
        return text.replace("-", "").isalnum() and text.isascii()


def _new_id() -> str:
    """Return an id that sorts by the time it was made."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_atomically(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(content)
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Have the operating system write a file or a folder to disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
