"""What reading an article depends on beside its bytes: the day, the options given, what the archive as a whole says."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from search.settings import Settings


@dataclass(slots=True)
class Survey:
    """What a sample of the archive says about all of it. Gathered before articles are read, then only consulted.

    `day_first` and `month_first` count numeric dates whose order is certain (25/03/2016, 03/25/2016). `places` counts,
    for the key of each city, the spellings that datelines give it. `words` are the words seen, in lower case.
    `encodings` counts files by their encoding, those in UTF-8 and those where it is doubtful apart.
    """

    day_first: int = 0
    month_first: int = 0
    places: dict[str, Counter[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    encodings: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What every reader is given. `today` bounds the dates that can be.

    `encoding` overrules what is told from a file's bytes. `mends_mojibake` has text that was decoded wrongly before it
    was saved mended, `dates_from_paths` takes a day or year in a path for a doubtful date. `agencies` adds spellings of
    agencies: the folded spelling -> the name to use. `surveying` is set while the survey is being gathered.
    """

    today: datetime.date
    encoding: str | None = None
    mends_mojibake: bool = False
    dates_from_paths: bool = False
    agencies: dict[str, str] = field(default_factory=dict)
    survey: Survey = field(default_factory=Survey)
    surveying: bool = False


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
