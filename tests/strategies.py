"""What Hypothesis draws from: small archives of few words, and the texts of queries, by the language's own grammar."""

import datetime
import os
from functools import cache

from archives import article
from hypothesis import settings
from hypothesis import strategies as st

from search.articles import Article

# So few words that they meet: forms of one stem, stop words and their capitals, numbers, hyphens, accents, scripts.
WORDS = (
    *("minister", "ministers", "ministry", "Minister's", "talk", "talks", "talking", "pact", "treaty", "border"),
    *("us", "US", "U.S.", "it", "IT", "the", "of", "and", "a", "or", "OR"),
    *("16", "F-16", "F16", "1,000", "6.5", "2019", "COVID-19", "covid", "co-produce", "coproduce", "AT&T"),
    *("São", "Sao", "Paulo", "Atatürk", "don't", "भारत", "x", "—"),
    # What is found by several names, elided, spaced.
    *(
        "Müller",
        "Muller",
        "Mueller",
        "e-mail",
        "email",
        "L'Aquila",
        "l'accord",
        "U. S.",
        "J. K.",
        "JK",
        "bor-\u2063der",
    ),
)
# What a query may ask beside these: misspelt, not there at all, a sign.
ASKED = (
    *WORDS,
    "ministre",
    "takls",
    "pcat",
    "brder",
    "nowhere",
    "ataturk",
    "Border",
    "minister’s",
    "at&t",
    "aquila",
    "mail",
    "dell'Aquila",
)
PATTERNS = (
    "min*",
    "minist*",
    "m?nister",
    "ta*k*",
    "*alk",
    "*ry",
    "*16",
    "1*0",
    "co-prod*",
    "p?ct",
    "at*",
    "b*r?er",
    "us*",
    "m?ll*",
    "e-ma*",
    "l'ac*",
)
PLACES = ("Geneva", "São Paulo", "New York", "US")
AGENCIES = ("IANS", "COASTWIRE", "Reuters")
COUNTRIES = ("Switzerland", "United States", "US")
SECTIONS = ("world", "Business of Sport")
BYLINES = ("By R. Minister", "A talk")
DAYS = (datetime.date(2019, 12, 31), datetime.date(2024, 2, 29), datetime.date(2024, 8, 24), datetime.date(2024, 9, 1))
DATES = (
    *("2024", "2024-08", "2024-08-24", "2019..2024-02", "..2023", "2024-02..", ">=2024-08-24", "<2024", ">2024-02-29"),
    *("<=2019-12-31", "--08-24", "--02", "2024..today"),
    *("none", "none", "NONE"),
)

IDS = ("a", "B", "b", "b-1", "b.2", "z_9", "10", "9", "é", "m", "n", "o")


def examples(number: int) -> settings:
    """Return how often a property is tried: `number` times, or as often as TEST_EXAMPLES says."""
    return settings(max_examples=int(os.environ.get("TEST_EXAMPLES", number)), deadline=None, print_blob=True)


@cache
def texts(most: int = 14) -> st.SearchStrategy[str]:
    """Paragraphs, some of them in capitals, some with signs between their words, some without any word."""
    words = st.lists(st.sampled_from(WORDS), max_size=most)
    joined = st.tuples(words, st.sampled_from([" ", " ", " ", ". ", ". ", ", ", "-", " — ", "\u00a0"]))
    plain = joined.map(lambda drawn: drawn[1].join(drawn[0]))
    return st.one_of(plain, plain, plain, plain.map(str.upper))


@cache
def headlines() -> st.SearchStrategy[str]:
    """Headlines of one to three lines: kicker, title, byline."""
    return st.lists(texts(5), min_size=1, max_size=3).map("\n".join)


@cache
def articles(article_id: str) -> st.SearchStrategy[Article]:
    """One article of one to four paragraphs."""
    return _articles(article_id)


@st.composite
def _articles(draw: st.DrawFn, article_id: str) -> Article:
    return article(
        article_id,
        *draw(st.lists(texts(), min_size=1, max_size=4)),
        title=draw(texts(5)),
        date=draw(st.sampled_from((None, *DAYS))),
        place=draw(st.sampled_from((None, *PLACES))),
        country=draw(st.sampled_from((None, *COUNTRIES))),
        agency=draw(st.sampled_from((None, *AGENCIES))),
        section=draw(st.sampled_from((None, *SECTIONS))),
        byline=draw(st.sampled_from((None, *BYLINES))),
        headline=draw(st.one_of(st.none(), headlines())),
    )


@cache
def archives() -> st.SearchStrategy[list[Article]]:
    """One to twelve articles, in any order of their ids."""
    ids = st.lists(st.sampled_from(IDS), min_size=1, max_size=12, unique=True)
    return ids.flatmap(lambda drawn: st.tuples(*map(articles, drawn)).map(list))


