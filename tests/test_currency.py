"""How current the index is: said everywhere, never wrong on a page that was kept, never an error."""

import datetime
import os
import re
import time

import orjson
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from sources import build, dateline, write_texts
from watchers import PATIENCE, move_in, wait_until, watching
from webserver import page, serve

from search.archive import Archive
from search.currency import BELIEVED_SECONDS, Currency, Heartbeat, ago, read_currency, utc_now
from search.errors import RebuildRefused
from search.index_folder import LOCK, WATCH, check_folder
from search.settings import Settings

BUILT = "2024-08-24T12:00:00Z"
BUILT_AT = datetime.datetime(2024, 8, 24, 12, tzinfo=datetime.UTC)


def say(folder, waiting=0, *, seconds_ago=0.0, **said):
    """Write what a watcher says."""
    looked_at = (utc_now() - datetime.timedelta(seconds=seconds_ago)).isoformat()
    (folder / WATCH).write_bytes(orjson.dumps({"process": 1, "looked_at": looked_at, "waiting": waiting, **said}))


@pytest.fixture
def index(tmp_path):
    build(tmp_path / "index", write_texts(tmp_path / "wire", harbour="Rain fell on the harbour."))
    return tmp_path / "index"


# What is believed


@pytest.mark.parametrize("waiting", [0, 2, None])
def test_what_a_watcher_says_is_believed_as_long_as_it_is_new(tmp_path, waiting):
    say(tmp_path, waiting, seconds_ago=BELIEVED_SECONDS - 5)
    assert read_currency(tmp_path, BUILT) == Currency(BUILT_AT, watched=True, waiting=waiting)
    say(tmp_path, waiting, seconds_ago=BELIEVED_SECONDS + 1)
    assert read_currency(tmp_path, BUILT) == Currency(BUILT_AT, watched=False, waiting=None)


def test_without_a_watcher_it_is_known_when_the_index_was_built(tmp_path):
    assert read_currency(tmp_path, BUILT) == Currency(BUILT_AT, watched=False, waiting=None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"[]"),
        lambda path: path.write_bytes(b'{"looked_at": 1, "waiting": 0}'),
        lambda path: path.write_bytes(b'{"looked_at": "yesterday", "waiting": 0}'),
        lambda path: path.write_bytes(b'{"looked_at": "2024-08-24T12:00:00", "waiting": 0}'),
        lambda path: path.write_bytes(b"\xff" * 5_000),
        lambda path: say(path.parent, "many"),
        lambda path: say(path.parent, -1),
        lambda path: path.mkdir(),
        os.mkfifo,
        lambda path: path.symlink_to(path.name),
    ],
)
def test_what_a_watcher_cannot_have_said_is_no_error(tmp_path, spoil):
    spoil(tmp_path / WATCH)
    assert read_currency(tmp_path, BUILT) == Currency(BUILT_AT, watched=False, waiting=None)


@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(tmp_path_factory, content):
    folder = tmp_path_factory.getbasetemp()
    (folder / WATCH).write_bytes(content)
    assert read_currency(folder, BUILT).updated_at == BUILT_AT


# In words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds ago"), (1.9, "1 second ago"), (119.9, "119 seconds ago"), (120, "2 minutes ago"),
        (7_199, "119 minutes ago"), (7_200, "2 hours ago"), (172_799, "47 hours ago"), (172_800, "2 days ago"),
        (86_400_000, "1,000 days ago"),
    ],
)  # fmt: skip
def test_how_long_ago_it_was(seconds, words):
    assert ago(seconds) == words


@pytest.mark.parametrize(
    ("watched", "waiting", "words"),
    [
        (False, None, "updated 40 seconds ago"),
        (True, 0, "updated 40 seconds ago; watched, nothing waiting"),
        (True, 1, "updated 40 seconds ago; 1 file waiting"),
        (True, 1_200, "updated 40 seconds ago; 1,200 files waiting"),
        (True, None, "updated 40 seconds ago; watched, looking at what has changed"),
    ],
)
def test_it_is_said_in_words(watched, waiting, words):
    currency = Currency(BUILT_AT, watched=watched, waiting=waiting)
    assert currency.words(BUILT_AT + datetime.timedelta(seconds=40)) == words


