"""The files that an archive is built from, and the checksum of each."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from search.archive import Archive
from search.ledger import Ledger
from search.reading import FoundFiles, SourceFile, find_files, open_regular, printable, real_path
from search.reading.rubbish import rubbish
from search.settings import Settings

# What the checksum of a file that cannot be read begins with, before the reason.
UNREADABLE = "unreadable: "


def source_files(sources: Sequence[Path], archive: Archive, settings: Settings) -> FoundFiles:
    """Return the files to read; an index that lies among its sources is none of them."""
    index = str(real_path(archive.folder))
    found = find_files(sources, follow_links=settings.follow_links, without=archive.folder)
    files = (file for file in found if file.real != index and not file.real.startswith(f"{index}{os.sep}"))
    return replace(found, files=tuple(map(_printable, files)))


def touched_files(
    sources: Sequence[Path], archive: Archive, settings: Settings, ledger: Ledger, touched: frozenset[str]
) -> FoundFiles | None:
    """Return the files to read where only those at some real paths may have changed since a ledger was written.

    None where that cannot be told without looking at all: where links, or sources within each other, may matter.
    """
    roots = [str(real_path(source)) for source in sources]
    plain = [path for path in touched if os.path.realpath(path) == path]
    if len(plain) < len(touched) or len(roots) > 1 or not Path(roots[0]).is_dir() or settings.follow_links:
        return None
    # A path with such a sign may be one that was written out, and cannot be opened by it.
    if any(file.checksum.startswith(UNREADABLE) or "\\x" in file.real for file in ledger.files):
        return None
    if any(Path(path).is_dir() for path in touched):
        return None
    gone = tuple(f"{path}{os.sep}" for path in touched)
    files = [
        SourceFile(file.real, file.name, file.size, None, file.real, file.modified_ns)
        for file in ledger.files
        if file.real not in touched and not file.real.startswith(gone)
    ]
    for path in touched:
        if Path(path).exists():
            found = [each for each in source_files([Path(path)], archive, settings) if _is_article(path, roots[0])]
            files += (replace(each, name=printable(os.path.relpath(path, roots[0]))) for each in found)
    return FoundFiles(tuple(sorted(files, key=lambda file: (file.name, file.real))))


def _is_article(path: str, root: str) -> bool:
    """Whether no part of a path below a source has a name that no article has."""
    return not any(map(rubbish, Path(path).relative_to(root).parts))


def _printable(file: SourceFile) -> SourceFile:
    """Return a file whose real path can be written down; it is opened by the other."""
    return file if file.real.isascii() else replace(file, real=printable(file.real))


def checksum_of(file: SourceFile) -> str:
    """Return the sha256 of a file; of one that cannot be read, the reason."""
    if file.reason:
        return f"{UNREADABLE}{file.reason}"
    try:
        with open_regular(file.path) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        return f"{UNREADABLE}{error.strerror}"
