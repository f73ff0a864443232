"""Query tree -> ranked hits, by exchangeable engines behind one Protocol.

`kind` gives an engine by its name and imports its library only then.
"""

from search.engines.base import EngineKind
from search.errors import SettingsError


def kind(name: str) -> EngineKind:
    """Return the engine of a name.

    Raises:
        SettingsError: there is none of this name.
    """
    if name == "whoosh":
        from search.engines.whoosh_engine import WhooshKind  # noqa: PLC0415 - a library is loaded when it is used

        return WhooshKind()
    raise SettingsError(f"There is no engine {name!r}; write whoosh.")
