"""What reading an article depends on beside its bytes: the day, the options given, what the archive as a whole says."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from search.reading.answers import Answer, Answers, Question
from search.reading.places import most_written
from search.settings import Settings

OFTEN = 3  # datelines of the archive with evidence of their own that make a name a place where it stands alone
CERTAIN = 10  # one order of day and month is the archive's where it is more than so many times as frequent
LATEST = datetime.timedelta(days=366)  # embargoed copy is dated ahead, but not by more than a year
SHARES = 16  # parts in which shares of encodings are told, so that one more file rarely changes them


@dataclass(slots=True)
class Survey(Answers):
    """What a sample of the archive says about all of it, or what one file or record of the sample adds to that.

    `day_first` and `month_first` count numeric dates whose order is certain (25/03/2016, 03/25/2016). `places` counts,
    for the key of each city, the spellings that datelines give it. `words` are the words of plain texts, in lower case.
    `encodings` counts files by their encoding, those in UTF-8 and those where it is doubtful apart. `texts` are
    paragraphs, to learn from where sentences end; they are no count, and not summed up.
    """

    day_first: int = 0
    month_first: int = 0
    places: dict[str, Counter[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    encodings: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, values: list[Any]) -> "Survey":
        """What `as_json` gave."""
        day_first, month_first, places, words, encodings = values
        spellings = {key: Counter(counts) for key, counts in places.items()}
        return cls(day_first, month_first, spellings, set(words.split(" ") if words else ()), Counter(encodings))

    def taken(self) -> "Survey":
        """What was counted, to be kept; counting begins anew."""
        taken = Survey(self.day_first, self.month_first, self.places, self.words, self.encodings, self.texts)
        self.day_first = self.month_first = 0
        self.places, self.words, self.encodings, self.texts = {}, set(), Counter(), []
        return taken

    def as_json(self) -> list[Any]:
        """The counts as plain JSON values, the words as one text."""
        return [self.day_first, self.month_first, self.places, " ".join(sorted(self.words)), self.encodings]

    def answer(self, question: Question) -> Answer:
        """The answer to a question of `Answers`."""
        kind, subject = question
        if kind == "place":
            counted = self.places.get(subject)
            return most_written(counted, subject) if counted else None
        if kind == "word":
            return subject in self.words
        if kind == "often":
            return sum(self.places.get(subject, {}).values()) >= OFTEN
        return self._order() if kind == "order" else self._shares()

    def _order(self) -> bool | None:
        if self.day_first > CERTAIN * self.month_first:
            return True
        return False if self.month_first > CERTAIN * self.day_first else None

    def _shares(self) -> dict[str, int]:
        """Shares rounded to the nearest part, sorted by name; those that round to nothing are left out."""
        total = self.encodings.total()
        shares = {name: (2 * SHARES * count + total) // (2 * total) for name, count in sorted(self.encodings.items())}
        return {name: share for name, share in shares.items() if share}


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What every reader is given. `today` bounds the dates that can be.

    `encoding` overrules what is told from a file's bytes. `mends_mojibake` has text that was decoded wrongly before it
    was saved mended, `dates_from_paths` takes a day or year in a path for a doubtful date. `agencies` adds spellings of
    agencies: the folded spelling -> the name to use. `survey` answers what is asked of the archive; `counted` is set
    while it is surveyed, and counts what readers alone know of dates and encodings.
    """

    today: datetime.date
    encoding: str | None = None
    mends_mojibake: bool = False
    dates_from_paths: bool = False
    agencies: dict[str, str] = field(default_factory=dict)
    survey: Answers = field(default_factory=Survey)
    counted: Survey | None = None

    def is_ahead(self, date: datetime.date) -> bool:
        """Whether a date is more than a year ahead; that this will change some day is recorded."""
        is_ahead = date > self.today + LATEST
        if is_ahead:
            self.survey.record(("ahead", date.isoformat()), is_ahead)
        return is_ahead

    def full_year(self, two_digits: int) -> int:
        """Return the latest year with these last digits that is not after the next; recorded, as above."""
        century = self.today.year // 100 * 100
        if century + two_digits <= self.today.year + 1:
            return century + two_digits
        self.survey.record(("year", str(two_digits)), str(century - 100 + two_digits))
        return century - 100 + two_digits

    def answer(self, question: Question) -> Answer:
        """Return the answer to a question that was recorded, as it would be given now."""
        kind, subject = question
        if kind == "ahead":
            return self.is_ahead(datetime.date.fromisoformat(subject))
        return str(self.full_year(int(subject))) if kind == "year" else self.survey.answer(question)


def reading_context(settings: Settings, today: datetime.date) -> ReadingContext:
    """Return the context that the settings ask for. An agency is known by what it is called, too."""
    agencies = settings.agency_names()
    return ReadingContext(
        today=today,
        encoding=settings.encoding,
        mends_mojibake=settings.mend_mojibake,
        dates_from_paths=settings.dates_from_paths,
        agencies={spelling.casefold(): name for written, name in agencies.items() for spelling in (name, written)},
    )
