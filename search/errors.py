"""Everything that can go wrong, in one tree, and the diagnostics that say where.

DatelineError
├ SettingsError                 a setting that cannot be used
├ ArticleError                  a file or record that cannot be read as an article: reported, counted
├ ArticleNotFound               no such article in this archive
├ RebuildRefused                a rebuild that would lose most of the archive, or cannot begin
│ └ BuildRunning                something else is being built just now
├ WorkersEnded                  processes that answer end as soon as they are started
├ GenerationGone                a cursor of a generation that was pruned
├ QueryError                    what was typed, or a parameter, with located diagnostics
│ └ TooManyForms                a wildcard that fits too many words
└ EngineError
  ├ IndexMissing                no index yet
  ├ IndexOutdated               built by another format, engine version or analysis
  ├ IndexDamaged                files missing or changed since they were built
  │ └ IndexGone                 what the files point to in a cluster is not there any more
  └ EngineUnavailable           down, busy or too slow
    └ DiskFull                  a cluster takes no more writes until there is room

Knows nothing of the rest of the program. The command line maps all of them to exit status 2, the web to statuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
# Of what is asked for as an article's id, so many characters are shown.
_LONGEST_ID = 220


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark on what was typed.

    `start` and `end` are a half-open span of code points of the parameter's value, or None where no part of it
    is at fault. `fix` is the whole corrected value, ready to be used instead; `total` is the number of paragraphs it
    was seen to find, or None where it was not run. `without` names parameters to leave out where the fix is used.
    """

    code: str
    message: str
    start: int | None = None
    end: int | None = None
    fix: str | None = None
    severity: Severity = "error"
    parameter: str = "q"
    total: int | None = None
    without: tuple[str, ...] = ()


class DatelineError(Exception):
    """The root of all that Dateline raises on purpose; its text says what to do next."""


class SettingsError(DatelineError):
    """A setting has a value that cannot be used."""


class ArticleError(DatelineError):
    """A file, or a record `where` in it ("line 12"), that cannot be read as an article."""

    def __init__(self, path: str, reason: str, *, where: str | None = None) -> None:
        self.path = path
        self.reason = reason
        self.where = where
        super().__init__(f"{path}{f', {where}' if where else ''}: {reason}")


class ArticleNotFound(DatelineError):
    """No article of this id is in the archive."""

    def __init__(self, article_id: str) -> None:
        self.article_id = article_id
        shown = article_id if len(article_id) <= _LONGEST_ID else article_id[:_LONGEST_ID] + "…"
        super().__init__(f"No article {shown!r} is in this archive.")


class WorkersEnded(DatelineError):
    """The processes that answer end as soon as they are started."""


class RebuildRefused(DatelineError):
    """A rebuild that was not begun, or not promoted, to keep the archive safe."""


class BuildRunning(RebuildRefused):
    """A rebuild that was not begun because another one is running."""


class GenerationGone(DatelineError):
    """A cursor points into a generation that is no longer kept."""


class QueryError(DatelineError):
    """A query or a parameter that cannot be used, with at least one diagnostic of severity error."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(" ".join(diagnostic.message for diagnostic in self.diagnostics))


class TooManyForms(QueryError):
    """A wildcard fits more words of the archive than may be asked for."""

    def __init__(self, pattern: str, count: int, limit: int) -> None:
        self.pattern = pattern
        message = f"{pattern} fits {count:,} words of this archive; at most {limit:,} are allowed. Write more letters."
        super().__init__([Diagnostic("wildcard-too-wide", message)])


class EngineError(DatelineError):
    """The index cannot answer."""


class IndexMissing(EngineError):
    """There is no index yet."""


class IndexOutdated(EngineError):
    """The index was built by something this version cannot read or would read wrongly."""


class IndexDamaged(EngineError):
    """Files of the index are missing or are not what was built."""


class IndexGone(IndexDamaged):
    """The index in the cluster was removed."""


class EngineUnavailable(EngineError):
    """The engine is down, busy or too slow; trying again may help."""


class DiskFull(EngineUnavailable):
    """The disks of the cluster are too full for it to take anything more; trying again does not help."""
