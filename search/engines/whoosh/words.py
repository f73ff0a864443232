"""The words of all segments of an index as one vocabulary: those that live articles have, with their frequencies."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress

import numpy as np

from search.engines.sorted_arrays import Bools, Ints
from search.engines.vocabulary import Vocabulary, Words
from search.engines.whoosh.live import LiveSegment


def vocabulary_of(segments: Sequence[LiveSegment]) -> Vocabulary:
    """Return the vocabulary of an index."""
    others: dict[str, str] = {}
    capitals: set[str] = set()
    for each in segments:
        others |= {word: stems for word, stems in each.segment.others.items() if _is_live(each, word)}
        capitals |= {word for word in each.segment.capitals if _is_live(each, word)}
    return Vocabulary(lambda: _all_words(segments), others, sorted(capitals))


def _is_live(segment: LiveSegment, word: str) -> bool:
    if segment.live_words is None:
        return True
    number = segment.segment.words.find(word)
    return number is not None and bool(segment.live_words[number])


def _all_words(segments: Sequence[LiveSegment]) -> Words:
    """Return the live words of all segments: those of the largest, into which the others' are put."""
    parts = sorted(map(_own_words, segments), key=lambda part: -len(part.words))
    found = parts[0] if parts else Words([], np.empty(0, np.int64))
    for part in parts[1:]:
        found = _merged(found, part)
    return found


def _own_words(segment: LiveSegment) -> Words:
    words, frequencies, live = segment.segment.listed_words, segment.doc_freqs("text_words"), segment.live_words
    return Words(words, frequencies) if live is None else Words(list(compress(words, live)), frequencies[live])


def _merged(many: Words, few: Words) -> Words:
    """Return the words of two lists in order, with the sums of their frequencies."""
    places = np.fromiter((bisect_left(many.words, word) for word in few.words), np.int64, len(few.words))
    is_new: Bools = np.array(
        [place == len(many.words) or many.words[place] != word for place, word in zip(places, few.words, strict=True)],
        np.bool_,
    )
    frequencies: Ints = many.frequencies.astype(np.int64)
    frequencies[places[~is_new]] += few.frequencies[~is_new]
    # Two lists in order, one after the other, are sorted in one pass.
    words = sorted([*many.words, *compress(few.words, is_new)])
    return Words(words, np.insert(frequencies, places[is_new], few.frequencies[is_new]))
