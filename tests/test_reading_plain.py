"""The plain-text form: date, title, byline, dateline, paragraphs; every habit of layout and encoding."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.articles import Article, Note, Origins
from search.errors import ArticleError
from search.reading import ReadingContext, SourceFile, read_file
from search.reading.titles import LONGEST, first_sentence

TODAY = datetime.date(2024, 11, 22)
LONG = (
    "The harbour of the old town was closed to ships for a second day on Tuesday, as a storm from the west "
    "drove waves over the breakwater and the pilots stayed ashore, the port authority said."
)


@pytest.fixture
def read(tmp_path):
    def read(content, name="story.txt"):
        data = content.encode() if isinstance(content, str) else content
        path = tmp_path / name
        path.write_bytes(data)
        return list(read_file(SourceFile(path, name, len(data)), context=ReadingContext(today=TODAY)))

    return read


@pytest.fixture
def article(read):
    def article(content):
        (only,) = read(content)
        assert isinstance(only, Article), only
        return only

    return article


def texts(article):
    return [paragraph.text for paragraph in article.paragraphs]


def test_the_given_form_has_date_dateline_and_first_paragraph_in_one_line(article):
    story = article(" date 2024-08-24 Washington, Aug 24 (IANS) Rain fell.\n\nIt stopped.\n\n")
    assert (story.date, story.place, story.agency) == (datetime.date(2024, 8, 24), "Washington", "IANS")
    assert texts(story) == ["Washington, Aug 24 (IANS) Rain fell.", "It stopped."]
    assert [paragraph.number for paragraph in story.paragraphs] == [1, 2]
    assert (story.title, story.title_derived) == ("Rain fell.", True)
    assert story.dateline.text == "Washington, Aug 24 (IANS)"


@pytest.mark.parametrize("header", ["date 2024-08-24\n", "Date: 2024-08-24\n\n", "\n\n  date 2024-08-24  \n"])
def test_the_date_may_stand_in_a_line_of_its_own(article, header):
    story = article(header + "Suez, Aug 24 (COASTWIRE) Rain fell.")
    assert (story.date, story.place, texts(story)) == (
        datetime.date(2024, 8, 24),
        "Suez",
        ["Suez, Aug 24 (COASTWIRE) Rain fell."],
    )


def test_a_dateline_may_stand_in_a_line_of_its_own(article):
    story = article("date 2024-08-24\n\nSuez, Aug 24 (COASTWIRE)\n\nRain fell.\n")
    assert (story.place, texts(story)) == ("Suez", ["Suez, Aug 24 (COASTWIRE)", "Rain fell."])
    assert story.title == "Rain fell."


def test_without_date_and_dateline_it_is_still_an_article(article):
    story = article("Rain fell.\n\nIt stopped.\n")
    assert (story.date, story.place, story.agency, story.dateline) == (None, None, None, None)
    assert texts(story) == ["Rain fell.", "It stopped."]


def test_a_paragraph_about_dates_is_no_header(article):
    assert texts(article("Date palms are grown here.")) == ["Date palms are grown here."]


@pytest.mark.parametrize("lines", ["\n", "\r\n", "\r", "\n\n\n", "\r\n \t\r\n", "\u2029\u2029", "\f\n"])
def test_blank_lines_part_paragraphs_whatever_ends_a_line(article, lines):
    assert texts(article(f"Rain fell.{lines}{lines}It stopped.{lines}")) == ["Rain fell.", "It stopped."]


def test_hard_wrapped_lines_are_joined_by_one_space(article):
    story = article("Rain fell on the harbour and  on\nthe\ttown all day.\n\nIt stopped in the\nevening.\n")
    assert texts(story) == ["Rain fell on the harbour and on the town all day.", "It stopped in the evening."]


@pytest.mark.parametrize("indent", ["  ", "    ", "\t", "\u3000"])
def test_indented_first_lines_part_paragraphs(article, indent):
    story = article(f"Rain fell on\nthe town.\n{indent}It stopped in\nthe evening.\n{indent}The sun shone.\n")
    assert texts(story) == ["Rain fell on the town.", "It stopped in the evening.", "The sun shone."]


def test_indents_count_from_the_margin_of_the_text(article):
    story = article("     Rain fell on\n  the town.\n     It stopped in\n  the evening.\n")
    assert texts(story) == ["Rain fell on the town.", "It stopped in the evening."]


def test_long_lines_without_blank_lines_are_a_paragraph_each(article):
    assert texts(article(f"{LONG}\n{LONG}\nIt stopped\n")) == [LONG, LONG, "It stopped"]


def test_lines_that_all_end_like_sentences_are_a_paragraph_each(article):
    assert texts(article("Rain fell.\nIt stopped.\nThe sun shone.")) == [
        "Rain fell.",
        "It stopped.",
        "The sun shone.",
    ]


def test_wrapped_text_without_marks_breaks_after_a_short_last_line(article):
    wrapped = "Rain fell on the harbour and on the town all day and all night.\n"
    story = article("On Monday the clouds came in and then, on Tuesday, there was no\nsun.\n" + wrapped + "It stopped.")
    assert texts(story) == [
        "On Monday the clouds came in and then, on Tuesday, there was no sun.",
        "Rain fell on the harbour and on the town all day and all night. It stopped.",
    ]


@pytest.mark.parametrize(
    "following",
    [
        "\nRain fell.",
        "By a Staff Reporter\nRain fell.",
        "PARIS, Aug 24 - Rain fell.",
        "  Rain fell.\nIt stopped.",
    ],
)
def test_a_short_line_set_off_from_the_text_is_the_title(article, following):
    story = article("date 2024-08-24\n\nHarbour closed by storm\n" + following)
    assert (story.title, story.title_derived) == ("Harbour closed by storm", False)
    assert story.paragraphs[0].text.removeprefix("PARIS, Aug 24 - ").startswith("Rain fell.")
    assert story.headline.splitlines()[0] == "Harbour closed by storm"


@pytest.mark.parametrize(
    "first",
    [
        "Rain fell.\n\n",
        "Will it rain?\n\n",
        "It rained. It stopped\n\n",
        "and so it rained\n\n",
        "Harbour closed by storm\n",
        "The pilots said:\n\n",
        LONG.rstrip(".") + "\n\n",
        "PARIS, Aug 24 - Rain fell\n\n",
    ],
)
def test_a_real_paragraph_is_never_taken_for_a_title(article, first):
    story = article("date 2024-08-24\n" + first + "The sun shone.")
    assert story.title_derived
    assert first.split()[-1] in story.paragraphs[0].text


@pytest.mark.parametrize(
    ("line", "byline", "agency"),
    [
        ("By Our Science Correspondent", "Our Science Correspondent", None),
        ("BY A STAFF REPORTER", "A STAFF REPORTER", None),
        ("By Staff Writers, Reuters", "Staff Writers", "Reuters"),
        ("By Our Desk, Harbour Press", "Our Desk, Harbour Press", None),
    ],
)
def test_a_by_line_gives_the_byline(article, line, byline, agency):
    story = article(f"{line}\n\nRain fell.")
    assert (story.byline, story.agency, texts(story)) == (byline, agency, ["Rain fell."])


@pytest.mark.parametrize("line", ["By Tuesday the rain had stopped.", "By noon it rained", "By 2019 It Rained"])
def test_a_sentence_that_begins_with_by_is_no_byline(article, line):
    story = article(f"{line}\n\nThe sun shone.")
    assert story.byline is None
    assert line in (story.title, story.paragraphs[0].text)


def test_a_long_word_after_by_is_no_trap(article):
    assert article("By " + "A" * 90 + "1\n\nRain fell.").byline is None  # would never end if words could touch


def test_sign_offs_stay_text(article):
    assert texts(article("Rain fell. Reuter\n\nREUTER...")) == ["Rain fell. Reuter", "REUTER..."]


@pytest.mark.parametrize(
    "date",
    ["2024-13-45", "2024-02-30", "7/23/17", "0001-11-30", "2050-09-30", "24.08.2024", "31-MAR-1987", "Aug"],
)
def test_an_impossible_date_costs_the_date_alone_and_a_note_says_what_to_type(read, date):
    note, story = read(f"date {date} \n\nRain fell.")
    assert (story.date, texts(story)) == (None, ["Rain fell."])
    assert note.path == "story.txt"
    assert date[:4] in note.reason
    assert "write" in note.reason or "YYYY-MM-DD" in note.reason


def test_a_month_alone_leaves_the_article_without_a_date_and_is_noted(read):
    note, story = read("date 2024-08\n\nRain fell.")
    assert isinstance(note, Note)
    assert story.date is None


def test_where_header_and_dateline_disagree_the_header_wins_and_it_is_noted(read):
    note, story = read("date 2024-08-24 Suez, Aug 23 (COASTWIRE) Rain fell.")
    assert story.date == datetime.date(2024, 8, 24)
    assert "2024-08-23" in note.reason


def test_a_dateline_without_a_year_gives_no_date_and_a_note_that_says_what_to_add(read):
    note, story = read("Suez, Aug 23 (COASTWIRE) Rain fell.")
    assert story.date is None
    assert "date 2024-08-24" in note.reason


def test_a_dateline_with_a_year_gives_the_date(article):
    assert article("SUEZ, Aug. 23, 2021 (AP) - Rain fell.").date == datetime.date(2021, 8, 23)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_usual_encoding_gives_the_same_article(article, encoding):
    text = "date 2024-08-24\r\n\r\nAt the café “Zoë” – near the Rhône – rain fell.\r\n\r\nIt cost €5.\r\n"
    story = article(text.encode(encoding))
    assert texts(story) == ["At the café “Zoë” – near the Rhône – rain fell.", "It cost €5."]
    start = text.index("It cost")
    assert (story.paragraphs[1].start, story.source.end) == (start, len(text))


def test_another_alphabet_in_eight_bits_is_read_with_a_note(read):
    text = "Дождь шёл над гаванью весь день и всю ночь. " * 20
    note, story = read(text.encode("cp1251"))
    assert "guess" in note.reason
    assert story.paragraphs[0].text == text.strip()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t ", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        (b"rain\x00fell", "is not text"),
        (b"rain \x07 fell", "is not text"),
        (b"\xff\xfea", "is not text"),
        (("Zoë hört Čapek, " * 9).encode() + b"\xff", "damaged"),
        (b"date 2024-08-24\n", "no text"),
    ],
)
def test_what_is_no_text_is_an_error_with_its_reason(read, data, reason):
    (error,) = read(data)
    assert isinstance(error, ArticleError)
    assert reason in error.reason


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Rain fell. It stopped.", "Rain fell."),
        (
            "Mr. Fog and Dr. Mist met in the U.S. Senate. It rained.",
            "Mr. Fog and Dr. Mist met in the U.S. Senate.",
        ),
        ("On Aug. 24 rain fell. It stopped.", "On Aug. 24 rain fell."),
        ("“Rain!” “Where?”", "“Rain!”"),
        ("It rose 6.5 per cent. Then it fell.", "It rose 6.5 per cent."),
        ("वर्षा हुई। फिर धूप निकली।", "वर्षा हुई।"),
        ("no end at all", "no end at all"),
    ],
)
def test_a_title_is_derived_from_the_first_sentence(text, title):
    assert first_sentence(text) == title


@given(st.text(min_size=1, max_size=400))
def test_a_derived_title_is_never_longer_than_it_may_be(text):
    assert len(first_sentence(text)) <= LONGEST


def test_a_long_first_sentence_is_cut_between_words():
    title = first_sentence("rain " * 60)
    assert title.endswith("rain…")


@given(st.data())
def test_spans_cover_the_text_of_their_paragraphs(tmp_path_factory, data):
    text = data.draw(st.text(alphabet="ab ABé.\n\r\t\u3000,(-)1", min_size=1, max_size=200))
    path = tmp_path_factory.mktemp("plain") / "story.txt"
    path.write_bytes(text.encode())
    for reading in read_file(SourceFile(path, "story.txt", 1), context=ReadingContext(today=TODAY)):
        if isinstance(reading, Article):
            for paragraph in reading.paragraphs:
                source = "".join(text[paragraph.start : paragraph.end].split())
                assert "".join(paragraph.text.split()).replace("-\u2063", "-") in {source, source.replace("-", "")}
            if reading.dateline:
                assert reading.dateline.text == text[reading.dateline.start : reading.dateline.end]
            kept = "".join(paragraph.text for paragraph in reading.paragraphs)
            assert kept


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "story.txt"
    path.write_bytes(data)
    readings = list(read_file(SourceFile(path, "story.txt", len(data)), context=ReadingContext(today=TODAY)))
    assert readings
    assert all(isinstance(reading, Article | Note | ArticleError) for reading in readings)


@pytest.mark.parametrize(
    ("content", "origins"),
    [
        ("Rain fell.", Origins(id="path", title="sentence")),
        (
            "date 2024-08-24 Suez, Aug 24 (COASTWIRE) - Rain fell.",
            Origins(id="path", title="sentence", date="line", place="dateline", agency="dateline"),
        ),
        ("Suez, Aug 24, 2024 - Rain fell.", Origins("path", "sentence", "dateline", "dateline")),
        (
            "Rain at Suez\nBy Our Correspondent, Reuters\n\nRain fell.",
            Origins("path", "line", agency="byline", byline="line"),
        ),
        ("date 2024-08\n\nRain fell.", Origins(id="path", title="sentence")),
    ],
)
def test_each_value_knows_where_it_was_found(read, content, origins):
    assert read(content)[-1].origins == origins
