"""Part 5: keeping up with an archive that changes: one file, many, and the lines of one large file; then `segments`.

Each change adds a word that no article had. A process is `dateline update`, its start included; "watching" is the time
from the moment that a complete file is moved into place, or removed, until a search over HTTP tells of it.
"""

import gzip
import http.client
import itertools
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import segments
import servers
from bench_run import Run
from builds import BuildFailedError, in_process
from corpus import articles, record_of
from servers import Running
from tables import median, ratio

from search.archive import Archive
from search.indexing import update
from search.settings import Settings

CHANGES = (1, 10, 100, 1_000, 10_000)
PROCESS_GOAL, WATCHING_GOAL, LINES_GOAL = 1.0, 0.3, 5.0
# Of small changes the median of so many is shown.
_TURNS = 5
_SMALL = 100
_LINES = 1_000
_A_FOLDER = 1_000
# What was written longer ago is complete for a watcher.
_STILL_SECONDS = 1.0
_LONGEST_SECONDS = 60.0


@dataclass(slots=True)
class Took:
    """What updates took: seconds of each, and seconds of processors; both of the whole process where it had one."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, call: Callable[[], object]) -> None:
        """Add what a call takes, and the processes that it starts and waits for."""
        begun, cpu = time.perf_counter(), _cpu_seconds()
        call()
        self.seconds.append(time.perf_counter() - begun)
        self.cpu.append(_cpu_seconds() - cpu)


class Changing:
    """An archive that changes, one file an article, and its index. Words are given out each once."""

    def __init__(self, folder: Path, records: Iterable[dict]) -> None:
        self.sources, self.index, self._aside = (folder / name for name in ("articles", "index", "aside"))
        self._aside.mkdir(parents=True)
        self._paths = [self._written(number, record) for number, record in enumerate(records)]
        self._next = 0
        self._words = words()

    def __len__(self) -> int:
        return len(self._paths)

    def change(self, number: int) -> None:
        """Change so many files, from all over the archive and others each time."""
        for _ in range(number):
            path = self._another()
            path.write_bytes(orjson.dumps(altered(orjson.loads(path.read_bytes()), next(self._words))))

    def remove(self) -> None:
        """Remove a file."""
        path = self._another()
        path.unlink()
        self._paths.remove(path)

    def prepared(self, number: int) -> list[tuple[Path, Path, str]]:
        """Write so many changed files aside; return each with where it belongs and its new word."""
        found = []
        for path, word in zip((self._another() for _ in range(number)), self._words, strict=False):
            aside = self._aside / path.name
            aside.write_bytes(orjson.dumps(altered(orjson.loads(path.read_bytes()), word)))
            found.append((aside, path, word))
        return found

    def _another(self) -> Path:
        # In leaps that have no divisor in common with most numbers of files.
        self._next += 7_919
        return self._paths[self._next % len(self._paths)]

    def _written(self, number: int, record: dict) -> Path:
        path = self.sources / f"{number // _A_FOLDER:03}" / f"{number:06}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps(record))
        return path


def measure(run: Run) -> None:
    """Print the tables of updates, and those of segments."""
    run.report.heading("5. Updates")
    folder = run.folder / "updates"
    try:
        changing = Changing(folder, (record_of(article) for article in articles(run.corpus.sources)))
        rebuilt = in_process(run.engines[0], changing.index, [changing.sources])
        _measure_one(run, changing)
        _measure_many(run, changing, rebuilt)
        segments.measure(run, _measure_lines(run, folder))
    except BuildFailedError as error:
        run.report.say(str(error))


def words() -> Iterator[str]:
    """Yield words without end that no archive has, and of which none is another's stem."""
    for number in itertools.count():
        yield "xqz" + "".join("bcdfghjkmp"[int(digit)] for digit in str(number)) + "x"


def altered(record: dict, word: str) -> dict:
    """Return a record with another word in its text."""
    return record | {"paragraphs": [*record["paragraphs"], f"So says {word}."]}


def _run(arguments: Sequence[str]) -> None:
    with servers.started(*arguments) as process:
        if process.wait():
            raise BuildFailedError(f"dateline {' '.join(arguments)} ended with {process.returncode}")


def _cpu_seconds() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _updated_in_process(index: Path) -> Callable[[], object]:
    settings = Settings(index=index)
    return lambda: update((), Archive(index, settings), settings)


