"""What is told of an archive before it is read: the order of its dates, its places, its words."""

import contextlib
import datetime
import gzip
import json
import random
import tempfile
from collections import Counter
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.learned import Learned, Sum
from search.reading import ReadingContext, SourceFile, Survey, find_files
from search.reading.survey import SAMPLE, shift_of, size_of, survey_units

CONTEXT = ReadingContext(today=datetime.date(2024, 11, 22))


def surveyed(folder, sample=SAMPLE):
    files = find_files([folder])
    return total(survey_units(files, context=CONTEXT, shift=shift_of(size_of(files), sample=sample)))


def total(units, known=()):
    """The sum of what units add, of which some were known before."""
    return Sum().count([*(Learned.of(added) for _, _, added in units), *known]).survey()


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def test_numeric_dates_with_one_meaning_are_counted_in_records_and_texts(tmp_path):
    dates = ["25/03/2016", "11/03/2016", "31/01/2016", "3/25/2016", "2016-03-25", "25.03.2016"]
    write(tmp_path / "a.jsonl", *({"date": date, "text": "Rain fell."} for date in dates))
    (tmp_path / "b.txt").write_text("date 30/03/2016\n\nRain fell.")
    found = surveyed(tmp_path)
    assert (found.day_first, found.month_first) == (3, 1)


def test_the_survey_is_the_same_each_time_and_changes_no_survey_given(tmp_path):
    write(
        tmp_path / "a.jsonl",
        *({"date": "25/03/2016", "text": f"LIMA, March {day} (AFP) - Rain."} for day in range(1, 30)),
    )
    assert surveyed(tmp_path) == surveyed(tmp_path)
    assert CONTEXT.survey == Survey()


def test_spellings_of_places_are_counted_by_article(tmp_path):
    write(
        tmp_path / "a.jsonl",
        {"text": "LIMA, March 2 (AFP) - Rain fell."},
        {"text": "Lima, March 3 (AFP) - Rain fell."},
        {"text": "It rained.", "place": "Lima"},
    )
    (spellings,) = surveyed(tmp_path).places.values()
    assert spellings == Counter({"Lima": 3})


@pytest.mark.parametrize(("name", "words"), [("a.txt", {"rain", "fell", "on", "zoë"}), ("a.jsonl", set())])
def test_words_are_gathered_where_there_are_plain_texts(tmp_path, name, words):
    text = "Rain fell on Zoë."
    (tmp_path / name).write_text(text if name == "a.txt" else json.dumps({"text": text}))
    assert surveyed(tmp_path).words == words


def test_a_sample_is_spread_over_the_files_and_keeps_about_its_size(tmp_path):
    for number in range(300):
        word = chr(ord("a") + number // 20) + chr(ord("a") + number % 20)
        (tmp_path / f"{number:03}.txt").write_text(f"{word} " * 400)
    words = surveyed(tmp_path, sample=300 * 1200 // 8).words
    assert 25 <= len(words) <= 50
    assert len({word[0] for word in words}) > 10
    assert len(surveyed(tmp_path).words) == 300


def test_the_words_of_records_are_not_gathered_beside_texts_either(tmp_path):
    write(tmp_path / "a.jsonl", {"text": "Rain fell."})
    (tmp_path / "b.txt").write_text("Fog rose.")
    assert surveyed(tmp_path).words == {"fog", "rose"}


def test_of_a_large_file_lines_are_looked_at_throughout(tmp_path):
    dates = ["25/03/2016"] * 500 + ["03/25/2016"] * 500
    write(
        tmp_path / "a.jsonl",
        *({"id": number, "date": date, "text": "Rain fell. " * 100} for number, date in enumerate(dates)),
    )
    found = surveyed(tmp_path, sample=300_000)
    assert 80 < found.day_first < 170
    assert 80 < found.month_first < 170


def test_of_a_large_array_the_beginning_is_looked_at(tmp_path):
    records = [{"date": "25/03/2016", "text": "Rain fell. " * 100} for _ in range(1000)]
    (tmp_path / "a.json").write_text(json.dumps(records))
    assert 240 < surveyed(tmp_path, sample=300_000).day_first < 260
    assert surveyed(tmp_path).day_first == 1000


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_small_arrays_are_in_the_sample_whole_or_not_at_all(tmp_path, name):
    for number in range(400):
        dates = [{"id": [number, day], "date": f"{day}/03/2016", "text": "Rain."} for day in (25, 26)]
        path = tmp_path / str(number) / name
        path.parent.mkdir()
        path.write_text(json.dumps(dates))
    found = list(survey_units(find_files([tmp_path]), context=CONTEXT, shift=2))
    assert {added.day_first for _, _, added in found} == {2}
    assert {key % 4 for _, key, _ in found} == {0}
    assert 60 < len(found) < 140


@pytest.mark.parametrize(
    ("size", "shift"), [(0, 0), (1, 0), (1000, 0), (1001, 1), (2000, 1), (2001, 2), (4001, 3), (1 << 40, 31)]
)
def test_a_sample_is_the_text_halved_until_it_is_small_enough(size, shift):
    file = SourceFile(Path("a.txt"), "a.txt", size)
    assert shift_of(size_of([file]), sample=1000) == shift
    assert shift_of(size_of([file, SourceFile(Path("a.pdf"), "a.pdf", 1 << 50)]), sample=1000) == shift


def test_a_packed_file_counts_as_four_times_its_size():
    assert shift_of(size_of([SourceFile(Path("a.jsonl.gz"), "a.jsonl.gz", 500)]), sample=1000) == 1


def test_of_a_damaged_file_what_could_be_read_counts_without_a_key(tmp_path):
    noise = random.Random(7)
    records = [{"date": "25/03/2016", "text": noise.randbytes(500).hex()} for _ in range(1000)]
    packed = gzip.compress(json.dumps(records).encode())
    (tmp_path / "a.json.gz").write_bytes(packed[:-100])
    (tmp_path / "gone.txt").symlink_to("nowhere")
    ((_, key, added),) = survey_units(find_files([tmp_path]), context=CONTEXT, shift=0)
    assert key == 0
    assert 400 < added.day_first < 1000


RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 9),
        "date": st.sampled_from(["25/03/2016", "03/25/2016", "04/03/2016", "2016-03-25"]),
        "text": st.sampled_from(["KIEV, March 2 (AFP) - Rain.", "Kyiv, March 3 (AFP) - Fog.", "Sun.", ""]),
        "place": st.sampled_from(["KIEV", "Lima", "Zarnov"]),
    },
)
TEXTS = st.sampled_from(
    ["date 25/03/2016\n\nLIMA, March 2 (AFP) - Rain.", "ZARNOV, March 2 (AFP) - Fog rose.", "Sun.", "Zoë slept.", ""]
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])
FILES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.tuples(st.just("jsonl"), st.lists(RECORDS, max_size=8))
    | st.tuples(st.just("json"), st.lists(RECORDS, max_size=4))
    | st.tuples(st.just("txt"), st.tuples(TEXTS, ENCODINGS)),
    max_size=4,
)


