"""Units: what is read by itself, by which key it is known, and what its reading depends on beside its bytes."""

import datetime
import gzip
import json
import tempfile
from collections import Counter
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from search.articles import Article
from search.errors import ArticleError
from search.reading import ReadingContext, Survey, Unit, find_files, places, read_files, read_units
from search.reading.answers import Answers

CONTEXT = ReadingContext(today=datetime.date(2024, 11, 22))
ARRAY = b'[{"id": 1, "text": "Rain."}, {"id": 2, "text": "Fog."}]'


def told(reading):
    """A reading by its values: errors are equal only to themselves."""
    return str(reading) if isinstance(reading, ArticleError) else reading


def units(source, *, survey=None, **options):
    """The units of a source, each with its readings."""
    context = CONTEXT if survey is None else replace(CONTEXT, survey=survey)
    found, readings = [], []
    for each in read_units(find_files([source]), context=context, **options):
        if isinstance(each, Unit):
            found.append((each, readings))
            readings = []
        else:
            readings.append((told(each[0]), each[1]))
    assert readings == []
    return found


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.ndjson"])
def test_a_line_is_a_unit_known_by_its_bytes_without_white_space_and_comma(tmp_path, name):
    data = b'  {"id": 1, "text": "Rain."},\r\n\n{"id": 2, "text": "Fog."}'
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    (one, (first,)), (other, (second,)) = units(tmp_path)
    assert (one.where, other.where) == ("line 1", "line 3") == (first[1], second[1])
    assert one.key == xxh3_64_intdigest(b'{"id": 1, "text": "Rain."}')
    assert other.key == xxh3_64_intdigest(b'{"id": 2, "text": "Fog."}')
    assert one.file.name == name
    assert (first[0].id, second[0].id) == ("1", "2")


@pytest.mark.parametrize(
    ("name", "data", "count"),
    [
        ("a.txt", b"Rain fell.", 1),
        ("a.txt", b"", 1),
        ("a.json", ARRAY, 2),
        ("a.jsonl", ARRAY.replace(b", {", b",\n{"), 2),
        ("a.json", ARRAY.decode().encode("utf-16"), 2),
        ("a.json", b'{"id": 1, "text": "Rain."}\n{"id": 2, "text": "Fog."}\n', 2),
        ("a.json", b'[{"id": 1, "text": "Rain."}] oops ' + b" " * 1_000_000, 2),
        ("a.json", b"", 1),
    ],
)
@pytest.mark.parametrize("packs", [False, True])
def test_any_other_file_is_one_unit_known_by_all_its_bytes(tmp_path, name, data, count, packs):
    if packs:
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(data))
    else:
        (tmp_path / name).write_bytes(data)
    ((unit, readings),) = units(tmp_path)
    # So that a file that streams is no line that has the same bytes.
    seed = 0 if name == "a.txt" else 1
    assert (unit.key, unit.where, unit.known) == (xxh3_64_intdigest(data, seed=seed), None, False)
    assert len(readings) == count


def test_what_the_system_refuses_is_read_of_a_unit_without_a_key(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"Rain fell.")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(b"Rain fell.")[:-4])
    (tmp_path / "d.json.gz").write_bytes(gzip.compress(ARRAY)[:-4])
    (tmp_path / "e.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Rain."}\n{"text": "Fog."}\n')[:-4])
    found = units(tmp_path, is_known=lambda _, key: key == 0)
    *whole, first, second, last = found
    assert [(unit.file.name, unit.key, unit.known) for unit, _ in whole] == [
        (name, 0, False) for name in ("a.pdf", "b.txt", "c.txt.gz", "d.json.gz")
    ]
    assert first[0].key
    assert second[0].key
    assert (last[0].key, last[0].where) == (0, None)
    assert all(isinstance(readings[-1][0], str) for _, readings in (*whole, last))


def test_of_a_known_line_or_text_nothing_is_read(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "Rain."}\nno JSON\n{"text": "Fog."}\n')
    (tmp_path / "b.txt").write_bytes(b"\x00\x01\x02")
    asked = []

    def is_known(file, key):
        asked.append((file.name, key))
        return True

    found = units(tmp_path, is_known=is_known)
    assert [(unit.file.name, unit.key) for unit, _ in found] == asked
    assert [unit.where for unit, _ in found] == ["line 1", "line 2", "line 3", None]
    assert all(unit.known and unit.asked == () and readings == [] for unit, readings in found)


