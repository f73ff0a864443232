"""`dateline update`: only what changed is read, and every answer is the one that a rebuild would give."""

import datetime
import json
import os
import random
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from sources import dateline, generated, serve
from strategies import examples
from updates import Wire, assert_same_answers, make_small

from search import job
from search.answering.parameters import read_parameters
from search.cli import run
from search.engines.base import Ask, Group
from search.engines.whoosh.commit import FILE as COMMIT_FILE
from search.engines.whoosh.commit import read_commit
from search.engines.whoosh.committing import SEGMENTS
from search.engines.whoosh.merge_policy import MOST_DELETED, MOST_SEGMENTS, Size, merges
from search.errors import IndexDamaged
from search.index_folder import LOCK
from search.ledger import LEDGER_FILE
from search.query.nodes import Everything
from search.reading import units
from search.tally import Changes

DAYS = 366
UPDATES = 50 if int(os.environ.get("TEST_EXAMPLES", "0")) < 500 else 1_000
MUTATIONS = int(os.environ.get("TEST_EXAMPLES", "60"))
AMBIGUOUS = "Date: 03/04/2021\n\nThe storm was over."
CERTAIN = "Date: 25/03/2016\n\nThe ferry sailed."


@pytest.fixture
def wire(tmp_path):
    return Wire(tmp_path)


def record(name, text, **fields):
    return {"id": name, "text": text, **fields}


# What is read


@pytest.fixture
def opened_files(monkeypatch):
    """The names of the files that are read, one for each time; they are really read."""
    names, opens = [], units.open_bytes

    def told(path, **options):
        names.append(os.path.basename(path))  # noqa: PTH119 - a text, as most paths are there
        return opens(path, **options)

    monkeypatch.setattr(units, "open_bytes", told)
    return names


def test_only_what_changed_is_read(wire, opened_files):
    for number in range(20):
        wire.write(f"{number}.txt", f"The storm of day {number}.")
    wire.rebuild()
    wire.write("3.txt", "The storm of another day.")
    wire.write("new.txt", "The storm to come.")
    wire.remove("5.txt")
    opened_files.clear()
    assert wire.update().changes == Changes(added=1, changed=1, removed=1)
    assert set(opened_files) == {"3.txt", "new.txt"}
    wire.assert_as_rebuilt()


def test_where_it_is_known_what_was_touched_no_other_file_is_looked_at(wire, monkeypatch):
    for number in range(20):
        wire.write(f"{number}.txt", f"The storm of day {number}.")
    wire.rebuild()
    wire.write("3.txt", "The storm of another day.")
    wire.write("4.txt", "Nobody told of this storm.")
    listed, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(os.fspath(path)) or scandir(path))
    assert wire.update(touched=wire.paths("3.txt")).changes == Changes(added=0, changed=1, removed=0)
    assert str(wire.source) not in listed
    assert wire.update().changes == Changes(added=0, changed=1, removed=0)
    wire.assert_as_rebuilt()


def test_of_json_lines_only_new_lines_are_analysed(wire):
    wire.write_lines("r.jsonl", *generated("storm", articles=40))
    wire.rebuild()
    records = generated("storm", articles=40)
    records.insert(17, record("new", "The ferry sailed."))
    told = []
    wire.write_lines("r.jsonl", *records)
    wire.update(report=told.append)
    assert told[-1].articles == 1
    wire.assert_as_rebuilt()


def test_a_file_that_was_touched_without_a_change_is_no_change(wire):
    wire.rebuild()
    os.utime(wire.source / "keep.txt")
    assert wire.update() is None


def test_a_change_in_the_same_second_to_a_text_of_the_same_size_is_seen(wire):
    wire.write("a.txt", "The storm was over.")
    moment = time.time_ns() // 10**9 * 10**9
    os.utime(wire.source / "a.txt", ns=(moment, moment))
    wire.rebuild()
    (wire.source / "a.txt").write_text("The ferry was over.")
    os.utime(wire.source / "a.txt", ns=(moment, moment))
    assert wire.update().changes == Changes(added=0, changed=1, removed=0)
    wire.assert_as_rebuilt()


