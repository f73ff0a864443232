"""What an index's folder may hold: nothing foreign is deleted or written over, nothing but files is read."""

import os
import random
import shutil
import stat
import time

import pytest
from sources import build, dateline, search, write_texts

from search.archive import Archive
from search.errors import IndexDamaged, IndexOutdated, RebuildRefused
from search.index_folder import MANIFEST, MARK, check_folder, read_file

ID = "20240824T101500000000-abcdef"


@pytest.fixture
def source(tmp_path):
    return write_texts(tmp_path / "wire", harbour="Rain fell on the harbour.", market="Rain fell on the market.")


@pytest.fixture
def index(tmp_path, source):
    build(tmp_path / "index", source)
    return tmp_path / "index"


def run(index, command, *arguments, **settings):
    """Run a command at an index; it ends soon, whatever there is."""
    began = time.monotonic()
    ended = dateline(command, *arguments, "--index", index, cwd=index.parent, processes=1, **settings)
    assert time.monotonic() - began < 30
    assert "Traceback" not in ended.stderr
    return ended


def serving(index):
    archive = Archive(index)
    return archive.path_of(archive.current_id())


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


# What Dateline did not make


FOREIGN = {
    "a folder": lambda generations: generations / "mine",
    "a folder with a manifest": lambda generations: generations / "extension",
    "a folder with the name of a generation": lambda generations: generations / ID,
    "a folder with the name of a later generation": lambda generations: generations / ID.replace("2024", "2999"),
    "a copy of a generation": lambda generations: generations / f"{ID}.bak",
    "a folder with a name like that of a generation": lambda generations: generations / ID.upper(),
}


