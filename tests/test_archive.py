"""Generations: built aside, promoted in one step, rolled back, pruned; nothing damaged or foreign is ever opened."""

import datetime
import pickle
import re
import shutil
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sources import build, command_in, dateline, edit_manifest, search, serve, write_texts

from search import cli
from search.answering.cursor import Cursor, search_digest
from search.answering.parameters import read_parameters
from search.archive import Archive
from search.engines.base import Position
from search.errors import (
    EngineError,
    GenerationGone,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    QueryError,
    RebuildRefused,
)
from search.index_folder import MANIFEST, MARK, mark
from search.manifest import FORMAT
from search.query import Match

FOREIGN_IDS = [
    "",
    ".",
    "..",
    "../..",
    "/",
    "/etc",
    "a/b",
    "..\\..",
    "a\0b",
    "a b",
    "a\nb",
    "é",
    "x" * 300,
    "x" * 70_000,
]


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    """A folder with a source, `wire`, and what was built from it, `index`."""
    folder = tmp_path_factory.mktemp("built")
    source = write_texts(
        folder / "wire",
        harbour="Rain fell on the harbour.\n\nThe ferry stayed.",
        market="Rain fell on the market.\n\nThe stalls stayed.",
    )
    build(folder / "index", source)
    return folder


@pytest.fixture
def source(tmp_path, built_once):
    return shutil.copytree(built_once / "wire", tmp_path / "wire")


@pytest.fixture
def archive(tmp_path, built_once):
    return Archive(shutil.copytree(built_once / "index", tmp_path / "index"))


@pytest.fixture
def mends(source, monkeypatch, capsys):
    """Tell whether the command that a message names makes an archive answer again."""
    monkeypatch.setenv("DATELINE_SOURCE", str(source))
    monkeypatch.setenv("DATELINE_PROCESSES", "1")

    def mends(archive, message):
        program, *arguments = command_in(str(message))
        return program == "dateline" and cli.run(arguments) == 0 and search(archive.folder, "rain").paragraphs == 2

    return mends


def opened(archive, generation_id=None):
    """Open a generation, let go of it, and return its manifest."""
    generation = archive.open(generation_id or archive.current_id(), cache_bytes=1 << 20, seconds=2.0)
    generation.engine.close()
    return generation.manifest


def serving_folder(archive):
    return archive.path_of(archive.current_id())


def built_files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


def change_manifest(archive, **values):
    edit_manifest(serving_folder(archive) / MANIFEST, **values)


def seal(archive, folder):
    """Make `folder` a generation: a copy of the one that serves, by its own name."""
    shutil.copytree(serving_folder(archive), folder, dirs_exist_ok=True)
    edit_manifest(folder / MANIFEST, id=folder.name)


# Reading


def test_what_was_built_is_opened(archive):
    assert opened(archive).id == archive.current_id()
    assert (opened(archive).articles, opened(archive).paragraphs) == (2, 4)


def test_the_manifest_names_every_file_of_the_generation(archive):
    folder = serving_folder(archive)
    assert sorted(opened(archive).files) == [path.relative_to(folder).as_posix() for path in built_files(folder)]


def test_without_an_index_the_message_names_the_command_that_makes_one(tmp_path, mends):
    archive = Archive(tmp_path / "index")
    with pytest.raises(IndexMissing, match="There is no index in") as raised:
        archive.current_id()
    assert mends(archive, raised.value)


def test_the_command_in_a_message_can_be_typed_as_it_stands(tmp_path, mends):
    archive = Archive(tmp_path / "my index; and more")
    with pytest.raises(IndexMissing) as raised:
        archive.current_id()
    assert mends(archive, raised.value)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xff\xfe", b"20260101T000000000000-abcdef\n", b"a\nb\n", b"x" * 5000]
)
def test_a_damaged_current_is_told_with_the_command_that_mends_it(archive, content, mends):
    (archive.folder / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged) as raised:
        opened(archive)
    assert mends(archive, raised.value)


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b'"x"', b"\xff", b'{"format": %d}' % FORMAT])
def test_a_damaged_manifest_is_told_with_the_command_that_mends_it(archive, content, mends):
    (serving_folder(archive) / MANIFEST).write_bytes(content)
    with pytest.raises(IndexDamaged) as raised:
        opened(archive)
    assert mends(archive, raised.value)


