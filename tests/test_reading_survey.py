"""What is told of an archive before it is read: the order of its dates, its places, its words."""

import datetime
import json
from collections import Counter

import pytest

from search.reading import ReadingContext, find_files
from search.reading.survey import survey

CONTEXT = ReadingContext(today=datetime.date(2024, 11, 22))


def surveyed(folder, **options):
    return survey(find_files([folder]), context=CONTEXT, **options)


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
    assert CONTEXT.survey.day_first == 0


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


def test_a_sample_is_spread_over_the_files_and_keeps_within_its_size(tmp_path):
    for number in range(300):
        word = chr(ord("a") + number // 20) + chr(ord("a") + number % 20)
        (tmp_path / f"{number:03}.txt").write_text(f"{word} " * 400)
    words = surveyed(tmp_path, sample=300 * 1200 // 10).words
    assert 25 <= len(words) <= 30
    assert len({word[0] for word in words}) == 15  # of every twenty files one at least
    assert len(surveyed(tmp_path).words) == 300


def test_of_a_large_file_the_beginning_is_looked_at(tmp_path):
    write(tmp_path / "a.jsonl", *({"date": "25/03/2016", "text": "Rain fell. " * 100} for _ in range(1000)))
    assert 50 < surveyed(tmp_path, sample=100_000).day_first < 150
