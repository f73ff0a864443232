"""Query tree -> ranked hits, by exchangeable engines behind one Protocol.

`kind` gives an engine by its name and imports its library only then.
"""

from importlib.util import find_spec
from typing import NamedTuple

from search.engines.base import EngineKind
from search.errors import SettingsError

NAMES = ("whoosh", "tantivy")
_TANTIVY_MISSING = "tantivy is not installed: pip install 'dateline[tantivy]'"


def kind(name: str) -> EngineKind:
    """Return the engine of a name.

    Raises:
        SettingsError: there is none of this name, or its library is not installed.
    """
    if name == "whoosh":
        from search.engines.whoosh_engine import WhooshKind  # noqa: PLC0415 - a library is loaded when it is used

        return WhooshKind()
    if name == "tantivy":
        if not is_installed(name):
            raise SettingsError(f"The engine {_TANTIVY_MISSING}")
        from search.engines.tantivy_engine import TantivyKind  # noqa: PLC0415 - as above

        return TantivyKind()
    raise SettingsError(f"There is no engine {name!r}; write {' or '.join(NAMES)}.")


class Choice(NamedTuple):
    """The name of an engine, and why it is taken."""

    name: str
    reason: str


def choose(asked: str, *, paragraphs: int, border: int) -> Choice:
    """Return the engine for an archive of so many paragraphs: what was asked for, or what `auto` takes.

    `auto` takes Whoosh up to `border` paragraphs, and tantivy beyond, where it is installed.
    """
    if asked != "auto":
        return Choice(asked, "as asked")
    if paragraphs <= border:
        return Choice("whoosh", f"chosen by auto: at most {border:,} paragraphs")
    if not is_installed("tantivy"):
        return Choice("whoosh", f"chosen by auto: more than {border:,} paragraphs, but {_TANTIVY_MISSING}")
    return Choice("tantivy", f"chosen by auto: more than {border:,} paragraphs")


def is_installed(name: str) -> bool:
    """Whether the library of an engine can be loaded; Whoosh's always is."""
    return name == "whoosh" or find_spec("tantivy") is not None