@pytest.mark.parametrize("path_of", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_folder_among_the_generations_is_never_deleted(index, source, path_of):
    folder = path_of(index / "generations")
    folder.mkdir()
    (folder / "notes.txt").write_text("keep")
    if folder.name == "extension":
        (folder / MANIFEST).write_text("{}")
    for _ in range(3):
        build(index, source)
    Archive(index).roll_back()
    build(index, source)
    assert (folder / "notes.txt").read_text() == "keep"
    assert folder.name not in Archive(index).kept()


def test_a_copy_of_a_whole_generation_under_another_name_is_never_deleted(index, source):
    copied = index / "generations" / "copy of the good one"
    shutil.copytree(serving(index), copied)
    before = everything(copied)
    for _ in range(3):
        build(index, source)
    assert everything(copied) == before


def test_a_link_and_a_file_among_the_generations_are_left(index, source, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / MARK).write_text("")
    (index / "generations" / ID).symlink_to(tmp_path / "elsewhere")
    (index / "generations" / "notes.txt").write_text("keep")
    build(index, source)
    assert (tmp_path / "elsewhere" / MARK).exists()
    assert (index / "generations" / "notes.txt").read_text() == "keep"


@pytest.mark.parametrize("left", [(), (MARK,), (MARK, "commit.bin"), (MANIFEST, "columns.npz")])
def test_what_a_broken_build_left_is_cleared(index, source, left):
    folder = index / "generations" / ID
    folder.mkdir()
    for name in left:
        (folder / name).write_text("")
    build(index, source)
    assert not folder.exists()


# Where an index may be


HELD = {
    "articles": ["story.txt"],
    "an archive of lines": ["articles.jsonl"],
    "a folder": ["2024/story.txt"],
    "a repository": [".git/config"],
    "articles beside what an index has": ["story.txt", "LOCK", "generations/mine/notes.txt"],
    "a home": [".bashrc", ".ssh/id"],
}


@pytest.mark.parametrize("names", HELD.values(), ids=HELD.keys())
@pytest.mark.parametrize("command", ["rebuild", "update"])
def test_a_folder_that_holds_other_things_is_refused_before_anything_is_written(tmp_path, source, names, command):
    folder = tmp_path / "held"
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("A story that is kept.\n")
    before = everything(folder)
    ended = run(folder, command, source)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert f"--index {folder}" in ended.stderr
    assert everything(folder) == before


def test_the_folder_of_the_articles_is_refused(source):
    before = everything(source)
    ended = run(source, "rebuild", source)
    assert ended.returncode == 2
    assert f"--index {source / 'index'}" in ended.stderr
    assert everything(source) == before


def test_the_folder_of_a_user_is_refused(tmp_path, monkeypatch):
    (tmp_path / ".profile").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(RebuildRefused, match="other things"):
        check_folder(tmp_path)


@pytest.mark.parametrize(
    "names",
    [[], [".gitignore"], [".DS_Store", "Thumbs.db"], ["LOCK"], [".gitignore", "CURRENT", "LOCK", "CURRENT.new"]],
)
def test_a_folder_without_other_things_becomes_an_index(tmp_path, source, names):
    folder = tmp_path / "index"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("")
    assert run(folder, "rebuild", source).returncode == 0
    assert search(folder, "rain").paragraphs == 2


def test_a_note_beside_an_index_does_not_stop_it(index, source):
    (index / "README.txt").write_text("Ask Anna before touching this.")
    assert run(index, "rebuild", source).returncode == 0
    assert run(index, "update", source).returncode == 0


# Which sources


def test_a_rebuild_without_sources_reads_those_of_the_index_and_says_which(index, source, tmp_path):
    write_texts(tmp_path / "seeds", example="An example of sunshine.")
    ended = run(index, "rebuild")
    assert ended.returncode == 0
    assert f"Reading the sources of the index: {source}" in ended.stderr
    assert search(index, "rain").paragraphs == 2


def test_without_an_index_a_rebuild_without_sources_reads_the_seeds(tmp_path):
    write_texts(tmp_path / "seeds", example="An example of sunshine.")
    assert run(tmp_path / "index", "rebuild").returncode == 0
    assert search(tmp_path / "index", "sunshine").paragraphs == 1


def test_a_source_that_is_set_is_named_and_said(index, tmp_path):
    other = write_texts(tmp_path / "other", example="An example of sunshine.", more="More sunshine.")
    ended = run(index, "rebuild", source=other)
    assert ended.returncode == 0
    assert f"Reading DATELINE_SOURCE: {other}" in ended.stderr
    assert search(index, "sunshine").paragraphs == 2


@pytest.mark.parametrize("damage", ["no CURRENT", "CURRENT says nothing", "an outdated format"])
def test_a_damaged_index_still_remembers_its_sources(index, source, tmp_path, damage):
    write_texts(tmp_path / "seeds", example="An example of sunshine.")
    if damage == "no CURRENT":
        (index / "CURRENT").unlink()
    elif damage == "CURRENT says nothing":
        (index / "CURRENT").write_text("")
    else:
        path = serving(index) / MANIFEST
        path.write_text(path.read_text().replace('"format": 5', '"format": 1'))
    assert run(index, "rebuild").returncode == 0
    assert search(index, "rain").paragraphs == 2


def test_an_index_that_has_forgotten_its_sources_asks_for_them(index, tmp_path):
    write_texts(tmp_path / "seeds", example="An example of sunshine.")
    (serving(index) / MANIFEST).write_text("{")
    ended = run(index, "rebuild")
    assert ended.returncode == 2
    assert "dateline rebuild SOURCE" in ended.stderr


# What is no file


def make_huge(path):
    path.touch()
    os.truncate(path, 1 << 40)


STRANGE = {
    "a pipe": os.mkfifo,
    "a folder": os.mkdir,
    "a socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
    "a link to a file": lambda path: (path.with_name(".real").write_text("x"), path.symlink_to(".real")),
    "a link onto itself": lambda path: path.symlink_to(path.name),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "empty": lambda path: path.write_text(""),
    "huge": make_huge,
}
strange = pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE.keys())


@strange
@pytest.mark.parametrize("command", ["search", "status", "update", "rollback"])
def test_a_current_that_is_no_file_is_an_error_at_once(index, make, command):
    (index / "CURRENT").unlink()
    make(index / "CURRENT")
    ended = run(index, command, *(["rain"] if command == "search" else []))
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "CURRENT" in line