def test_a_rename_changes_neither_when_a_text_came_nor_when_it_changed(wire, monkeypatch):
    clock = make_small(monkeypatch, sample=10**6)
    wire.write("a.txt", "The storm was over.")
    wire.rebuild()
    came = dict(wire.answers()[0]["seen"])["a"]
    clock.pass_by()
    (wire.source / "a.txt").rename(wire.source / "b.txt")
    wire.write("c.txt", "The ferry sailed.")
    wire.update()
    seen = dict(wire.answers()[0]["seen"])
    assert seen["b"] == came
    assert seen["c"].first > came.first


def test_check_says_what_changed_on_disk_since(wire, capsys):
    wire.write("a.txt", "The storm was over.")
    wire.rebuild()
    command = ["check", "--index", str(wire.settings.index)]
    assert run(command) == 0
    assert "It is what its sources say now." in capsys.readouterr().out
    wire.write("a.txt", "The storm was over again.")
    wire.write("b.txt", "The ferry sailed.")
    assert run(command) == 0
    assert "1 file added, 1 file changed." in capsys.readouterr().out


# What depends on the rest of the archive


def test_articles_of_one_id_that_change_places_have_the_ids_that_a_rebuild_gives(wire):
    one, two = record("x", "One storm."), record("x", "Two ferries.")
    wire.write_lines("r.jsonl", one, two)
    wire.rebuild()
    wire.write_lines("r.jsonl", two, one)
    wire.update()
    wire.assert_as_rebuilt()


def test_a_number_that_becomes_free_goes_to_the_article_that_a_rebuild_would_give_it(wire):
    wire.write_lines("a.jsonl", record("x-2", "The night."))
    wire.write_lines("r.jsonl", *[record("x", "One storm.")] * 3)
    wire.rebuild()
    wire.remove("a.jsonl")
    wire.update()
    wire.assert_as_rebuilt()


def test_an_article_gets_its_own_id_back_once_no_other_is_kept_by_it(wire):
    wire.write_lines("r.jsonl", *[record("x", "One storm.")] * 3)
    wire.write_lines("z.jsonl", record("x-2", "The night."))
    wire.rebuild()
    wire.write_lines("r.jsonl", *[record("x", "One storm.")] * 2)
    wire.update()
    wire.assert_as_rebuilt()


def test_what_was_left_is_read_otherwise_by_the_next_update_though_it_did_not_change(wire):
    wire.write("a.txt", AMBIGUOUS)
    wire.rebuild()
    wire.write("b.txt", CERTAIN)
    wire.update(leave=wire.paths("a.txt"))
    wire.update()
    wire.assert_as_rebuilt()


def test_what_json_that_streams_adds_is_not_forgotten_when_it_is_read_again(wire):
    text = "SANTIAGO, March 3 (AFP) - The storm ltd. of ltd. and ltd. was ltd. in ltd. and ltd. again."
    wire.write("t.json", json.dumps([record("q", text, date="03/04/2021")]))
    wire.rebuild()
    wire.write("b.txt", CERTAIN)
    wire.update()
    wire.assert_as_rebuilt()
    wire.remove("t.json")
    wire.update()
    wire.assert_as_rebuilt()


def test_a_line_is_not_taken_for_the_whole_file_that_it_was(wire):
    """An empty list is no article, which is an error in a line; alone it is a file without articles."""
    wire.write("r.jsonl", "[]")
    wire.rebuild()
    wire.write("r.jsonl", "[]\n[]")
    wire.update()
    wire.assert_as_rebuilt()