def _phrases(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=1, max_size=4).map(lambda drawn: f'"{" ".join(drawn)}"')


@cache
def tight() -> st.SearchStrategy[str]:
    """Phrases whose words stand side by side; some of them are patterns."""
    words = st.sampled_from(ASKED)
    return _phrases(st.one_of(words, words, words, st.sampled_from(PATTERNS)))


@cache
def quoted() -> st.SearchStrategy[str]:
    """Phrases, some of them loose."""
    return st.builds("{}{}".format, tight(), st.sampled_from(["", "", "~1", "~4", "~9"]))


@cache
def positional() -> st.SearchStrategy[str]:
    """Clauses that stand somewhere in a text: what can be near something else."""
    word = st.sampled_from(ASKED)
    edited = st.builds(
        "{}~{}".format, st.sampled_from(["ministre", "takls", "pcat", "bordre", "covdi", "it"]), st.sampled_from("12")
    )
    return st.one_of(word, word, word.map("={}".format), st.sampled_from(PATTERNS), edited, tight())


@cache
def in_capitals() -> st.SearchStrategy[str]:
    """Words and phrases asked for in capitals."""
    words = st.sampled_from(ASKED)
    return st.one_of(words, _phrases(words)).map("caps({})".format)


@cache
def filters() -> st.SearchStrategy[str]:
    """Clauses about an article's fields."""
    values = st.sampled_from(
        (*PLACES, *COUNTRIES, *AGENCIES, *SECTIONS, "york", "world", "minister", "R. Minister", "us", "US")
    )
    in_field = st.builds('{}:"{}"'.format, st.sampled_from(["place", "country", "agency", "section", "byline"]), values)
    in_title = st.one_of(positional(), quoted()).map("title:{}".format)
    pattern = st.builds(
        "{}:{}".format,
        st.sampled_from(["place", "country", "agency", "byline"]),
        st.sampled_from(["gen*", "ians~1", "min*"]),
    )
    dates = st.sampled_from(DATES).map("date:{}".format)
    lengths = st.sampled_from([">3", "<20", "5..15", "0", ">=12"]).map("words:{}".format)
    leading = st.one_of(positional(), quoted()).map("hlead({})".format)
    either = st.lists(positional(), min_size=1, max_size=2).map(" OR ".join)
    often = st.builds("atleast/{}({})".format, st.integers(1, 4), either)
    return st.one_of(in_field, in_title, pattern, dates, lengths, leading, often)


@cache
def operators() -> st.SearchStrategy[str]:
    """What says how near two clauses must stand."""
    within = st.builds("{}/{}".format, st.sampled_from(["w", "pre", "NEAR"]), st.sampled_from([1, 2, 5]))
    return st.one_of(within, within, st.sampled_from(["w/s", "w/p", "not w/s", "not w/p", "not w/1", "not pre/3"]))


# Drawn by functions, for what is put together of so many parts has a representation too long to print.
@st.composite
def _operands(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.one_of(positional(), positional(), in_capitals()), min_size=1, max_size=3))
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


@st.composite
def near(draw: st.DrawFn) -> str:
    """Two or three clauses that must stand near each other, or must not."""
    nearby = f"{draw(_operands())} {draw(operators())} {draw(_operands())}"
    further = draw(st.sampled_from(["", "", "{} {} {}", "{2} {1} ({0})"]))
    return further.format(nearby, draw(operators()), draw(_operands())) if further else nearby


@cache
def queries() -> st.SearchStrategy[str]:
    """Query texts, by the grammar; nearly all of them are valid."""
    titles = st.builds("{}({})".format, st.sampled_from(["title:", "hlead"]), near())
    weighed = st.builds(
        "{}^{}".format, st.one_of(positional(), quoted(), filters()), st.sampled_from(["2", "0.5", "10"])
    )
    clause = st.one_of(positional(), positional(), quoted(), in_capitals(), near(), near(), filters(), weighed, titles)
    return st.recursive(clause, _joined, max_leaves=6)


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map("({})".format)
    some = st.lists(st.one_of(inner, group), min_size=2, max_size=3)
    return st.one_of(
        some.map(" ".join),
        some.map(" ".join),
        some.map(" AND ".join),
        some.map(" OR ".join),
        st.builds("{} NOT {}".format, inner, group),
        st.builds("{} -{}".format, inner, st.sampled_from(ASKED).filter(lambda word: word != "—")),
        group.map("NOT {}".format),
        st.builds(
            "{}:({} OR {})".format, st.sampled_from(["title", "place"]), st.sampled_from(ASKED), st.sampled_from(PLACES)
        ),
        group,
    )
