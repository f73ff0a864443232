"""Find the files below SOURCE and open them, counting the bytes taken from disk. Paths in, bytes out."""

import gzip
import io
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from search.errors import SettingsError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: where it is, its posix path below SOURCE (a lone file's name), its size in bytes."""

    path: Path
    name: str
    size: int


def find_files(sources: Sequence[Path]) -> tuple[SourceFile, ...]:
    """Every file below the sources, by name; hidden ones (a leading dot) and pipes and the like left out.

    A file reached twice (sources that overlap, links) counts once, as first found. A folder that may not be
    listed is among the results, so that reading it reports why. Raises SettingsError for a source that does
    not exist.
    """
    found: dict[Path, SourceFile] = {}
    for source in sources:
        if not source.exists():
            raise SettingsError(f"There is no file or folder {source}: check the path of SOURCE.")
        for path in _below(source) if source.is_dir() else (source,):
            name = printable(path.relative_to(source) if path != source else Path(path.name))
            file = SourceFile(path, name, path.stat().st_size if path.exists() else 0)
            found.setdefault(path.resolve(), file)
    return tuple(sorted(found.values(), key=lambda file: (file.name, str(file.path))))


def printable(path: Path) -> str:
    """The path with slashes; bytes of a name that are not UTF-8 are written out, so it can be printed."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _below(folder: Path) -> Iterator[Path]:
    unlisted: list[Path] = []
    entered: set[tuple[int, int]] = set()  # folders by device and inode: a link may lead back up
    for here, folders, names in os.walk(
        folder, followlinks=True, onerror=lambda error: unlisted.append(Path(error.filename))
    ):
        identity = Path(here).stat()
        if (identity.st_dev, identity.st_ino) in entered:
            folders.clear()
            continue
        entered.add((identity.st_dev, identity.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here, name) for name in sorted(names) if _counts(here, name))
    yield from unlisted


def _counts(folder: str, name: str) -> bool:
    """Whether to read it: not hidden, and a regular file or a link that leads nowhere (which is reported)."""
    if name.startswith("."):
        return False
    try:
        return stat.S_ISREG(Path(folder, name).stat().st_mode)
    except OSError:
        return True


class _Counted(io.RawIOBase):
    """A file that says how many of its bytes were taken."""

    def __init__(self, path: Path, on_bytes: Callable[[int], None]) -> None:
        self._file = io.FileIO(path)
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int | None:  # type: ignore[override]  # io.RawIOBase asks for any buffer
        count = self._file.readinto(buffer)
        if count:
            self._on_bytes(count)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def open_bytes(path: Path, *, on_bytes: Callable[[int], None]) -> BinaryIO:
    """The file's bytes, unpacked where its name ends in .gz; `on_bytes` hears of each read from disk.

    Raises OSError here or while reading; for gzip data that is damaged also EOFError or zlib.error.
    """
    packed: BinaryIO = io.BufferedReader(_Counted(path, on_bytes), 1 << 16)
    if path.suffix.lower() != ".gz":
        return packed
    return io.BufferedReader(_Unpacked(packed), 1 << 18)


class _Unpacked(gzip.GzipFile):
    """A gzip stream that closes the file below it too."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__(fileobj=packed, mode="rb")
        self._packed = packed

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # io.RawIOBase asks for any buffer
        data = self.read1(len(buffer))  # what could be unpacked before a break is not lost with it
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        super().close()
        self._packed.close()
