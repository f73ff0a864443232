"""A day in a path is a doubtful date of an article without one, where that is asked; a year alone is only noted."""

import datetime
import json

import pytest

from search.articles import Article, Note, NoteKind
from search.reading import ReadingContext, find_files, read_files

TODAY = datetime.date(2024, 11, 22)

DAYS = [
    ("2016/03/11/story.txt", "2016-03-11"),
    ("2016/3/1/story.txt", "2016-03-01"),
    ("wire/2016/mar/11/story.txt", "2016-03-11"),
    ("2016/March/11/story.txt", "2016-03-11"),
    ("2016-03-11-story.txt", "2016-03-11"),
    ("story_2016_03_11.txt", "2016-03-11"),
    ("2016.03.11.txt", "2016-03-11"),
    ("story-20160311.txt", "2016-03-11"),
    ("20160311/story.txt", "2016-03-11"),
    ("1987/06/30/x.txt", "1987-06-30"),
    ("2015/01/01/story-20160311.txt", "2016-03-11"),
    ("2020-01-02-2020-01-03.txt", "2020-01-03"),
    ("2024-02-29.txt", "2024-02-29"),
]
YEARS = [
    "2016/story.txt",
    "2016/03/story.txt",
    "archive-1987/x.txt",
    "story-2016.txt",
    "2016-02-31.txt",
    "20161399.txt",
]
NEITHER = [
    "story.txt", "12345678.txt", "story-120160311.txt", "201603110.txt", "1499/x.txt", "2099-01-01.txt", "9/11.txt",
    "11-03-16.txt", "20161399.txt", "20261231.txt", "x-3000.txt",
]  # fmt: skip


def read(folder, name, text="Rain fell on the harbour.", *, asked=True):
    path = folder / "wire" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    context = ReadingContext(today=TODAY, dates_from_paths=asked)
    readings = list(read_files(find_files([folder / "wire"]), context=context))
    (article,) = (each for each in readings if isinstance(each, Article))
    return article, [each for each in readings if isinstance(each, Note)]


@pytest.mark.parametrize(("name", "day"), DAYS)
def test_a_day_in_the_path_is_taken_and_noted_as_doubtful(tmp_path, name, day):
    article, (note,) = read(tmp_path, name)
    assert (str(article.date), article.origins.date) == (day, "path")
    assert (note.kind, note.path) == (NoteKind.DATE_DOUBTFUL, name)
    assert day in note.reason


@pytest.mark.parametrize("name", YEARS)
def test_a_year_alone_leaves_it_undated_and_is_noted(tmp_path, name):
    article, (note,) = read(tmp_path, name)
    assert article.date is None
    assert note.kind is NoteKind.DATE_INCOMPLETE
    assert "but no day" in note.reason


@pytest.mark.parametrize("name", NEITHER)
def test_what_is_no_day_that_can_be_is_not_taken_for_one(tmp_path, name):
    article, notes = read(tmp_path, name)
    assert (article.date, notes) == (None, [])


@pytest.mark.parametrize(("name", "_day"), DAYS)
def test_unless_it_was_asked_for_paths_say_nothing(tmp_path, name, _day):
    article, notes = read(tmp_path, name, asked=False)
    assert (article.date, notes) == (None, [])


def test_an_article_that_has_a_date_keeps_it(tmp_path):
    article, notes = read(tmp_path, "2016/03/11/x.txt", "date 2015-01-02\n\nRain fell on the harbour.")
    assert (str(article.date), notes) == ("2015-01-02", [])
    assert article.origins.date == "line"


def test_the_note_on_a_record_names_its_line(tmp_path):
    lines = [{"id": "a", "date": "2015-01-02", "paragraphs": ["Rain."]}, {"id": "b", "paragraphs": ["Snow."]}]
    path = tmp_path / "2016-03-11.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    context = ReadingContext(today=TODAY, dates_from_paths=True)
    first, note, second = read_files(find_files([path]), context=context)
    assert (str(first.date), str(second.date), note.where) == ("2015-01-02", "2016-03-11", "line 2")
