"""An archive remembers when it first held each article, whatever is rebuilt, rolled back, taken out or damaged."""

import datetime
import time

import orjson
import pytest
from archives import article
from sources import build, edit_manifest, serve, write_records

from search.answering.parameters import read_parameters
from search.archive import Archive
from search.engines.whoosh.engine import WhooshKind
from search.errors import IndexDamaged
from search.index_folder import MANIFEST
from search.language import Analyzer
from search.seen import SEEN_FILE, Arrivals, Seen


def at(minute):
    return datetime.datetime(2024, 8, 24, 12, minute, tzinfo=datetime.UTC)


def built_after(before, now, folder, *articles):
    arrivals = Arrivals()
    for each in articles:
        arrivals.add(each)
    arrivals.save(folder, before, now)
    return Seen.read(folder)


def story(name, text="Rain fell on the harbour.", day="2020-01-01"):
    return {"id": name, "title": name, "date": day, "paragraphs": [text]}


def rebuild(index, *stories, **settings):
    return build(index, write_records(index.parent / "stories.jsonl", stories), **settings)


def news(index, **parameters):
    service = serve(index)
    try:
        found = service.news(read_parameters(parameters.items()))
        return [hit.card.id for hit in found.answer.hits], found.instants
    finally:
        service.close()


def wait_for_the_next_second():
    time.sleep(1.001 - time.time() % 1)


# What is remembered


def test_what_is_new_came_now_and_what_was_there_came_when_it_came(tmp_path):
    first = built_after(Seen.nothing(), at(1), tmp_path, article("a", "one"), article("b", "two"))
    second = built_after(first, at(2), tmp_path, article("c", "three"), article("b", "two"), article("a", "one"))
    assert [second.of(name).first for name in "abc"] == [at(1), at(1), at(2)]
    assert [second.of(name).changed for name in "abc"] == [at(1), at(1), at(2)]
    assert second.of("d") is None


@pytest.mark.parametrize(
    "changed",
    [
        article("a", "one", "two!"),
        article("a", "one two"),
        article("a", "one", "two", title="Another"),
        article("a", "one", "two", date="2024-08-25"),
        article("a", "one", "two", place="Lima"),
    ],
)
def test_what_changed_keeps_when_it_came_and_says_when_it_changed(tmp_path, changed):
    first = built_after(Seen.nothing(), at(1), tmp_path, article("a", "one", "two"))
    second = built_after(first, at(2), tmp_path, changed)
    third = built_after(second, at(3), tmp_path, changed)
    assert (third.of("a").first, third.of("a").changed) == (at(1), at(2))


def test_what_was_taken_out_and_comes_back_is_not_new(tmp_path):
    seen = built_after(Seen.nothing(), at(1), tmp_path, article("a", "one"), article("b", "two"))
    seen = built_after(seen, at(2), tmp_path, article("b", "two"))
    assert seen.of("a") is None
    seen = built_after(seen, at(3), tmp_path, article("b", "two"), article("a", "one"))
    assert (seen.of("a").first, seen.held) == (at(1), 2)


def test_a_clock_that_was_set_back_makes_nothing_older_than_what_was_there_before(tmp_path):
    first = built_after(Seen.nothing(), at(5), tmp_path, article("a", "one"))
    second = built_after(first, at(1), tmp_path, article("a", "one"), article("b", "two"))
    assert second.of("b").first == at(5)


def test_an_article_takes_24_bytes(tmp_path):
    built_after(Seen.nothing(), at(1), tmp_path, *(article(str(number), "text") for number in range(1_000)))
    assert (tmp_path / SEEN_FILE).stat().st_size - 24 * 1_000 < 100


@pytest.mark.parametrize(
    "spoil", [lambda old: old[:-1], lambda old: old + b"\0", lambda _: b"", lambda old: b"x" + old[1:]]
)
def test_a_file_that_is_not_what_was_written_is_not_believed(tmp_path, spoil):
    built_after(Seen.nothing(), at(1), tmp_path, article("a", "one"))
    path = tmp_path / SEEN_FILE
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ValueError, match="not what was written"):
        Seen.read(tmp_path)


# From generation to generation


