"""JSON Lines: one article a line, wrong lines reported, the rest kept."""

import datetime
import gzip
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.articles import Article, Note, Origins
from search.errors import ArticleError
from search.reading import ReadingContext, SourceFile, read_file

TODAY = datetime.date(2024, 11, 22)


@pytest.fixture
def read(tmp_path):
    def read(*records, name="wire.jsonl"):
        lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
        data = b"\n".join(lines) + b"\n"
        path = tmp_path / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return list(read_file(SourceFile(path, name, path.stat().st_size), context=ReadingContext(today=TODAY)))

    return read


@pytest.fixture
def article(read):
    def article(**record):
        (only,) = read(record)
        assert isinstance(only, Article), only
        return only

    return article


def texts(article):
    return [paragraph.text for paragraph in article.paragraphs]


@pytest.mark.parametrize("name", ["wire.jsonl", "wire.ndjson", "wire.JSONL", "wire.jsonl.gz", "wire.ndjson.gz"])
def test_a_record_gives_an_article(read, name):
    record = {
        "id": "17", "title": "RAIN", "date": "1987-02-26T15:01:01", "place": "NEW YORK", "agency": "REUTERS",
        "topics": ["weather", "ports"], "byline": "By Our Correspondent",
        "paragraphs": ["Rain  fell.", "It\nstopped."],
        "exchanges": ["nyse"], "kind": None,
    }  # fmt: skip
    (story,) = read(record, name=name)
    assert (story.id, story.title, story.title_derived) == ("17", "RAIN", False)
    assert (story.date, story.place, story.agency) == (datetime.date(1987, 2, 26), "New York", "Reuters")
    assert (story.section, story.topics) == ("weather", ("weather", "ports"))
    assert story.byline == "Our Correspondent"
    assert texts(story) == ["Rain fell.", "It stopped."]


def test_the_source_is_the_file_and_the_records_own_line(read):
    line = '{"id": 1, "paragraphs": ["Zoë"]}'
    _, story = read({"id": 0, "title": "Rain"}, line.encode())
    assert story.source.path == "wire.jsonl"
    assert story.source.sha256 == hashlib.sha256(line.encode()).hexdigest()
    assert (story.source.start, story.source.end) == (0, len(line))


def test_spans_count_in_the_paragraphs_joined_by_blank_lines(article):
    written = ["LIMA, Feb 2 - Rain fell. ", " ", " It\n stopped."]
    story = article(id=1, date="2024-02-02", paragraphs=written)
    whole = "\n\n".join(written)
    assert [" ".join(whole[p.start : p.end].split()) for p in story.paragraphs] == [
        "LIMA, Feb 2 - Rain fell.",
        "It stopped.",
    ]
    assert whole[story.dateline.start : story.dateline.end] == story.dateline.text == "LIMA, Feb 2"
    assert [paragraph.number for paragraph in story.paragraphs] == [1, 2]


@pytest.mark.parametrize("written", ["Rain fell.\n\nIt\nstopped.", "Rain fell.\r\n \r\nIt stopped."])
def test_one_string_of_paragraphs_is_parted_at_blank_lines(article, written):
    assert texts(article(id=1, paragraphs=written)) == ["Rain fell.", "It stopped."]


@pytest.mark.parametrize("title", [None, "", "  "])
def test_a_missing_title_is_derived(article, title):
    story = article(id=1, title=title, paragraphs=["Rain fell. It stopped."])
    assert (story.title, story.title_derived) == ("Rain fell.", True)


def test_a_title_alone_is_the_only_paragraph(article):
    assert texts(article(id=1, title="Rain", paragraphs=[" ", ""])) == ["Rain"]


@pytest.mark.parametrize("key", ["byline", "author"])
def test_an_author_is_a_byline(article, key):
    assert article(id=1, title="Rain", **{key: "  By A Reporter, Reuters"}).byline == "A Reporter"


def test_a_section_of_its_own_goes_before_the_first_topic(article):
    assert article(id=1, title="Rain", section="Ports", topics=["weather"]).section == "Ports"


@pytest.mark.parametrize("date", ["2024-08-24T23:30:00-11:00", "2024-08-24T00:30:00Z", "2024-08-24 12:00"])
def test_a_date_time_gives_its_calendar_day_as_written(article, date):
    assert article(id=1, title="Rain", date=date).date == datetime.date(2024, 8, 24)


def test_a_dateline_fills_in_what_the_record_lacks(article):
    story = article(id=1, paragraphs=["LIMA, Feb 2, 2024 (AFP) - Rain fell."])
    assert (story.place, story.agency, story.date) == ("Lima", "AFP", datetime.date(2024, 2, 2))
    assert texts(story) == ["LIMA, Feb 2, 2024 (AFP) - Rain fell."]
    assert story.title == "Rain fell."


def test_what_the_record_says_goes_before_its_dateline(read):
    note, story = read({"id": 1, "date": "2024-02-03", "agency": "AP", "paragraphs": ["LIMA, Feb 2 (AFP) - Rain."]})
    assert (story.date, story.agency, texts(story)) == (
        datetime.date(2024, 2, 3),
        "AP",
        ["LIMA, Feb 2 (AFP) - Rain."],
    )
    assert isinstance(note, Note)
    assert note.where == "line 1"


