"""What a generation is: its manifest, written last, read first, believed only as far as it was checked."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from search.errors import IndexDamaged, IndexOutdated

FORMAT = 6
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many articles of an index lack a date or place, how many files and records are none, notes by their kind."""

    undated: int
    without_place: int
    rejected: int
    left_out: int
    notes: Mapping[str, int]


class Manifest(BaseModel):
    """One generation. `files` maps each file's path in it to the sha256 of its bytes.

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
        """Return the manifest as it is written."""
        return orjson.dumps(self.model_dump(), option=orjson.OPT_INDENT_2)


def read_manifest(folder: Path, rebuild: str) -> Manifest:
    """Return the manifest of a generation's folder; `rebuild` is the command that mends what is wrong.

    Raises:
        IndexDamaged: it is missing, cannot be read, or is another generation's.
        IndexOutdated: another version of Dateline wrote it.
    """
    path = folder / MANIFEST
    try:
        known = orjson.loads(path.read_bytes())
        if isinstance(known, dict) and known.get("format", FORMAT) != FORMAT:
            raise IndexOutdated(f"{folder} has format {known['format']}, not {FORMAT}; run: {rebuild}")
        manifest = Manifest.model_validate(known)
    except (OSError, ValueError, ValidationError) as error:
        raise IndexDamaged(f"{path} is missing or cannot be read; run: {rebuild}") from error
    if manifest.id != folder.name:
        raise IndexDamaged(f"{path} is the manifest of {manifest.id}; run: {rebuild}")
    return manifest