def test_json_that_streams_is_read_before_its_key_is_known(tmp_path):
    (tmp_path / "a.json").write_bytes(ARRAY)
    ((unit, readings),) = units(tmp_path, is_known=lambda *_: True)
    assert not unit.known
    assert len(readings) == 2


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.txt", "a.txt.gz", "a.json"])
def test_the_bytes_told_add_up_to_the_size_on_disk(tmp_path, name, known):
    data = b"".join(b'{"id": %d, "text": "Rain."}\n' % number for number in range(20_000))
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    counts = []
    units(tmp_path, is_known=lambda *_: known, on_bytes=counts.append)
    assert sum(counts) == (tmp_path / name).stat().st_size


def test_a_unit_has_the_date_of_its_path_where_that_is_asked_for(tmp_path):
    (tmp_path / "2016-03-25.txt").write_text("Rain fell.")
    context = replace(CONTEXT, dates_from_paths=True)
    (note, _), (story, _), unit = read_units(find_files([tmp_path]), context=context)
    assert "2016-03-25" in note.reason
    assert story.date == datetime.date(2016, 3, 25)
    assert isinstance(unit, Unit)


KIEV, ZARNOV = places.key_of("Kiev"), places.key_of("Zarnov")
ALONE = "ZARNOV — Rain fell on the harbour and the town."
SPANISH = "aprobó el presupuesto"


@pytest.mark.parametrize(
    ("name", "data", "asked"),
    [
        ("a.txt", b"The har-\nbour froze.", {("word", "harbour"): True, ("word", "har-bour"): False}),
        ("a.txt", b"The harbour har-\nbour froze.", {("word", "har-bour"): False}),
        ("a.txt", b"KYIV, March 2 (AFP) - Rain.", {("place", KIEV): "Kiev"}),
        ("a.jsonl", b'{"place": "Kyiv", "text": "Rain."}', {("place", KIEV): "Kiev"}),
        ("a.jsonl", b'{"place": "Lima", "text": "Rain."}', {("place", places.key_of("Lima")): None}),
        ("a.txt", ALONE.encode(), {("often", ZARNOV): True, ("place", ZARNOV): "Zarnov"}),
        ("a.txt", b"PARIS - Rain fell on the town.", {("place", places.key_of("Paris")): None}),
        ("a.txt", b"date 11/03/2016\n\nRain fell.", {("order", ""): True}),
        ("a.txt", b"date 25/03/2016\n\nRain fell.", {}),
        ("a.txt", SPANISH.encode("mac-roman"), {("encodings", ""): {"mac-roman": 16}}),
        ("a.txt", SPANISH.encode(), {}),
    ],
)
def test_a_unit_has_what_was_asked_of_the_archive_with_the_answers(tmp_path, name, data, asked):
    survey = Survey(
        day_first=3,
        places={KIEV: Counter({"Kiev": 3, "Kyiv": 1}), ZARNOV: Counter({"Zarnov": 3})},
        words={"harbour"},
        encodings=Counter({"mac-roman": 40}),
    )
    (tmp_path / name).write_bytes(data)
    ((unit, readings),) = units(tmp_path, survey=survey)
    assert dict(unit.asked) == asked
    assert isinstance(readings[-1][0], Article)


def test_what_one_unit_asked_is_not_of_the_next(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"place": "Lima"}\n{"place": "Kiev", "title": "Rain"}\n{"title": "Fog"}\n')
    assert [[question for question, _ in unit.asked] for unit, _ in units(tmp_path)] == [
        [],
        [("place", KIEV)],
        [],
    ]


