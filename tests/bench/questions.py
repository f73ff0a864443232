"""One question of the mix, said once and asked of every engine: our own text here, each peer's language in `peers`.

Words are in normal form, without digits, so that every engine cuts them alike.
"""

import datetime
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import orjson

KINDS = ("rare", "common", "pairs", "several", "any", "phrase", "proximity", "prefix", "wildcard", "fielded")


class Shape(StrEnum):
    """How the words belong together; a PATTERN is one word with * or ?."""

    ALL = "all"
    ANY = "any"
    PHRASE = "phrase"
    NEAR = "near"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Question:
    """Words (or one pattern), the values that fields must have, and the days between which it was published."""

    kind: str
    shape: Shape
    words: tuple[str, ...]
    distance: int = 0
    filters: tuple[tuple[str, str], ...] = ()
    start: datetime.date | None = None
    end: datetime.date | None = None

    def text(self, turn: int = 0) -> str:
        """Return it in our query language.

        Each turn from 1 to 999 gives a word another weight, so that no answer of another turn is remembered for it.
        """
        weight = f"^{1 + turn / 1000:.3f}" if turn else ""
        return " ".join([*self._text_clauses(weight), *self._field_clauses()])

    def _text_clauses(self, weight: str) -> list[str]:
        match self.shape:
            case Shape.PHRASE:
                return [f'"{" ".join(self.words)}"{weight}']
            case Shape.NEAR:
                return [f'"{" ".join(self.words)}"~{self.distance}{weight}']
            case Shape.ANY:
                return [" OR ".join([self.words[0] + weight, *self.words[1:]])]
        return [self.words[0] + weight, *self.words[1:]]

    def _field_clauses(self) -> list[str]:
        clauses = [f'{field}:"{value}"' for field, value in self.filters]
        if self.start or self.end:
            clauses.append(f"date:{self.start or ''}..{self.end or ''}")
        return clauses


def save(questions: list[Question], path: Path) -> Path:
    """Write questions for another process."""
    path.write_bytes(orjson.dumps([asdict(question) for question in questions]))
    return path


def load(path: Path) -> list[Question]:
    """Read what `save` wrote."""
    return [_question(values) for values in orjson.loads(path.read_bytes())]


def _question(values: dict) -> Question:
    days = {name: values[name] and datetime.date.fromisoformat(values[name]) for name in ("start", "end")}
    filters = tuple((field, value) for field, value in values["filters"])
    return Question(values["kind"], Shape(values["shape"]), tuple(values["words"]), values["distance"], filters, **days)
