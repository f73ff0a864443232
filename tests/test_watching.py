"""`dateline watch`: what arrives in the sources is soon searchable, and whole; no archive is emptied by mistake."""

import contextlib
import os
import queue
import re
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from sources import DATELINE, build, edit_manifest, environment, generated, search, write_records, write_texts
from watchers import LONG_AGO, PATIENCE, UPDATE, move_in, wait_until, watching

from search.archive import Archive
from search.index_folder import LOCK, MANIFEST, WATCH
from search.listening import Listener, tells_of_changes
from search.settling import STILL_SECONDS, Settling, stamp_of
from search.watched import Watched


def found(folder, query):
    return [hit.card.id for hit in search(folder / "index", query, sort="oldest").hits]


@pytest.fixture
def source(tmp_path):
    """A folder with an article, and an index of it beside it."""
    write_texts(tmp_path / "wire", harbour="Rain fell on the harbour.")
    os.utime(tmp_path / "wire" / "harbour.txt", (LONG_AGO, LONG_AGO))
    build(tmp_path / "index", tmp_path / "wire")
    return tmp_path / "wire"


# From a file to an answer


def test_where_there_is_no_index_it_builds_one_and_says_so(tmp_path):
    write_texts(tmp_path / "wire", harbour="Rain fell on the harbour.")
    with watching(tmp_path, "wire", begun=False) as watcher:
        assert watcher.update() == ("built", 1)
        assert watcher.line() == f"Watching {tmp_path / 'wire'} (Ctrl-C ends it)"
        assert found(tmp_path, "rain") == ["harbour"]


def test_what_changed_while_nobody_watched_is_caught_up_with(tmp_path, source):
    move_in(source / "market.txt", "Snow fell on the market.")
    with watching(tmp_path, begun=False) as watcher:
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)
        assert found(tmp_path, "snow") == ["market"]


def test_files_that_arrive_change_and_go_are_told_in_a_line_an_update(tmp_path, source):
    with watching(tmp_path) as watcher:
        (source / "market.txt").write_text("Snow fell on the market.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)
        (source / "market.txt").write_text("Hail fell on the market.")
        assert watcher.update() == ("0 files added, 1 changed, 0 removed", 2)
        assert (found(tmp_path, "snow"), found(tmp_path, "hail")) == ([], ["market"])
        (source / "market.txt").unlink()
        assert watcher.update() == ("0 files added, 0 changed, 1 removed", 1)
        assert found(tmp_path, "hail") == []


def test_a_file_that_is_complete_when_it_appears_is_taken_in_at_once(tmp_path, source):
    waited = []
    with watching(tmp_path) as watcher:
        for number in range(3):
            began = time.monotonic()
            move_in(source / f"market-{number}.txt", f"Snow fell on market {number}.")
            told = UPDATE.fullmatch(watcher.line())
            waited.append(time.monotonic() - began - float(told["seconds"]))
    assert min(waited) < 0.3


@contextlib.contextmanager
def being_written(path):
    """Write a file bit by bit, its last words as the `with` ends."""
    done = threading.Event()

    def write():
        with path.open("w") as story:
            while not done.wait(STILL_SECONDS / 10):
                story.write("Another sentence. ")
                story.flush()
            story.write("The end.")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def test_a_file_that_is_being_written_is_waited_for_and_others_are_not(tmp_path, source):
    with watching(tmp_path) as watcher:
        with being_written(source / "story.txt"):
            wait_until((source / "story.txt").is_file)
            move_in(source / "market.txt", "Snow fell on the market.")
            assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)
            assert found(tmp_path, "sentence") == []
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 3)
        assert found(tmp_path, '"the end"') == ["story"]


