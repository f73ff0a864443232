"""Units of a ledger that need not be read again: which these are, and where they stand among all that are read."""

from collections import defaultdict, deque
from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from search.engines.sorted_arrays import Ints, ranges
from search.learned import Learned, Sum
from search.ledger import Ledger, Placed
from search.reading import ReadingContext, SourceFile
from search.reading.formats import Format, format_of, is_json_lines


class KnownUnits:
    """Tells which units of files are those of a ledger, each once; but for those that are to be read `again`."""

    def __init__(self, ledger: Ledger, files: Sequence[SourceFile], *, again: Set[int] = frozenset()) -> None:
        self.matched: deque[int] = deque()
        self._ledger = ledger
        self._again = again
        self._waiting = {file.real: _units_by_key(ledger, file) for file in files}
        self._learned: dict[tuple[str, int], deque[Learned | None]] = defaultdict(deque)

    def is_known(self, file: SourceFile, key: int) -> bool:
        """Whether a unit of a file, met now, is one of the ledger that need not be read."""
        waiting = self._waiting[file.real].get(key)
        if not waiting:
            return False
        unit = waiting.popleft()
        if unit in self._again:
            self._learned[file.real, key].append(self._ledger.learned.get(unit))
            return False
        self.matched.append(unit)
        return True

    def learned(self, file: SourceFile, key: int) -> Learned | None:
        """Return what a unit adds that was read again; of one that streams nobody was asked whether it is known."""
        waiting = self._learned[file.real, key]
        if waiting:
            return waiting.popleft()
        units = self._waiting[file.real].get(key)
        return self._ledger.learned.get(units.popleft()) if units else None


def _units_by_key(ledger: Ledger, file: SourceFile) -> dict[int, deque[int]]:
    """Return the units of a file by their keys; none where it had another name, for it is another file then."""
    found: dict[int, deque[int]] = defaultdict(deque)
    number = ledger.file_numbers.get(file.real)
    if number is not None and ledger.files[number].name == file.name:
        start, end = ledger.first_units[number : number + 2].tolist()
        for unit, key in enumerate(ledger["unit_key"][start:end].tolist(), start):
            found[key].append(unit)
    return found


def _may_stream(ledger: Ledger) -> bool:
    """Whether a file may be JSON that is not read line by line."""
    units = np.diff(ledger.first_units).tolist()
    return any(
        format_of(file.name) is Format.JSON and (count == 1 or not is_json_lines(file.name))
        for file, count in zip(ledger.files, units, strict=True)
    )


def placed(ledger: Ledger, files: Sequence[SourceFile], to_read: Set[str], met: Ints, new: Ledger) -> list[Placed]:
    """Return the place of each unit of a ledger, and of each new one, among all in the order of files.

    `met` has a row for each unit that was met in the files that were read, in order: the file, and the unit's number in
    the ledger, or -1 where it is new.
    """
    numbers = ledger.file_numbers
    before = np.array([-1 if file.real in to_read else numbers[file.real] for file in files], np.int64)
    stays = np.flatnonzero(before >= 0)
    starts, ends = ledger.first_units[before[stays]], ledger.first_units[before[stays] + 1]
    counts = np.bincount(met[:, 0], minlength=len(files))
    counts[stays] = ends - starts
    afters = np.cumsum(counts)
    places, whose = np.full(ledger.units, -1), np.zeros(ledger.units, np.int64)
    units = ranges(starts, ends)
    places[units] = ranges((afters - counts)[stays], afters[stays])
    whose[units] = stays.repeat(ends - starts)
    # Units of one file are met one after the other.
    read = np.unique(met[:, 0])
    met_places, is_new = ranges((afters - counts)[read], afters[read]), met[:, 1] < 0
    places[met[~is_new, 1]], whose[met[~is_new, 1]] = met_places[~is_new], met[~is_new, 0]
    return [Placed(ledger, places, whose), Placed(new, met_places[is_new], met[is_new, 0])]


def asks_again(ledger: Ledger, context: ReadingContext) -> bool:
    """Whether something must be read again though no file changed: files were left, or it is another day."""
    if not ledger.has_left and ledger.day == context.today.isoformat():
        return False
    if context.dates_from_paths and ledger.day != context.today.isoformat():
        return True
    return len(asking_otherwise(ledger, replace(context, survey=ledger.learned_sum.survey()))) > 0


def asking_otherwise(ledger: Ledger, context: ReadingContext) -> Ints:
    """Return the units that asked something which has another answer now."""
    changed = [n for n, (question, answer) in enumerate(ledger.questions) if context.answer(question) != answer]
    return ledger.asking(changed) if changed else np.empty(0, np.int64)


def narrowed(ledger: Ledger, shifts: tuple[int, int]) -> Ledger | None:
    """Return a ledger with what its units add to the samples of these shifts; None where they need not be in it."""
    if shifts == ledger.shifts:
        return ledger
    is_smaller = any(now < before for now, before in zip(shifts, ledger.shifts, strict=True))
    # Of JSON that streams as much is looked at as the sample has, if it is large enough then.
    if is_smaller or _may_stream(ledger):
        return None
    learned: dict[int, Learned] = {}
    for unit, each in ledger.learned.items():
        key = int(ledger["unit_key"][unit])
        if not key & ((1 << shifts[0]) - 1):
            learned[unit] = each._replace(texts=b"") if key & ((1 << shifts[1]) - 1) else each
    return replace(ledger, learned=learned, learned_sum=Sum().count(learned.values()))
