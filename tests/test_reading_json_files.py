"""Files of JSON: arrays, objects, lists within objects, and how little of them is held in memory."""

import datetime
import gzip
import hashlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.articles import Article
from search.errors import ArticleError
from search.reading import ReadingContext, SourceFile, json_values, read_file
from search.reading.json_values import BrokenError, TooLongError, ValueReader

TODAY = datetime.date(2024, 11, 22)
STORIES = [
    {"id": "a", "title": "Rain", "text": 'It "fell" [on] {the} hills.'},
    {"id": "b", "title": "Sun", "text": "It shone, \\ and set."},
]


@pytest.fixture
def read(tmp_path):
    def read(content, name="wire.json"):
        data = content if isinstance(content, bytes) else content.encode()
        path = tmp_path / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return list(read_file(SourceFile(path, name, path.stat().st_size), context=ReadingContext(today=TODAY)))

    return read


def ids(readings):
    assert all(isinstance(reading, Article) for reading in readings), readings
    return [story.id for story in readings]


LINES = "\n".join(map(json.dumps, STORIES))
ONE_AFTER_ANOTHER = "\n".join(json.dumps(story, indent=2) for story in STORIES)


@pytest.mark.parametrize("name", ["wire.json", "wire.json.gz", "wire.jsonl", "wire.jl", "wire.ndjson"])
@pytest.mark.parametrize(
    "content",
    [
        json.dumps(STORIES),
        json.dumps(STORIES, indent=4),
        "[\n" + ",\n".join(map(json.dumps, STORIES)) + "\n]\n",
        LINES,
        LINES.replace("\n", ",\n"),
        "\n\n" + LINES.replace("\n", "\r\n"),
        ONE_AFTER_ANOTHER,
        LINES.replace("\n", " "),
        LINES.replace("\n", ""),
        json.dumps({"one": STORIES[0], "two": STORIES[1]}),
        json.dumps({"meta": {"n": 2}, "articles": {"1": STORIES[0], "2": STORIES[1]}}, indent=2),
        json.dumps(STORIES).replace('"}', '", }').replace("}]", "}, ]"),
        json.dumps({"articles": STORIES}),
        json.dumps({"status": "ok", "response": {"total": 2, "results": STORIES}}, indent=1),
        '{"articles": [\n' + ",\n".join(map(json.dumps, STORIES)) + "\n]}",
        json.dumps({"title": "My feed", "description": "What is new", "items": STORIES, "tags": ["x"]}),
        json.dumps({"hits": {"hits": [{"_id": 1, "_source": story} for story in STORIES]}}),
        json.dumps({"content": STORIES, "pages": 3}),
        json.dumps({"data": {"authors": [{"name": "A"}], "news": {"items": STORIES}}}),
    ],
)
def test_articles_are_found_whatever_holds_them(read, content, name):
    readings = read(content, name)
    assert ids(readings) == ["a", "b"]
    assert readings[0].paragraphs[0].text == STORIES[0]["text"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("content", [json.dumps(STORIES, ensure_ascii=False), LINES, ONE_AFTER_ANOTHER])
def test_every_encoding_of_json_is_read(read, content, encoding):
    assert ids(read(content.replace("Rain", "Zoë").encode(encoding))) == ["a", "b"]


def test_one_object_is_one_article_whatever_lists_it_has(read):
    story = STORIES[0] | {
        "authors": [{"name": "A", "text": "Writes."}],
        "related": [{"title": "Fog", "text": "It came."}],
        "images": [{"title": "A picture"}],
    }
    (read_story,) = read(json.dumps(story, indent=2))
    assert (read_story.id, read_story.byline) == ("a", "A")


def test_a_record_is_its_own_bytes(read):
    _, story = read(json.dumps(STORIES))
    own = json.dumps(STORIES[1])
    assert (story.source.sha256, story.source.end) == (hashlib.sha256(own.encode()).hexdigest(), len(own))


def test_a_wrong_record_of_an_array_costs_itself_alone(read):
    first, error, second = read('[{"id": "a", "title": "Rain"}, {"id": nothing}, {"id": "b", "title": "Sun"}]')
    assert ids([first, second]) == ["a", "b"]
    assert (error.where, "JSON" in error.reason) == ("record 2", True)


@pytest.mark.parametrize(
    "content",
    ['[{"id": "a", "title": "Rain"}, {"id"', '[{"id": "a", "title": "Rain"}', '[{"id": "a", "title": "Rain"}] }'],
)
def test_of_a_file_that_breaks_off_the_articles_before_stay_and_it_is_reported(read, content):
    story, error = read(content)
    assert (story.id, error.where) == ("a", "record 2")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"name": "dateline", "version": "1.0", "scripts": {"test": "x y"}}', '"name", "version", "scripts"'),
        ('{\n "name": "dateline",\n "files": [{"name": "a", "size": 1}]\n}', '"name", "files"'),
        ("[1, 2, 3]", "object"),
        (json.dumps([[1.5, 2]] * 1000), "object"),
        ("Rain fell.", "JSON"),
        ('"Rain fell."', "object"),
        ('{"id": 1', "JSON"),
        ("{,}", "no text"),
        ("", "empty"),
        ("\n \n", "empty"),
        ("[]", "empty"),
    ],
)
def test_a_file_without_articles_is_one_error_that_says_why(read, content, reason):
    (error,) = read(content)
    assert isinstance(error, ArticleError)
    assert reason in error.reason


