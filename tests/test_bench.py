"""The benchmark runs from end to end; what it compares finds the same where it asks the same. Speed is not tested."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from search.engines.whoosh.merge_policy import MOST_SEGMENTS

BENCH = Path(__file__).with_name("bench")
KINDS = ["rare", "common", "pairs", "several", "any", "phrase", "proximity", "prefix", "wildcard", "fielded"]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """All figures of a quick run over a small generated archive."""
    figures = tmp_path_factory.mktemp("bench") / "figures.json"
    options = ["--quick", "--articles", "120", "--each", "3", "--connections", "1", "--requests", "3"]
    parts = [
        "--parts",
        "cold,engine,http,build,update",
        "--changes",
        "1",
        "--peers",
        "raw,fts5",
        "--json",
        str(figures),
    ]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("DATELINE_")}
    command = [sys.executable, str(BENCH), *options, *parts]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)
    assert ended.returncode == 0, ended.stderr
    return orjson.loads(figures.read_bytes())


def table(report, title):
    (found,) = (table for table in report["tables"] if title in table["title"])
    return found


def test_the_report_says_on_what_machine_and_of_what_archive_it_is(report):
    machine, archive, mix, *_ = report["remarks"]
    assert "cores" in machine
    assert "GB of memory" in machine
    assert "120 articles, 720 paragraphs" in archive
    assert mix == "mix: 30 questions of 10 kinds"


def test_every_kind_of_question_is_asked_of_the_engine_and_over_http(report):
    for title in ("whoosh: milliseconds", "median ms", "requests a second, 1"):
        rows = table(report, title)["rows"]
        assert [row[0] for row in rows] == [*KINDS, "all"]
        assert all(row[(title.startswith("whoosh") and 3) or 1] for row in rows)


def test_every_kind_of_question_is_asked_once_of_an_index_that_was_just_opened(report):
    rows = table(report, "just opened")["rows"]
    assert [row[0] for row in rows] == [*KINDS, "all"]
    assert all(row[1] and row[5] for row in rows)


def test_builds_have_time_memory_and_size(report):
    rows = {row[0]: row[1:] for row in table(report, "the whole process")["rows"]}
    assert rows.keys() >= {"whoosh", "raw", "fts5"}
    assert all(figure > 0 for row in rows.values() for figure in row[:5])


def test_updates_take_time_and_are_found_while_a_server_watches(report):
    rows = {row[0]: row[1:] for row in table(report, "one of ")["rows"]}
    assert all(figure > 0 for name in ("changed", "removed") for figure in rows[name])
    assert table(report, "some of 120 articles in")["rows"][0][0] == 60


def test_every_kind_of_question_is_asked_of_many_segments_and_of_one(report):
    rows = table(report, f"in {MOST_SEGMENTS} segments and in 1:")["rows"]
    assert [row[0] for row in rows] == [*KINDS, "all"]


def test_searches_are_answered_while_the_archive_is_updated_and_merged(report):
    rows = table(report, "searching over HTTP")["rows"]
    assert all(answers and not failed for _, answers, failed, *_ in rows)


def test_goals_stand_beside_the_figures(report):
    goals = [remark for remark in report["remarks"] if remark.startswith("goal: whoosh")]
    assert len(goals) == 10
    assert all(": reached" in goal or ": missed" in goal or ": not measured" in goal for goal in goals)


def test_raw_tantivy_counts_what_we_count_where_both_ask_the_same(report):
    alike = [question for question in report["totals"] if question["kind"] not in ("proximity", "fielded")]
    assert len(alike) > 15
    assert all(question["ours"] > 0 for question in alike)
    assert [question for question in alike if question["raw"] != question["ours"]] == []
