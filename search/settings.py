"""One frozen Settings, read once at the edge from DATELINE_* variables and passed on; nothing else reads them."""

import datetime
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from search.errors import SettingsError

ENGINES = ("auto", "whoosh", "tantivy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set from outside; each field's variable is DATELINE_ and its name in capitals.

    The table in the README is held against these fields by a test.
    """

    index: Path = field(default=Path("index"), metadata={"meaning": "folder of the built index"})
    source: Path = field(default=Path("seeds"), metadata={"meaning": "folder or file that `rebuild` reads by default"})
    engine: str = field(
        default="auto",
        metadata={"meaning": "engine a rebuild uses: " + ", ".join(f"`{name}`" for name in ENGINES)},
    )
    auto_paragraphs: int = field(
        default=50_000,
        metadata={"meaning": "paragraphs up to which `auto` takes Whoosh; beyond them it takes tantivy"},
    )
    language: str = field(
        default="english",
        metadata={"meaning": "language of the archive, by the name of its Snowball stemmer"},
    )
    host: str = field(default="127.0.0.1", metadata={"meaning": "address `serve` listens on"})
    port: int = field(default=8000, metadata={"meaning": "port `serve` listens on; 0 takes a free one"})
    threads: int = field(default=8, metadata={"meaning": "requests `serve` answers at a time, in each process"})
    workers: int = field(default=1, metadata={"meaning": "processes `serve` answers with; one a core makes sense"})
    processes: int = field(default=0, metadata={"meaning": "processes a rebuild analyses with; 0 takes every core"})
    keep: int = field(default=2, metadata={"meaning": "generations kept on disk, the serving one included"})
    cache_mb: int = field(default=256, metadata={"meaning": "memory for posting arrays that were read, in MB"})
    today: datetime.date | None = field(
        default=None,
        metadata={"meaning": "the day that `date:last-7-days` ends with, as 2024-08-24; by default the computer's"},
    )
    query_seconds: float = field(default=2.0, metadata={"meaning": "longest time one search may take, in seconds"})

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read every DATELINE_* variable that is set.

        Raises:
            SettingsError: a variable that is unknown or whose value cannot be used.
        """
        environment = os.environ if environment is None else environment
        known = {f"DATELINE_{item.name.upper()}": item for item in fields(cls)}
        given = {name: value for name, value in environment.items() if name.startswith("DATELINE_")}
        if unknown := sorted(given.keys() - known.keys()):
            raise SettingsError(f"{unknown[0]} is not a setting; the settings are {', '.join(sorted(known))}.")
        values = {known[name].name: _parse(name, known[name].default, text) for name, text in given.items()}
        settings = cls(**values)  # type: ignore[arg-type]  # each value was parsed to the type of its default
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingsError where a value is outside what can work."""
        lowest = {"auto_paragraphs": 0, "port": 0, "threads": 1, "workers": 1, "processes": 0, "keep": 1, "cache_mb": 1}
        for name, least in lowest.items():
            if getattr(self, name) < least:
                raise SettingsError(f"DATELINE_{name.upper()} must be {least} or more, not {getattr(self, name)}.")
        if self.port > 65535:
            raise SettingsError(f"DATELINE_PORT must be at most 65535, not {self.port}.")
        if not self.query_seconds > 0:
            raise SettingsError(f"DATELINE_QUERY_SECONDS must be above 0, not {self.query_seconds}.")
        if self.engine not in ENGINES:
            raise SettingsError(f"DATELINE_ENGINE must be one of {', '.join(ENGINES)}, not {self.engine!r}.")


def _parse(name: str, default: object, text: str) -> object:
    if not text.strip() or "\0" in text:
        raise SettingsError(f"{name} is empty or holds a NUL; unset it or give it a value.")
    if isinstance(default, Path):
        return Path(text)
    if name == "DATELINE_TODAY":
        try:
            return datetime.date.fromisoformat(text)
        except ValueError as error:
            raise SettingsError(f"{name} must be a day such as 2024-08-24, not {text!r}.") from error
    if isinstance(default, int) and not re.fullmatch("[0-9]{1,9}", text):
        raise SettingsError(f"{name} must be a whole number, not {text!r}.")
    if isinstance(default, float) and not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise SettingsError(f"{name} must be a number, not {text!r}.")
    return type(default)(text)  # type: ignore[call-arg]  # int, float and str all take a text
