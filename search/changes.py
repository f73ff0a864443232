"""Files as they are now against those that a generation was built from: what must be read, what need not be.

A file is the same where its path, size and time of change are; else its checksum decides. One that was changed in the
very moment in which it was read is looked at by its checksum, for its time may not tell.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.ledger import FileState, Ledger
from search.reading import SourceFile, printable
from search.source_files import UNREADABLE, checksum_of
from search.tally import Changes

# So near to each other two changes may have one time, on file systems that count in seconds, in ns.
_MOMENT = 2_000_000_000
_HEX_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The files in order and the state of each; those to read and those left, by real paths; how many changed how.

    `read_at` is an instant before they were looked at, in ns since 1970.
    """

    files: tuple[SourceFile, ...]
    states: tuple[FileState, ...]
    to_read: frozenset[str]
    left: frozenset[str]
    changes: Changes
    read_at: int

    def states_read(self) -> tuple[FileState, ...]:
        """Return the state of each file once they were read: without a checksum where it changed meanwhile."""
        files = zip(self.files, self.states, strict=True)
        return tuple(state if self._is_as_found(file, state) else state._replace(checksum="") for file, state in files)

    def _is_as_found(self, file: SourceFile, state: FileState) -> bool:
        if file.reason or file.real not in self.to_read:
            return True
        try:
            status = os.stat(file.path)  # noqa: PTH116 - a text, as most paths are here
        except OSError:
            return state.checksum.startswith(UNREADABLE)
        return (status.st_size, status.st_mtime_ns) == (state.size, state.modified_ns)


def compare(
    files: Sequence[SourceFile], ledger: Ledger, *, read_at: int, leave: frozenset[str] = frozenset()
) -> Comparison:
    """Compare files with a ledger. Those to `leave`, by their real paths, count as they were, or as not there."""
    left = frozenset(map(printable, leave))
    known = {file.real: file for file in ledger.files}
    kept: list[SourceFile] = []
    states: list[FileState] = []
    to_read: set[str] = set()
    added = changed = 0
    for file in files:
        before = known.pop(file.real, None)
        state = before if file.real in left else _state_of(file, before, read_at=ledger.read_at)
        if state is None:
            continue
        # What is left is as large as it was.
        kept.append(replace(file, size=state.size) if file.real in left else file)
        states.append(state)
        if before is None or (state.name, state.checksum) != (before.name, before.checksum):
            to_read.add(file.real)
            added += before is None
            changed += before is not None
    return Comparison(
        tuple(kept), tuple(states), frozenset(to_read), left, Changes(added, changed, len(known)), read_at
    )


def _state_of(file: SourceFile, before: FileState | None, *, read_at: int) -> FileState:
    as_found = (file.real, file.name, file.size, file.modified_ns)
    is_certain = not file.reason and file.modified_ns < read_at - _MOMENT
    # One that could not be read may have been permitted since; one without a checksum changed while it was read.
    if before is not None and is_certain and as_found == before[:-1] and before.checksum[:1] in _HEX_DIGITS:
        return before
    return FileState(*as_found, checksum_of(file))
