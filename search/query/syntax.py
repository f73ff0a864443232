"""The fields and limits of the query language, and its description, which README, help and page show."""

from dataclasses import dataclass

FIELDS = ("title", "hlead", "place", "country", "agency", "section", "byline", "date", "words")
# Those of running text; their words are among the archive's, the values of the others are not.
TEXT_FIELDS = ("title", "hlead")

# What other archives call our fields.
OTHER_NAMES = {
    "headline": "title",
    "hl": "title",
    "hd": "title",
    "author": "byline",
    "by": "byline",
    "city": "place",
    "location": "place",
    "dateline": "place",
    "nation": "country",
    "source": "agency",
    "publisher": "agency",
    "topic": "section",
    "category": "section",
    "published": "date",
    "lead": "hlead",
    "hlp": "hlead",
    "wc": "words",
    "length": "words",
}

MAX_CHARACTERS = 2_048
MAX_TERMS = 64
# Words, quotes, brackets and operators, counted before it is known how many terms they are.
MAX_PIECES = 8 * MAX_TERMS
MAX_CLAUSES = 2 * MAX_TERMS
MAX_DEPTH = 16
MAX_EXPANSIONS = 50_000
MAX_FUZZY_FORMS = 50
MAX_DISTANCE = 255
MAX_COUNT = 255
MIN_LITERALS = 2
MAX_EDITS = 2
# Fewer words in capitals are names and operators, more are a headline.
MIN_SHOUTED = 6
# Who made more mistakes than this mends the first ones first.
MAX_DIAGNOSTICS = 20


@dataclass(frozen=True, slots=True)
class SyntaxRow:
    """One row of the language's table: what is typed, and what it means."""

    typed: tuple[str, ...]
    means: str


SYNTAX = (
    SyntaxRow(("defence minister",), "both words, in any form, in one paragraph; nearer together ranks higher"),
    SyntaxRow(('"minister of defence"',), "exactly these words in this order, nothing skipped"),
    SyntaxRow(('"defence pact"~5',), "these words, in any order, within 5 positions"),
    SyntaxRow(("=talks",), "this form only: not talk, not talking"),
    SyntaxRow(("india AND china", "india OR china"), "operators are capitals; AND binds before OR"),
    SyntaxRow(("india NOT cricket", "india -cricket"), "without a word; the minus stands after a space"),
    SyntaxRow(("(india OR china) border",), "brackets group"),
    SyntaxRow(("india w/5 china", "india NEAR/5 china"), "at most 5 words apart, in either order"),
    SyntaxRow(("india pre/5 china",), "at most 5 words apart, in this order"),
    SyntaxRow(
        ("india w/s china", "india w/p china"), "in one sentence; in one paragraph, also where an article is asked"
    ),
    SyntaxRow(("india not w/5 china", "india not w/s china"), "some india without china near it"),
    SyntaxRow(("atleast/3(drone)",), "at least 3 times in the article"),
    SyntaxRow(("caps(AIDS)",), "written in capitals, in a line that is not all capitals"),
    SyntaxRow(("minist*", "wom?n", "*ship"), "* is any letters, ? is one; at least 2 letters must be given"),
    SyntaxRow(("kovalski~1", "kovalski~2"), "up to 1 or 2 letters different; the first letter stays"),
    SyntaxRow(("title:treaty",), "in the title"),
    SyntaxRow(("hlead(treaty)",), "in the title or the first paragraph"),
    SyntaxRow(('place:"New York"', "agency:IANS"), "in the place, in the agency; values with spaces in quotes"),
    SyntaxRow(("country:India",), "in the country of the place, where that is known"),
    SyntaxRow(("section:business", "byline:correspondent"), "in the section, in the byline"),
    SyntaxRow(("date:2024-08-24", "date:2024-08", "date:2024"), "published on a day, in a month, in a year"),
    SyntaxRow(("date:2024-08..2024-09", "date:..2023", "date:>=2024-01-01"), "published in a range of days"),
    SyntaxRow(("date:--08-15", "date:--08"), "on that day, in that month, of any year"),
    SyntaxRow(("date:last-7-days", "date:last-2-months", "date:today"), "counted back from today, which is included"),
    SyntaxRow(("date:none",), "without a day of publication"),
    SyntaxRow(("words:>300", "words:100..300"), "in articles of so many words"),
    SyntaxRow(("treaty^2",), "this word weighs more"),
    SyntaxRow(
        ("F-16", "co-produce"),
        "a word with a hyphen is its parts side by side; co-produce also finds coproduce",
    ),
    SyntaxRow(("US", "us"), "capitals of a common word mean the name: US finds U.S.; us finds both"),
)
