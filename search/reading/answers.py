"""What reading asks about the archive, beside an article's own bytes. A question in, its answer out.

Both are plain JSON values, so that they can be kept with what was read: where all questions of an article still have
the same answers, it would be read the same again.
"""

from abc import ABC, abstractmethod

Question = tuple[str, str]  # what is asked, and of what
Answer = bool | str | dict[str, int] | None
Asked = tuple[tuple[Question, Answer], ...]


class Answers(ABC):
    """Answers each question about an archive, always the same. All that reading asks goes through `answer`."""

    __slots__ = ()

    @abstractmethod
    def answer(self, question: Question) -> Answer:
        """The answer to a question as the other methods ask it."""

    def has_word(self, word: str) -> bool:
        """Whether the archive's plain texts have a word, in lower case."""
        return bool(self.answer(("word", word)))

    def spelling(self, key: str) -> str | None:
        """How datelines spell the place with this key most often; None where none names it."""
        spelling = self.answer(("place", key))
        return spelling if isinstance(spelling, str) else None

    def is_often(self, key: str) -> bool:
        """Whether so many datelines have the place with this key that it needs no evidence beside it."""
        return bool(self.answer(("often", key)))

    def is_day_first(self) -> bool | None:
        """Whether the archive's numeric dates begin with the day; None where they do not settle it."""
        order = self.answer(("order", ""))
        return order if isinstance(order, bool) else None

    def usual_encodings(self) -> dict[str, int]:
        """How many sixteenths of the files have each encoding, by its name; those in UTF-8 apart."""
        encodings = self.answer(("encodings", ""))
        return encodings if isinstance(encodings, dict) else {}

    def record(self, question: Question, answer: Answer) -> None:  # noqa: B027 - most have nothing to do
        """Note a question that something else answered, where questions are recorded."""


class Recording(Answers):
    """Answers as another does, and records what it was asked."""

    __slots__ = ("_answers", "_asked")

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._asked: dict[Question, Answer] = {}

    def answer(self, question: Question) -> Answer:
        """The other's answer, recorded."""
        answer = self._asked[question] = self._answers.answer(question)
        return answer

    def record(self, question: Question, answer: Answer) -> None:
        """Record it."""
        self._asked[question] = answer

    def taken(self) -> Asked:
        """What was asked since this was last called, each question once."""
        if not self._asked:
            return ()
        asked, self._asked = tuple(self._asked.items()), {}
        return asked
