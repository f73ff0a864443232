"""JSON Lines: one article a line, wrong lines reported, the rest kept."""

import datetime
import gzip
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.articles import Article, Note, NoteKind, Origins
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


@pytest.mark.parametrize(
    "name", ["wire.jsonl", "wire.ndjson", "wire.JSONL", "wire.jsonl.gz", "wire.ndjson.gz", "wire.jl", "wire.json"]
)
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
        (b'{"title": "Rain", "n": ' + b"9" * 5000 + b"}", "JSON"),
        (b"[" * 2000 + b"]" * 2000, "JSON"),
        ([1], "object"),
        ({"id": 1}, "no text"),
        ({"id": 1, "title": ["a", "b"], "paragraphs": {}}, "no text"),
        ({"name": "dateline", "version": "1", "description": "A search engine"}, '"version"'),
        ({"$schema": "x", "title": "Settings", "description": "What can be set"}, "no text"),
    ],
)
def test_a_wrong_record_is_reported_by_its_line_and_the_rest_goes_on(read, record, reason):
    error, story = read(b"", record, {"id": 2, "title": "Rain"})
    assert isinstance(error, ArticleError)
    assert (error.path, error.where) == ("wire.jsonl", "line 2")
    assert reason in error.reason
    assert isinstance(story, Article)


@pytest.mark.parametrize(
    ("field", "kind", "reason"),
    [
        ({"id": True}, NoteKind.FIELD_UNREADABLE, '"id"'),
        ({"id": 1.5}, NoteKind.FIELD_UNREADABLE, '"id"'),
        ({"id": ["a", "b"]}, NoteKind.FIELD_UNREADABLE, '"id"'),
        ({"title": 7.5}, NoteKind.FIELD_UNREADABLE, '"title"'),
        ({"title": ["Rain", "Sun"]}, NoteKind.FIELD_UNREADABLE, '"title"'),
        ({"author": 3.5}, NoteKind.FIELD_UNREADABLE, '"author"'),
        ({"author": {"mail": "a@example.org"}}, NoteKind.FIELD_UNREADABLE, '"author"'),
        ({"byline": "word " * 100}, NoteKind.FIELD_UNREADABLE, '"byline"'),
        ({"topics": 7}, NoteKind.FIELD_UNREADABLE, '"topics"'),
        ({"location": [52.5, 13.4]}, NoteKind.FIELD_UNREADABLE, '"location"'),
        ({"agency": {}, "place": True}, NoteKind.FIELD_UNREADABLE, '"place"'),
        ({"date": "soon"}, NoteKind.DATE_UNREADABLE, "'soon'"),
        ({"date": {"y": 2016}}, NoteKind.DATE_UNREADABLE, "date"),
        ({"date": "0000-00-00"}, NoteKind.DATE_UNREADABLE, "0000-00-00"),
        ({"date": "2016"}, NoteKind.DATE_INCOMPLETE, "2016"),
        ({"date": "2050-09-30"}, NoteKind.DATE_DOUBTFUL, "ahead"),
        ({"date": "11/03/2016"}, NoteKind.DATE_AMBIGUOUS, "'11/03/2016'"),
    ],
)
def test_a_field_that_cannot_be_read_is_left_empty_and_noted_and_the_article_stays(read, field, kind, reason):
    note, story = read({"text": "Rain fell."} | field)
    assert isinstance(note, Note)
    assert (note.path, note.where, note.kind) == ("wire.jsonl", "line 1", kind)
    assert reason in note.reason
    assert texts(story) == ["Rain fell."]
    assert (story.date, story.byline, story.topics, story.place, story.agency) == (None, None, (), None, None)
    assert story.title_derived


@pytest.mark.parametrize(
    ("field", "byline"),
    [
        ({"author": "Maria Silva, Jo Park"}, "Maria Silva, Jo Park"),
        ({"author": ["Maria Silva", "Jo Park", "Maria Silva"]}, "Maria Silva, Jo Park"),
        ({"authors": [{"name": "Maria Silva"}, {"given": "Jo", "family": "Park"}]}, "Maria Silva, Jo Park"),
        ({"author": {"@type": "Person", "name": "Maria Silva"}}, "Maria Silva"),
        ({"creator": {"firstName": "Maria", "lastName": "Silva"}}, "Maria Silva"),
        ({"byline": {"original": "By Maria Silva"}}, "Maria Silva"),
        ({"dc:creator": "Maria Silva"}, "Maria Silva"),
        ({"byline": "", "author": [], "authors": ["Maria Silva"]}, "Maria Silva"),
        ({"author": None}, None),
    ],
)
def test_an_author_may_be_a_string_a_list_or_an_object(article, field, byline):
    assert article(id=1, text="Rain fell.", **field).byline == byline


