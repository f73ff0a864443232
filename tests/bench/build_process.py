"""One build, in a process of its own so that its memory is its own; prints its figures as JSON.

python tests/bench/build_process.py raw|fts5 TARGET ANALYSED
python tests/bench/build_process.py ENGINE TARGET SOURCE ...
python tests/bench/build_process.py update|compact TARGET
"""

import resource
import sys
from pathlib import Path

import orjson

from search.archive import Archive
from search.errors import DatelineError
from search.indexing import compact, rebuild, update
from search.settings import Settings


def main() -> int:
    name, target, *sources = sys.argv[1:]
    try:
        figures = build(name, Path(target), [Path(source) for source in sources])
    except DatelineError as error:
        print(error, file=sys.stderr)
        return 1
    print(orjson.dumps(figures | {"peak_bytes": peak_bytes()}).decode())
    return 0


def build(name: str, target: Path, sources: list[Path]) -> dict[str, int]:
    """Build and return how many bytes the index has, and for our own what went in."""
    if name == "raw":
        from peers import raw_tantivy  # noqa: PLC0415 - a build of ours must not load a peer's library

        raw_tantivy.build(sources[0], target)
    elif name == "fts5":
        from peers import fts5  # noqa: PLC0415 - a build of ours must not load a peer's library

        fts5.build(sources[0], target)
    elif name == "update":
        update(sources, Archive(target), Settings(index=target))
    elif name == "compact":
        compact(Archive(target), Settings(index=target))
    else:
        summary = rebuild(sources, Archive(target), Settings(index=target, engine=name))
        return {"index_bytes": summary.index_bytes, "paragraphs": summary.paragraphs, "text_bytes": summary.text_bytes}
    return {"index_bytes": _size(target)}


def peak_bytes() -> int:
    """Return the most memory that this process or the largest of its children ever had.

    The kernel's own count for this process would begin with what the process that started it had.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    status = Path("/proc/self/status")
    if not status.exists():
        return max(children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
    lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    own = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    return max(children, own)


def _size(target: Path) -> int:
    files = target.rglob("*") if target.is_dir() else [target]
    return sum(path.stat().st_size for path in files if path.is_file())


if __name__ == "__main__":
    sys.exit(main())