@pytest.mark.parametrize("number", range(4))
def test_once_the_archive_outgrows_a_sample_json_that_streams_is_learned_from_as_a_rebuild_does(
    wire, monkeypatch, number
):
    make_small(monkeypatch, sample=3_000)
    days = [record("first", "The storm.", date="25/12/2020")]
    days += [record(f"q{place}", f"The storm of {place + number}.") for place in range(45)]
    wire.write("t.json", json.dumps(days))
    wire.write("u.txt", AMBIGUOUS)
    wire.rebuild()
    wire.write("b.txt", "The ferry sailed. " * 120)
    wire.update()
    wire.assert_as_rebuilt()


def test_a_file_whose_name_is_not_utf_8_stays_when_another_was_touched(wire):
    wire.write("bad\udce9.txt", AMBIGUOUS)
    wire.rebuild()
    wire.write("b.txt", CERTAIN)
    wire.update(touched=wire.paths("b.txt"))
    wire.assert_as_rebuilt()


def test_a_file_whose_name_is_not_utf_8_goes_when_it_was_touched(wire):
    wire.write("bad\udce9.txt", "The storm was over.")
    wire.rebuild()
    wire.remove("bad\udce9.txt")
    wire.update(touched=wire.paths("bad\udce9.txt"))
    wire.assert_as_rebuilt()


def test_files_that_are_left_out_are_counted_though_nothing_else_changed(wire):
    wire.rebuild()
    wire.write(".hidden.txt", "The storm.")
    wire.update()
    assert wire.archive.manifest(wire.archive.current_id()).left_out == 1


def test_a_file_that_was_left_is_read_once_it_may_be_though_all_was_read_again_meanwhile(wire):
    """Where ids can be told by a rebuild alone, one is done; a file that is then what it was before has changed."""
    wire.write("f.txt", "The storm was over.")
    wire.write_lines("r.jsonl", *[record("x", "One storm.")] * 3)
    wire.rebuild()
    wire.write("f.txt", "The sto")
    wire.write_lines("a.jsonl", record("x-2", "The night."))
    wire.update(leave=wire.paths("f.txt"))
    wire.write("f.txt", "The storm was over.")
    wire.update()
    wire.assert_as_rebuilt()


def test_a_file_that_was_left_counts_by_its_size_as_it_was(wire, monkeypatch):
    make_small(monkeypatch, sample=3_000)
    wire.write("f.txt", "The storm was over.")
    wire.write("u.txt", AMBIGUOUS)
    wire.write("v.txt", CERTAIN.replace("ferry", "ferries"))
    wire.rebuild()
    wire.write("f.txt", "The storm was over. " * 400)
    wire.write("g.txt", "The night.")
    wire.update(leave=wire.paths("f.txt"))
    wire.write("f.txt", "The storm was over.")
    wire.update()
    wire.assert_as_rebuilt()


@pytest.fixture
def a_year_later(monkeypatch):
    """Let the day be that in a year for what is read from when this is called."""

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.now(tz) + datetime.timedelta(days=DAYS)

    known = {name: getattr(datetime, name) for name in ("date", "timedelta", "UTC")}
    return lambda: monkeypatch.setattr(job, "datetime", SimpleNamespace(datetime=Later, **known))


@pytest.mark.parametrize("written", ["25/12/%y", "%Y-12-25"])
def test_a_day_that_was_too_far_ahead_is_none_any_more(wire, a_year_later, written):
    """A year of two digits is that of a century ago as long as it is too far ahead."""
    wire.write_lines(
        "r.jsonl",
        record("x", "The storm.", date=f"{datetime.datetime.now(datetime.UTC) + datetime.timedelta(700):{written}}"),
    )
    wire.rebuild()
    a_year_later()
    wire.write("b.txt", "The ferry sailed.")
    wire.update()
    wire.assert_as_rebuilt()


# What is on disk


def live_segments(wire):
    return read_commit(wire.path).segments


