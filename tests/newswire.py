"""The handwritten queries over a newswire: a file with one query a line, under headings."""

from pathlib import Path

QUERIES_FILE = Path(__file__).with_name("newswire_queries.txt")


def read_queries(path: Path = QUERIES_FILE) -> list[str]:
    """Return the queries of a file; # and a space begin a heading."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]
