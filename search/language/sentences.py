"""Sentence borders, by a Punkt model trained on the archive itself, so that no downloaded data is needed."""

import re
from collections.abc import Iterable, Sequence

from nltk.tokenize.punkt import PunktTrainer

from search.language.initials import bound
from search.language.punkt import SentenceFinder
from search.language.remembering import remembered

# Punkt learns abbreviations from how often a word ends in a dot; a hundred thousand words are plenty.
TRAINING_CHARACTERS = 600_000

_CHUNK_START = re.compile(r"(?<!\S)\S")


class SentenceModel:
    """Finds where sentences begin and end. Made by `train`, kept with the index as plain JSON values."""

    def __init__(self, abbreviations: Iterable[str] = (), sentence_starters: Iterable[str] = ()) -> None:
        self.abbreviations = tuple(sorted(abbreviations))
        self.sentence_starters = tuple(sorted(sentence_starters))
        self.finder = SentenceFinder(self.abbreviations, self.sentence_starters)
        self._remembered = remembered(self.finder.spans)

    @property
    def learned(self) -> dict[str, tuple[str, ...]]:
        """What was learned, as plain values, of which SentenceModel(**learned) is the same model."""
        return {"abbreviations": self.abbreviations, "sentence_starters": self.sentence_starters}

    @classmethod
    def train(cls, texts: Iterable[str]) -> "SentenceModel":
        """Learn the abbreviations of an archive from the first TRAINING_CHARACTERS of its texts."""
        trainer = PunktTrainer()
        sample: list[str] = []
        size = 0
        for text in texts:
            sample.append(text)
            size += len(text)
            if size >= TRAINING_CHARACTERS:
                break
        trainer.train("\n\n".join(sample), finalize=True)
        learned = trainer.get_params()
        return cls(learned.abbrev_types, learned.sent_starters)

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the half-open spans of the sentences of a paragraph, in order."""
        return self._remembered(text)

    def starts(self, text: str) -> list[int]:
        """Return where the sentences of a paragraph start, each at the start of a chunk; the first is 0."""
        text = bound(text)
        found = [0]
        for start, _ in self.spans(text):
            # A sentence that would start inside a chunk, for want of a space, starts after it.
            chunk = _CHUNK_START.search(text, start)
            if chunk is not None and chunk.start() > found[-1]:
                found.append(chunk.start())
        return found