def test_compact_leaves_answers_as_they_are_and_nothing_that_was_deleted(wire):
    wire.write_lines("r.jsonl", *generated("storm", articles=30))
    wire.rebuild()
    for number in range(5):
        wire.write(f"{number}.txt", f"The storm of day {number}.")
        wire.write_lines("r.jsonl", *generated("storm", articles=30 - number))
        wire.update()
    assert len(live_segments(wire)) > 1
    before = wire.answers()
    wire.compact()
    assert_same_answers(wire.answers(), before)
    (segment,) = live_segments(wire)
    assert len(segment.deletions.articles) == 0
    assert wire.update() is None


def inodes(path):
    return Counter(each.stat().st_ino for each in path.rglob("*") if each.is_file())


def no_links(*_):
    raise OSError("no hard links here")


@pytest.mark.parametrize("linked", [True, False], ids=["hard links", "copies"])
def test_generations_share_what_stays_and_none_takes_it_from_another(wire, monkeypatch, linked):
    if not linked:
        monkeypatch.setattr(os, "link", no_links)
    wire.write_lines("r.jsonl", *generated("storm", articles=30))
    wire.rebuild()
    first, before = wire.path, wire.answers()
    wire.write("a.txt", "The ferry sailed.")
    wire.update()
    shared = inodes(first / SEGMENTS).keys() & inodes(wire.path / SEGMENTS).keys()
    assert bool(shared) is linked
    wire.archive.roll_back()
    assert_same_answers(wire.answers(), before)
    wire.update()
    wire.assert_as_rebuilt()
    for number in range(4):  # more than are kept
        wire.write("a.txt", f"The ferry sailed {number} times.")
        wire.update()
    assert not first.exists()
    wire.archive.check()
    wire.assert_as_rebuilt()


def test_after_a_rollback_the_next_update_takes_up_all_that_changed_since(wire):
    wire.write("a.txt", "The storm was over.")
    wire.rebuild()
    for number in range(2):
        wire.write(f"b{number}.txt", CERTAIN)
        wire.update()
    wire.archive.roll_back()
    wire.remove("b0.txt")
    assert wire.update().changes == Changes(added=1, changed=0, removed=1)
    wire.assert_as_rebuilt()


def test_of_two_updates_at_once_the_second_says_so(wire):
    wire.rebuild()
    wire.write("a.txt", "The storm was over.")
    with FileLock(wire.settings.index / LOCK):
        ended = dateline("update", "--index", wire.settings.index, cwd=wire.folder)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "is running; wait until it has ended" in ended.stderr
    assert wire.update().changes.added == 1


@pytest.mark.slow
def test_many_updates_take_little_more_room_than_a_rebuild(tmp_path):
    wire = Wire(tmp_path, keep=2)
    wire.write_lines("r.jsonl", *generated("storm", articles=100, words=20))
    wire.rebuild()
    chance = random.Random(5)
    for number in range(UPDATES):
        wire.write(f"{chance.randrange(40)}.txt", f"The storm of day {number}. {'Ferries sailed on. ' * 20}")
        wire.update()
    assert len(live_segments(wire)) <= MOST_SEGMENTS
    wire.assert_as_rebuilt()
    kept = {each.stat().st_ino: each.stat().st_size for each in (wire.settings.index / "generations").rglob("*.*")}
    rebuilt = sum(each.stat().st_size for each in (wire.folder / "fresh" / "generations").rglob("*.*"))
    assert sum(kept.values()) <= 1.5 * rebuilt


def _told_by_an_update(wire):
    """Return what an update says is damaged, or None."""
    try:
        wire.update()
    except IndexDamaged as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", [LEDGER_FILE, COMMIT_FILE, "seen.bin", "sentences.json"])
def test_what_is_damaged_is_an_error_with_the_command_that_mends_it_or_does_no_harm(wire, name):
    wire.write_lines("r.jsonl", *generated("storm", articles=5))
    wire.rebuild()
    wire.write("a.txt", "The storm was over.")
    wire.update()
    path, chance, noticed = wire.path / name, random.Random(3), 0
    content = path.read_bytes()
    wire.write("b.txt", "The ferry sailed.")
    for _ in range(MUTATIONS):
        at = chance.randrange(len(content))
        spoiled = content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
        path.write_bytes(chance.choice([spoiled, spoiled, content[:at]]))
        told = _told_by_an_update(wire)
        if told is None:
            wire.assert_as_rebuilt()
        else:
            noticed += 1
            assert "run: dateline rebuild" in told
        path.write_bytes(content)
        if told is None:
            wire.archive.roll_back()
    assert noticed > MUTATIONS * 0.9
    wire.update()
    wire.assert_as_rebuilt()


