"""SQLite's FTS5 with its porter stemmer, in the shape in which Datasette serves it, and the addresses to ask that.

FTS5 knows prefixes but no other wildcards: of a pattern the letters before its first wildcard are asked as a prefix,
and one that begins with a wildcard is not asked.
"""

import contextlib
import itertools
import re
import sqlite3
from pathlib import Path
from urllib.parse import urlencode

from corpus import VALUE_FIELDS, rows
from questions import Question, Shape

TABLE = "paragraphs"
SIZE = 20
_COLUMNS = ("article_id", "number", "title", "date", *VALUE_FIELDS, "text")
_TABLES = f"""
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, {", ".join(_COLUMNS)});
    CREATE VIRTUAL TABLE {TABLE}_fts USING fts5(text, content="{TABLE}", content_rowid="id",
                                                tokenize="porter unicode61");
"""
_BATCH = 10_000


def build(analysed: Path, path: Path) -> None:
    """Build a database of the paragraphs, with indexes on what is filtered by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(_TABLES)
        insert = f"INSERT INTO {TABLE} ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
        found = (tuple(row[name] for name in _COLUMNS) for row in rows(analysed))
        while batch := list(itertools.islice(found, _BATCH)):
            database.executemany(insert, batch)
        database.execute(f"INSERT INTO {TABLE}_fts ({TABLE}_fts) VALUES ('rebuild')")
        database.execute(f"INSERT INTO {TABLE}_fts ({TABLE}_fts) VALUES ('optimize')")
        for name in ("date", *VALUE_FIELDS):
            database.execute(f"CREATE INDEX {TABLE}_{name} ON {TABLE} ({name})")
        database.commit()


def address(question: Question, database: str, facets: tuple[str, ...]) -> str | None:
    """Return the path that asks Datasette's table page for it as JSON, or None where FTS5 has nothing like it."""
    text = expression(question)
    if text is None:
        return None
    asked = [("_search", text), ("_searchmode", "raw"), ("_size", str(SIZE)), ("_shape", "objects")]
    asked += [(f"{name}__exact", value) for name, value in question.filters]
    if question.start and question.end:
        asked += [("date__gte", question.start.isoformat()), ("date__lte", question.end.isoformat())]
    asked += [("_facet", name) for name in facets]
    return f"/{database}/{TABLE}.json?{urlencode(asked)}"


def expression(question: Question) -> str | None:
    """Return a question in FTS5's own language."""
    quoted = [f'"{word}"' for word in question.words]
    match question.shape:
        case Shape.PATTERN:
            letters = re.match(r"[^*?]*", question.words[0])
            return f'"{letters[0]}"*' if letters and letters[0] else None
        case Shape.PHRASE:
            return " + ".join(quoted)
        case Shape.NEAR:
            return f"NEAR({' '.join(quoted)}, {question.distance})"
        case Shape.ANY:
            return " OR ".join(quoted)
    return " ".join(quoted)
