"""What a rebuild read -> its report: counts with an example each for the terminal, every remark for a file.

The terminal, `dateline status` and its JSON have the same counts; the file has a line of JSON for each thing counted.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from search.articles import Note, NoteKind
from search.errors import DatelineError, SettingsError
from search.manifest import Counted
from search.tally import Summary, Tally

UNDATED = "undated"
WITHOUT_PLACE = "without a place"
REJECTED = "rejected"
LEFT_OUT = "left out"

# One note of a kind, and several.
_WORDS = {
    NoteKind.DATE_UNREADABLE: ("unreadable date", "unreadable dates"),
    NoteKind.DATE_DOUBTFUL: ("doubtful date", "doubtful dates"),
    NoteKind.DATE_AMBIGUOUS: (
        "date in an unknown order of day and month",
        "dates in an unknown order of day and month",
    ),
    NoteKind.DATE_CONFLICT: ("date that its dateline contradicts", "dates that their datelines contradict"),
    NoteKind.DATE_INCOMPLETE: ("incomplete date", "incomplete dates"),
    NoteKind.FIELD_UNREADABLE: ("unreadable field", "unreadable fields"),
    NoteKind.ENCODING_DOUBTFUL: ("doubtful encoding", "doubtful encodings"),
    NoteKind.CHARACTER_REPLACED: ("text with replaced characters", "texts with replaced characters"),
    NoteKind.MOJIBAKE: ("text with mojibake", "texts with mojibake"),
    NoteKind.MARKUP_DECODED: ("text with decoded markup", "texts with decoded markup"),
    NoteKind.ARTICLES_SPLIT: ("file with several articles", "files with several articles"),
    NoteKind.DUPLICATE: ("duplicate", "duplicates"),
    NoteKind.SAME_ID: ("article with the id of another", "articles with the id of another"),
    NoteKind.PARAGRAPH_CUT: ("long paragraph that was cut", "long paragraphs that were cut"),
    NoteKind.BODY_MISSING: ("record without text", "records without text"),
    NoteKind.OTHER: ("other note", "other notes"),
}


def count_notes(notes: Iterable[Note]) -> dict[str, int]:
    """Return how many notes there are of each kind, in the order of `NoteKind`."""
    counts = Counter(note.kind for note in notes)
    return {str(kind): counts[kind] for kind in NoteKind if counts[kind]}


def counted_lines(counted: Counted, examples: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each thing that was counted, an example behind those that have one.

    `examples` are by the kind of a note, or by UNDATED or LEFT_OUT. What was rejected is not among the lines.
    """
    yield _with_example(f"{counted.undated:,} undated", examples.get(UNDATED), counted.undated)
    if counted.without_place:
        yield f"{counted.without_place:,} without a place"
    for kind, number in counted.notes.items():
        yield _with_example(f"{number:,} {_words(kind, number)}", examples.get(kind), number)
    if counted.left_out:
        files = "file" if counted.left_out == 1 else "files"
        yield _with_example(f"{counted.left_out:,} {files} left out", examples.get(LEFT_OUT), counted.left_out)


def examples_of(summary: Summary) -> dict[str, str]:
    """Return an example of each thing that was counted: its path and the reason."""
    examples = {UNDATED: summary.first_undated} if summary.first_undated else {}
    for note in reversed(summary.notes):
        examples[str(note.kind)] = located(note)
    for left_out in summary.left_out[:1]:
        examples[LEFT_OUT] = located(left_out)
    return examples


def located(note: Note) -> str:
    """Return a note with its place before it."""
    return f"{note.path}{f', {note.where}' if note.where else ''}: {note.reason}"


def _words(kind: str, number: int) -> str:
    one, several = _WORDS[NoteKind(kind)]
    return one if number == 1 else several


def _with_example(line: str, example: str | None, number: int) -> str:
    if not number or example is None:
        return line
    return f"{line}: {example}" if number == 1 else f"{line}, such as {example}"


@contextlib.contextmanager
def reporting_to(path: Path | None, tally: Tally, index: Path) -> Iterator[None]:
    """Write all that was counted to a path once a rebuild of an index has ended, also where it was refused.

    Raises:
        SettingsError: the path cannot be written to: before anything was done, as far as that can be told then.
    """
    if path is None:
        yield
        return
    _check(path, index)
    tally.lists_articles = True
    try:
        yield
    except DatelineError:
        with contextlib.suppress(SettingsError):  # what was refused, and why, is to be told
            _write(path, tally)
        raise
    _write(path, tally)


def _check(path: Path, index: Path) -> None:
    folder = path.resolve().parent
    if not folder.is_dir():
        raise SettingsError(f"--report: there is no folder {folder}; make it first.")
    if path.exists() and not path.is_file():
        raise SettingsError(f"--report: {path} is not a file; name one.")
    if path.resolve().is_relative_to(index.resolve()):
        raise SettingsError(f"--report: {path} lies in the index, which holds nothing else; name a file elsewhere.")
    if not os.access(folder, os.W_OK):
        raise SettingsError(f"--report: {folder} cannot be written to.")


def _write(path: Path, tally: Tally) -> None:
    """Write a line of JSON for each thing that was counted, replacing what was there in one step."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.writelines(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in _remarks(tally))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise SettingsError(f"--report: {path} cannot be written: {error.strerror or error}.") from error


def _remarks(tally: Tally) -> Iterator[dict[str, Any]]:
    for kind, articles in ((UNDATED, tally.undated_articles), (WITHOUT_PLACE, tally.placeless_articles)):
        for source, article_id in articles:
            missing = "date" if kind == UNDATED else "place"
            yield _remark(kind, source, None, f"the article {article_id} has no {missing}")
    for note in tally.notes:
        yield _remark(str(note.kind), note.path, note.where, note.reason)
    for left_out in tally.left_out:
        yield _remark(LEFT_OUT, left_out.path, left_out.where, left_out.reason)
    for error in tally.rejected:
        yield _remark(REJECTED, error.path, error.where, error.reason)


def _remark(kind: str, path: str, where: str | None, reason: str) -> dict[str, Any]:
    return {"kind": kind, "path": _sendable(path), "where": where, "reason": _sendable(reason)}


def _sendable(text: str) -> str:
    """Return a text as UTF-8 can have it: lone halves of characters as their codes."""
    return text.encode("utf-8", "backslashreplace").decode()
