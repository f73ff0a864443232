"""A leaf of the query -> the stems and forms it stands for in each segment; the same for every field."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from search.engines.sorted_arrays import Bools
from search.engines.vocabulary import Vocabulary
from search.engines.whoosh.live import LiveSegment
from search.engines.whoosh.segment import Segment
from search.query.nodes import Fuzzy, Term, Wildcard

Leaf = Term | Wildcard | Fuzzy
_REMEMBERED = 10_000


class SomeForms(NamedTuple):
    """Some forms of a stem, as a mask by form (times two, plus capitals); `word` where it is one, and any capitals."""

    stem: int
    mask: Bools
    word: int | None


class Selection(NamedTuple):
    """Stems of a segment: with all their forms, or with some."""

    whole: tuple[int, ...]
    partial: tuple[SomeForms, ...] = ()

    @property
    def stems(self) -> tuple[int, ...]:
        """All stems."""
        return (*self.whole, *(each.stem for each in self.partial))


class LeafSelector:
    """Selects what leaves stand for in the segments of an index. Safe for threads."""

    def __init__(self, segments: Sequence[LiveSegment], vocabulary: Vocabulary) -> None:
        self._segments = segments
        self._vocabulary = vocabulary
        # Not an lru_cache: bound to this object, it would keep the maps open until garbage is collected.
        self._known: dict[Leaf, tuple[Selection, ...]] = {}

    def select(self, leaf: Leaf) -> tuple[Selection, ...]:
        """Return what a leaf stands for in each segment.

        Raises:
            TooManyForms: a wildcard fits too many words.
        """
        found = self._known.get(leaf)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[leaf] = self._select(leaf)
        return found

    def forms(self, stems: Sequence[str]) -> list[str]:
        """Return the words of live articles that are kept by one of these stems: by stem, then in order."""
        return [word for stem in stems for word in sorted({*self._forms(stem)})]

    def _forms(self, stem: str) -> Iterator[str]:
        for each in self._segments:
            number = each.segment.stems.find(stem)
            if number is not None:
                words = each.segment.forms_of(number)
                words = words if each.live_words is None else words[each.live_words[words]]
                yield from map(each.segment.words.__getitem__, words.tolist())

    def _select(self, leaf: Leaf) -> tuple[Selection, ...]:
        if isinstance(leaf, Term) and leaf.stemmed and not leaf.capitals:
            # A word with several names has postings of its own, whatever the stems of its names are.
            others = self._vocabulary.other_forms(leaf.tokens)
            return tuple(_selected(each.segment, leaf.tokens, others) for each in self._segments)
        capitals = isinstance(leaf, Term) and leaf.capitals
        asked = self._words(leaf)
        if capitals:
            # Tokens in capitals are asked by the folded word; some words keep their capitals (US).
            asked = [*asked, *(word.upper() for word in asked)]
        return tuple(_selected(each.segment, (), asked, capitals=capitals) for each in self._segments)

    def _words(self, leaf: Leaf) -> Sequence[str]:
        if isinstance(leaf, Wildcard | Fuzzy):
            return self._vocabulary.expand(leaf)
        if not leaf.stemmed:
            return self._vocabulary.spelt(leaf.tokens)
        return list(dict.fromkeys((*self.forms(leaf.tokens), *self._vocabulary.other_forms(leaf.tokens))))


def _selected(segment: Segment, stems: Sequence[str], words: Sequence[str], *, capitals: bool = False) -> Selection:
    """Select stems with all their forms, and words; with `capitals`, words only where they are so written."""
    found = segment.words.find_all(words)
    asked: dict[int, list[int]] = {}
    for stem, word in zip(segment.word_stems[found].tolist(), found, strict=True):
        asked.setdefault(stem, []).append(word)
    whole = segment.stems.find_all(stems)
    partial = []
    for stem, of_stem in asked.items():
        count = int(segment.form_counts[stem])
        if len(of_stem) == count and not capitals:
            whole.append(stem)
            continue
        mask, forms = np.zeros((count, 2), np.bool_), segment.word_forms[of_stem]
        mask[forms, 0] = not capitals
        mask[forms, 1] = True
        is_word = len(of_stem) == 1 and not capitals
        partial.append(SomeForms(stem, mask.ravel(), of_stem[0] if is_word else None))
    return Selection(tuple(whole), tuple(partial))
