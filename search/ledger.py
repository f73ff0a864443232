"""What a generation was built from: the files, their units, the articles of each, and what reading them depended on.

By it the next update knows what need not be read again. A unit is what is read by itself: a line of JSON Lines, else a
whole file. Everything stands in the order of the archive: files by name, units and articles as they come in them.
"""

import datetime
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from search.articles import DIGEST, Article, NoteKind
from search.engines.sorted_arrays import Ints
from search.engines.whoosh.arrays import read_arrays, write_arrays
from search.learned import Learned, Sum, learned_arrays, read_learned
from search.reading.uniqueness import hash_of

LEDGER_FILE = "ledger.arrays"
KINDS = tuple(NoteKind)
# What is known of each unit, article, note and rejection.
_COLUMNS = {
    "unit_file": np.uint32, "unit_key": np.uint64, "unit_asked": np.uint32,
    "article_unit": np.uint32, "article_id": np.uint64, "article_kept": np.uint64, "article_text": np.uint64,
    "article_number": np.int64, "article_day": np.int32, "article_paragraphs": np.uint32, "article_placed": np.bool_,
    "article_renamed": np.uint8,
    "asked_question": np.uint32,
    "note_unit": np.uint32, "note_kind": np.uint8,
    "rejected_unit": np.uint32,
}  # fmt: skip
# Columns that name the unit of something.
_OF_UNITS = {"article": "article_unit", "note": "note_unit", "rejected": "rejected_unit"}
Question = tuple[str, str]


class FileState(NamedTuple):
    """A file as it was read: its real path, its name below SOURCE, its size, when it was changed, its checksum.

    The time is in ns since 1970; instead of the sha256 of one that cannot be read stands the reason.
    """

    real: str
    name: str
    size: int
    modified_ns: int
    checksum: str


