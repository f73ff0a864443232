"""`kill -9`, Ctrl-C and SIGTERM at any instant of a real rebuild: what served answers on, and the next one is clean."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sources import build, generated, search, start_dateline, write_records

from search.analysing import ALONE_UP_TO, processes_may_start
from search.archive import Archive
from search.index_folder import MANIFEST

OLD_PARAGRAPHS = 60
# By processes: as few as keep a run long enough to be hit, and so many that a second process gets some.
NEW_PARAGRAPHS = {1: 800, 2: ALONE_UP_TO + 200, 4: ALONE_UP_TO + 200}
# Far longer than anything here takes: where a wait ends by it, the test fails.
PATIENCE = 60.0
USUAL_SECONDS = 0.7


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Sources without a marker in common: `calm`, which is small, and `storm`, which takes a second or two."""
    folder = tmp_path_factory.mktemp("sources")
    write_records(folder / "calm.jsonl", generated("calm", articles=OLD_PARAGRAPHS // 5))
    for processes, paragraphs in NEW_PARAGRAPHS.items():
        write_records(folder / f"storm{processes}.jsonl", generated("storm", articles=paragraphs // 5))
    return folder


class Rebuild:
    """A rebuild in a process of its own, watched from outside."""

    def __init__(
        self, index: Path, sources: Path, *, processes: int = 1, keep: int = 2, engine: str = "whoosh"
    ) -> None:
        self.index = index
        self.processes = processes
        self.before = Archive(index).current_id()
        self.process = start_dateline(
            "rebuild", sources / f"storm{processes}.jsonl", "--index", index, "--force", "--engine", engine,
            cwd=index.parent, processes=processes, keep=keep,
        )  # fmt: skip
        os.set_blocking(self.process.stderr.fileno(), False)
        self.told = b""
        self.begun: float | None = None

    @property
    def folder(self) -> Path | None:
        """Where it builds, from when that is there."""
        new = [name for name in os.listdir(self.index / "generations") if name > self.before]  # noqa: PTH208 - faster
        return self.index / "generations" / new[0] if new else None

    def has(self, name: str) -> bool:
        """Whether there is a file of this name, or of this pattern, where it builds."""
        folder = self.folder
        return folder is not None and any(folder.glob(name))

    def says(self, stage: str) -> bool:
        """Whether it has told of a stage."""
        with suppress(BlockingIOError):
            self.told += os.read(self.process.stderr.fileno(), 1 << 16)
        return stage.encode() in self.told

    def seconds_building(self) -> float:
        """How long ago it was first seen to build."""
        if self.begun is None and self.folder:
            self.begun = time.monotonic()
        return time.monotonic() - self.begun if self.begun else 0.0

    def wait_for(self, reached: Callable[["Rebuild"], bool]) -> None:
        """Wait until something can be seen of it, or until it has ended."""
        begun = time.monotonic()
        while not reached(self) and self.process.poll() is None:
            assert time.monotonic() - begun < PATIENCE
            time.sleep(0.0003)

    def end(self, number: int, *, group: bool = False) -> int:
        """Send it (or, as a terminal does, all its group) a signal; return the exit status of the process."""
        with suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(self.process.pid, number)
        with suppress(BlockingIOError):
            while data := os.read(self.process.stderr.fileno(), 1 << 16):
                self.told += data
        status = self.process.wait(timeout=PATIENCE)
        os.set_blocking(self.process.stderr.fileno(), True)
        self.told += self.process.stderr.read().encode()
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    def leaves_no_process(self) -> bool:
        """Whether all it started has ended, within a bounded wait; told by the session, which they share."""
        begun = time.monotonic()
        while left := _session(self.process.pid):
            if time.monotonic() - begun > PATIENCE / 3:
                for pid in left:
                    os.kill(pid, signal.SIGKILL)
                return False
            time.sleep(0.02)
        return True


def _session(leader: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) == leader and state != "Z":
                found.append(int(folder.name))
    return found


@pytest.fixture
def index(tmp_path, sources):
    build(tmp_path / "index", sources / "calm.jsonl")
    return tmp_path / "index"


def check_serving(rebuild):
    """The old generation answers, or the new one where it was promoted already; either one whole."""
    old = Archive(rebuild.index).current_id() == rebuild.before
    found = (search(rebuild.index, "calm").paragraphs, search(rebuild.index, "storm").paragraphs)
    assert found == ((OLD_PARAGRAPHS, 0) if old else (0, NEW_PARAGRAPHS[rebuild.processes]))


def check_next_rebuild(index, sources):
    """The next rebuild succeeds, and leaves nothing but whole generations."""
    archive, summary = build(index, sources / "calm.jsonl")
    assert archive.current_id() == summary.generation_id
    assert search(index, "calm").paragraphs == OLD_PARAGRAPHS
    assert check_clean(index)


def check_clean(index):
    archive = Archive(index)
    names = sorted(path.name for path in (index / "generations").iterdir())
    return names == archive.kept() and len(names) <= 2 and not list(index.rglob("*.new"))


def _after(share):
    """A point so many parts of a usual run after it began to build."""
    return lambda rebuild: rebuild.seconds_building() > share * USUAL_SECONDS


POINTS = {
    "before it has begun": lambda rebuild: rebuild.says(""),
    "the folder is made": lambda rebuild: rebuild.folder is not None,
    "analysis is spooled": lambda rebuild: rebuild.has("text.spool"),
    "reading, a tenth": _after(0.1),
    "reading, a quarter": _after(0.25),
    "reading, four tenths": _after(0.4),
    "reading, more than half": _after(0.55),
    "reading, seven tenths": _after(0.7),
    "writing": lambda rebuild: rebuild.says("writing"),
    "a segment is written": lambda rebuild: rebuild.has("segments/*/*"),
    "the columns are written": lambda rebuild: rebuild.has("columns.*"),
    "the segments are named": lambda rebuild: rebuild.has("commit.bin"),
    "verifying": lambda rebuild: rebuild.says("verifying"),
    "verified": lambda rebuild: rebuild.has("ledger.arrays"),
    "sealing": lambda rebuild: rebuild.has("sentences.json"),
    "the manifest is written": lambda rebuild: rebuild.has(f"{MANIFEST}*"),
    "sealed": lambda rebuild: rebuild.has(MANIFEST),
    "promoting": lambda rebuild: (rebuild.index / "CURRENT.new").exists(),
    "promoted": lambda rebuild: Archive(rebuild.index).current_id() != rebuild.before,
    "pruning": lambda rebuild: not (rebuild.index / "generations" / rebuild.before / MANIFEST).exists(),
}
IN_SEVERAL_PROCESSES = {"reading, seven tenths", "writing"}


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_after_kill_9_what_served_answers_and_the_next_rebuild_is_clean(index, sources, point):
    processes = 2 if point in IN_SEVERAL_PROCESSES else 1
    rebuild = Rebuild(index, sources, processes=processes, keep=1 if point == "pruning" else 2)
    rebuild.wait_for(POINTS[point])
    rebuild.end(signal.SIGKILL)
    assert rebuild.leaves_no_process()
    check_serving(rebuild)
    check_next_rebuild(index, sources)


def _lines(rebuild):
    return [
        line
        for line in rebuild.told.decode().splitlines()
        if line and not line.startswith(("reading: ", "writing: ", "verifying: "))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("point", ["reading, a quarter", "writing"])
def test_ctrl_c_says_one_line_and_leaves_everything_as_it_was(index, sources, point):
    rebuild = Rebuild(index, sources, processes=2 if point == "writing" else 1)
    rebuild.wait_for(POINTS[point])
    status = rebuild.end(signal.SIGINT, group=True)
    assert (status, _lines(rebuild)) == (2, ["dateline: Stopped; the index is as it was."])
    assert rebuild.leaves_no_process()
    assert Archive(index).current_id() == rebuild.before
    check_serving(rebuild)
    assert check_clean(index)


def _children(rebuild):
    return len(_session(rebuild.process.pid)) > 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_the_new_index_serves_it_is_too_late_to_stop(index, sources, number):
    """What is told is true, and the generations that are too many are gone."""
    rebuild = Rebuild(index, sources, keep=1)
    rebuild.wait_for(lambda rebuild: Archive(index).current_id() != rebuild.before)
    assert (rebuild.end(number, group=True), _lines(rebuild)) == (0, [])
    assert Archive(index).kept() == [Archive(index).current_id()]
    check_serving(rebuild)
    assert check_clean(index)


@pytest.mark.slow
def test_ctrl_c_while_processes_start_says_one_line_too(index, sources):
    """A terminal sends it to every process, also to those that have only just begun to load."""
    rebuild = Rebuild(index, sources, processes=4)
    rebuild.wait_for(_children)
    status = rebuild.end(signal.SIGINT, group=True)
    assert (status, _lines(rebuild)) == (2, ["dateline: Stopped; the index is as it was."])
    assert rebuild.leaves_no_process()
    check_serving(rebuild)
    assert check_clean(index)


def _analysing(rebuild):
    """The processes that were started to analyse."""
    found = []
    for pid in _session(rebuild.process.pid):
        with suppress(FileNotFoundError):
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


@pytest.mark.slow
def test_a_process_that_dies_while_it_starts_ends_the_rebuild(index, tmp_path):
    chance = random.Random(3)
    records = generated("storm", articles=NEW_PARAGRAPHS[2] // 5)
    # So varied that more is learned of them than a pipe holds.
    for record in records:
        record["paragraphs"][0] += "".join(f" {chance.getrandbits(40):x}" for _ in range(300))
    write_records(tmp_path / "storm2.jsonl", records)
    rebuild = Rebuild(index, tmp_path, processes=2)
    rebuild.wait_for(_analysing)
    os.kill(_analysing(rebuild)[0], signal.SIGKILL)
    assert rebuild.end(0) == 2
    assert "ended unexpectedly" in _lines(rebuild)[-1]
    assert rebuild.leaves_no_process()
    check_serving(rebuild)
    assert check_clean(index)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_stops_us_waits_until_a_process_is_started(number):
    """Though another thread, which blocks nothing, takes the signal."""
    handled = []
    before = signal.signal(number, lambda *_: handled.append(started))
    started = False
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    try:
        with processes_may_start():
            os.kill(os.getpid(), number)
            for _ in range(1000):  # a handler runs between two of these
                time.sleep(0)
            started = True
        assert handled == [True]
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []).isdisjoint({number})
    finally:
        signal.signal(number, before)
        ended.set()
        other.join()


@pytest.mark.slow
def test_sigterm_leaves_everything_as_it_was(index, sources):
    rebuild = Rebuild(index, sources, processes=2)
    rebuild.wait_for(POINTS["writing"])
    assert rebuild.end(signal.SIGTERM) != 0
    assert rebuild.leaves_no_process()
    assert Archive(index).current_id() == rebuild.before
    check_serving(rebuild)
    assert check_clean(index)