@strange
def test_a_rebuild_mends_a_current_that_is_no_file_unless_it_is_a_folder(index, source, make):
    (index / "CURRENT").unlink()
    make(index / "CURRENT")
    ended = run(index, "rebuild", source)
    if make is os.mkdir:
        assert ended.returncode == 2
        assert "CURRENT is a folder" in ended.stderr
        assert (index / "CURRENT").is_dir()
    else:
        assert ended.returncode == 0
        assert search(index, "rain").paragraphs == 2
        assert not (index / "CURRENT").is_symlink()


@pytest.mark.parametrize("name", ["a pipe", "a folder", "a socket", "a link to a file", "a link onto itself"])
@pytest.mark.parametrize("command", ["rebuild", "update", "rollback"])
def test_a_lock_that_is_no_file_is_an_error_at_once(index, name, command):
    (index / "LOCK").unlink(missing_ok=True)
    STRANGE[name](index / "LOCK")
    (index.parent / "wire" / "more.txt").write_text("More rain.")
    ended = run(index, command)
    assert ended.returncode == 2
    assert "LOCK is a" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", [name for name in STRANGE if name != "huge"])
@pytest.mark.parametrize("file", [MANIFEST, "commit.bin", "seen.bin", "sentences.json"])
def test_a_file_of_a_generation_that_is_none_is_damage(index, source, name, file):
    path = serving(index) / file
    path.unlink()
    STRANGE[name](path)
    for command in ("update", "status"):
        ended = run(index, command)
        assert ended.returncode == 2
        assert "dateline rebuild" in ended.stderr
    build(index, source)
    assert search(index, "rain").paragraphs == 2


@pytest.mark.parametrize("at_most", [None, 10])
def test_a_file_is_read_and_nothing_else(tmp_path, at_most):
    (tmp_path / "file").write_bytes(b"says it")
    assert read_file(tmp_path / "file", at_most=at_most) == b"says it"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="a pipe"):
        read_file(tmp_path / "pipe", at_most=at_most)


# Damage


def test_an_update_finds_any_changed_byte(tmp_path, source):
    index = tmp_path / "index"
    archive, _ = build(index, source)
    folder, chance = serving(index), random.Random(1)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        places = range(len(whole)) if path.name == MANIFEST else {0, len(whole) // 2, len(whole) - 1} if whole else ()
        for place in places:
            changed = bytearray(whole)
            changed[place] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            with pytest.raises((IndexDamaged, IndexOutdated), match="dateline rebuild"):
                archive.check()
        path.write_bytes(whole)
    archive.check()


def test_a_rebuild_removes_a_damaged_generation_and_keeps_a_good_one(index, source):
    good = serving(index)
    assert run(index, "rebuild").returncode == 0
    damaged = serving(index)
    (damaged / "sentences.json").write_text("{}")
    assert run(index, "rebuild").returncode == 0
    assert (good.exists(), damaged.exists()) == (True, False)
    assert run(index, "rollback").returncode == 0
    assert serving(index) == good


@pytest.mark.parametrize("what", ["changed", "missing", "more"])
def test_an_update_of_a_damaged_index_ends_with_2_and_the_command_that_mends_it(index, source, what):
    path = serving(index) / "ledger.arrays"
    if what == "changed":
        path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    elif what == "missing":
        path.unlink()
    else:
        path.with_name("more.json").write_text("{}")
    for arguments in ((), (source,)):
        ended = run(index, "update", *arguments)
        assert ended.returncode == 2
        assert f"dateline rebuild {source} --index {index}" in ended.stderr
    assert run(index, "rebuild").returncode == 0
    assert run(index, "update").returncode == 0


def test_a_manifest_of_another_checksum_is_damaged(index):
    path = serving(index) / MANIFEST
    path.write_text(path.read_text().replace('"rejected": 0', '"rejected": 1'))
    with pytest.raises(IndexDamaged, match="not what was written"):
        Archive(index).check()


def test_the_mark_is_checked_like_any_other_file(index):
    assert MARK in Archive(index).check().files
    (serving(index) / MARK).unlink()
    with pytest.raises(IndexDamaged, match=MARK.replace(".", r"\.")):
        Archive(index).check()