def test_an_old_story_that_is_added_today_comes_first(tmp_path):
    index = tmp_path / "index"
    rebuild(index, story("new", day="2024-01-01"), story("newer", day="2024-02-01"))
    wait_for_the_next_second()
    rebuild(
        index,
        story("newer", day="2024-02-01"),
        story("old", day="1950-01-01"),
        story("new", day="2024-01-01"),
    )
    ids, instants = news(index, q="rain")
    assert ids == ["old", "newer", "new"]
    assert instants["old"].first > instants["new"].first == instants["newer"].first
    wait_for_the_next_second()
    rebuild(index, story("newer", "Rain again.", day="2024-02-01"), story("old", day="1950-01-01"))
    ids, again = news(index, q="rain")
    assert ids == ["old", "newer"]
    assert (again["newer"].first, again["old"]) == (instants["newer"].first, instants["old"])
    assert again["newer"].changed > again["newer"].first


def test_the_pages_of_what_came_are_all_of_it_once(tmp_path):
    index = tmp_path / "index"
    stories = [story(f"s{number:02}", day=f"2024-01-{number % 9 + 1:02}") for number in range(20)]
    rebuild(index, *stories[::2])
    wait_for_the_next_second()
    rebuild(index, *stories)
    service = serve(index)
    ids, cursor = [], ""
    while cursor is not None:
        answer = service.search(read_parameters([("sort", "recent"), ("size", "3"), ("cursor", cursor)]))
        ids += [hit.card.id for hit in answer.hits]
        cursor = answer.next
    service.close()
    assert ids[:10] == sorted(ids[:10], key=lambda name: (-(int(name[1:]) % 9), name))
    assert {int(name[1:]) % 2 for name in ids[:10]} == {1}
    assert sorted(ids) == [each["id"] for each in stories]


def test_after_a_rollback_it_is_as_it_was_then(tmp_path):
    index = tmp_path / "index"
    rebuild(index, story("a"), keep=3)
    _, before = news(index)
    wait_for_the_next_second()
    rebuild(index, story("a", "Snow."), story("b"), keep=3)
    Archive(index).roll_back()
    assert news(index) == (["a"], before)
    rebuild(index, story("a"), story("b"))
    ids, after = news(index)
    assert (ids, after["a"]) == (["b", "a"], before["a"])


def _without_memory(index):
    """Make the index one of an earlier version, which remembered nothing."""
    archive = Archive(index)
    folder = archive.path_of(archive.current_id())
    (folder / SEEN_FILE).unlink()
    known = orjson.loads((folder / MANIFEST).read_bytes())
    del known["files"][SEEN_FILE]
    edit_manifest(folder / MANIFEST, files=known["files"])
    return known["built_at"]


def test_an_index_of_an_earlier_version_opens_and_its_articles_came_when_it_was_built(tmp_path):
    index = tmp_path / "index"
    rebuild(index, story("a", day="2024-01-01"), story("b", day="2024-02-01"))
    built_at = datetime.datetime.fromisoformat(_without_memory(index))
    ids, instants = news(index)
    assert ids == ["b", "a"]
    assert {each.first for each in instants.values()} == {built_at}
    rebuild(index, story("a"), story("c"))
    assert news(index)[0] == ["a", "c"]


def test_what_an_outdated_generation_remembers_is_carried_on(tmp_path):
    index = tmp_path / "index"
    rebuild(index, story("a"))
    before = news(index)[1]["a"]
    archive = Archive(index)
    path = archive.path_of(archive.current_id()) / MANIFEST
    edit_manifest(path, format=1)
    wait_for_the_next_second()
    rebuild(index, story("a"), story("b"))
    assert news(index)[1]["a"] == before


def test_a_damaged_memory_is_damage_to_the_index_and_a_rebuild_says_that_it_began_anew(tmp_path):
    index = tmp_path / "index"
    archive, summary = rebuild(index, story("a"))
    (archive.path_of(summary.generation_id) / SEEN_FILE).write_bytes(b"spoiled")
    with pytest.raises(IndexDamaged, match=r"seen\.bin.*run: dateline rebuild"):
        news(index)
    _, summary = rebuild(index, story("a"))
    (note,) = summary.notes
    assert "all articles count as new" in note.reason
    assert news(index)[0] == ["a"]


def test_a_memory_of_other_articles_is_not_believed(tmp_path):
    index = tmp_path / "index"
    archive, summary = rebuild(index, story("a"), story("b"))
    folder = archive.path_of(summary.generation_id)
    built_after(Seen.nothing(), at(1), folder, article("a", "one"))
    with pytest.raises(IndexDamaged, match="remembers 1 articles of 2"):
        WhooshKind().open(folder, Analyzer(), cache_bytes=0, seconds=1.0)
