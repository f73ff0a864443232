"""The fixed mix: ten questions of each of ten kinds, made of an archive's own words; the same every time.

Words are taken by the number of paragraphs they stand in; what must stand together is taken from real paragraphs.
"""

import datetime
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from corpus import VALUE_FIELDS, Corpus
from questions import KINDS, Question, Shape

T = TypeVar("T")

EACH = 10
_DISTANCE = 8
# What a wildcard may stand for, well below what a query may be refused for.
_MOST_EXPANSIONS = 500
_PLAIN = re.compile(r"[a-z]{4,20}")
_PLAIN_VALUE = re.compile(r"\w[\w .'-]{0,40}")


def make_mix(corpus: Corpus, stop_words: frozenset[str], each: int = EACH) -> list[Question]:
    """Return the questions, kind by kind; of `fielded` there are none where an archive has neither fields nor days."""
    makers = _Makers(corpus, stop_words, each)
    return [question for kind in KINDS for question in getattr(makers, kind)()]


class _Makers:
    """One method a kind."""

    def __init__(self, corpus: Corpus, stop_words: frozenset[str], each: int) -> None:
        self._corpus = corpus
        self._each = each
        plain = [
            (word, count)
            for word, count in sorted(corpus.frequencies.items(), key=lambda item: (-item[1], item[0]))
            if _PLAIN.fullmatch(word) and word not in stop_words
        ]
        if not plain:
            raise SystemExit("The archive has no words of plain letters to make questions of.")
        self._words = [word for word, _ in plain]
        self._counts = [count for _, count in plain]
        self._content = frozenset(self._words)
        self._vocabulary = sorted(corpus.frequencies)
        self._text_of_vocabulary = "\n".join(self._vocabulary)
        self._frequent = frozenset(self._band(1 / 2_000, 1))

    def rare(self) -> list[Question]:
        """One word that stands in few paragraphs, but not in one alone."""
        words = self._band(2 / self._corpus.paragraphs, max(8 / self._corpus.paragraphs, 1 / 20_000))
        return [Question("rare", Shape.ALL, (word,)) for word in _spread(words, self._each)]

    def common(self) -> list[Question]:
        """One of the hundred most frequent words that are no stop words."""
        words = self._words[: max(self._each, min(100, len(self._words) // 20))]
        return [Question("common", Shape.ALL, (word,)) for word in _spread(words, self._each)]

    def pairs(self) -> list[Question]:
        """Two of the hundred most frequent words."""
        words = [question.words[0] for question in self.common()]
        half = len(words) // 2
        both = (pair for apart in range(half, len(words)) for pair in zip(words, words[apart:], strict=False))
        return [Question("pairs", Shape.ALL, pair) for pair in islice(both, self._each)]

    def several(self) -> list[Question]:
        """2, 3 and 4 words of one paragraph, all of them."""
        return self._of_one_paragraph("several", Shape.ALL)

    def any(self) -> list[Question]:
        """The same, any of them."""
        return self._of_one_paragraph("any", Shape.ANY)

    def _of_one_paragraph(self, kind: str, shape: Shape) -> list[Question]:
        def make(row: dict, turn: int) -> Question | None:
            known = [word for word in dict.fromkeys(row["words"].split()) if word in self._frequent]
            words = tuple(_spread(known, 2 + turn % 3))
            return Question(kind, shape, words) if len(words) == 2 + turn % 3 else None

        return self._from_samples(make, offset=0)

    def phrase(self) -> list[Question]:
        """2 to 4 neighbouring words that begin and end with no stop word."""

        def make(row: dict, turn: int) -> Question | None:
            words, size = row["words"].split(), 2 + turn % 3
            for first in range(len(words) // 3, len(words) - size + 1):
                run = tuple(words[first : first + size])
                if (
                    run[0] in self._frequent
                    and run[-1] in self._content
                    and all(re.fullmatch("[a-z]+", w) for w in run)
                ):
                    return Question("phrase", Shape.PHRASE, run)
            return None

        return self._from_samples(make, offset=1)

    def proximity(self) -> list[Question]:
        """Two words that stand a few words apart."""

        def make(row: dict, turn: int) -> Question | None:
            words, apart = row["words"].split(), 2 + turn % 5
            for left, right in zip(words, words[apart:], strict=False):
                if left in self._frequent and right in self._frequent and left != right:
                    return Question("proximity", Shape.NEAR, (left, right), distance=_DISTANCE)
            return None

        return self._from_samples(make, offset=2)

    def prefix(self) -> list[Question]:
        """The first four letters (five or more where too many words begin with them) of a frequent word."""
        cut = (self._shortest_prefix(word) for word in self._sorted_frequent() if len(word) > 5)
        return self._patterns("prefix", [f"{prefix}*" for prefix in dict.fromkeys(cut)], self._each)

    def wildcard(self) -> list[Question]:
        """A letter left open, the middle left open, the beginning left open."""
        words = [word for word in self._sorted_frequent() if len(word) > 6]
        share = -(-self._each // 3)
        inner = self._patterns("wildcard", [f"{word[:3]}*{word[-2:]}" for word in words[::3]], share)
        ending = self._patterns("wildcard", [f"*{word[-4:]}" for word in words[1::3]], share)
        letters = [f"{word[:3]}?{word[4:]}" for word in words[2::3]]
        return inner + ending + self._patterns("wildcard", letters, self._each - len(inner) - len(ending))

    def fielded(self) -> list[Question]:
        """A word, a value that the paragraph's article has, and days around its own; only what the archive has."""
        fields = [name for name in VALUE_FIELDS if self._corpus.values[name]]
        span = _half_span(self._corpus)

        def make(row: dict, turn: int) -> Question | None:
            word = next((word for word in row["words"].split() if word in self._frequent), None)
            name = fields[turn % len(fields)] if fields else ""
            value = row.get(name)
            filters = ((name, value),) if value and _PLAIN_VALUE.fullmatch(value) else ()
            day = datetime.date.fromisoformat(row["date"]) if row["date"] else None
            days = (day - span, day + span) if day else (None, None)
            if word is None or (fields and not filters) or (self._corpus.days and not day):
                return None
            return Question("fielded", Shape.ALL, (word,), 0, filters, *days)

        return self._from_samples(make, offset=3) if fields or self._corpus.days else []

    def _band(self, low: float, high: float) -> list[str]:
        """Words that stand in this share of the paragraphs; in a small archive, the nearest half of the words."""
        paragraphs = self._corpus.paragraphs
        found = [
            w for w, n in zip(self._words, self._counts, strict=True) if low * paragraphs <= n <= high * paragraphs
        ]
        half = len(self._words) // 2
        return found if len(found) >= self._each else self._words[: half + 1] if high == 1 else self._words[half:]

    def _sorted_frequent(self) -> list[str]:
        return sorted(self._frequent)

    def _from_samples(self, make: Callable[[dict, int], Question | None], *, offset: int) -> list[Question]:
        """Ask `make` of samples from all over the archive until there are enough different questions."""
        found: dict[Question, None] = {}
        rows = self._corpus.samples
        for row in _strided(rows, offset):
            if len(found) == self._each:
                break
            if question := make(row, len(found)):
                found[question] = None
        return list(found)

    def _shortest_prefix(self, word: str) -> str:
        ends = (end for end in range(4, len(word)) if self._beginning_with(word[:end]) <= _MOST_EXPANSIONS)
        return word[: next(ends, len(word))]

    def _beginning_with(self, prefix: str) -> int:
        return bisect_left(self._vocabulary, prefix + "\U0010ffff") - bisect_left(self._vocabulary, prefix)

    def _patterns(self, kind: str, patterns: Sequence[str], number: int) -> list[Question]:
        """Return the patterns that fit more than one word and not too many, from all over the alphabet."""
        found: list[Question] = []
        for pattern in _strided(list(dict.fromkeys(patterns)), 0):
            if len(found) == number:
                break
            if 1 <= self._fitting(pattern) <= _MOST_EXPANSIONS:
                found.append(Question(kind, Shape.PATTERN, (pattern,)))
        return found

    def _fitting(self, pattern: str) -> int:
        expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return sum(1 for _ in re.finditer(f"^{expression}$", self._text_of_vocabulary, re.MULTILINE))


def _spread(values: Sequence[str], number: int) -> list[str]:
    """Return so many of the values, evenly spaced."""
    number = min(number, len(values))
    return [values[place * len(values) // number] for place in range(number)]


def _strided(values: Sequence[T], offset: int) -> Iterator[T]:
    """Yield all values, in leaps, so that the first few already come from everywhere."""
    stride = max(1, len(values) // 37)
    for begin in range(stride):
        yield from values[(begin + offset) % stride :: stride]


def _half_span(corpus: Corpus) -> datetime.timedelta:
    """Half of a quarter of the days that the archive covers."""
    return (max(corpus.days) - min(corpus.days)) / 8 if corpus.days else datetime.timedelta()