@pytest.mark.parametrize(
    ("place", "dateline"),
    [("LIMA", "LIMA (AFP)"), ("Quito", None), ("Lim", None)],
)
def test_with_a_place_in_the_record_only_the_same_dateline_is_read(article, place, dateline):
    story = article(id=1, place=place, paragraphs=["LIMA (AFP) - Rain fell."])
    assert (story.dateline and story.dateline.text) == dateline
    assert texts(story) == ["LIMA (AFP) - Rain fell."]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b'{"id": 1,', "JSON"),
        (b"rain", "JSON"),
        (b'{"id": "\\ud800"}', "JSON"),
        (b'{"id": "caf\xe9"}', "UTF-8"),
        ([1], "object"),
        ({"id": 1.5, "title": "Rain"}, '"id"'),
        ({"id": True, "title": "Rain"}, '"id"'),
        ({"id": 1, "title": 7}, '"title"'),
        ({"id": 1, "title": "Rain", "topics": "weather"}, '"topics"'),
        ({"id": 1, "title": "Rain", "paragraphs": [1]}, '"paragraphs"'),
        ({"id": 1, "title": "Rain", "paragraphs": {}}, '"paragraphs"'),
        ({"id": 1, "title": "Rain", "date": 1987}, '"date"'),
        ({"id": 1, "title": "Rain", "date": "7/23/17"}, "YYYY-MM-DD"),
        ({"id": 1, "title": "Rain", "date": "2050-09-30"}, "ahead"),
        ({"id": 1}, "no text"),
    ],
)
def test_a_wrong_record_is_reported_by_its_line_and_the_rest_goes_on(read, record, reason):
    error, story = read(b"", record, {"id": 2, "title": "Rain"})
    assert isinstance(error, ArticleError)
    assert (error.path, error.where) == ("wire.jsonl", "line 2")
    assert reason in error.reason
    assert isinstance(story, Article)


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(read):
    stories = read(b'\xef\xbb\xbf{"id": 1, "title": "Rain"}\r', b'{"id": 2, "title": "Sun"}\r')
    assert [story.id for story in stories] == ["1", "2"]


def test_control_characters_become_spaces(article):
    assert texts(article(id=1, paragraphs=["Rain\u0003\u0000fell."])) == ["Rain fell."]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "title", "date", "place", "paragraphs", "topics"]), inner, max_size=6
            )
        ),
    )
)
def test_no_record_crashes_the_reader(tmp_path_factory, record):
    path = tmp_path_factory.mktemp("lines") / "wire.jsonl"
    path.write_text(json.dumps(record) + "\n")
    for reading in read_file(SourceFile(path, "wire.jsonl", 1), context=ReadingContext(today=TODAY)):
        assert isinstance(reading, Article | Note | ArticleError)
        if isinstance(reading, Article):
            assert all(paragraph.text for paragraph in reading.paragraphs)
            json.dumps(reading.title).encode()


@pytest.mark.parametrize(
    ("record", "origins"),
    [
        ({"paragraphs": ["Rain fell."]}, Origins(id="digest", title="sentence")),
        (
            {
                "id": 7,
                "title": "Rain",
                "date": "2024-08-24",
                "place": "Suez",
                "agency": "IANS",
                "byline": "A",
                "section": "x",
                "paragraphs": ["Rain fell."],
            },
            Origins(
                "field:id", "field:title", "field:date", "field:place", "field:agency", "field:byline", "field:section"
            ),
        ),
        (
            {"id": "a", "author": "A B, Reuters", "topics": ["x"], "paragraphs": ["Suez, Aug 24, 2024 - Rain fell."]},
            Origins("field:id", "sentence", "dateline", "dateline", "byline", "field:author", "field:topics"),
        ),
        (
            {"id": "a", "paragraphs": ["Suez, Aug 24 (IANS) Rain."]},
            Origins("field:id", "sentence", None, "dateline", "dateline"),
        ),
    ],
)
def test_each_value_knows_where_it_was_found(read, record, origins):
    assert read(record)[-1].origins == origins


def test_place_and_agency_have_the_one_value_of_all_readers(article):
    story = article(id=1, title="Rain", place="WASHINGTON, D.C.", agency="The Associated Press")
    assert (story.place, story.country, story.agency) == ("Washington", "United States", "AP")
    assert story.place_written == "WASHINGTON, D.C."


def test_the_same_city_in_another_spelling_is_the_same_dateline(article):
    story = article(
        id=1, place="New Delhi, India", date="2024-08-24", paragraphs=["NEW DELHI, Aug 24 (PTI) Rain fell."]
    )
    assert (story.place, story.agency, story.dateline.text) == ("New Delhi", "PTI", "NEW DELHI, Aug 24 (PTI)")


@pytest.mark.parametrize(
    ("paragraphs", "number"),
    [
        (["(Adds quotes)", "LIMA, Feb 2 (AFP) - Rain fell."], 2),
        (["* Rain fell", "", "* It stopped", "LIMA, Feb 2 (AFP) - Rain fell."], 3),
        (["Source: AFP\nLIMA, Feb 2 (AFP) - Rain fell."], 1),
    ],
)
def test_a_dateline_below_what_precedes_it_is_found(article, paragraphs, number):
    story = article(id=1, date="2024-02-02", paragraphs=paragraphs)
    assert (story.place, story.agency, story.dateline.text) == ("Lima", "AFP", "LIMA, Feb 2 (AFP)")
    whole = "\n\n".join(paragraphs)
    assert whole[story.dateline.start : story.dateline.end] == story.dateline.text
    holds = story.paragraphs[number - 1]
    assert holds.start <= story.dateline.start < holds.end
    assert story.title == "Rain fell."


def test_a_bare_date_above_the_dateline_gives_the_day(article):
    story = article(id=1, paragraphs=["Nov. 14, 2018", "LIMA (AP) — Rain fell."])
    assert (story.date, story.place, story.origins.date) == (datetime.date(2018, 11, 14), "Lima", "line")
