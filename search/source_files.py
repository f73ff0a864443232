"""The files that an archive is built from, and their checksums: which were read, and whether they changed since."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from search.archive import Archive
from search.errors import IndexDamaged
from search.manifest import Manifest
from search.reading import FoundFiles, SourceFile, find_files, open_regular, printable, real_path
from search.settings import Settings

SOURCES_FILE = "sources.json"


def source_files(sources: Sequence[Path], archive: Archive, settings: Settings) -> FoundFiles:
    """Return the files to read; an index that lies among its sources is none of them."""
    index = real_path(archive.folder)
    found = find_files(sources, follow_links=settings.follow_links, without=archive.folder)
    return replace(found, files=tuple(file for file in found if not real_path(file.path).is_relative_to(index)))


def known_checksums(archive: Archive, manifest: Manifest) -> dict[str, str]:
    """Return what `checksums_of` gave when a generation was built.

    Raises:
        IndexDamaged: that cannot be read.
    """
    path = archive.path_of(manifest.id) / SOURCES_FILE
    try:
        return {str(name): str(checksum) for name, checksum in orjson.loads(path.read_bytes()).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise IndexDamaged(f"{path} cannot be read; run: {archive.rebuild_command(manifest)}") from error


def checksums_of(files: Sequence[SourceFile]) -> dict[str, str]:
    """Return the sha256 of each file by its path; one that cannot be read has its reason instead."""
    checksums = {}
    for file in files:
        path = printable(real_path(file.path.parent) / file.path.name if file.reason else real_path(file.path))
        checksums[path] = f"unreadable: {file.reason}" if file.reason else _checksum(file.path)
    return checksums


def _checksum(path: Path) -> str:
    try:
        with open_regular(path) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"
