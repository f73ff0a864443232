"""Headers of plain texts: `Key: value` lines, YAML front matter, the heads of newspaper databases, labels."""

import datetime

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from search.articles import Article, Note, NoteKind
from search.language import Analyzer
from search.reading import ReadingContext, SourceFile, read_file

TODAY = datetime.date(2024, 11, 22)
BODY = "A bridge over the river was opened on Friday after ten years of work.\n\nThe mayor cut a ribbon.\n"
MARCH_11 = datetime.date(2016, 3, 11)


@pytest.fixture
def read(tmp_path):
    def read(content, name="story.txt"):
        path = tmp_path / name
        path.write_bytes(content.encode())
        return list(read_file(SourceFile(path, name, 1), context=ReadingContext(today=TODAY)))

    return read


@pytest.fixture
def article(read):
    def article(content):
        *_, last = read(content)
        assert isinstance(last, Article), last
        return last

    return article


def texts(article):
    return [paragraph.text for paragraph in article.paragraphs]


HEADERS = [  # header | headline
    (
        "Title: Bridge opens at last\nAuthor: Maria Silva\nDate: 2016-03-11\nSource: City News\nURL: https://example.org/b",
        ["Bridge opens at last", "Maria Silva", "Source: City News", "URL: https://example.org/b"],
    ),
    ("HEADLINE: Bridge opens at last\nBYLINE: Maria Silva\nDATE: 2016-03-11", ["Bridge opens at last", "Maria Silva"]),
    ("date: 2016-03-11\n\nby: Maria Silva\n\ntitle: Bridge opens at last", ["Bridge opens at last", "Maria Silva"]),
    ("Title: Bridge opens\n  at last\nAuthor: Maria\n\tSilva\nPublished: 2016-03-11", None),
    ("HEADLINE: Bridge opens\nat last\nBYLINE: By Maria Silva\nDATE: 2016-03-11T23:30:00-05:00", None),
    ("Title:\nBridge opens at last\nDate:\n2016-03-11\nBy:\nMaria Silva", None),
    ("Bridge opens at last\nDate: 2016-03-11\nAuthor: Maria Silva", None),
    ("Bridge opens at last\n\nBy Maria Silva\n\nDate: 2016-03-11\nSource: City News", None),
    ("Date: 2016-03-11\nAuthor: Maria Silva\n\nBridge opens at last", None),
    ("Titel: Bridge opens at last\nAutor: Maria Silva\nDatum: 2016-03-11\nQuelle: dpa", None),
    ("**Title:** Bridge opens at last\n**By:** Maria Silva\n**Date:** 2016-03-11", None),
    ("From: desk@example.org\nSubject: Bridge opens at last\nDate: 2016-03-11\nAuthor: Maria Silva", None),
    ("Title: Bridge opens at last\nAuthor: Maria Silva\nDate: 2016-03-11\nX-Edition: City\nWord count: 31", None),
    ('---\ntitle: "Bridge opens at last"\ndate: 2016-03-11\nauthor: Maria Silva\n---', None),
    ("---\ntitle: >\n  Bridge opens\n  at last\nauthor: {name: Maria Silva}\ndate: '2016-03-11'\ndraft: no\n---", None),
    ("---\nauthors:\n  - Maria Silva\ntitle: Bridge opens at last\ndate: 2016-03-11\n...", None),
    (
        "The Daily Example\n\nMarch 11, 2016 Friday\nFinal Edition\n\nBridge opens\nat last\n\nBYLINE: By Maria Silva"
        "\n\nSECTION: Local; Pg. 3\n\nLENGTH: 120 words\n",
        ["Bridge opens at last", "The Daily Example", "March 11, 2016 Friday", "Final Edition", "By Maria Silva"],
    ),
    (
        "Bridge opens at last\n\nThe Daily Example\n\n11 March 2016\n\nCopyright 2016 The Daily Example. All Rights "
        "Reserved\n\nLength: 120 words\n\nByline: Maria Silva\n\nBody\n",
        None,
    ),
]


@pytest.mark.parametrize(("header", "headline"), HEADERS)
def test_a_header_gives_title_date_and_byline_in_any_order_and_layout(article, header, headline):
    story = article(f"{header}\n\n{BODY}")
    assert (story.title, story.title_derived) == ("Bridge opens at last", False)
    assert (story.date, story.byline) == (MARCH_11, "Maria Silva")
    assert [text.split()[0] for text in texts(story)] == ["A", "The"]
    if headline:
        assert story.headline.splitlines()[: len(headline)] == headline