def test_a_missing_manifest_is_told_with_the_command_that_mends_it(archive, mends):
    (serving_folder(archive) / MANIFEST).unlink()
    with pytest.raises(IndexDamaged) as raised:
        opened(archive)
    assert mends(archive, raised.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "another"), ("id", None), ("built_at", 3), ("engine", 3), ("articles", "many"),
        ("paragraphs", None), ("tokens", "x"), ("first_day", "yesterday"), ("last_day", 3), ("rejected", None),
        ("sources", 3), ("sources", [3]), ("files", None), ("files", []), ("files", {}), ("files", {"a": 5}),
    ],
)  # fmt: skip
def test_a_manifest_with_a_wrong_value_is_damaged(archive, key, value, mends):
    change_manifest(archive, **{key: value})
    with pytest.raises(IndexDamaged) as raised:
        opened(archive)
    assert mends(archive, raised.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", FORMAT - 1), ("format", FORMAT + 1), ("format", None), ("engine_version", "0.0.1"),
        ("analysis", "english-0-00000000"), ("engine", "lucene"), ("language", "klingon"),
    ],
)  # fmt: skip
def test_what_another_version_built_is_outdated(archive, key, value, mends):
    change_manifest(archive, **{key: value})
    with pytest.raises(IndexOutdated) as raised:
        opened(archive)
    assert mends(archive, raised.value)


def _change_a_byte(path):
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:] if content else b"x")


@pytest.mark.parametrize(
    "damage",
    [Path.unlink, _change_a_byte, lambda path: path.write_bytes(path.read_bytes()[:-1] + b"??")],
    ids=["missing", "one bit changed", "other size"],
)
def test_no_file_of_a_generation_can_be_damaged_unnoticed(archive, source, damage):
    for number in range(len(built_files(serving_folder(archive)))):
        path = built_files(serving_folder(archive))[number]
        damage(path)
        with pytest.raises(IndexDamaged, match=re.escape(path.name)) as raised:
            # What only an update reads is no matter when it is opened.
            archive.check() if path.name == "ledger.arrays" and path.exists() else opened(archive)
        assert command_in(str(raised.value))[:2] == ["dateline", "rebuild"]
        build(archive.folder, source)


def test_nothing_in_a_generation_is_pickled(archive):
    for path in serving_folder(archive).rglob("*"):
        if path.is_file():
            with pytest.raises((pickle.UnpicklingError, EOFError, ValueError, IndexError, KeyError, AttributeError)):
                pickle.loads(path.read_bytes())


def test_a_file_that_was_not_built_is_damage(archive):
    stored = next(serving_folder(archive).glob("segments/*/stored.arrays"))
    shutil.copy(stored, stored.with_name("other.arrays"))
    with pytest.raises(IndexDamaged, match=r"other\.arrays"):
        opened(archive)


# Foreign ids


@pytest.mark.parametrize("up", ["../../other/generations/{}", "../other-generation-{}", "{other}/generations/{}"])
def test_current_never_leads_out_of_the_folder(archive, tmp_path, source, up):
    other, _ = build(tmp_path / "other", source)
    foreign = up.format(other.current_id(), other=other.folder)
    if up.startswith("../other-"):
        shutil.copytree(serving_folder(other), archive.folder / foreign.removeprefix("../"))
    (archive.folder / "CURRENT").write_text(f"{foreign}\n")
    with pytest.raises(IndexDamaged):
        opened(archive)
    with pytest.raises(EngineError):
        search(archive.folder, "rain")


@pytest.mark.parametrize("generation_id", FOREIGN_IDS)
def test_a_foreign_id_is_never_a_generation(archive, generation_id):
    (archive.folder / "generations" / MANIFEST).write_bytes((serving_folder(archive) / MANIFEST).read_bytes())
    (archive.folder / MANIFEST).write_bytes((serving_folder(archive) / MANIFEST).read_bytes())
    assert not archive.has(generation_id)
    with pytest.raises(IndexDamaged):
        archive.manifest(generation_id)
    with pytest.raises(IndexDamaged):
        archive.promote(generation_id)


def _forged(generation_id, query="rain"):
    parameters = read_parameters([("q", query)])
    digest = search_digest(parameters, query)
    return Cursor(generation_id, datetime.date(2024, 8, 24), Match.ALL, 1, Position(1.0, "harbour", 1), digest).text()


@pytest.mark.parametrize("generation_id", FOREIGN_IDS)
def test_a_cursor_never_leads_out_of_the_folder(archive, generation_id):
    with pytest.raises(GenerationGone):
        search(archive.folder, "rain", cursor=_forged(generation_id))


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_in_current_or_in_a_cursor_does_more_than_fail(archive, text):
    serving = archive.current_id()
    service = serve(archive.folder)
    try:
        with pytest.raises((GenerationGone, QueryError)):
            service.search(read_parameters([("q", "rain"), ("cursor", text if text.strip() else "x")]))
        with pytest.raises(GenerationGone):
            service.search(read_parameters([("q", "rain"), ("cursor", _forged(text))]))
        (archive.folder / "CURRENT").write_text(text, encoding="utf-8")
        with pytest.raises(EngineError):
            opened(archive)
    finally:
        service.close()
        (archive.folder / "CURRENT").write_text(f"{serving}\n")


