"""Query tree -> ranked hits, by exchangeable engines behind one Protocol.

`kind` gives an engine by its name and imports its library only then.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from search.engines.base import ELSEWHERE, EngineKind, KeptElsewhere
from search.errors import SettingsError
from search.settings import Settings

NAMES = ("whoosh", "tantivy", "opensearch")
AS_ASKED = "as asked"
_TANTIVY_MISSING = "tantivy is not installed: pip install 'dateline[tantivy]'"
_CLIENT_MISSING = "OpenSearch needs its client, which is not installed: pip install 'dateline[opensearch]'"


def kind(name: str, settings: Settings | None = None) -> EngineKind:
    """Return the engine of a name; one whose index lies elsewhere finds it by the settings.

    Raises:
        SettingsError: there is none of this name, or its library is not installed.
    """
    if name == "whoosh":
        from search.engines.whoosh_engine import WhooshKind  # noqa: PLC0415 - a library is loaded when it is used

        return WhooshKind()
    if name == "tantivy":
        if not is_installed(name):
            raise SettingsError(f"The engine {_TANTIVY_MISSING}")
        from search.engines.tantivy_engine import TantivyKind  # noqa: PLC0415 - a library is loaded when it is used

        return TantivyKind()
    if name == "opensearch":
        if not is_installed(name):
            raise SettingsError(_CLIENT_MISSING)
        from search.engines.opensearch_engine import OpenSearchKind  # noqa: PLC0415 - a library is loaded when it is used

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


def choose(settings: Settings, *, paragraphs: int) -> Choice:
    """Return the engine for an archive of so many paragraphs: what was asked for, or what `auto` takes.

    `auto` takes OpenSearch where a cluster is configured; else Whoosh up to the border that is set, and tantivy beyond,
    where it is installed.
    """
    border = settings.auto_paragraphs
    if settings.engine != "auto":
        return Choice(settings.engine, AS_ASKED)
    if settings.opensearch_hosts:
        return Choice("opensearch", "chosen by auto: a cluster is configured")
    if paragraphs <= border:
        return Choice("whoosh", f"chosen by auto: at most {border:,} paragraphs")
    if not is_installed("tantivy"):
        return Choice("whoosh", f"chosen by auto: more than {border:,} paragraphs, but {_TANTIVY_MISSING}")
    return Choice("tantivy", f"chosen by auto: more than {border:,} paragraphs")


def is_installed(name: str) -> bool:
    """Whether the library of an engine can be loaded; Whoosh's always is."""
    return name == "whoosh" or find_spec({"opensearch": "opensearchpy"}.get(name, name)) is not None