# Meanwhile


def test_pages_and_an_export_go_on_from_the_generation_that_they_began_with(wire):
    wire.write_lines("r.jsonl", *generated("storm", articles=60, paragraphs=1))
    wire.rebuild()
    wire.settings = Wire(wire.folder, keep=60).settings
    service = serve(wire.settings.index, keep=60)
    try:
        first = service.search(read_parameters([("q", "storm"), ("size", "1"), ("sort", "oldest")]))
        ids, cursor = [hit.id for hit in first.hits], first.next
        whole = [
            hit.id
            for hit in service.search(read_parameters([("q", "storm"), ("size", "100"), ("sort", "oldest")])).hits
        ]
        for number in range(50):
            wire.write(f"{number}.txt", f"The storm of day {number}.")
            wire.update()
            page = service.search(
                read_parameters([("q", "storm"), ("size", "1"), ("sort", "oldest"), ("cursor", cursor)])
            )
            assert page.generation == first.generation
            ids += [hit.id for hit in page.hits]
            cursor = page.next
            now = service.search(read_parameters([("q", "storm"), ("size", "1")]))
            assert now.paragraphs == first.paragraphs + number + 1
    finally:
        service.close()
    assert ids == whole[: len(ids)]


def test_an_export_that_is_taken_slowly_has_all_of_one_generation(wire):
    wire.write_lines("r.jsonl", *generated("storm", articles=50, paragraphs=1))
    wire.rebuild()
    generation = wire.archive.open(wire.archive.current_id(), cache_bytes=0, seconds=60.0)
    ask = Ask(Everything(), group=Group.ARTICLE)
    right = list(generation.engine.every(ask))
    taken = []
    for number, hit in enumerate(generation.engine.every(ask)):
        taken.append(hit)
        wire.write(f"{number % 7}.txt", f"The storm of day {number}.")
        wire.update()
    generation.engine.close()
    assert taken == right


# Which segments are merged

EDITS = st.lists(st.tuples(st.integers(1, 50), st.lists(st.floats(0, 1), max_size=3)), min_size=1, max_size=80)


@examples(200)
@given(EDITS)
def test_few_segments_are_kept_and_little_of_them_is_deleted(edits):
    sizes = []
    for added, deleted in edits:
        for share in deleted:
            if sizes:
                place = int(share * (len(sizes) - 1))
                sizes[place] = Size(sizes[place].tokens, int(sizes[place].live * (1 - share)))
        sizes.append(Size(added, added))
        groups = merges(sizes, most=10**9)
        merged = {number for group in groups for number in group}
        lives = [sum(sizes[number].live for number in group) for group in groups]
        sizes = [size for number, size in enumerate(sizes) if number not in merged]
        sizes += [Size(live, live) for live in lives if live]
        assert len(sizes) <= MOST_SEGMENTS
        assert all(size.live >= (1 - MOST_DELETED) * size.tokens for size in sizes)


@pytest.mark.parametrize("updates", [100, 1_000, 10_000])
def test_an_article_is_copied_a_few_times_however_many_updates_follow(updates):
    segments, copied = [], 0
    for _ in range(updates):
        segments.append(1)
        groups = merges([Size(size, size) for size in segments], most=10**9)
        merged = {number for group in groups for number in group}
        copied += sum(segments[number] for number in merged)
        lives = [sum(segments[number] for number in group) for group in groups]
        segments = [size for number, size in enumerate(segments) if number not in merged] + lives
    assert sum(segments) == updates
    assert copied / updates <= 4 * updates.bit_length()
