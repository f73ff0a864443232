"""What each unit adds to what is learned of an archive, kept as text that is read where it is needed; and its sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from search.reading.context import Survey

Counts = dict[str, int]


class Learned(NamedTuple):
    """What a unit adds: its survey, and texts to learn sentences from, as JSON; nothing for no texts."""

    survey: bytes
    texts: bytes

    @classmethod
    def of(cls, survey: Survey) -> "Learned":
        """Return what a survey and its texts are kept as."""
        return cls(orjson.dumps(survey.as_json()), orjson.dumps(survey.texts) if survey.texts else b"")


@dataclass
class Sum:
    """The sum of the surveys of units, from which those of some can be taken away."""

    numbers: list[int] = field(default_factory=lambda: [0, 0])
    places: dict[str, Counts] = field(default_factory=dict)
    words: Counts = field(default_factory=dict)
    encodings: Counts = field(default_factory=dict)

    def count(self, learned: Iterable[Learned], times: int = 1) -> "Sum":
        """Add what units add, so many times; -1 takes it away. Returns the sum."""
        for each in learned:
            day_first, month_first, places, words, encodings = orjson.loads(each.survey)
            self.numbers = [self.numbers[0] + times * day_first, self.numbers[1] + times * month_first]
            for key, spellings in places.items():
                _count(self.places.setdefault(key, {}), spellings, times)
                if not self.places[key]:
                    del self.places[key]
            if words:
                _count(self.words, dict.fromkeys(words.split(" "), 1), times)
            _count(self.encodings, encodings, times)
        return self

    def survey(self) -> Survey:
        """Return the survey that it is."""
        return Survey.from_json([*self.numbers, self.places, " ".join(self.words), self.encodings])

    def as_json(self) -> list[Any]:
        """Return it as plain JSON values."""
        return [self.numbers, self.places, self.words, self.encodings]


def _count(counts: Counts, more: Mapping[str, int], times: int) -> None:
    for key, number in more.items():
        counts[key] = counts.get(key, 0) + times * number
        if not counts[key]:
            del counts[key]


def learned_arrays(learned: Mapping[int, Learned]) -> dict[str, npt.NDArray[Any]]:
    """Return what units add as arrays, in the order of the units."""
    units = sorted(learned)
    pieces = [piece for unit in units for piece in learned[unit]]
    return {
        "learned_unit": np.array(units, np.uint32),
        "learned_sizes": np.fromiter(map(len, pieces), np.uint32, len(pieces)),
        "learned_bytes": np.frombuffer(b"".join(pieces), np.uint8),
    }


def read_learned(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[int, Learned]:
    """Return what became arrays by `learned_arrays`."""
    data, ends = arrays["learned_bytes"].tobytes(), np.cumsum(arrays["learned_sizes"], dtype=np.int64).tolist()
    pieces = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return dict(zip(arrays["learned_unit"].tolist(), map(Learned, pieces[::2], pieces[1::2]), strict=True))


def texts_in(ordered: Sequence[Learned]) -> list[str]:
    """Return the texts of units in this order."""
    return [text for each in ordered if each.texts for text in orjson.loads(each.texts)]
