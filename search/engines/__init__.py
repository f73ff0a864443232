"""Query tree -> ranked hits, by exchangeable engines behind one Protocol.

`kind` gives an engine by its name and imports its library only then.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from search.engines.base import ELSEWHERE
from search.engines.kinds import EngineKind, KeptElsewhere
from search.errors import SettingsError
from search.settings import Settings

NAMES = ("whoosh", "opensearch")
AS_ASKED = "as asked"
_CLIENT_MISSING = "OpenSearch needs its client, which is not installed: pip install 'dateline[opensearch]'"


def kind(name: str, settings: Settings | None = None) -> EngineKind:
    """Return the engine of a name; one whose index lies elsewhere finds it by the settings.

    Raises:
        SettingsError: there is none of this name, or its library is not installed.
    """
    if name == "whoosh":
        from search.engines.whoosh.engine import WhooshKind  # noqa: PLC0415 - Whoosh is loaded when it is used

        return WhooshKind()
    if name == "opensearch":
        if not is_installed(name):
            raise SettingsError(_CLIENT_MISSING)
        from search.engines.opensearch_engine import OpenSearchKind  # noqa: PLC0415 - its client is an extra

        return OpenSearchKind(settings)
    raise SettingsError(f"There is no engine {name!r}; write {' or '.join(NAMES)}.")


def elsewhere(folder: Path, settings: Settings | None) -> KeptElsewhere | None:
    """Return what knows of the index that a folder points to outside of itself; None where it points to none.

    Raises:
        SettingsError: it points to one that this program is not installed or set up for.
    """
    if not (folder / ELSEWHERE).is_file():
        return None
    found = kind("opensearch", settings)
    assert isinstance(found, KeptElsewhere)
    return found


class Choice(NamedTuple):
    """The name of an engine, and why it is taken."""

    name: str
    reason: str


def choose(settings: Settings) -> Choice:
    """Return the engine that was asked for, or the one that `auto` takes.

    `auto` takes OpenSearch where a cluster is configured, else Whoosh, whatever the size of the archive.
    """
    if settings.engine != "auto":
        return Choice(settings.engine, AS_ASKED)
    if settings.opensearch_hosts:
        return Choice("opensearch", "chosen by auto: a cluster is configured")
    return Choice("whoosh", "chosen by auto: no cluster is configured")


def is_installed(name: str) -> bool:
    """Whether the library of an engine can be loaded; Whoosh's always is."""
    return name == "whoosh" or find_spec("opensearchpy") is not None