@pytest.mark.parametrize(
    ("field", "topics", "section"),
    [
        ({"topics": "weather"}, ("weather",), "weather"),
        ({"topics": "weather, ports"}, ("weather", "ports"), "weather"),
        ({"topics": "Trade, foreign; ports"}, ("Trade, foreign", "ports"), "Trade, foreign"),
        ({"topics": [{"name": "weather"}, "ports", None]}, ("weather", "ports"), "weather"),
        ({"category": {"label": "weather"}}, ("weather",), "weather"),
        ({"tags": ["rain"]}, ("rain",), None),
        ({"keywords": "rain, hills", "articleSection": "weather"}, ("rain", "hills"), "weather"),
        ({"section": ["weather"], "topics": ["ports"]}, ("ports",), "weather"),
        ({"articleSection": ["weather", "ports"]}, (), "weather"),
    ],
)
def test_topics_may_be_a_string_a_list_or_objects_and_tags_are_no_section(article, field, topics, section):
    story = article(id=1, text="Rain fell.", **field)
    assert (story.topics, story.section) == (topics, section)


@pytest.mark.parametrize(
    "body",
    [
        {"text": "Rain fell.\n\nIt stopped."},
        {"body": "Rain fell.\r\n\r\nIt stopped."},
        {"content": {"rendered": "Rain fell.\n\nIt stopped."}},
        {"maintext": "Rain fell.\nIt stopped."},
        {"articleBody": ["Rain fell.", "It stopped."]},
        {"article_text": "Rain fell.\u2029It stopped."},
        {"paragraphs": [{"text": "Rain fell."}, {"type": "image", "url": "x.png"}, {"text": "It stopped."}]},
        {"text": None, "body": "", "content": "Rain fell.\n\nIt stopped.", "description": "Rain"},
        {"text": "Rain", "content": "Rain fell.\n\nIt stopped."},
        {"description": "Rain fell.\n\nIt stopped."},
        {"_source": {"text": "Rain fell.\n\nIt stopped."}},
        {"fields": {"bodyText": "Rain fell.\n\nIt stopped."}},
    ],
)
def test_the_text_is_found_under_the_usual_keys(article, body):
    story = article(id=1, title="Weather", **body)
    assert (texts(story), story.title) == (["Rain fell.", "It stopped."], "Weather")


def test_lines_that_are_wrapped_are_no_paragraphs(article):
    wrapped = "The rain that fell over the hills on Monday was\nthe first for a month and filled the\nreservoirs."
    assert len(article(id=1, text=wrapped).paragraphs) == 1


def test_a_label_before_the_title_is_the_kicker_and_stays_in_the_headline(article):
    story = article(title="UPDATE 2-Bridge opens", byline="Ann Lee", text="Cars crossed it.")
    assert (story.kicker, story.title, story.headline) == ("UPDATE 2", "Bridge opens", "UPDATE 2-Bridge opens\nAnn Lee")


@pytest.mark.parametrize(
    "title", [{"headline": "Rain"}, {"headline": {"main": "Rain"}}, {"name": "Rain"}, {"dc:title": ["Rain"]}]
)
def test_the_title_is_found_under_the_usual_keys(article, title):
    story = article(id=1, text="It fell.", **title)
    assert (story.title, story.title_derived) == ("Rain", False)


def test_a_record_whose_text_was_not_found_names_the_keys_it_has(read):
    note, story = read({"title": "Rain", "date": "2024-02-02", "corpus": "It fell on the hills.\n\nIt stopped."})
    assert note.kind is NoteKind.BODY_MISSING
    assert 'its keys are "title", "date", "corpus"' in note.reason
    assert texts(story) == ["Rain"]


def test_a_headline_alone_is_worth_no_note(read):
    (story,) = read({"title": "Rain", "paragraphs": [], "kind": "brief", "dateline": "LIMA, Feb 2"})
    assert texts(story) == ["Rain"]