@pytest.mark.parametrize(
    ("header", "field", "value"),
    [
        ("Title: Bridge opens\nSource: Reuters", "agency", "Reuters"),
        ("Title: Bridge opens\nSource: City News", "agency", None),
        ("Title: Bridge opens\nAgency: City News", "agency", "City News"),
        ("Title: Bridge opens\nSection: Local; Pg. 3", "section", "Local"),
        ("Title: Bridge opens\nCategory: Sports", "section", "Sports"),
        ("Title: Bridge opens\nKeywords: bridges, rivers; towns", "topics", ("bridges", "rivers", "towns")),
        ("Title: Bridge opens\nDateline: PARIS", "place", "Paris"),
        ("Title: Bridge opens\nSubject: bridges", "topics", ("bridges",)),
        ("Title: UPDATE 2-Bridge opens\nDate: 2016-03-11", "kicker", "UPDATE 2"),
        ("---\ntitle: Bridge opens\ntags: [a, b c]\n---", "topics", ("a", "b c")),
        ("---\ntitle: Bridge opens\nslug: bridge-opens\n---", "kicker", None),
    ],
)
def test_a_header_gives_the_other_fields(article, header, field, value):
    story = article(f"{header}\n\n{BODY}")
    assert story.title == "Bridge opens"
    assert getattr(story, field) == value


@pytest.mark.parametrize(
    "text",
    [
        "Source: the river runs down from the hills.\n\nIt is long.",
        "Note: this is a text. It has two sentences.\n\nIt is long.",
        "Location: The old harbour\nTime: 9 a.m.\n\nThe fair opens on Friday.",
        "Q: What is it?\nA: It is a bridge.",
        "Company: profit rose.\n\nThe year was good.",
        "---\nThe bridge opened.\n---\n\nThe mayor cut a ribbon.",
        "---\n\nRain fell.",
        "Date palms: they are grown here.\n\nThey bear fruit.",
    ],
)
def test_paragraphs_that_begin_with_a_word_and_a_colon_are_no_header(article, text):
    story = article(text)
    written = regex.findall(r"\w+", text)
    assert story.headline is None
    assert regex.findall(r"\w+", " ".join(texts(story))) == written


def test_a_header_may_touch_the_text(article):
    story = article("Title: Bridge opens\nDate: 2016-03-11\n   A bridge was opened.\n   The mayor cut a ribbon.\n")
    assert (story.title, story.date) == ("Bridge opens", MARCH_11)
    assert "A bridge was opened." in texts(story)[0]


@pytest.mark.parametrize("key", ["Body:", "Text:\n", "Full text: ", "Body\n\n"])
def test_a_key_may_begin_the_text(article, key):
    story = article(f"Headline: Bridge opens\nDate: 2016-03-11\n\n{key}A bridge was opened.\n\nSource: none was named.")
    assert texts(story) == ["A bridge was opened.", "Source: none was named."]


def test_a_title_that_the_text_repeats_is_not_a_paragraph(article):
    story = article(f"Title: Bridge opens\nDate: 2016-03-11\n\nBridge opens\n\n{BODY}")
    assert len(story.paragraphs) == 2


@pytest.mark.parametrize("header", ["Title: Bridge opens\nDate: 2016-03-11", "---\ntitle: Bridge opens\n---"])
def test_a_title_without_a_text_is_the_text(article, header):
    story = article(header + "\n")
    assert (story.title, texts(story), story.headline) == ("Bridge opens", ["Bridge opens"], None)


def test_a_date_that_cannot_be_read_costs_the_date_and_its_words_are_kept(read):
    note, story = read(f"Title: Bridge opens\nDate: sometime in spring\n\n{BODY}")
    assert (note.kind, story.date) == (NoteKind.DATE_UNREADABLE, None)
    assert "sometime in spring" in note.reason
    assert "sometime in spring" in story.headline


@pytest.mark.parametrize(
    "yaml",
    [
        "title: Bridge: opens",
        "title: 'Bridge: opens'\nx: *none",
        "title: 'Bridge: opens'\n\ty: 1",
        'title: "Bridge: opens',
    ],
)
def test_front_matter_that_is_not_yaml_is_read_line_by_line_and_noted(read, yaml):
    note, story = read(f"---\ndate: 2016-03-11\n{yaml}\n---\n{BODY}")
    assert note.kind is NoteKind.FIELD_UNREADABLE
    assert story.date == MARCH_11
    assert "Bridge: opens" in story.title


@pytest.mark.parametrize(
    "yaml",
    [
        "a: " + "[" * 30_000,
        "a: &a [" + "x, " * 9_000 + "]\n" + "\n".join(f"k{n}: *a" for n in range(2_000)),
        "? [a]\n: b",
    ],
)
def test_front_matter_made_to_cost_much_costs_little(read, yaml):
    *_, story = read(f"---\ntitle: Bridge opens\n{yaml}\n---\n{BODY}")
    assert isinstance(story, Article)
    assert len(story.headline or "") < 300_000


