"""What is learned of a whole archive before it is read: its survey, and where its sentences end.

Each unit adds to it by itself, and its key tells whether it does, so that an update learns what a rebuild would: of
what stayed as it was is known what it adds.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from search.language import SentenceModel
from search.language.sentences import TRAINING_CHARACTERS
from search.learned import Learned, texts_in
from search.ledger import Ledger
from search.reading import ReadingContext, SourceFile
from search.reading.context import Survey
from search.reading.survey import shift_of, size_of, survey_units
from search.reading.units import IsKnown, none_known

# What Punkt learns of all numbers together.
_NUMBER = "##number##"


class Lessons:
    """What units add, by the real path of their file and their key."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int], deque[Learned]] = defaultdict(deque)

    def add(self, real: str, key: int, learned: Learned) -> None:
        """Add what a unit adds."""
        self._waiting[real, key].append(learned)

    def all(self) -> Iterator[Learned]:
        """Yield all that was not taken."""
        return chain.from_iterable(self._waiting.values())

    def texts(self, files: Sequence[SourceFile]) -> list[str]:
        """Return the texts to learn sentences from, in the order that `with_texts` has them."""
        place = {file.real: number for number, file in enumerate(files)}
        order = sorted(self._waiting, key=lambda unit: (place[unit[0]], unit[1]))
        return texts_in([each for unit in order for each in self._waiting[unit]])

    def take(self, real: str, key: int) -> Learned | None:
        """Return what a unit adds: once for each that has this key; of one that streams it may have none."""
        waiting = self._waiting.get((real, key)) or self._waiting.get((real, 0))
        return waiting.popleft() if waiting else None


def lessons_of(
    files: Sequence[SourceFile], shifts: tuple[int, int], context: ReadingContext, is_known: IsKnown = none_known
) -> Lessons:
    """Return what those units of files add that are in the sample of the shifts and not known."""
    shift, texts_shift = shifts
    lessons = Lessons()
    for file, key, survey in survey_units(
        files, context=context, shift=shift, texts_shift=texts_shift, is_known=is_known
    ):
        if survey != Survey():
            lessons.add(file.real, key, Learned.of(survey))
    return lessons


def shifts_of(files: Sequence[SourceFile]) -> tuple[int, int]:
    """Return the shifts of the samples that an archive's survey and its sentences are learned from."""
    size = size_of(files)
    return shift_of(size), shift_of(size, sample=TRAINING_CHARACTERS)


def with_texts(ledger: Ledger) -> list[Learned]:
    """Return what those units add that sentences are learned from; in a file, their order is that of their keys."""
    files, keys = ledger["unit_file"], ledger["unit_key"]
    units = [unit for unit, each in ledger.learned.items() if each.texts]
    return [ledger.learned[unit] for unit in sorted(units, key=lambda unit: (files[unit], keys[unit], unit))]


def sentences_differ(before: SentenceModel, now: SentenceModel) -> Callable[[str], bool] | None:
    """Return what tells whether the sentences of a text begin elsewhere now; None where those of no text do.

    Few texts are looked at closely: those with a word that is an abbreviation to one model alone, or with one that
    begins sentences to one alone and follows what may be an abbreviation.
    """
    abbreviations = {*before.abbreviations} ^ {*now.abbreviations}
    starters = {*before.sentence_starters} ^ {*now.sentence_starters}
    patterns = []
    if abbreviations:
        patterns.append(_stop_of(_patterns(abbreviations)))
    if starters:
        ends = _stop_of([*_patterns({*before.abbreviations, *now.abbreviations}), r"(?<!\w)\w", r"\d", r"\."])
        patterns.append(rf"{ends}\S*\s+\W*(?:{'|'.join(_patterns(starters))})")
    if not patterns:
        return None
    may_differ = re.compile("|".join(patterns)).search
    return lambda text: may_differ(text.lower()) is not None and before.starts(text) != now.starts(text)


def _stop_of(patterns: Iterable[str]) -> str:
    """Return a pattern of a stop after what fits one of some patterns.

    What is looked for first is the stop: `re` goes from one to the next in a tenth of the time.
    """
    before = "|".join([rf"(?<={each}\.)" for each in patterns])
    return rf"\.(?:{before})"


def _patterns(words: Iterable[str]) -> list[str]:
    """Return a pattern for each of some words, of any digit for what stands for a number."""
    return [re.escape(word).replace(re.escape(_NUMBER), r"\d") for word in sorted(words)]
