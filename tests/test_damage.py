"""Damaged files of arrays: an answer is the right one or an error, whatever was damaged, and `check` names the file."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
from archives import article, rebuilt, tree

from search.answering.service import SearchService
from search.archive import Archive
from search.cli import run
from search.engines.base import Ask, Group, Scope
from search.engines.whoosh.arrays import ArrayFile, read_arrays, write_arrays
from search.errors import IndexDamaged
from web.application import create_app

QUESTIONS = ("harbour", "=ferries", '"the harbour"', "ferry w/5 storm", "fer*", "caps(NATO)", "storm place:oslo", "the")
WORDS = ["the", "harbour", "ferry", "ferries", "storm", "night", "sea", "NATO", "crew", "town"]
MUTATIONS = int(os.environ.get("TEST_EXAMPLES", "150"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Archive:
    folder = tmp_path_factory.mktemp("damage")
    rng = random.Random(7)
    texts = (
        " ".join(rng.choice(WORDS) + rng.choice(["", "", str(rng.randrange(500))]) for _ in range(60))
        for _ in range(900)
    )
    articles = [
        article(
            f"a{number}",
            *(next(texts) for _ in range(3)),
            title=f"Storm {number}",
            place=rng.choice(["Oslo", "Bergen"]),
        )
        for number in range(300)
    ]
    return rebuilt(folder, articles)[0]


def answers(archive: Archive) -> list[object]:
    generation = archive.open(archive.current_id(), cache_bytes=0, seconds=30.0)
    try:
        return [
            generation.engine.search(
                Ask(tree(question), scope=scope, group=Group.NONE, size=5, facets=("place", "date"))
            )
            for question in QUESTIONS
            for scope in Scope
        ]
    finally:
        generation.engine.close()


def what_is_answered(archive: Archive) -> list[object] | IndexDamaged:
    try:
        return answers(archive)
    except IndexDamaged as error:
        return error


def files_of(archive: Archive) -> list[Path]:
    return sorted(archive.path_of(archive.current_id()).rglob("*.arrays"))


def test_an_answer_from_a_damaged_file_is_the_right_one_or_an_error(archive):
    right, rng, noticed = answers(archive), random.Random(11), 0
    files = files_of(archive)
    assert max(path.stat().st_size for path in files) > 4 * (1 << 14), "several blocks, not all of which are read"
    for _ in range(MUTATIONS):
        path = rng.choice(files)
        content = path.read_bytes()
        at = rng.randrange(len(content))
        damage = rng.choice(["bit", "cut", "zeros"])
        if damage == "bit":
            spoiled = content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]
        elif damage == "cut":
            spoiled = content[:at]
        else:
            spoiled = content[:at] + bytes(len(content[at : at + 512])) + content[at + 512 :]
        path.write_bytes(spoiled)
        found = what_is_answered(archive)
        assert found == right or (path.name in str(found) and "run: dateline rebuild" in str(found)), (at, damage)
        noticed += found != right
        if spoiled != content:
            with pytest.raises(IndexDamaged, match=path.name):
                archive.check()
        path.write_bytes(content)
    assert noticed > MUTATIONS // 4
    assert answers(archive) == right


def test_what_is_not_read_is_not_checked_and_what_is_read_is(tmp_path):
    numbers = np.arange(20_000, dtype=np.uint32)
    write_arrays(tmp_path / "x.arrays", {"small": numbers[:10], "large": numbers})
    content = bytearray((tmp_path / "x.arrays").read_bytes())
    content[len(content) // 2] ^= 1  # in the middle of `large`
    (tmp_path / "x.arrays").write_bytes(content)
    file = ArrayFile(tmp_path / "x.arrays")
    assert file.whole("small").tolist() == list(range(10))
    large = file.checked("large")
    assert large[0:100].tolist() == list(range(100))
    assert large[np.array([3, 19_999])].tolist() == [3, 19_999]
    for read in (lambda: large[0:15_000], lambda: large[np.array([1, 10_000])], lambda: file.whole("large")):
        with pytest.raises(IndexDamaged, match=r"x\.arrays is not what was written"):
            read()


@pytest.mark.parametrize("length", [0, 1, 4_095, 4_096, 4_097, 50_000])
def test_arrays_come_back_as_they_were_written(tmp_path, length):
    arrays = {
        "bytes": np.arange(length).astype(np.uint8),
        "big": np.arange(length, dtype=">i8") * 3,
        "none": np.empty(0, np.int32),
    }
    write_arrays(tmp_path / "x.arrays", arrays)
    found = read_arrays(tmp_path / "x.arrays")
    assert {name: each.tolist() for name, each in found.items()} == {
        name: each.tolist() for name, each in arrays.items()
    }
    assert not any(each.flags.writeable for each in found.values())


def test_check_says_that_all_is_well_or_names_every_damaged_file(archive, capsys):
    assert run(["check", "--index", str(archive.folder)]) == 0
    assert f"Generation {archive.current_id()} is whole: " in capsys.readouterr().out
    first, *_, last = files_of(archive)
    contents = first.read_bytes(), last.read_bytes()
    first.write_bytes(contents[0] + b"x")
    last.unlink()
    assert run(["check", "--index", str(archive.folder)]) == 2
    said = capsys.readouterr().err
    assert first.name in said
    assert last.name in said
    assert "run: dateline rebuild" in said
    first.write_bytes(contents[0])
    last.write_bytes(contents[1])
    assert run(["check", "--index", str(archive.folder)]) == 0


def test_damage_that_a_search_meets_is_said_with_what_mends_it(tmp_path):
    archive, settings, _ = rebuilt(tmp_path, [article("a", "The harbour was closed."), article("b", "Rain fell.")])
    app = create_app(SearchService.from_settings(settings))
    client = app.test_client()
    assert client.get("/api/v1/search?q=rain").status_code == 200
    (stored,) = archive.path_of(archive.current_id()).rglob("stored.arrays")
    with stored.open("r+b") as file:
        at = file.read().index(b"harbour")
        file.seek(at)
        file.write(b"h4rbour")
    # What was read before has been checked before; another process reads it anew.
    app = create_app(SearchService.from_settings(settings))
    answer = app.test_client().get("/api/v1/search?q=harbour")
    assert answer.status_code == 503
    assert "stored.arrays is not what was written; run: dateline rebuild" in answer.get_json()["detail"]
