"""One frozen Settings, read once at the edge from DATELINE_* variables and passed on; nothing else reads them."""

import codecs
import datetime
import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path

from search.errors import SettingsError

ENGINES = ("auto", "whoosh", "opensearch")

# An address without a path, and without a user and password, which have variables of their own.
_HOST = re.compile(r"https?://[^/@\s?#,]+")
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
_PREFIX = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set from outside; each field's variable is DATELINE_ and its name in capitals.

    The table in the README is held against these fields by a test.
    """

    index: Path = field(default=Path("index"), metadata={"meaning": "folder of the built index"})
    source: Path = field(
        default=Path("seeds"),
        metadata={"meaning": "folder or file that `rebuild` reads where none is named; unset, that of the index"},
    )
    engine: str = field(
        default="auto",
        metadata={"meaning": "engine a rebuild uses: " + ", ".join(f"`{name}`" for name in ENGINES)},
    )
    language: str = field(
        default="english",
        metadata={"meaning": "language of the archive, by the name of its Snowball stemmer"},
    )
    encoding: str | None = field(
        default=None,
        metadata={"meaning": "encoding of all source files without a byte order mark, such as `cp1250`", "type": str},
    )
    follow_links: bool = field(default=False, metadata={"meaning": "`1` follows links that lead out of SOURCE"})
    mend_mojibake: bool = field(
        default=False, metadata={"meaning": "`1` mends text that was decoded wrongly before it was saved"}
    )
    dates_from_paths: bool = field(
        default=False, metadata={"meaning": "`1` takes a day in a file's path for the date of an article without one"}
    )
    agencies: tuple[str, ...] = field(
        default=(), metadata={"meaning": "more names of agencies, as `Coast Wire=COASTWIRE,Coast News=COASTWIRE`"}
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
    opensearch_hosts: tuple[str, ...] = field(
        default=(),
        metadata={"meaning": "nodes of an OpenSearch cluster, as `https://node1:9200,https://node2:9200`"},
    )
    opensearch_user: str | None = field(
        default=None, metadata={"meaning": "user of the cluster, if it asks for one", "type": str}
    )
    opensearch_password: str | None = field(
        default=None, repr=False, metadata={"meaning": "password of that user", "type": str}
    )
    opensearch_password_file: Path | None = field(
        default=None, metadata={"meaning": "file that holds the password, instead of it", "type": Path}
    )
    opensearch_client_cert: Path | None = field(
        default=None, metadata={"meaning": "client certificate (PEM) to be known by, instead of a user", "type": Path}
    )
    opensearch_client_key: Path | None = field(
        default=None, metadata={"meaning": "its private key, where it is not in the same file", "type": Path}
    )
    opensearch_ca: Path | None = field(
        default=None, metadata={"meaning": "certificates (PEM) of who signed those of the nodes", "type": Path}
    )
    opensearch_prefix: str = field(
        default="dateline", metadata={"meaning": "how this archive's alias and indexes in the cluster begin"}
    )
    opensearch_shards: int = field(default=1, metadata={"meaning": "shards of a new index; 20 to 40 GB each is right"})
    opensearch_replicas: int = field(
        default=1, metadata={"meaning": "copies of each shard beside the first; 0 loses answers with any node"}
    )
    opensearch_timeout: float = field(
        default=10.0, metadata={"meaning": "seconds after which the cluster counts as away"}
    )

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
        values = {known[name].name: _parse(name, known[name], text) for name, text in given.items()}
        settings = cls(**values)  # type: ignore[arg-type]  # each value was parsed to the type of its default
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingsError where a value is outside what can work."""
        lowest = {"port": 0, "threads": 1, "workers": 1, "processes": 0, "keep": 1, "cache_mb": 1}
        lowest |= {"opensearch_shards": 1, "opensearch_replicas": 0}
        for name, least in lowest.items():
            if getattr(self, name) < least:
                raise SettingsError(f"DATELINE_{name.upper()} must be {least} or more, not {getattr(self, name)}.")
        if self.port > 65535:
            raise SettingsError(f"DATELINE_PORT must be at most 65535, not {self.port}.")
        for name in ("query_seconds", "opensearch_timeout"):
            if not getattr(self, name) > 0:
                raise SettingsError(f"DATELINE_{name.upper()} must be above 0, not {getattr(self, name)}.")
        if self.encoding is not None:
            _check_encoding(self.encoding)
        if self.engine not in ENGINES:
            raise SettingsError(f"DATELINE_ENGINE must be one of {', '.join(ENGINES)}, not {self.engine!r}.")
        self.agency_names()
        self._check_cluster()

    def agency_names(self) -> dict[str, str]:
        """Return the agencies that were added: what is written -> the name to use, itself where none was given.

        Raises:
            SettingsError: one of them has no name.
        """
        pairs = [
            (written.strip(), name.strip(), sign)
            for written, sign, name in (each.partition("=") for each in self.agencies)
        ]
        if wrong := [written + sign + name for written, name, sign in pairs if not written or (sign and not name)]:
            raise SettingsError(f"DATELINE_AGENCIES must be pairs such as Coast Wire=COASTWIRE, not {wrong[0]!r}.")
        return {written: name or written for written, name, _ in pairs}

    def _check_cluster(self) -> None:
        for host in self.opensearch_hosts:
            if not _HOST.fullmatch(host):
                # Who writes a password into an address shall not find it in a log.
                shown = host.rpartition("@")[2]
                raise SettingsError(
                    f"DATELINE_OPENSEARCH_HOSTS must be addresses such as https://node1:9200, not {shown!r}."
                )
        if not _PREFIX.fullmatch(self.opensearch_prefix):
            raise SettingsError(
                "DATELINE_OPENSEARCH_PREFIX must be lower-case letters, digits and -, beginning with a letter, "
                f"not {self.opensearch_prefix!r}."
            )
        if self.opensearch_password and self.opensearch_password_file:
            raise SettingsError("DATELINE_OPENSEARCH_PASSWORD and DATELINE_OPENSEARCH_PASSWORD_FILE: give one of them.")
        if self.opensearch_client_key and not self.opensearch_client_cert:
            raise SettingsError("DATELINE_OPENSEARCH_CLIENT_KEY needs DATELINE_OPENSEARCH_CLIENT_CERT beside it.")

    def password(self) -> str:
        """Return the password of the cluster's user, from the environment or its file.

        Raises:
            SettingsError: the file cannot be read.
        """
        if self.opensearch_password_file is None:
            return self.opensearch_password or ""
        try:
            return self.opensearch_password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise SettingsError(
                f"DATELINE_OPENSEARCH_PASSWORD_FILE: {self.opensearch_password_file} cannot be read: {reason}."
            ) from error