@dataclass(frozen=True)
class Ledger:
    """The ledger of a generation.

    `columns` has an array for each of `_COLUMNS`: `unit_asked` counts the questions of each unit, whose indexes into
    `questions` are `asked_question`, one unit after the other. An article's id, kept and text are hashes of the id
    that it has by itself, of that by which it is kept and of all its text; `article_renamed` is 1 where another article
    has that id, 2 where that was noted. `learned` is by unit, for samples of these `shifts`, `learned_sum` its sum;
    `own_ids` has the ids by themselves of renamed articles, `tried` the hashes of ids that were tried for them;
    `has_left` says that files were left, which may have to be read again. `made_by` says by which reader and settings
    the files were read, `day` on which day, `read_at` at which moment, in ns.
    """

    files: tuple[FileState, ...] = ()
    columns: Mapping[str, npt.NDArray[Any]] = field(
        default_factory=lambda: {name: np.empty(0, kind) for name, kind in _COLUMNS.items()}
    )
    questions: tuple[tuple[Question, Any], ...] = ()
    learned: Mapping[int, Learned] = field(default_factory=dict)
    learned_sum: Sum = field(default_factory=Sum)
    own_ids: Mapping[int, str] = field(default_factory=dict)
    tried: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    shifts: tuple[int, int] = (0, 0)
    has_left: bool = False
    made_by: str = ""
    day: str = ""
    read_at: int = 0

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name]

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self["unit_key"])

    @property
    def articles(self) -> int:
        """How many articles there are."""
        return len(self["article_unit"])

    @property
    def checksums(self) -> dict[str, str]:
        """The checksum of each file by its real path."""
        return {file.real: file.checksum for file in self.files}

    @property
    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The first and the last day that has articles."""
        days = self["article_day"][self["article_day"] > 0]
        if not len(days):
            return None, None
        return datetime.date.fromordinal(int(days.min())), datetime.date.fromordinal(int(days.max()))

    @cached_property
    def file_numbers(self) -> dict[str, int]:
        """The number of each file by its real path."""
        return {file.real: number for number, file in enumerate(self.files)}

    @cached_property
    def first_units(self) -> Ints:
        """The first unit of each file, and what comes after the last of all."""
        return np.asarray(self["unit_file"].searchsorted(np.arange(len(self.files) + 1)))

    def asking(self, questions: Sequence[int]) -> Ints:
        """Return the units that asked one of some questions, in order."""
        units = np.arange(self.units).repeat(self["unit_asked"])
        return np.unique(units[np.isin(self["asked_question"], questions)])

    def noted(self) -> dict[str, int]:
        """Return how many notes there are of each kind, in the order of the kinds."""
        counts = np.bincount(self["note_kind"], minlength=len(KINDS))
        counts[KINDS.index(NoteKind.SAME_ID)] += np.count_nonzero(self["article_renamed"] == 2)
        counts[KINDS.index(NoteKind.DUPLICATE)] += self.articles - len(np.unique(self["article_text"]))
        return {str(kind): int(count) for kind, count in zip(KINDS, counts, strict=True) if count}

    def save(self, folder: Path) -> None:
        """Write it into the folder of a generation."""
        known: list[Any] = [
            list(map(tuple, self.files)),
            [[*question, answer] for question, answer in self.questions],
            self.learned_sum.as_json(),
            list(self.own_ids.items()),
            [self.shifts, self.has_left, self.made_by, self.day, self.read_at],
        ]
        text = np.frombuffer(orjson.dumps(known), np.uint8)
        columns = {name: each.view(np.uint8) if each.dtype == np.bool_ else each for name, each in self.columns.items()}
        write_arrays(
            folder / LEDGER_FILE, {**columns, **learned_arrays(self.learned), "tried": self.tried, "known": text}
        )

    @classmethod
    def read(cls, folder: Path) -> "Ledger":
        """Read the ledger of the generation in a folder.

        Raises:
            IndexDamaged, OSError, ValueError, KeyError: it is missing or is not what was written.
        """
        arrays = read_arrays(folder / LEDGER_FILE)
        files, questions, learned_sum, own_ids, made = orjson.loads(arrays.pop("known").tobytes())
        shifts, has_left, made_by, day, read_at = made
        return cls(
            files=tuple(FileState(*each) for each in files),
            columns={name: arrays[name].astype(kind) for name, kind in _COLUMNS.items()},
            questions=tuple(((kind, about), answer) for kind, about, answer in questions),
            learned=read_learned(arrays),
            learned_sum=Sum(*learned_sum),
            own_ids=dict(own_ids),
            tried=arrays["tried"].astype(np.uint64),
            shifts=(shifts[0], shifts[1]),
            has_left=has_left,
            made_by=made_by,
            day=day,
            read_at=read_at,
        )


class Placed(NamedTuple):
    """A ledger of which some units are taken over: the place of each in the new one, or -1; and the file of each."""

    ledger: Ledger
    places: Ints
    files: Ints


def joined(parts: Sequence[Placed]) -> tuple[Ledger, Ints]:
    """Return the ledger of the units of all parts, and for its articles two rows: the part each is of, its index there.

    Places are distinct, from 0 on.
    """
    questions: dict[str, int] = {}
    answers: list[tuple[Question, Any]] = []
    found: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _COLUMNS}
    keys: dict[str, list[Ints]] = {name: [] for name in ("unit", "asked", *_OF_UNITS)}
    sources: list[Ints] = []
    for number, (ledger, places, files) in enumerate(parts):
        table = [_number(question, answer, questions, answers) for question, answer in ledger.questions]
        taken = np.flatnonzero(places >= 0)
        columns = {**ledger.columns, "unit_file": files.astype(np.uint32)}
        asking = np.arange(ledger.units).repeat(ledger["unit_asked"])
        chosen = {"unit": taken, "asked": np.flatnonzero(places[asking] >= 0)}
        keys["unit"].append(places[taken])
        keys["asked"].append(places[asking[chosen["asked"]]])
        for name, column in _OF_UNITS.items():
            of_units = places[ledger[column]]
            chosen[name] = np.flatnonzero(of_units >= 0)
            keys[name].append(of_units[chosen[name]])
            columns[column] = of_units
        columns["asked_question"] = np.array([*table, 0], np.uint32)[ledger["asked_question"]]
        for name, kind in _COLUMNS.items():
            found[name].append(columns[name][chosen[name.partition("_")[0]]].astype(kind))
        sources.append(np.stack([np.full(len(chosen["article"]), number), chosen["article"]]))
    orders = {name: np.concatenate(each).argsort(kind="stable") for name, each in keys.items()}
    merged = {name: np.concatenate(each)[orders[name.partition("_")[0]]] for name, each in found.items()}
    learned = {
        int(each.places[unit]): what
        for each in parts
        for unit, what in each.ledger.learned.items()
        if each.places[unit] >= 0
    }
    of_articles = np.concatenate(sources, axis=1)[:, orders["article"]]
    renamed = np.flatnonzero(merged["article_renamed"]).tolist()
    own_ids = {row: parts[of_articles[0, row]].ledger.own_ids[of_articles[1, row]] for row in renamed}
    ledger = Ledger(columns=merged, questions=tuple(answers), learned=dict(sorted(learned.items())), own_ids=own_ids)
    return ledger, of_articles


def _number(question: Question, answer: Any, numbers: dict[str, int], answers: list[tuple[Question, Any]]) -> int:
    """Return the number of a question with its answer."""
    key = orjson.dumps([question, answer]).decode()
    if key not in numbers:
        numbers[key] = len(answers)
        answers.append((question, answer))
    return numbers[key]


def renamed_of(article: Article, kept_as: str) -> int:
    """Return what `article_renamed` has of an article, as it is by itself, that is kept by an id."""
    if kept_as == article.id:
        return 0
    return 1 if article.origins.id == DIGEST else 2


class LedgerBuilder:
    """Gathers what is read, unit by unit."""

    def __init__(self) -> None:
        self._columns = {name: array("q" if kind is np.int64 else "Q") for name, kind in _COLUMNS.items()}
        self._questions: dict[str, int] = {}
        self._answers: list[tuple[Question, Any]] = []
        self._own_ids: dict[int, str] = {}
        self._learned: dict[int, Learned] = {}

    @property
    def units(self) -> int:
        """How many units were ended; the next one has this number."""
        return len(self._columns["unit_key"])

    @property
    def articles(self) -> int:
        """How many articles were added."""
        return len(self._columns["article_id"])

    def learn(self, learned: Learned | None) -> None:
        """Keep what the unit that is read adds, if anything."""
        if learned is not None:
            self._learned[self.units] = learned

    def add_article(self, article: Article, *, text: int, kept_as: str, number: int) -> None:
        """Add an article of the unit that is read, with a hash of its text, the id that it is kept by, its number."""
        renamed = renamed_of(article, kept_as)
        values = {
            "unit": self.units,
            "id": hash_of(article.id),
            "kept": hash_of(kept_as),
            "text": text,
            "number": number,
            "day": article.date.toordinal() if article.date else 0,
            "paragraphs": len(article.paragraphs),
            "placed": article.place is not None,
            "renamed": renamed,
        }
        if renamed:
            self._own_ids[self.articles] = article.id
        for name, value in values.items():
            self._columns[f"article_{name}"].append(value)

    def add_note(self, kind: NoteKind) -> None:
        """Count a note on the unit that is read."""
        self._columns["note_unit"].append(self.units)
        self._columns["note_kind"].append(KINDS.index(kind))

    def add_rejected(self) -> None:
        """Count what could not be read of the unit that is read."""
        self._columns["rejected_unit"].append(self.units)

    def end_unit(self, key: int, file: int, asked: Iterable[tuple[Question, Any]]) -> None:
        """End the unit that is read, of a file given by its number."""
        numbers = [_number(question, answer, self._questions, self._answers) for question, answer in asked]
        self._columns["asked_question"].extend(numbers)
        self._columns["unit_key"].append(key)
        self._columns["unit_file"].append(file)
        self._columns["unit_asked"].append(len(numbers))

    def ledger(self) -> Ledger:
        """Return what was gathered."""
        columns: dict[str, npt.NDArray[Any]] = {
            name: np.array(self._columns[name], kind) for name, kind in _COLUMNS.items()
        }
        return Ledger(columns=columns, questions=tuple(self._answers), learned=self._learned, own_ids=self._own_ids)