# Building


def test_a_build_begins_in_an_empty_folder_that_is_gone_unless_it_was_promoted(archive):
    before = archive.kept()
    with archive.building() as folder:
        assert folder.parent == archive.folder / "generations"
        assert [path.name for path in folder.iterdir()] == [MARK]
    assert not folder.exists()
    assert archive.kept() == before


def test_a_build_that_fails_leaves_nothing_and_frees_the_lock(archive):
    serving = archive.current_id()

    def fail():
        with archive.building() as folder:
            (folder / "half").write_text("x")
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
    assert archive.current_id() == serving
    assert [path.name for path in (archive.folder / "generations").iterdir()] == [serving]


def test_a_second_build_is_refused_while_one_runs(archive):
    with (
        archive.building(),
        pytest.raises(RebuildRefused, match=r"Another rebuild of .* is running"),
        Archive(archive.folder).building(),
    ):
        pass
    with archive.building():
        pass


@pytest.mark.parametrize(
    "command", [("rebuild", "wire"), ("update", "wire"), ("rollback",)], ids=lambda words: words[0]
)
def test_another_process_is_refused_with_one_line_while_a_build_runs(archive, source, tmp_path, command):
    build(archive.folder, source)
    write_texts(source, added="Rain fell on the hills.")
    before = archive.current_id()
    with archive.building():
        ended = dateline(*command, "--index", archive.folder, cwd=tmp_path, processes=1)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"dateline: Another rebuild of {archive.folder} is running")
    assert ended.stdout == ""
    assert archive.current_id() == before


def _leftovers(archive):
    """Everything that a process killed at some step may leave, by the step."""
    generations = archive.folder / "generations"
    late = generations / "29990101T000000000000-000000"
    early = generations / "20000101T000000000000-000000"
    return {
        "an empty folder": late.mkdir,
        "only the mark": lambda: (late.mkdir(), mark(late)),
        "files without a manifest": lambda: (late.mkdir(), mark(late), (late / "commit.bin").write_text("{}")),
        "a manifest half written": lambda: (late.mkdir(), mark(late), (late / f"{MANIFEST}.new").write_text('{"id')),
        "sealed, not promoted": lambda: seal(archive, late),
        "CURRENT half written": lambda: (archive.folder / "CURRENT.new").write_text("2999"),
        "pruned in part": lambda: (seal(archive, early), (early / MANIFEST).unlink()),
    }


@pytest.mark.parametrize("step", sorted(_leftovers(Archive(Path()))))
def test_what_a_broken_build_left_harms_nothing_and_is_cleared_by_the_next(archive, source, step):
    serving = archive.current_id()
    _leftovers(archive)[step]()
    assert opened(archive).id == serving
    assert search(archive.folder, "rain").paragraphs == 2
    build(archive.folder, source)
    assert {path.name for path in (archive.folder / "generations").iterdir()} == set(archive.kept())
    assert serving in archive.kept()
    assert not list(archive.folder.rglob("*.new"))


def test_without_a_current_what_was_sealed_but_not_promoted_is_cleared(archive, source):
    unpromoted = archive.current_id()
    (archive.folder / "CURRENT").unlink()
    build(archive.folder, source)
    assert unpromoted not in archive.kept()


def test_a_build_that_fails_while_current_is_damaged_loses_no_generation(archive, tmp_path):
    (archive.folder / "CURRENT").write_bytes(b"\xff")
    before = archive.kept()
    with pytest.raises(ZeroDivisionError), archive.building():
        raise ZeroDivisionError
    assert archive.kept() == before


def test_strangers_beside_the_generations_are_no_generations(archive, source):
    (archive.folder / "generations" / ".DS_Store").write_text("x")
    build(archive.folder, source)
    assert len(archive.kept()) == 2
    assert search(archive.folder, "rain").paragraphs == 2


# Promoting


def test_only_what_was_sealed_can_be_promoted(archive):
    serving = archive.current_id()
    with archive.building() as folder:
        (folder / "commit.bin").write_text("{}")
        with pytest.raises(IndexDamaged, match="no manifest"):
            archive.promote(folder.name)
    assert archive.current_id() == serving


def test_a_reader_sees_the_old_or_the_new_generation_and_nothing_between(archive, source):
    first = archive.current_id()
    build(archive.folder, source)
    second = archive.current_id()
    seen, done = set(), Event()

    def read():
        while not done.is_set():
            seen.add(Archive(archive.folder).current_id())

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(150):
        archive.promote(first)
        archive.promote(second)
    done.set()
    for reader in readers:
        reader.join()
    assert seen == {first, second}


