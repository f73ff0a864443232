"""What a folder holds beside articles: links, pipes, sockets, copies, names; a line each, and the rest is read."""

import datetime
import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from search.articles import Article
from search.cli import commands
from search.errors import ArticleError
from search.reading import ReadingContext, find_files, read_files
from search.reading.files import NotRegularError, open_regular

TODAY = datetime.date(2024, 11, 22)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A source with two articles; beside it, a file and a folder that are not below it."""
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "in"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_text("Rain fell on the bridge.")
    (source / "sub" / "b.txt").write_text("Sun shone on the tunnel.")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("Fog hid the secret.")
    return source


def read(source, **options):
    """The names of the articles, and the reasons of the others by their names."""
    readings = list(read_files(find_files([source], **options), context=ReadingContext(today=TODAY)))
    articles = [reading.source.path for reading in readings if isinstance(reading, Article)]
    return articles, {reading.path: reading.reason for reading in readings if isinstance(reading, ArticleError)}


def socket_file(source):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("in/s.txt")


@pytest.mark.parametrize(
    ("make", "name", "reason"),
    [
        (lambda source: (source / "me.txt").symlink_to("me.txt"), "me.txt", "leads back to itself"),
        (lambda source: (source / "gone.txt").symlink_to("nothing.txt"), "gone.txt", "No such file"),
        (lambda source: (source / "out.txt").symlink_to("../outside/secret.txt"), "out.txt", "--follow-links"),
        (lambda source: (source / "out").symlink_to("../outside"), "out", "link out of the source"),
        (lambda source: (source / "up").symlink_to("/"), "up", "link out of the source"),
        (lambda source: (source / "zero.txt").symlink_to("/dev/zero"), "zero.txt", "link out of the source"),
        (lambda source: os.mkfifo(source / "pipe.txt"), "pipe.txt", "is a named pipe"),
        (lambda source: os.mkfifo(source / "pipe.jsonl"), "pipe.jsonl", "is a named pipe"),
        (socket_file, "s.txt", "is a socket"),
        (lambda source: (source / "c.txt").mkdir(), "c.txt", "is a folder, not a file"),
    ],
)
def test_what_is_no_file_is_a_line_and_the_rest_is_read(folder, make, name, reason):
    make(folder)
    articles, errors = read(folder)
    assert articles == ["a.txt", "sub/b.txt"]
    assert list(errors) == [name]
    assert reason in errors[name]


@pytest.mark.parametrize(
    "make",
    [
        lambda source: (source / "sub" / "up").symlink_to(source),
        lambda source: (source / "again.txt").symlink_to("a.txt"),
        lambda source: (source / "0").symlink_to("sub"),
        lambda source: (source / "c.txt").mkdir() or (source / "c.txt" / "loop").symlink_to(source / "c.txt"),
    ],
)
def test_what_is_below_the_source_already_counts_once_and_by_its_own_path(folder, make):
    make(folder)
    assert read(folder) == (["a.txt", "sub/b.txt"], {})


def test_links_are_followed_out_of_the_source_where_that_is_asked_for(folder):
    (folder / "out").symlink_to("../outside")
    (folder / "out.txt").symlink_to("../outside/secret.txt")
    (folder / "up").symlink_to("..")
    assert read(folder, follow_links=True)[0] == ["a.txt", "out/secret.txt", "sub/b.txt"]


def test_a_device_is_not_read_even_where_links_are_followed(folder):
    (folder / "zero.txt").symlink_to("/dev/zero")
    assert read(folder, follow_links=True)[1] == {"zero.txt": "is a device, not a file"}


def test_a_source_that_is_a_link_is_followed(folder, tmp_path):
    (tmp_path / "source").symlink_to("in")
    assert read(tmp_path / "source") == (["a.txt", "sub/b.txt"], {})


def test_two_links_of_a_circle_are_a_line_each(folder):
    (folder / "x.txt").symlink_to("y.txt")
    (folder / "y.txt").symlink_to("x.txt")
    assert sorted(read(folder)[1]) == ["x.txt", "y.txt"]


def test_a_link_to_a_file_that_is_left_out_by_its_own_name_is_read(folder):
    (folder / ".store").write_text("Hail fell.")
    (folder / "hail.txt").symlink_to(".store")
    assert "hail.txt" in read(folder)[0]


@pytest.mark.parametrize("replace", [os.mkfifo, os.mkdir, os.unlink, lambda path: path.symlink_to("nothing")])
def test_a_file_that_is_replaced_before_it_is_read_is_a_line(folder, replace):
    found = find_files([folder])
    (folder / "a.txt").unlink()
    if replace is not os.unlink:
        replace(folder / "a.txt")
    error, story = read_files(found, context=ReadingContext(today=TODAY))
    assert (error.path, story.source.path) == ("a.txt", "sub/b.txt")


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotRegularError, match="is a named pipe"):
        open_regular(tmp_path / "pipe")


def test_a_file_that_grows_while_it_is_read_ends_where_it_ended(tmp_path):
    path = tmp_path / "wire.jsonl"
    path.write_text('{"title": "Rain"}\n' * 3)
    readings = read_files(find_files([path]), context=ReadingContext(today=TODAY))
    first = next(readings)
    with path.open("a") as growing:
        growing.write('{"title": "Sun"}\n')
    assert isinstance(first, Article)
    assert sum(isinstance(each, Article) for each in readings) == 2


def test_what_may_not_be_read_is_a_line(folder):
    (folder / "a.txt").chmod(0)
    (folder / "sub").chmod(0)
    denied = "cannot be read: Permission denied"
    # Root may read everything.
    told = ([], {"a.txt": denied, "sub": denied}) if os.geteuid() else (["a.txt", "sub/b.txt"], {})
    try:
        assert read(folder) == told
    finally:
        (folder / "sub").chmod(0o700)


NOT_ARTICLES = [
    *("a.txt~", "b.txt.bak", "c.orig", ".d.txt.swp", "d.swp", "~$story.txt", "#story.txt#", ".#story.txt"),
    *("desktop.ini", "Desktop.INI", ".DS_Store", "Thumbs.db", "x.tmp", "y.part", "z.crdownload", "story.lock"),
    *("._a.txt", ".hidden.txt", ".git/config", "__MACOSX/a.txt"),
]


def test_what_is_no_article_by_its_name_is_left_out_and_told(folder):
    for name in NOT_ARTICLES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("Rain fell.")
    found = find_files([folder])
    assert [file.name for file in found] == ["a.txt", "sub/b.txt"]
    assert {note.path for note in found.left_out} == {name.partition("/")[0] for name in NOT_ARTICLES}
    assert {note.path: note.reason for note in found.left_out}["b.txt.bak"] == "a backup copy"


@pytest.mark.parametrize("name", ["bak.txt", "partial", "Thumbs", "a~b.txt", "tmp/story.txt", "#metoo.txt", "orig"])
def test_a_name_that_only_looks_like_one_of_those_is_an_article(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("Rain fell.")
    assert [file.name for file in find_files([tmp_path])] == [name]


def test_a_source_that_is_named_is_read_whatever_its_name(tmp_path):
    (tmp_path / "story.bak").write_text("Rain fell.")
    assert len(find_files([tmp_path / "story.bak"])) == 1


def run(*arguments):
    result = CliRunner().invoke(commands, [*arguments, "--index", "index"])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_rebuild_and_an_update_end_beside_all_of_them(folder):
    os.mkfifo(folder / "pipe.txt")
    (folder / "me.txt").symlink_to("me.txt")
    (folder / "out.txt").symlink_to("../outside/secret.txt")
    (folder / "b.bak").write_text("Rain fell.")
    (folder / "c.txt~").write_text("Rain fell.")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("Snow fell.")
    told = run("rebuild", "in")
    assert "3 articles" in told
    assert "3 rejected" in told
    assert "2 files left out" in told
    assert "Nothing to do" in run("update")


def test_an_update_reads_by_the_options_of_the_rebuild(folder):
    (folder / "out.txt").symlink_to("../outside/secret.txt")
    (folder / "cz.txt").write_bytes("Straße: Ulice".encode("cp850"))
    assert "4 articles" in run("rebuild", "in", "--follow-links", "--encoding", "cp850")
    assert "Nothing to do" in run("update")
    (folder / "d.txt").write_text("Hail fell.")
    assert "5 articles" in run("update")


def test_an_encoding_that_does_not_exist_is_refused(folder):
    for name in ("cp99999", "base64", "rot13"):
        result = CliRunner().invoke(commands, ["rebuild", "in", "--index", "index", "--encoding", name])
        assert name in str(result.exception)
    assert not Path("index").exists()