def _check_encoding(name: str) -> None:
    try:
        "".encode(codecs.lookup(name).name)
        b"a\xff".decode(name, "replace")
    except (LookupError, ValueError, TypeError) as error:
        raise SettingsError(
            f"DATELINE_ENCODING or --encoding must be an encoding that Python knows, such as cp1250, not {name!r}."
        ) from error


def _parse(name: str, setting: "Field[object]", text: str) -> object:
    default = setting.default
    if not text.strip() or "\0" in text:
        raise SettingsError(f"{name} is empty or holds a NUL; unset it or give it a value.")
    if isinstance(default, Path) or setting.metadata.get("type") is Path:
        return Path(text)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(","))
    if name == "DATELINE_TODAY":
        try:
            return datetime.date.fromisoformat(text)
        except ValueError as error:
            raise SettingsError(f"{name} must be a day such as 2024-08-24, not {text!r}.") from error
    if isinstance(default, bool):
        if text.strip().lower() not in _BOOLEANS:
            raise SettingsError(f"{name} must be 1 or 0 (true or false), not {text!r}.")
        return _BOOLEANS[text.strip().lower()]
    if isinstance(default, int) and not re.fullmatch("[0-9]{1,9}", text):
        raise SettingsError(f"{name} must be a whole number, not {text!r}.")
    if isinstance(default, float) and not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise SettingsError(f"{name} must be a number, not {text!r}.")
    return setting.metadata.get("type", type(default))(text)  # int, float and str all take a text
