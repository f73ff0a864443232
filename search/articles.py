"""The values that are passed around: an article, its paragraphs, where they came from. Knows nothing else.

All spans are half-open and count code points of the decoded source file (after a byte order mark), its line ends
as they are; where quoted-printable, character entities or tags were decoded, those of the text after that. A file may
hold several articles, each with its own span.

A JSON Lines record is its own source: its sha256 is that of the record's line, which its span covers, and the spans of
its paragraphs and dateline count code points of the record's text: its paragraphs as written, joined by a blank line
(two line feeds).
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Source:
    """The file an article was read from: its path below SOURCE, the sha256 of its bytes, the article's span."""

    path: str
    sha256: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dateline:
    """The opening of a wire story as written, such as "Washington, Aug 24 (IANS)", and its span in the source."""

    text: str
    start: int
    end: int


# Where a reader found a value, as `Origins` has it. A record's field is FIELD and its name: "field:date".
LINE = "line"
DATELINE = "dateline"
BYLINE = "byline"
SENTENCE = "sentence"
PATH = "path"
DIGEST = "digest"
FIELD = "field:"


@dataclass(frozen=True, slots=True)
class Origins:
    """Where each value of an article was found; None where it has no such value, or nobody said.

    "line" is a line of its own above the text, "dateline" the opening of the first paragraph, "byline" the end of the
    byline, "sentence" the first sentence, "path" the source's path, "digest" that path with a digest of the text,
    and "field:date" the field `date` of a record.
    """

    id: str | None = None
    title: str | None = None
    date: str | None = None
    place: str | None = None
    agency: str | None = None
    byline: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, numbered from 1 within its article; `text` has no line breaks and keeps its dateline."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `id` is unique in the archive and URL-safe; `paragraphs` holds at least one.

    `headline` is the text of unit 0: kicker, title and byline as written, a line each; None where the source has none
    of them (a derived title is no headline: its words are those of a paragraph). `kicker` is what labels the title
    ("URGENT", "UPDATE 2", "FOR IMMEDIATE RELEASE"). `place` is the name of the city that the whole archive uses for it,
    `place_written` the place as this article's dateline or field writes it, `country` that of the place where known.
    """

    id: str
    title: str
    title_derived: bool
    date: datetime.date | None
    place: str | None
    agency: str | None
    byline: str | None
    section: str | None
    topics: tuple[str, ...]
    dateline: Dateline | None
    source: Source
    paragraphs: tuple[Paragraph, ...]
    origins: Origins = Origins()
    headline: str | None = None
    kicker: str | None = None
    country: str | None = None
    place_written: str | None = None

    @property
    def units(self) -> tuple[Paragraph, ...]:
        """What is indexed and found: the headline, if there is one, as number 0, then the paragraphs."""
        return self.paragraphs if self.headline is None else (Paragraph(0, self.headline, 0, 0), *self.paragraphs)


class NoteKind(StrEnum):
    """What a note is about; a report counts notes by it."""

    DATE_UNREADABLE = "date unreadable"
    DATE_DOUBTFUL = "date doubtful"
    DATE_AMBIGUOUS = "order of day and month unknown"
    DATE_CONFLICT = "date and dateline differ"
    DATE_INCOMPLETE = "date incomplete"
    FIELD_UNREADABLE = "field unreadable"
    ENCODING_DOUBTFUL = "encoding doubtful"
    CHARACTER_REPLACED = "character replaced"
    MOJIBAKE = "mojibake"
    MARKUP_DECODED = "markup decoded"
    ARTICLES_SPLIT = "several articles in one file"
    DUPLICATE = "duplicate"
    SAME_ID = "same id"
    PARAGRAPH_CUT = "long paragraph cut"
    BODY_MISSING = "no text found"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a source worth reporting although its article was read."""

    path: str
    reason: str
    where: str | None = None
    kind: NoteKind = NoteKind.OTHER