LABELS = [
    "FOR IMMEDIATE RELEASE",
    "For immediate release",
    "EMBARGOED UNTIL 0900 GMT, MARCH 11",
    "BC-EU-Trade, 2nd Ld-Writethru",
    "URGENT",
    "UPDATE 2",
    "PRESS RELEASE",
]


@pytest.mark.parametrize("label", LABELS)
def test_a_label_above_a_title_is_its_kicker_and_stays_in_the_headline(article, label):
    story = article(f"{label}\n\nBridge opens at last\n\n{BODY}")
    assert (story.title, story.kicker) == ("Bridge opens at last", label)
    assert story.headline.splitlines() == [label, "Bridge opens at last"]
    assert len(story.paragraphs) == 2


def test_a_contact_below_a_label_is_no_title(article):
    story = article(f"FOR IMMEDIATE RELEASE\nContact: Jane Doe, 555-1234\n\nBridge opens at last\n\n{BODY}")
    assert story.title == "Bridge opens at last"
    assert "Contact: Jane Doe, 555-1234" in story.headline


def test_a_label_before_a_title_is_its_kicker(article):
    story = article(f"URGENT: Bridge opens\nBy Maria Silva\n\n{BODY}")
    assert (story.title, story.kicker, story.byline) == ("Bridge opens", "URGENT", "Maria Silva")
    assert story.headline == "URGENT: Bridge opens\nBy Maria Silva"


def test_a_header_or_masthead_never_loses_the_words_around_it(article):
    story = article(
        "                 The Daily Example\n\n               March 11, 2016 Friday\n\nBridge opens\n\nSECTION: Local; "
        f"Pg. 3\n\nLENGTH: 120 words\n\n{BODY}\nLOAD-DATE: March 12, 2016\n\nCopyright 2016 The Daily Example\n"
    )
    assert (story.title, story.date, story.section) == ("Bridge opens", MARCH_11, "Local")
    found = f"{story.headline} {' '.join(texts(story))}"
    assert all(
        words in found for words in ["The Daily Example", "Friday", "Pg. 3", "120 words", "LOAD-DATE", "Copyright"]
    )


SOME = ["rain", "mayor", "bridge", "café", "U.S.", "F-16", "well-known", "Müller", "1,000", "O'Brien"]
WORDS = st.lists(st.sampled_from(SOME), min_size=1, max_size=9)
LINES = st.builds(" ".join, WORDS)
SENTENCES = st.builds(lambda words: f"The {' '.join(words)} fell.", WORDS)
KNOWN_KEYS = [
    "Source",
    "URL",
    "Keywords",
    "Copyright",
    "Length",
    "Subtitle",
    "Contact",
    "Author",
    "Title",
    "By",
    "X-Key",
]
KNOWN = st.sampled_from(KNOWN_KEYS)
TOPS = st.one_of(
    st.builds(lambda line: f"{line}\n\n", LINES),
    st.builds(lambda line: f"By {line}\n", LINES),
    st.builds(
        lambda keys, line: "".join(f"{key}: {line}\n" for key in keys), st.lists(KNOWN, min_size=1, max_size=5), LINES
    ),
    st.sampled_from([f"{label}\n" for label in LABELS]),
    st.sampled_from(["-----\n", "Document 1 of 2\n\n", "\f", "---\ntitle: rain fell\nurl: x\n---\n", "* * *\n\n"]),
)
PARAGRAPHS = st.builds(
    "".join,
    st.lists(
        st.one_of(st.builds(lambda text: f"{text}\n\n", SENTENCES), st.builds(lambda text: f"  {text}\n", LINES), TOPS),
        min_size=1,
        max_size=9,
    ),
)
KEYS = {"title", "author", "by", "section", "byline"}  # what a header says by them is a field


@given(st.lists(TOPS, max_size=4), PARAGRAPHS)
def test_every_word_outside_a_header_is_in_a_headline_or_paragraph(tmp_path_factory, tops, body):
    text = "".join(tops) + body + "The end came."
    path = tmp_path_factory.mktemp("words") / "story.txt"
    path.write_bytes(text.encode())
    readings = list(read_file(SourceFile(path, "story.txt", 1), context=ReadingContext(today=TODAY)))
    assert all(isinstance(reading, Article | Note) for reading in readings)
    analyzer = Analyzer()
    kept: set[str] = set()
    for reading in readings:
        if isinstance(reading, Article):
            kept.update(analyzer.words(f"{reading.headline or ''}\n{reading.section or ''}"))
            kept.update(word for paragraph in reading.paragraphs for word in analyzer.words(paragraph.text))
    written = {word for line in text.splitlines() for word in analyzer.words(line)}
    assert {word.lower() for word in written} - {word.lower() for word in kept} <= KEYS
