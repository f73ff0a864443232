"""`kill -9` at any instant of an update that merges, or of `compact`: what served goes on, the next update is clean."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from sources import build, search, start_dateline
from test_crash import Rebuild, check_clean

from search.archive import Archive
from search.indexing import compact, update
from search.settings import Settings

FILES = 150
USUAL_SECONDS = 0.4
# All of them where there is time for them; else some.
EACH = 1 if int(os.environ.get("TEST_EXAMPLES", "0")) >= 500 else 4


def write(folder: Path, number: int, word: str) -> None:
    text = "\n\n".join(f"The {word} of day {number} came over town {line}." for line in range(6))
    (folder / f"{number:03}.txt").write_text(text)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive in segments, the next of which is one too many; and its source, in which a half was changed since."""
    folder = tmp_path_factory.mktemp("crash")
    source, index = folder / "wire", folder / "index"
    source.mkdir()
    for number in range(FILES):
        write(source, number, "calm")
    archive, _ = build(index, source)
    settings = Settings(index=index, processes=1)
    for number in range(6):
        write(source, number, "calm wind")
        update([], archive, settings)
    for number in range(FILES // 2):
        write(source, number, "storm")
    (source / "149.txt").unlink()
    return folder


class Change(Rebuild):
    """An update, or another change of the index, in a process of its own, watched from outside."""

    def __init__(self, index: Path, command: str, *, keep: int) -> None:
        self.index = index
        self.before = Archive(index).current_id()
        self.process = start_dateline(command, "--index", index, cwd=index.parent, processes=1, keep=keep)
        os.set_blocking(self.process.stderr.fileno(), False)
        self.told = b""
        self.begun: float | None = None


POINTS = {
    "before it has begun": lambda change: change.says(""),
    "the folder is made": lambda change: change.folder is not None,
    "there are spools": lambda change: change.has("*.spool"),
    "writing": lambda change: change.says("writing"),
    "a segment is there": lambda change: change.has("segments/*"),
    "a segment has files": lambda change: change.has("segments/*/*"),
    "the segments are named": lambda change: change.has("commit.bin"),
    "articles' instants are written": lambda change: change.has("seen.bin"),
    "the ledger is written": lambda change: change.has("ledger.arrays"),
    "verifying": lambda change: change.says("verifying"),
    "sealing": lambda change: change.has("sentences.json"),
    "the manifest is begun": lambda change: change.has("manifest.json*"),
    "sealed": lambda change: change.has("manifest.json"),
    "promoting": lambda change: (change.index / "CURRENT.new").exists(),
    "promoted": lambda change: Archive(change.index).current_id() != change.before,
    "pruning": lambda change: not (change.index / "generations" / change.before / "manifest.json").exists(),
    **{
        f"{part} twentieths of it": lambda change, part=part: change.seconds_building() > part / 20 * USUAL_SECONDS
        for part in (1, 4, 8, 14)
    },
}
CASES = [(command, point) for command in ("update", "compact") for point in POINTS]


def found(index: Path) -> tuple[int, ...]:
    return tuple(search(index, word).paragraphs for word in ("calm", "wind", "storm", "day"))


CALM = (FILES * 6, 36, 0, FILES * 6)
STORM = ((FILES // 2 - 1) * 6, 0, FILES // 2 * 6, (FILES - 1) * 6)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "point"), CASES[::EACH])
def test_after_kill_9_what_served_answers_and_the_next_update_is_clean(archive, tmp_path, command, point):
    index = tmp_path / "index"
    # By links, as generations share their segments.
    shutil.copytree(archive / "index", index, copy_function=os.link)
    change = Change(index, command, keep=1 if point == "pruning" else 2)
    change.wait_for(POINTS[point])
    change.end(signal.SIGKILL)
    assert change.leaves_no_process()
    is_old = Archive(index).current_id() == change.before
    assert found(index) == (CALM if is_old or command == "compact" else STORM)
    settings = Settings(index=index, processes=1)
    update([], Archive(index, settings), settings)
    assert found(index) == STORM
    Archive(index).check()
    compact(Archive(index, settings), settings)
    assert found(index) == STORM
    assert check_clean(index)