def test_an_index_of_a_moment_ago_is_not_of_the_future():
    assert Currency(BUILT_AT, watched=False, waiting=None).seconds(BUILT_AT - datetime.timedelta(seconds=0.5)) == 0


# What the watcher says


def test_the_watcher_says_how_many_files_wait_and_says_nothing_once_it_has_left(tmp_path):
    (tmp_path / "CURRENT").write_text("an index\n")
    with Heartbeat(tmp_path) as heartbeat:
        wait_until(lambda: read_currency(tmp_path, BUILT) == Currency(BUILT_AT, watched=True, waiting=None))
        heartbeat.tell(3)
        wait_until(lambda: read_currency(tmp_path, BUILT).waiting == 3)
        assert orjson.loads((tmp_path / WATCH).read_bytes())["process"] == os.getpid()
    assert [path.name for path in tmp_path.iterdir()] == ["CURRENT"]


def test_it_writes_nothing_into_a_folder_that_holds_no_index(tmp_path):
    with Heartbeat(tmp_path) as heartbeat:
        heartbeat.tell(3)
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def test_it_may_be_there_but_makes_no_folder_one_of_an_index(index, tmp_path):
    say(index)
    (index / f"{WATCH}.new").touch()
    check_folder(index)
    (tmp_path / "mine").mkdir()
    say(tmp_path / "mine")
    check_folder(tmp_path / "mine")
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(RebuildRefused, match="holds other things"):
        check_folder(tmp_path / "mine")


# Where it is said


def _gauges(client):
    lines = (line for line in client.get("/metrics").text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_server_says_it_to_machines(index):
    with serve(Settings(index=index)) as served:
        first, second = served.client.get("/readyz").text.splitlines()
        assert first == f"ready {Archive(index).current_id()}"
        assert re.fullmatch(r"updated \d+ seconds? ago", second)
        gauges = _gauges(served.client)
        assert 0 <= gauges["dateline_generation_age_seconds"] < PATIENCE
        assert "dateline_files_waiting" not in gauges
        say(index, 2)
        assert served.client.get("/readyz").text.endswith(" ago; 2 files waiting\n")
        assert _gauges(served.client)["dateline_files_waiting"] == 2


def test_the_status_says_it(index):
    say(index, 2)
    assert dateline("status", "--index", index, cwd=index.parent).stdout.splitlines()[1].endswith("; 2 files waiting")
    known = orjson.loads(dateline("status", "--json", "--index", index, cwd=index.parent).stdout)
    assert (known["watched"], known["waiting"]) == (True, 2)
    assert known["updated_at"] == known["generation"]["built_at"]


@pytest.mark.parametrize("address", ["/", "/search?q=rain", "/articles/harbour"])
def test_a_page_says_the_instant_so_that_it_stays_true_however_long_it_is_kept(index, address):
    with serve(Settings(index=index)) as served:
        (told,) = page(served.client, address).all("time", data_ago="")
        built_at = Archive(index).manifest(Archive(index).current_id()).built_at
        assert told["datetime"] == built_at
        instant = datetime.datetime.fromisoformat(built_at)
        assert told.text == f"{instant.day} {instant:%B %Y, %H:%M:%S} UTC"
        tag = served.client.get(address).headers["ETag"]
        say(index, 2)  # which is for machines: a page that was kept could not know
        assert served.client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_files_wait_from_when_they_are_seen_until_they_are_searchable(index, tmp_path):
    source = tmp_path / "wire"
    with watching(tmp_path) as watcher, serve(Settings(index=index)) as served:
        wait_until(lambda: served.client.get("/readyz").text.endswith("; watched, nothing waiting\n"))
        with FileLock(index / LOCK):
            move_in(source / "market.txt", "Snow fell on the market.")
            wait_until(lambda: served.client.get("/readyz").text.endswith("; 1 file waiting\n"))
            assert "Another build" in watcher.line()
        watcher.update()
        wait_until(lambda: served.client.get("/readyz").text.endswith("; watched, nothing waiting\n"))
        assert served.client.get("/api/v1/search?q=snow").json["total"]["articles"] == 1
        assert watcher.rest() == (0, ["Watching has ended."])
        assert re.search(r"updated \d+ seconds? ago\n$", served.client.get("/readyz").text)