@contextlib.contextmanager
def written(files):
    with tempfile.TemporaryDirectory() as folder:
        for stem, (suffix, content) in files.items():
            path = Path(folder, f"{stem}.{suffix}")
            if suffix == "jsonl":
                write(path, *content)
            else:
                path.write_bytes(json.dumps(content).encode() if suffix == "json" else content[0].encode(content[1]))
        yield find_files([Path(folder)]).files


@settings(deadline=None)
@given(FILES, st.integers(0, 2), st.integers(0, 4))
def test_the_survey_of_any_split_of_the_files_is_that_of_all_at_once(files, shift, split):
    with written(files) as found:
        parts = [survey_units(part, context=CONTEXT, shift=shift) for part in (found[split:], found[:split])]
        assert total(survey_units(found, context=CONTEXT, shift=shift)) == total([*parts[0], *parts[1]])
        assert shift_of(size_of(found)) == 0


@settings(deadline=None)
@given(FILES, FILES, st.integers(0, 2), st.integers(0, 2))
def test_what_is_kept_of_known_units_and_what_others_add_is_the_survey_of_all(before, after, shift_before, shift_after):
    with written(before) as found:
        units = survey_units(found, context=CONTEXT, shift=shift_before)
        kept = {(file.name, key): Learned.of(added) for file, key, added in units if key}
    known = []

    def is_known(file, key):
        if (file.name, key) in kept:
            known.append(kept[file.name, key])
            return True
        return False

    with written(after) as found:
        others = list(survey_units(found, context=CONTEXT, shift=shift_after, is_known=is_known))
        assert total(others, known) == total(survey_units(found, context=CONTEXT, shift=shift_after))


@settings(deadline=None)
@given(FILES, st.integers(0, 2))
def test_the_next_smaller_sample_is_part_of_the_sample_and_its_units_add_the_same(files, shift):
    with written(files) as found:
        larger, smaller = (
            Counter(
                (file.name, key, orjson.dumps(added.as_json(), option=orjson.OPT_SORT_KEYS))
                for file, key, added in survey_units(found, context=CONTEXT, shift=each)
            )
            for each in (shift, shift + 1)
        )
        assert smaller == Counter({unit: count for unit, count in larger.items() if unit[1] % (2 << shift) == 0})


def test_totals_leave_what_they_sum_as_it_is():
    one = Survey(1, 2, {"k": Counter({"Kyiv": 1})}, {"rain"}, Counter({"cp1252": 1}))
    other = Survey(3, 4, {"k": Counter({"Kyiv": 1, "Kiev": 1})}, {"fog"}, Counter({"cp1252": 1, "koi8-r": 1}))
    assert Sum().count(map(Learned.of, [one, other])).survey() == Survey(
        4, 6, {"k": Counter({"Kyiv": 2, "Kiev": 1})}, {"rain", "fog"}, Counter({"cp1252": 2, "koi8-r": 1})
    )
    assert (one.places, one.words, one.encodings) == ({"k": Counter({"Kyiv": 1})}, {"rain"}, {"cp1252": 1})


def test_shares_of_encodings_are_rounded_to_sixteenths_so_that_one_more_file_rarely_changes_them():
    survey = Survey(encodings=Counter({"koi8-r": 300, "cp1251": 100, "cp866": 1}))
    assert survey.usual_encodings() == {"cp1251": 4, "koi8-r": 12}
    survey.encodings["cp866"] += 1
    assert survey.usual_encodings() == {"cp1251": 4, "koi8-r": 12}
    assert Survey().usual_encodings() == {}
