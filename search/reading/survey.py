"""Look over an archive before it is read: how its dates are ordered, how its places are spelled, which words it has.

Files in, what each unit (units.py) of a sample adds out: a Survey. An archive of about SAMPLE code points is
looked over whole, so what is told of it is exact. Of a larger one every second, fourth, eighth ... unit is in the
sample, by its key, so that whether a unit is, and what it adds, is the same whatever else the archive holds.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate

from search.articles import Article
from search.reading import places
from search.reading.context import ReadingContext, Survey
from search.reading.files import SourceFile
from search.reading.formats import Format, format_of, is_json_lines, is_packed
from search.reading.units import IsKnown, Reading, Unit, key_of, none_known, units_of

SAMPLE = 8 << 20  # code points

NO_TEXTS = 64  # a shift by which hardly a unit gives its texts
_PACKED = 4  # times as much text as bytes in a .gz, about
_LEAST = 1 << 16  # code points of the beginning of a file that say something about all of it
_WORDS = re.compile(r"[^\W\d_]+")


def size_of(files: Iterable[SourceFile]) -> int:
    """How much text files hold, about, in code points."""
    return sum(_size(file) for file in files if format_of(file.name) is not None)


def shift_of(size: int, *, sample: int = SAMPLE) -> int:
    """How often so much text must be halved to be a sample: of 2**shift units about one is in it."""
    return (max(size - 1, 0) // sample).bit_length()


def survey_units(
    files: Iterable[SourceFile],
    *,
    context: ReadingContext,
    shift: int,
    texts_shift: int = NO_TEXTS,
    is_known: IsKnown = none_known,
) -> Iterator[tuple[SourceFile, int, Survey]]:
    """What the units of the sample add to the survey of the archive, each with its file and key.

    `context` is that in which the files will be read, but for its survey.

    Units whose key divides by 2**shift are in the sample; those whose key divides by 2**texts_shift, which are fewer,
    give their texts, too. `is_known(file, key)` is asked once for each, and spares it a
    known one. Of JSON that streams and is large the articles at its beginning are, known or not: what they add holds
    for this shift alone and has no key (0), as what could be read of a damaged file has none.
    """
    sample = _Sample(context, shift, texts_shift, is_known)
    for file in files:
        for key, added in sample.added(file):
            yield file, key, added


class _Sample:
    """Counts what the units of the sample add, one after the other."""

    def __init__(self, context: ReadingContext, shift: int, texts_shift: int, is_known: IsKnown) -> None:
        self._counted = Survey()
        self._context = replace(context, survey=Survey(), counted=self._counted)
        self._shift = shift
        self._texts_shift = texts_shift
        self._is_known = is_known

    def added(self, file: SourceFile) -> Iterator[tuple[int, Survey]]:
        """What the units of a file add, by their keys."""
        form = format_of(file.name)
        if form is Format.TEXT:
            yield from self._added(file, is_known=self._is_passed_over)
        elif form is Format.JSON and is_json_lines(file.name):
            yield from self._added(file, is_known=self._is_passed_over, asks_at_end=True)
        elif form is Format.JSON and (self._beginning(file) is not None or not self._is_passed_over_whole(file)):
            yield from self._added(file, is_known=none_known)

    def _added(self, file: SourceFile, *, is_known: IsKnown, asks_at_end: bool = False) -> Iterator[tuple[int, Survey]]:
        gathers_words = format_of(file.name) is Format.TEXT
        for each in units_of(file, context=self._context, is_known=is_known, most=self._beginning(file)):
            if not isinstance(each, Unit):
                self._count(each[0], gathers_words=gathers_words)
            elif not each.known:
                added = self._counted.taken()
                added.texts = self._texts_of(added.texts, file, each.key)
                streamed = asks_at_end and each.where is None and each.key
                if not (streamed and self._is_passed_over(file, each.key)) and (each.key or added != Survey()):
                    yield each.key, added

    def _texts_of(self, texts: list[str], file: SourceFile, key: int) -> list[str]:
        """Those of a unit's texts that sentences are learned from; without a key, at the beginning of its file."""
        if key:
            return [] if key & (1 << self._texts_shift) - 1 else texts
        most = _size(file) >> self._texts_shift
        return [text for text, size in zip(texts, accumulate(map(len, texts)), strict=True) if size <= most]

    def _is_passed_over(self, file: SourceFile, key: int) -> bool:
        return bool(key & (1 << self._shift) - 1) or self._is_known(file, key)

    def _is_passed_over_whole(self, file: SourceFile) -> bool:
        """The same for JSON that streams: it is read once more for its key, where that is less than reading it all."""
        if not self._shift and self._is_known is none_known:
            return False
        key = key_of(file)
        return key != 0 and self._is_passed_over(file, key)

    def _beginning(self, file: SourceFile) -> int | None:
        """How many code points of JSON that streams are looked at, where it is large; None for all, or none."""
        size = _size(file) >> self._shift
        return size if self._shift and size >= _LEAST else None

    def _count(self, reading: Reading, *, gathers_words: bool) -> None:
        if not isinstance(reading, Article):
            return
        self._counted.texts += [paragraph.text for paragraph in reading.paragraphs]
        if reading.place_written:
            places.tally(reading.place_written, self._counted.places)
        # They tell of hyphens at the ends of lines, which are common in plain texts alone.
        if gathers_words:
            for paragraph in reading.paragraphs:
                self._counted.words.update(_WORDS.findall(paragraph.text.lower()))


def _size(file: SourceFile) -> int:
    return file.size * (_PACKED if is_packed(file.name) else 1)