def test_values_before_the_first_article_are_reported_once_there_is_one(read):
    *errors, story = read(json.dumps([*range(30), STORIES[0]]))
    assert story.id == "a"
    assert len(errors) == 21
    assert "10 more values" in errors[-1].reason


def test_an_array_streams(tmp_path):
    path = tmp_path / "wire.json"
    path.write_text(json.dumps([story | {"id": number} for number in range(20_000) for story in STORIES[:1]]))
    told = []
    file = SourceFile(path, path.name, path.stat().st_size)
    next(read_file(file, context=ReadingContext(today=TODAY), on_bytes=told.append))
    assert sum(told) < file.size // 2


@pytest.fixture
def longest(monkeypatch):
    monkeypatch.setattr(json_values, "LONGEST_VALUE", 1000)
    monkeypatch.setattr(json_values, "_CHUNK", 100)


@pytest.mark.usefixtures("longest")
def test_an_object_too_long_for_memory_gives_up_the_records_in_its_lists():
    many = [story | {"n": number} for number in range(50) for story in STORIES]
    whole = {"version": "1", "names": [{"x": "y"}] * 60, "data": {"articles": many}, "more": {"a": {"b": {"c": many}}}}
    values = ValueReader(io.BytesIO(json.dumps(whole).encode())).records(lambda element: b'"title"' in element)
    assert [json.loads(value) for value in values] == many


@pytest.mark.usefixtures("longest")
def test_an_object_too_long_for_memory_without_records_is_reported():
    whole = json.dumps({"title": "Rain", "text": "x" * 900, "notes": "y" * 900})
    error, after = ValueReader(io.BytesIO(f"{whole}\n[1]".encode())).records(lambda _: True)
    assert isinstance(error, TooLongError)
    assert after == b"1"


@pytest.mark.usefixtures("longest")
def test_an_element_too_long_for_memory_is_passed_over():
    values = list(ValueReader(io.BytesIO(json.dumps([1, ["x" * 300] * 30, 2]).encode())).records(lambda _: True))
    assert (values[0], values[2]) == (b"1", b"2")
    assert isinstance(values[1], TooLongError)


@pytest.mark.usefixtures("longest")
def test_a_string_without_end_is_given_up():
    with pytest.raises(BrokenError, match="string"):
        list(ValueReader(io.BytesIO(b'["' + b"x" * 5000)).records(lambda _: True))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 1]), st.integers(1, 40))
def test_an_array_is_cut_into_its_elements(values, indent, chunk):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, chunk))

    written = json.dumps(values, indent=indent, ensure_ascii=False).encode("utf-8", "replace")
    cut = [json.loads(value) for value in ValueReader(Slow(written)).records(lambda _: True)]
    assert cut == json.loads(written)


@given(st.binary(max_size=60) | st.text(alphabet='[]{}":,\\ a1\n', max_size=60).map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path_factory, data):
    for name in ("wire.json", "wire.jsonl"):
        path = tmp_path_factory.mktemp("json") / name
        path.write_bytes(data)
        for reading in read_file(SourceFile(path, name, len(data)), context=ReadingContext(today=TODAY)):
            assert str(reading)
