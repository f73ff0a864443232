"""What tests of watching share: a watcher as a process, files that arrive, waiting for what is to come."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import threading
import time

from sources import DATELINE, environment

PATIENCE = 30
LONG_AGO = 1_600_000_000
UPDATE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: (?P<done>.+); (?P<articles>[\d,]+) articles?; (?P<seconds>[\d.]+) s"
)


class Watching:
    """A watcher as a process, and the lines that it tells."""

    def __init__(self, process):
        self.process = process
        self._lines = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with contextlib.suppress(ValueError):  # closed
            for line in self.process.stdout:
                self._lines.put(line.rstrip("\n"))

    def line(self):
        """Return the next line that it tells."""
        return self._lines.get(timeout=PATIENCE)

    def update(self):
        """Return what the next line tells of an update: what was done, how many articles there are."""
        line = self.line()
        found = UPDATE.fullmatch(line)
        assert found, line
        return found["done"], int(found["articles"])

    def rest(self):
        """End it and return its status and all that it told meanwhile."""
        os.kill(self.process.pid, signal.SIGTERM)
        self.process.wait(PATIENCE)
        told = []
        while not told or told[-1] != "Watching has ended.":
            told.append(self.line())
        return self.process.returncode, told


@contextlib.contextmanager
def watching(folder, *arguments, begun=True):
    """Run `dateline watch` in a folder, past the line that says it has begun; end it by its pid."""
    with subprocess.Popen(
        [DATELINE, "watch", *map(str, arguments)],
        cwd=folder,
        env=environment(index=folder / "index", processes=1),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        watcher = Watching(process)
        try:
            while begun and not watcher.line().startswith("Watching "):
                pass
            yield watcher
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGTERM)
            process.wait(PATIENCE)


def move_in(path, text):
    """Let a file that was finished long ago appear in its place."""
    outside = path.parent.parent / f"outside-{path.name}"
    outside.write_text(text, encoding="utf-8")
    os.utime(outside, (LONG_AGO, LONG_AGO))
    outside.rename(path)


def wait_until(holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