def _measure_one(run: Run, changing: Changing) -> None:
    arguments, turns = ("update", "--index", str(changing.index)), _turns(run)
    nothing, changed, removed = Took(), Took(), Took()
    for _ in range(turns):
        nothing.measure(lambda: _run(arguments))
        changing.change(1)
        changed.measure(lambda: _run(arguments))
        changing.remove()
        removed.measure(lambda: _run(arguments))
    watched, unwatched = _watch(changing, turns)
    rows = [
        ["nothing", median(nothing.seconds), median(nothing.cpu), None],
        ["changed", median(changed.seconds), median(changed.cpu), median(watched)],
        ["removed", median(removed.seconds), median(removed.cpu), median(unwatched)],
    ]
    header = ["one file", "s as a process", "of processors", "s watching"]
    run.report.table(f"one of {len(changing):,} files: medians of {turns}", header, rows)
    for what, took, goal in (("a process", changed.seconds, PROCESS_GOAL), ("watching", watched, WATCHING_GOAL)):
        found = median(took) or 0.0
        run.report.goal(f"one changed file within {goal:g} s, {what}", found < goal, f"{found:.2f} s")


def _watch(changing: Changing, turns: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each change, and of each removal, until a search tells of it."""
    changed, removed = [], []
    files = changing.prepared(turns + 1)
    time.sleep(_STILL_SECONDS)
    with servers.dateline(changing.index, 1, "--watch") as server:
        for aside, path, word in files:
            aside.replace(path)
            changed.append(_seconds_until(server, word, is_found=True))
        for _, path, word in files[1:]:
            content = path.read_bytes()
            path.unlink()
            removed.append(_seconds_until(server, word, is_found=False))
            path.write_bytes(content)
            _seconds_until(server, word, is_found=True)
    return changed[1:], removed  # at first the watcher was not there yet


def _seconds_until(server: Running, word: str, *, is_found: bool) -> float:
    begun = time.perf_counter()
    while (took := time.perf_counter() - begun) < _LONGEST_SECONDS:
        connection = http.client.HTTPConnection(*server)
        connection.request("GET", f"/api/v1/search?q={word}&size=1&facets=none")
        answer = orjson.loads(connection.getresponse().read())
        connection.close()
        if bool(answer["total"]["paragraphs"]) == is_found:
            return took
        time.sleep(0.005)
    raise BuildFailedError(f"a watching server did not tell of a change within {_LONGEST_SECONDS:.0f} s")


def _measure_many(run: Run, changing: Changing, rebuilt: dict) -> None:
    rows = []
    for number in run.options.changes:
        if number <= len(changing) // 2:
            turns = _turns(run) if number <= _SMALL else 1
            here, process = _compared(changing.index, lambda number=number: changing.change(number), turns)
            rows.append(_row(number, here, process, rebuilt))
    run.report.table(f"some of {len(changing):,} files", _header("files"), rows)


def _compared(index: Path, change: Callable[[], object], turns: int) -> tuple[Took, Took]:
    """Return what updates take after a change, in this process and in one of their own, by turns."""
    here, process = Took(), Took()
    for _ in range(turns):
        change()
        here.measure(_updated_in_process(index))
        change()
        process.measure(lambda: _run(("update", "--index", str(index))))
    return here, process


def _turns(run: Run) -> int:
    return min(_TURNS, run.options.rounds)


def _header(what: str) -> list[str]:
    return [f"changed {what}", "s", "of processors", "s as a process", "of processors", "rebuild", "rebuild/process"]


def _row(number: int, here: Took, process: Took, rebuilt: dict) -> list[object]:
    rebuild, as_process = rebuilt["seconds"], median(process.seconds)
    return [
        number, median(here.seconds), median(here.cpu), as_process, median(process.cpu), rebuild,
        ratio(rebuild, as_process),
    ]  # fmt: skip


def _measure_lines(run: Run, folder: Path) -> dict:
    """Change lines of one file that holds the whole archive, packed where that is; return the figures of its build."""
    packed = run.corpus.sources[0].suffix == ".gz"
    path, index, given = folder / f"archive.jsonl{'.gz' if packed else ''}", folder / "lines", words()
    lines = [orjson.dumps(record_of(article)) for article in articles(run.corpus.sources)]
    number = min(_LINES, len(lines) // 2)

    def write() -> None:
        content = b"\n".join(lines)
        path.write_bytes(gzip.compress(content, 1) if packed else content)

    def change() -> None:
        for place in range(0, number * (len(lines) // number), len(lines) // number):
            lines[place] = orjson.dumps(altered(orjson.loads(lines[place]), next(given)))
        write()

    write()
    rebuilt = in_process(run.engines[0], index, [path])
    here, process = _compared(index, change, 1)
    title = f"some of {len(lines):,} articles in {path.name}, {path.stat().st_size / 1e6:,.1f} MB"
    run.report.table(title, _header("articles"), [_row(number, here, process, rebuilt)])
    took = median(process.seconds) or 0.0
    run.report.goal(
        f"{number:,} of {len(lines):,} articles within {LINES_GOAL:g} s", took < LINES_GOAL, f"{took:.1f} s"
    )
    return rebuilt