def test_what_comes_in_a_new_folder_is_heard_and_so_is_what_comes_into_it_later(tmp_path, source):
    with watching(tmp_path) as watcher:
        write_texts(source / "2024" / "08", market="Snow fell on the market.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)
        move_in(source / "2024" / "08" / "bridge.txt", "Hail fell on the bridge.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 3)


def test_several_sources_are_watched_and_a_single_file_that_is_replaced(tmp_path, source):
    other = write_texts(tmp_path / "other", bridge="Hail fell on the bridge.")
    single = write_records(tmp_path / "single" / "ports.jsonl", [{"id": "port", "text": "Fog lay on the port."}])
    with watching(tmp_path, source, other, single) as watcher:
        move_in(other / "market.txt", "Snow fell on the market.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 4)
        (tmp_path / "single" / "unwatched.txt").write_text("Sun.")
        write_records(tmp_path / "new.jsonl", [{"id": "port", "text": "Ice lay on the port."}]).replace(single)
        assert watcher.update() == ("0 files added, 1 changed, 0 removed", 4)
        assert found(tmp_path, "ice") == ["port"]


def test_with_poll_it_looks_instead_of_listening(tmp_path, source):
    with watching(tmp_path, "--poll", "0.2", begun=False) as watcher:
        assert watcher.line() == f"Watching {source} every 0.2 seconds (Ctrl-C ends it)"
        move_in(source / "market.txt", "Snow fell on the market.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)
        (source / "market.txt").unlink()
        assert watcher.update() == ("0 files added, 0 changed, 1 removed", 1)


# What goes wrong


def test_what_cannot_be_read_is_told_once_as_long_as_it_holds_the_same_bytes(tmp_path, source):
    with watching(tmp_path) as watcher:
        (source / "photo.jpg").write_bytes(b"\xff\xd8\xff")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 1)
        assert "photo.jpg: is not a format Dateline reads" in watcher.line()
        os.utime(source / "photo.jpg", (LONG_AGO, LONG_AGO))
        move_in(source / "market.txt", "Snow fell on the market.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)
        (source / "photo.jpg").write_bytes(b"\xff\xd8\xff\xff")
        assert watcher.update() == ("0 files added, 1 changed, 0 removed", 2)
        assert "photo.jpg: is not a format Dateline reads" in watcher.line()
        assert watcher.rest() == (0, ["Watching has ended."])


def test_a_folder_without_articles_is_waited_for(tmp_path):
    (tmp_path / "wire").mkdir()
    with watching(tmp_path, "wire", begun=False) as watcher:
        assert "No article was found" in watcher.line()
        assert watcher.line().startswith("Watching ")
        move_in(tmp_path / "wire" / "market.txt", "Snow fell on the market.")
        assert watcher.update() == ("built", 1)


def test_another_build_is_waited_for(tmp_path, source):
    with watching(tmp_path) as watcher:
        with FileLock(tmp_path / "index" / LOCK):
            move_in(source / "market.txt", "Snow fell on the market.")
            assert "Another build" in watcher.line()
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)


def _damage(folder):
    next(folder.glob("sentences.json")).write_text("{}")


def _outdate(folder):
    edit_manifest(folder / MANIFEST, format=1)


@pytest.mark.parametrize("spoil", [_damage, _outdate])
def test_an_index_that_cannot_be_updated_is_told_with_the_command_that_mends_it_and_watching_goes_on(
    tmp_path, source, spoil
):
    index = tmp_path / "index"
    with watching(tmp_path) as watcher:
        spoil(Archive(index).path_of(Archive(index).current_id()))
        move_in(source / "market.txt", "Snow fell on the market.")
        assert re.search(r"run: dateline rebuild .*--index", watcher.line())
        build(index, source)
        move_in(source / "bridge.txt", "Hail fell on the bridge.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 3)


def test_a_source_that_vanishes_empties_nothing_is_told_once_and_taken_up_again_when_it_is_back(tmp_path, source):
    away = tmp_path / "away"
    with watching(tmp_path) as watcher:
        source.rename(away)
        source.mkdir()  # the place where it was mounted
        assert watcher.line() == f"{source} is gone or empty; the index keeps what it has of it until it is back."
        assert found(tmp_path, "rain") == ["harbour"]
        source.rmdir()
        away.rename(source)
        move_in(source / "market.txt", "Snow fell on the market.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)


def test_an_archive_that_would_shrink_by_more_than_half_is_left_as_it_was_until_it_would_not(tmp_path, source):
    write_texts(source, bridge="Hail fell on the bridge.", market="Snow fell on the market.")
    with watching(tmp_path) as watcher:
        (source / "bridge.txt").unlink()
        (source / "market.txt").unlink()
        assert "would shrink from 3 to 1 paragraphs" in watcher.line()
        assert len(found(tmp_path, "fell")) == 3
        move_in(source / "port.txt", "Fog fell on the port.")
        assert watcher.update() == ("1 file added, 0 changed, 2 removed", 2)


def test_what_someone_else_rolled_back_stays_so_until_something_changes(tmp_path, source):
    with watching(tmp_path) as watcher:
        move_in(source / "market.txt", "Snow fell on the market.")
        assert watcher.update() == ("1 file added, 0 changed, 0 removed", 2)
        earlier = Archive(tmp_path / "index").roll_back()
        time.sleep(1.2)  # it looks every second which generation serves
        assert Archive(tmp_path / "index").current_id() == earlier
        move_in(source / "bridge.txt", "Hail fell on the bridge.")
        assert watcher.update() == ("2 files added, 0 changed, 0 removed", 3)


def test_a_source_that_is_not_there_is_an_error(tmp_path):
    ended = subprocess.run(
        [DATELINE, "watch", "nowhere"], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "nowhere" in ended.stderr


# The end


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_status_0_and_one_line_and_nothing_is_left(tmp_path, source, number):
    with watching(tmp_path) as watcher:
        wait_until((tmp_path / "index" / WATCH).is_file)
        os.kill(watcher.process.pid, number)
        assert watcher.process.wait(PATIENCE) == 0
        assert watcher.line() == "Watching has ended."
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == ["CURRENT", LOCK, "generations"]


def test_a_signal_stops_a_build_that_is_under_way(tmp_path):
    write_records(tmp_path / "wire" / "ports.jsonl", generated("port", articles=20_000))
    with watching(tmp_path, "wire", begun=False) as watcher:
        wait_until(lambda: any(tmp_path.glob("index/generations/*")))
        assert watcher.rest() == (0, ["Watching has ended."])
    assert list((tmp_path / "index" / "generations").iterdir()) == []


# What stands still


def settling(path, *touches, **options):
    files = Settling(**options)
    for now, text in touches:
        if text is not None:
            path.write_text(text)
            os.utime(path, (time.time(), time.time()))
        files.touch(str(path), now)
    return files


def test_a_file_that_grew_for_long_has_to_stand_still_for_longer(tmp_path):
    path = tmp_path / "a.txt"
    files = settling(path, *((now / 10, "x" * now) for now in range(1, 41)), trusts_times=False)
    assert (files.still(4.0 + 1.9), list(files.still(4.0 + 2.1))) == ({}, [str(path)])
    assert files.being_written(5.0) == {str(path)}


def test_an_empty_file_is_about_to_grow(tmp_path):
    files = settling(tmp_path / "a.txt", (0.0, ""), trusts_times=False)
    assert (files.still(4.0), len(files.still(6.0))) == ({}, 1)


def test_where_another_clock_sets_the_times_of_change_they_are_not_believed(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x")
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert len(settling(path, (0.0, None)).still(0.0)) == 1
    assert settling(path, (0.0, None), trusts_times=False, least=3.0).still(2.9) == {}


def test_a_file_that_is_gone_waits_to_come_again_but_is_not_being_written(tmp_path):
    files = settling(tmp_path / "a.txt", (0.0, None))
    assert (files.still(0.1), files.being_written(0.1), len(files.still(STILL_SECONDS))) == ({}, frozenset(), 1)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1))
def test_nothing_is_forgotten_that_changed_since(tmp_path_factory, steps):
    """Whatever is written between: a file is forgotten only in the state that was taken into the index."""
    path = tmp_path_factory.mktemp("still") / "a.txt"
    files = Settling(trusts_times=False)
    now, size = 0.0, 0
    for tenths, written in steps:
        now += tenths / 10
        taken = files.still(now)
        if written:
            size += 1
            path.write_text("x" * size)
            files.touch(str(path), now)
        files.forget(taken)
        if written:
            assert files.paths == [str(path)]
        assert all(stamp_of(each).size == size for each in files.still(now))


# What concerns a watcher


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("story.txt", True),
        ("2024/08/story.txt", True),
        (".story.txt", False),
        ("story.txt.part", False),
        (".git/story.txt", False),
        ("index/WATCH", False),
        ("index/generations/x/a.arrays", False),
        ("out/story.txt", False),
        ("../wired/story.txt", False),
    ],
)
def test_only_what_an_update_would_read_concerns_it(tmp_path, name, expected):
    source = write_texts(tmp_path / "wire", a="x")
    (tmp_path / "elsewhere").mkdir()
    (source / "out").symlink_to(tmp_path / "elsewhere")
    watched = Watched([source], source / "index", follow_links=False)
    assert watched.concerns(os.path.normpath(source / name)) is expected
    if name.startswith("out/"):
        assert Watched([source], source / "index", follow_links=True).concerns(f"{source}/{name}")


MOUNTS = r"""
/dev/vda / ext4 rw 0 0
host:/wire /srv/wire nfs4 rw 0 0
tmpfs /srv/wire/quick tmpfs rw 0 0
//host/share /mnt/with\040blank cifs rw 0 0
desk@host:/ /mnt/desk fuse.sshfs rw 0 0
share /mnt/share 9p rw 0 0
/dev/vdb /mnt/over ext4 rw 0 0
host:/over /mnt/over nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "tells"),
    [
        ("/srv", True),
        ("/srv/wires", True),
        ("/srv/wire", False),
        ("/srv/wire/2024/08", False),
        ("/srv/wire/quick/a", True),
        ("/mnt/with blank/a", False),
        ("/mnt/desk/a", False),
        ("/mnt/share", False),
        ("/mnt/over/a", False),
    ],
)
def test_network_folders_are_told_by_their_mounts(path, tells):
    assert tells_of_changes(Path(path), MOUNTS) is tells


def test_where_mounts_cannot_be_read_folders_are_listened_to():
    assert tells_of_changes(Path("/srv"), "")


def test_where_the_system_lets_nobody_listen_it_says_so(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) - 1, hard))
    try:
        listener = Listener([tmp_path], queue.SimpleQueue())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    listener.close()
    assert listener.is_deaf
