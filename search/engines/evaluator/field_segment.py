"""One field of one segment: the units that hold what leaves of the query stand for, and the positions in them.

Units are numbered within the segment. Postings are by stem; a word, or words in capitals, are found by filtering the
tokens of their stem by form. Units of deleted articles are found like others, and left out when all was evaluated; they
are not counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from search.engines.evaluator.leaves import Selection
from search.engines.sorted_arrays import Bools, Ints, find, run_starts
from search.engines.whoosh.arrays import Array
from search.engines.whoosh.segment import FieldPostings, Found

# Fewer postings than one of so many units are put in order; more are added up over all of them.
_SORTED = 32


class TermDocs(NamedTuple):
    """The units that hold something, ascending, and how often each does."""

    units: Ints
    frequencies: Array


NO_DOCS = TermDocs(np.empty(0, np.int64), np.empty(0, np.int64))


class TermPositions(NamedTuple):
    """Units that hold something, one entry a token, and its position within its unit."""

    units: Ints
    positions: Array


class FieldSegment:
    """A field of a segment that has so many units. Safe for threads.

    `live` says which units are of live articles, None that all are; `stem_docs` and `word_docs` count, of these, those
    that hold each stem and each word.
    """

    def __init__(self, field: FieldPostings, live: Bools | None, stem_docs: Ints, word_docs: Ints) -> None:
        self.units = len(field.lengths)
        self._field = field
        self._live = live
        self._stem_docs = stem_docs
        self._word_docs = word_docs

    def doc_freq(self, selection: Selection) -> int:
        """Return how many live units hold what was selected: read, but for the most frequent part of it."""
        known = [(int(self._stem_docs[stem]), Selection((stem,))) for stem in selection.whole]
        known += [
            (int(self._word_docs[each.word]), Selection((), (each,)))
            for each in selection.partial
            if each.word is not None
        ]
        if not known:
            return len(self._live_of(self.docs_in(selection, None).units))
        most, part = max(known, key=lambda each: each[0])
        rest = Selection(
            tuple(stem for stem in selection.whole if stem not in part.whole),
            tuple(each for each in selection.partial if all(each is not other for other in part.partial)),
        )
        if not rest.stems:
            return most
        others = self._live_of(self.docs_in(rest, None).units)
        return most + len(others) - len(self.docs_in(part, others).units)

    def _live_of(self, units: Ints) -> Ints:
        return units if self._live is None else units[self._live[units]]

    def most_docs(self, selection: Selection) -> int:
        """Return an upper bound of `doc_freq`, without reading postings."""
        return sum(map(self._field.doc_freq, selection.stems))

    def docs_in(self, selection: Selection, units: Ints | None) -> TermDocs:
        """Return the units, of all or of `units`, which ascend, that hold what was selected."""
        field = self._field
        alone, together = field.divided(selection.whole)
        ordered = [self._counted(field.find(stem, units)) for stem in alone]
        unordered = [self._counted(field.find_together(together, units))] if together else []
        masks = {each.stem: each.mask for each in selection.partial}
        alone, together = field.divided(masks)
        ordered += [self._filtered(field.find(stem, units), [stem], masks) for stem in alone]
        if together:
            unordered.append(self._filtered(field.find_together(together, units), together, masks))
        return self._added(ordered, unordered)

    def _counted(self, found: Found) -> TermDocs:
        return TermDocs(found.docs, self._field.frequencies(found.at))

    def _filtered(self, found: Found, stems: Sequence[int], masks: Mapping[int, Bools]) -> TermDocs:
        """Return the documents that have tokens of the forms in the masks of their stems, and how many."""
        if not len(found.docs):
            return NO_DOCS
        frequencies = self._field.frequencies(found.at)
        forms = self._field.tokens(found.at, frequencies).forms
        if len(stems) == 1:
            asked = masks[stems[0]][forms]
        else:
            assert not isinstance(found.at, slice)
            before = np.cumsum([0, *(len(masks[stem]) for stem in stems)])
            offsets = before[self._field.stems_of(stems, found.at)]
            asked = np.concatenate([masks[stem] for stem in stems])[forms + offsets.repeat(frequencies)]
        ends = frequencies.cumsum(dtype=np.int64)
        counts = np.add.reduceat(asked, ends - frequencies, dtype=np.int64)
        held = counts.nonzero()[0]
        return TermDocs(found.docs[held], counts[held])

    def units_in(self, selection: Selection, units: Ints | None) -> Ints:
        """Return the units, of all or of `units`, that may hold what was selected: those with a form of its stems."""
        return self.docs_in(Selection(selection.stems), units).units

    def positions(self, selection: Selection, units: Ints | None) -> Iterator[TermPositions]:
        """Yield the tokens of what was selected, in all units or in `units`; of several stems in no order."""
        alone, together = self._field.divided(selection.whole)
        for stem in alone:
            yield self._positions(self._field.find(stem, units), None)
        if together:
            yield self._positions(self._field.find_together(together, units), None)
        for each in selection.partial:
            yield self._positions(self._field.find(each.stem, units), each.mask)

    def _positions(self, found: Found, mask: Bools | None) -> TermPositions:
        frequencies = self._field.frequencies(found.at)
        tokens, held = self._field.tokens(found.at, frequencies), found.docs.repeat(frequencies)
        if mask is None:
            return TermPositions(held, tokens.positions)
        is_asked = mask[tokens.forms]
        return TermPositions(held[is_asked], tokens.positions[is_asked])

    def _added(self, ordered: Sequence[TermDocs], unordered: Sequence[TermDocs]) -> TermDocs:
        """Return the units of all lists, with the sums of their frequencies."""
        ordered = sorted((each for each in ordered if len(each.units)), key=lambda each: len(each.units))
        longest = ordered.pop() if ordered else NO_DOCS
        others = [each for each in (*ordered, *unordered) if len(each.units)]
        if not others:
            return longest
        units = np.concatenate([each.units for each in others])
        frequencies = np.concatenate([each.frequencies for each in others])
        if len(units) * _SORTED > self.units:
            sums = np.bincount(units, frequencies, minlength=self.units)
            sums[longest.units] += longest.frequencies
            held = (sums > 0).nonzero()[0]
            return TermDocs(held, sums[held].astype(np.int64))
        order = units.argsort(kind="stable")
        units = units[order]
        starts = run_starts(units)
        return self._merged(longest, units[starts], np.add.reduceat(frequencies[order], starts, dtype=np.int64))

    def _merged(self, longest: TermDocs, units: Ints, frequencies: Ints) -> TermDocs:
        if not len(longest.units):
            return TermDocs(units, frequencies)
        at, are_there = find(longest.units, units, self.units)
        sums = longest.frequencies.astype(np.int64)
        sums[at] += frequencies[are_there]
        new = ~are_there
        places = longest.units.searchsorted(units[new])
        return TermDocs(np.insert(longest.units, places, units[new]), np.insert(sums, places, frequencies[new]))
