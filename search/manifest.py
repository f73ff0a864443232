"""What a generation is: its manifest, written last, read first, believed only as far as it was checked."""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from search.errors import IndexDamaged, IndexOutdated
from search.index_folder import MANIFEST, files_below, read_file, sha256

FORMAT = 8


@dataclass(frozen=True, slots=True)
class Counted:
    """How many articles of an index lack a date or place, how many files and records are none, notes by their kind."""

    undated: int
    without_place: int
    rejected: int
    left_out: int
    notes: Mapping[str, int]


class Manifest(BaseModel):
    """One generation. `files` maps each file's path in it to the sha256 of its bytes; `checksum` is that of the rest.

    `undated` and `without_place` count articles, `rejected` and `left_out` what is none, `notes` those of a kind.
    `encoding` and `follow_links` are the options by which the sources were read, for the next update.
    `engine_reason` says why this engine was taken; nothing in those of versions that did not record it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    built_at: str
    engine: str
    engine_version: str
    engine_reason: str = ""
    language: str
    analysis: str
    articles: int
    paragraphs: int
    tokens: int
    first_day: str | None
    last_day: str | None
    undated: int
    without_place: int
    rejected: int
    left_out: int
    notes: dict[str, int]
    sources: list[str]
    encoding: str | None = None
    follow_links: bool = False
    source_digest: str
    files: dict[str, str] = {}
    format: int = FORMAT
    checksum: str = ""

    @model_validator(mode="after")
    def _days_are_days(self) -> "Manifest":
        for day in (self.first_day, self.last_day):
            if day is not None:
                datetime.date.fromisoformat(day)
        return self

    @property
    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The first and the last day that has articles."""
        first, last = (day and datetime.date.fromisoformat(day) for day in (self.first_day, self.last_day))
        return first or None, last or None

    @property
    def counted(self) -> Counted:
        """What was counted beside articles and paragraphs when it was built."""
        return Counted(self.undated, self.without_place, self.rejected, self.left_out, self.notes)

    def to_bytes(self) -> bytes:
        """Return the manifest as it is written, with its checksum."""
        known = {**self.model_dump(), "checksum": ""}
        checksum = hashlib.sha256(orjson.dumps(known)).hexdigest()
        return orjson.dumps({**known, "checksum": checksum}, option=orjson.OPT_INDENT_2)


def read_manifest(folder: Path, rebuild: str) -> Manifest:
    """Return the manifest of a generation's folder; `rebuild` is the command that mends what is wrong.

    Raises:
        IndexDamaged: it is missing, cannot be read, or is another generation's.
        IndexOutdated: another version of Dateline wrote it.
    """
    path = folder / MANIFEST
    try:
        content = read_file(path)
        known = orjson.loads(content)
        if isinstance(known, dict) and known.get("format", FORMAT) != FORMAT:
            raise IndexOutdated(f"{folder} has format {known['format']}, not {FORMAT}; run: {rebuild}")
        manifest = Manifest.model_validate(known)
    except (OSError, ValueError, ValidationError) as error:
        raise IndexDamaged(f"{path} is missing or cannot be read; run: {rebuild}") from error
    # Versions that did not write a checksum wrote nothing in its place.
    if manifest.checksum and manifest.to_bytes() != content:
        raise IndexDamaged(f"{path} is not what was written; run: {rebuild}")
    if manifest.id != folder.name:
        raise IndexDamaged(f"{path} is the manifest of {manifest.id}; run: {rebuild}")
    return manifest


def damaged_files(folder: Path, manifest: Manifest, *, but: str | None = None) -> list[Path]:
    """Return the files of a generation that are not those that were built: missing, changed or added since.

    Of those whose names end in `but` only whether they are there is looked at.
    """
    built = manifest.files
    found = {
        name: built.get(name, "added") if but and name.endswith(but) else sha256(path)
        for name, path in files_below(folder).items()
        if name != MANIFEST
    }
    return [folder / name for name in sorted(found.keys() | built.keys()) if found.get(name) != built.get(name)]


def linked_checksums(files: Mapping[str, Path], folder: Path, manifest: Manifest) -> dict[str, str]:
    """Return the checksums of those of some files that the generation in another folder has, too, by links."""
    return {
        name: manifest.files[name]
        for name, path in files.items()
        if name in manifest.files and path.samefile(folder / name)
    }


def read_sources(folder: Path) -> list[str]:
    """Return what a generation was built from, also one that another version of Dateline built.

    Raises:
        OSError, ValueError: that cannot be read.
    """
    known = orjson.loads(read_file(folder / MANIFEST))
    sources = known.get("sources") if isinstance(known, dict) else None
    if not isinstance(sources, list) or not sources or not all(isinstance(each, str) for each in sources):
        raise ValueError("no sources")
    return sources