@pytest.mark.parametrize(
    ("source", "agency"), [("Reuters", "Reuters"), ({"name": "AFP"}, "AFP"), ("The Daily Wave", None)]
)
def test_a_source_that_is_an_agency_is_the_agency(article, source, agency):
    assert article(id=1, text="Rain fell.", source=source).agency == agency


@pytest.mark.parametrize(
    ("field", "date", "origin"),
    [
        ({"date": "soon", "published": "2016-03-11"}, "2016-03-11", "field:published"),
        ({"published": True, "pubDate": "Fri, 11 Mar 2016 10:00:00 GMT"}, "2016-03-11", "field:pubDate"),
        ({"date": "soon"}, "2016-03-12", "dateline"),
        ({}, "2016-03-12", "dateline"),
    ],
)
def test_the_date_is_that_of_the_first_field_that_can_be_read_then_the_datelines(read, field, date, origin):
    *_, story = read({"text": "LIMA, March 12, 2016 (AFP) - Rain fell."} | field)
    assert (str(story.date), story.origins.date) == (date, origin)


@pytest.mark.parametrize(
    ("written", "date"),
    [("2016", "2016-03-11"), ("2016-03", "2016-03-11"), ("11/03/2016", "2016-03-11"), ("2016-04", None)],
)
def test_a_datelines_day_and_a_date_that_lacks_one_make_a_date(read, written, date):
    *_, story = read({"date": written, "text": "LIMA, March 11 (AFP) - Rain fell."})
    assert (story.date and str(story.date)) == date


def test_nan_and_infinity_are_no_values(read):
    (story,) = read(b'{"id": "a", "author": NaN, "score": -Infinity, "title": "Rain"}')
    assert (story.id, story.byline) == ("a", None)


def test_a_line_in_another_encoding_is_read_in_it_and_noted(read):
    note, story, other = read('{"id": 1, "title": "Café fermé"}'.encode("cp1252"), {"id": 2, "title": "Sun"})
    assert (note.kind, note.where) == (NoteKind.ENCODING_DOUBTFUL, "line 1")
    assert (story.title, other.title) == ("Café fermé", "Sun")


def test_a_bad_byte_costs_one_character(read):
    line = '{"id": 1, "title": "Müller über Köln"}'.encode().replace(b"K", b"\xffK")
    note, story = read(line)
    assert (note.kind, note.where) == (NoteKind.CHARACTER_REPLACED, "line 1")
    assert story.title == "Müller über \ufffdKöln"
    assert story.source.sha256 == hashlib.sha256(line).hexdigest()


def test_half_of_a_surrogate_pair_costs_one_character(read):
    note, story = read(b'{"id": "\\ud83d\\ude00", "title": "Rain \\ud800 fell"}')
    assert note.kind is NoteKind.CHARACTER_REPLACED
    assert story.title == "Rain \ufffd fell"


def test_a_control_character_within_a_string_does_no_harm(read):
    (story,) = read(b'{"id": 1, "text": "Rain\x01\tfell."}')
    assert texts(story) == ["Rain fell."]


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(read):
    stories = read(b'\xef\xbb\xbf{"id": 1, "title": "Rain"}\r', b'{"id": 2, "title": "Sun"}\r')
    assert [story.id for story in stories] == ["1", "2"]


def test_control_characters_become_spaces(article):
    assert texts(article(id=1, paragraphs=["Rain\u0003\u0000fell."])) == ["Rain fell."]


KEYS = ["id", "title", "date", "place", "author", "topics", "paragraphs", "text", "content", "items", "_source", "name"]


@settings(deadline=None)  # the first date in words loads dateparser
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.integers()
        | st.text(max_size=20)
        | st.sampled_from(
            ["11/03/2016", "2016. március 11.", "March 2016", 1457690400, "20160311", "\ud800", "a\n\nb"]
        ),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    ),
    st.sampled_from([None, 2]),
    st.sampled_from(["wire.jsonl", "wire.json"]),
)
def test_no_record_crashes_the_reader(tmp_path_factory, record, indent, name):
    path = tmp_path_factory.mktemp("lines") / name
    path.write_text(json.dumps(record, indent=indent) + "\n")
    for reading in read_file(SourceFile(path, name, 1), context=ReadingContext(today=TODAY)):
        assert isinstance(reading, Article | Note | ArticleError)
        if isinstance(reading, Article):
            assert all(paragraph.text for paragraph in reading.paragraphs)
            json.dumps(reading.title).encode()
            reading.id.encode()


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