# Rolling back


def test_rolling_back_lets_the_generation_before_serve(archive, source):
    first = archive.current_id()
    write_texts(source, added="Rain fell on the hills.")
    build(archive.folder, source)
    assert search(archive.folder, "rain").paragraphs == 3
    assert archive.roll_back() == first == archive.current_id()
    assert search(archive.folder, "rain").paragraphs == 2


def test_rolling_back_goes_one_generation_each_time_and_is_refused_at_the_first(tmp_path, source):
    ids = []
    for _ in range(3):
        archive, summary = build(tmp_path / "index", source, keep=3)
        ids.append(summary.generation_id)
    assert [archive.roll_back(), archive.roll_back()] == [ids[1], ids[0]]
    with pytest.raises(RebuildRefused, match="no generation before") as raised:
        archive.roll_back()
    assert command_in(str(raised.value))[:2] == ["dateline", "rebuild"]
    assert archive.current_id() == ids[0]


def test_without_an_index_there_is_nothing_to_roll_back(tmp_path):
    with pytest.raises(IndexMissing):
        Archive(tmp_path / "index").roll_back()


def test_rolling_back_is_refused_while_something_is_built(archive, source):
    build(archive.folder, source)
    serving = archive.current_id()
    with archive.building(), pytest.raises(RebuildRefused):
        archive.roll_back()
    assert archive.current_id() == serving


@pytest.mark.parametrize("spoil", ["damaged", "outdated"])
def test_rolling_back_to_what_cannot_be_opened_is_refused_and_what_serves_goes_on(archive, source, spoil):
    if spoil == "damaged":
        (serving_folder(archive) / "commit.bin").write_text("")
    else:
        change_manifest(archive, engine_version="0.0.1")
    build(archive.folder, source)
    serving = archive.current_id()
    with pytest.raises((EngineError, RebuildRefused)):
        archive.roll_back()
    assert archive.current_id() == serving
    assert search(archive.folder, "rain").paragraphs == 2


def test_a_rebuild_after_rolling_back_keeps_what_served_and_drops_what_was_rolled_back(archive, source):
    first = archive.current_id()
    build(archive.folder, source)
    rejected = archive.current_id()
    archive.roll_back()
    build(archive.folder, source)
    assert archive.kept() == [first, archive.current_id()]
    assert rejected not in archive.kept()
    assert archive.roll_back() == first


# Pruning


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_as_many_generations_are_kept_as_asked_the_serving_one_included(tmp_path, source, keep):
    ids = []
    for number in range(1, 5):
        archive, summary = build(tmp_path / "index", source, keep=keep)
        ids.append(summary.generation_id)
        assert archive.kept() == ids[-min(keep, number) :]
        assert {path.name for path in (archive.folder / "generations").iterdir()} == set(archive.kept())
    for generation_id in archive.kept():
        assert opened(archive, generation_id).id == generation_id


def test_pruning_never_removes_what_serves(archive, source):
    first = archive.current_id()
    build(archive.folder, source)
    archive.roll_back()
    archive.prune(1)
    assert archive.kept() == [first]
    assert search(archive.folder, "rain").paragraphs == 2


def test_a_clock_set_back_costs_no_generation(archive, source):
    serving = archive.current_id()
    late = archive.path_of("29990101T000000000000-000000")
    seal(archive, late)
    archive.promote(late.name)
    shutil.rmtree(archive.path_of(serving))
    _, summary = build(archive.folder, source)
    assert archive.current_id() == summary.generation_id
    assert sorted(archive.kept()) == sorted([late.name, summary.generation_id])
    assert archive.roll_back() == late.name


def test_an_index_that_may_only_be_read_answers_and_stays_as_it_was(archive):
    folders = [archive.folder, *[path for path in archive.folder.rglob("*") if path.is_dir()]]
    modes = [folder.stat().st_mode for folder in folders]
    for folder in folders:
        folder.chmod(0o555)
    try:
        before = {path: path.stat().st_mtime_ns for path in archive.folder.rglob("*")}
        assert search(archive.folder, "rain").paragraphs == 2
        assert {path: path.stat().st_mtime_ns for path in archive.folder.rglob("*")} == before
    finally:
        for folder, mode in zip(folders, modes, strict=True):
            folder.chmod(mode)


def test_an_archive_can_be_opened_by_several_at_once(archive):
    generations = [archive.open(archive.current_id(), cache_bytes=1 << 20, seconds=2.0) for _ in range(3)]
    assert {generation.engine.counts() for generation in generations} == {generations[0].engine.counts()}
    for generation in generations:
        generation.engine.close()