PARTS = [
    "ZARNOV — Rain fell on the harbour and the town.",
    "KYIV, March 2 (AFP) - The har-\nbour froze.",
    "Kiev, 04/03/2019 (IANS) The govern-\nment met.",
    "BELZ (XQ) - The well-\nknown harbour froze over.",
    "date 11/03/2016",
    "Date: 03/11/2016",
    "04/03/2019",
    "Place: Kyiv",
    "By JANE DOE",
    "LIMA, March 3 - aprobó el presupuesto",
    "Die Straße war naß.",
]
ENCODINGS = st.sampled_from(["utf-8", "mac-roman", "cp1252", "cp850", "utf-16"])
TEXTS = st.builds(
    lambda parts, encoding: ("a.txt", "\n\n".join(parts).encode(encoding, "replace")),
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=4),
    ENCODINGS,
)
RECORDS = st.builds(
    lambda fields, encoding: json.dumps(fields, ensure_ascii=False).encode(encoding),
    st.fixed_dictionaries(
        {"paragraphs": st.lists(st.sampled_from(PARTS), max_size=3)},
        optional={
            "date": st.sampled_from(["11/03/2016", "25/03/2016", "03.04.2016"]),
            "place": st.sampled_from(["Kyiv", "ZARNOV"]),
            "title": st.just("Rain"),
        },
    ),
    st.sampled_from(["utf-8", "mac-roman", "cp1252"]),
)
LINES = st.lists(RECORDS, max_size=4).map(lambda lines: ("a.jsonl", b"\n".join(lines)))
ARRAYS = st.lists(RECORDS, max_size=4).map(lambda lines: ("a.json", b"[" + b",\n".join(lines) + b"]"))
COUNTS = st.sampled_from([0, 1, 2, 3, 40])
SURVEYS = st.builds(
    Survey,
    day_first=COUNTS,
    month_first=COUNTS,
    places=st.dictionaries(
        st.sampled_from([KIEV, ZARNOV, places.key_of("Belz"), places.key_of("Lima")]),
        st.dictionaries(st.sampled_from(["Kiev", "Kyiv", "Zarnov"]), st.integers(1, 3), min_size=1).map(Counter),
    ),
    words=st.sets(st.sampled_from(["harbour", "government", "well-known", "wellknown"])),
    encodings=st.dictionaries(st.sampled_from(["mac-roman", "cp1252", "cp850"]), st.integers(1, 40)).map(Counter),
)


def units_of_bytes(name, data, **options):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(data)
        return units(Path(folder), **options)


class Only(Answers):
    """Answers the questions it was given, and has no other answer."""

    def __init__(self, asked):
        self._answers = dict(asked)

    def answer(self, question):
        return self._answers[question]


@settings(deadline=None)
@given(TEXTS | LINES | ARRAYS, SURVEYS)
def test_a_unit_is_read_the_same_by_the_answers_to_its_questions_alone(file, survey):
    for unit, readings in units_of_bytes(*file, survey=survey):
        only = Only(unit.asked)
        again = units_of_bytes(*file, survey=only, is_known=lambda _, key, own=unit.key: key != own)
        assert (unit.where, unit.asked, readings) in [(each.where, each.asked, same) for each, same in again]


@settings(deadline=None)
@given(TEXTS | LINES | ARRAYS, SURVEYS, SURVEYS)
def test_a_unit_whose_questions_have_the_same_answers_in_another_archive_is_read_the_same_there(file, survey, other):
    here, there = (units_of_bytes(*file, survey=each) for each in (survey, other))
    same = [
        (one, another)
        for one, another in zip_longest(here, there)
        if all(other.answer(question) == answer for question, answer in one[0].asked)
    ]
    assume(same)
    for (unit, readings), (unit_there, readings_there) in same:
        assert readings == readings_there
        assert unit.asked == unit_there.asked


@settings(deadline=None)
@given(TEXTS | LINES, SURVEYS)
def test_questions_and_answers_are_plain_json(file, survey):
    for unit, _ in units_of_bytes(*file, survey=survey):
        for question, answer in unit.asked:
            kept = json.loads(json.dumps([question, answer]))
            assert survey.answer(tuple(kept[0])) == kept[1]


@settings(deadline=None)
@given(LINES, SURVEYS, st.sets(st.integers(0, 3)))
def test_the_others_are_read_the_same_whichever_are_known(file, survey, known):
    all_read = units_of_bytes(*file, survey=survey)
    keys = {unit.key for index, (unit, _) in enumerate(all_read) if index in known}
    found = units_of_bytes(*file, survey=survey, is_known=lambda _, key: key in keys)
    assert [unit[:2] for unit, _ in found] == [(found[0][0].file, unit.key) for unit, _ in all_read]
    for (unit, readings), (whole, all_readings) in zip_longest(found, all_read):
        assert unit.known == (unit.key in keys)
        assert readings == ([] if unit.known else all_readings)
        assert unit.asked == (() if unit.known else whole.asked)


def test_all_files_are_read_as_their_units_are_but_for_ids(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"id": 1, "text": "Rain."}\n{"id": 1, "text": "Fog."}\n{}\n')
    (tmp_path / "b.txt").write_bytes(b"Sun.")
    read = list(read_files(find_files([tmp_path]), context=CONTEXT))
    by_units = [reading for _, readings in units(tmp_path) for reading, _ in readings]
    assert len({each.id for each in read if isinstance(each, Article)}) == 3
    assert [each.id for each in by_units if isinstance(each, Article)] == ["1", "1", "b"]
    assert len(read) == len(by_units) + 1
