"""Builds, each made once a run and used by every part that needs it."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import servers
from corpus import Corpus

RAW, FTS5 = "raw", "fts5"


class BuildFailedError(Exception):
    """A build ended with an error; its text is the last line that it wrote."""


@dataclass(frozen=True, slots=True)
class Build:
    """A finished index and what it took: seconds of the whole process, bytes of the largest process."""

    name: str
    path: Path
    paragraphs: int
    text_bytes: int
    seconds: float
    peak_bytes: int
    index_bytes: int


@dataclass(slots=True)
class Builds:
    """Makes builds below a folder, on demand."""

    folder: Path
    corpus: Corpus
    _made: dict[str, Build] = field(default_factory=dict)

    def ours(self, engine: str) -> Build:
        """Return an index by one of our engines.

        Raises:
            BuildFailedError: it could not be built.
        """
        if engine not in self._made:
            self._made[engine] = self._build(engine, self.folder / engine, self.corpus.sources)
        return self._made[engine]

    def peer(self, name: str) -> Build:
        """Return a peer's index of the whole archive, made from the analysed text.

        Raises:
            BuildFailedError: it could not be built.
        """
        if name not in self._made:
            target = self.folder / ("archive.db" if name == FTS5 else name)
            self._made[name] = self._build(name, target, (self.corpus.analysed,))
        return self._made[name]

    def _build(self, name: str, target: Path, sources: tuple[Path, ...]) -> Build:
        print(f"building {target.name} ...", file=sys.stderr, flush=True)
        whole = {"paragraphs": self.corpus.paragraphs, "text_bytes": self.corpus.text_bytes}
        return Build(name, target, **(whole | in_process(name, target, sources)))


def in_process(name: str, target: Path, sources: Sequence[Path] = ()) -> dict[str, Any]:
    """Run `build_process.py`; return its figures, and the seconds of the whole process among them.

    Raises:
        BuildFailedError: it ended with an error.
    """
    begun = time.perf_counter()
    script = Path(__file__).with_name("build_process.py")
    command = [sys.executable, str(script), name, str(target), *map(str, sources)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        told, complaint = process.communicate()
    finally:
        servers.end(process)
    if process.returncode:
        raise BuildFailedError(f"{name} could not be built: {(complaint.strip().splitlines() or ['no reason'])[-1]}")
    return orjson.loads(told) | {"seconds": time.perf_counter() - begun}
