"""What the terminal shows: progress, summaries, hits with their marks, a caret under what was wrong."""

import contextlib
import shutil
import time
import unicodedata
from collections.abc import Callable, Iterator
from typing import TextIO

import click
import regex

from search.answering.answer import Answer, ShownHit, Status
from search.currency import utc_now
from search.errors import Diagnostic, QueryError
from search.manifest import Counted
from search.reporting import count_notes, counted_lines, examples_of
from search.settings import Settings
from search.tally import Changes, Progress, Summary

_REASONS_SHOWN = 20
# What could move the cursor, colour the screen or turn the direction of what follows.
_UNSAFE = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PLAIN_LINE_SECONDS = 5.0


def shown(text: str) -> str:
    """Return a text from outside as it may be printed: white space as blanks, each control character as one dot."""
    return _UNSAFE.sub(lambda match: " " if match.group().isspace() else "·", text)


@contextlib.contextmanager
def progress_printer(stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows progress: one line, rewritten, on a terminal; a plain one now and then elsewhere."""
    rewrites = stream.isatty()
    last = time.monotonic()
    stage = ""

    def report(progress: Progress) -> None:
        nonlocal last, stage
        now = time.monotonic()
        if rewrites:
            # A line that wraps could not be rewritten.
            width = shutil.get_terminal_size().columns - 1
            stream.write(f"\r\x1b[2K{_progress_line(progress)[:width]}")
        elif now - last >= _PLAIN_LINE_SECONDS or progress.stage not in (stage, "reading"):
            stream.write(_progress_line(progress) + "\n")
            last, stage = now, progress.stage
        stream.flush()

    try:
        yield report
    finally:
        if rewrites:
            stream.write("\r\x1b[2K")
            stream.flush()


def _progress_line(progress: Progress) -> str:
    held = f"{_counted(progress.articles, 'article')}, {_counted(progress.paragraphs, 'paragraph')}"
    line = f"{progress.stage}: {held}"
    if progress.rejected:
        line += f", {progress.rejected:,} rejected"
    if progress.stage == "reading" and progress.bytes_in_all:
        share = min(progress.bytes_read / progress.bytes_in_all, 1.0)
        line += f", {share:.0%} read"
        if share > 0.02 and progress.seconds > 1:
            line += f", about {_duration(progress.seconds * (1 - share) / share)} left"
    return line


def print_summary(summary: Summary, settings: Settings, stream: TextIO) -> None:
    """Print what a rebuild did."""
    _print_held(summary, stream)
    _print_noted(summary, stream)
    rate = summary.paragraphs / summary.seconds
    megabytes = summary.index_bytes / 1e6
    ratio = summary.index_bytes / max(summary.text_bytes, 1)
    click.echo(f"{summary.seconds:.1f} s, {rate:,.0f} paragraphs a second", stream)
    click.echo(f"{megabytes:,.1f} MB on disk, {ratio:.1f} times the text", stream)
    _print_engine(summary, settings, stream)


def print_update(summary: Summary, settings: Settings, stream: TextIO) -> None:
    """Print what an update did: what it read, and what the index holds now."""
    if summary.changes:
        click.echo(f"{changes_told(summary.changes)} since the last generation", stream)
        _print_noted(summary, stream)
    _print_held(summary, stream)
    click.echo(f"{summary.seconds:.1f} s, {summary.index_bytes / 1e6:,.1f} MB on disk", stream)
    _print_engine(summary, settings, stream)


def changes_told(changes: Changes) -> str:
    """Return how files changed, in words; nothing where none did."""
    counted = ((changes.added, "added"), (changes.changed, "changed"), (changes.removed, "removed"))
    return ", ".join(f"{_counted(number, 'file')} {how}" for number, how in counted if number)


def _print_held(summary: Summary, stream: TextIO) -> None:
    click.echo(f"{_counted(summary.articles, 'article')}, {_counted(summary.paragraphs, 'paragraph')}", stream)
    click.echo(f"dates covered: {_days(summary.first_day, summary.last_day)}", stream)


def _print_noted(summary: Summary, stream: TextIO) -> None:
    """Print what was noticed of what was read."""
    counted = Counted(
        summary.undated,
        summary.without_place,
        len(summary.rejected),
        len(summary.left_out),
        count_notes(summary.notes),
    )
    for line in counted_lines(counted, examples_of(summary)):
        click.echo(shown(line), stream)
    _print_reasons(f"{len(summary.rejected):,} rejected", [str(error) for error in summary.rejected], stream)


def _print_engine(summary: Summary, settings: Settings, stream: TextIO) -> None:
    serves = f"generation {summary.generation_id} serves from {shown(str(settings.index))}"
    click.echo(f"engine {summary.engine} ({summary.engine_reason}); {serves}", stream)


def _print_reasons(title: str, reasons: list[str], stream: TextIO) -> None:
    click.echo(f"{title}{':' if reasons else ''}", stream)
    for reason in reasons[:_REASONS_SHOWN]:
        click.echo(f"  {shown(reason)}", stream)
    if len(reasons) > _REASONS_SHOWN:
        click.echo(f"  ... and {len(reasons) - _REASONS_SHOWN:,} more; --report FILE has all of them", stream)


def print_status(status: Status, settings: Settings, kept: list[str], stream: TextIO) -> None:
    """Print what is being served."""
    generation = status.generation
    click.echo(f"generation {generation.id} in {shown(str(settings.index))}, built at {generation.built_at}", stream)
    click.echo(status.currency.words(utc_now()), stream)
    click.echo(f"engine {generation.engine}", stream)
    click.echo(f"{_counted(status.articles, 'article')}, {_counted(status.paragraphs, 'paragraph')}", stream)
    click.echo(f"dates covered: {_days(status.first, status.last)}", stream)
    for line in counted_lines(status.counted, {}):
        click.echo(line, stream)
    click.echo(f"{status.counted.rejected:,} rejected", stream)
    click.echo(f"generations kept: {', '.join(kept)}", stream)


def print_answer(answer: Answer, stream: TextIO) -> None:
    """Print a page of hits, and what was noticed about the query."""
    for diagnostic in answer.diagnostics:
        _print_diagnostic(diagnostic, answer.input, stream)
    if answer.dialect != "dateline":
        click.echo(f"Read as: {shown(answer.canonical)}", stream)
    for suggestion in answer.suggestions:
        click.echo(f"Did you mean: {shown(suggestion.q)} ({_counted(suggestion.total, 'paragraph')})", stream)
    where = f" in {_counted(answer.articles, 'article')}" if answer.paragraphs else ""
    click.echo(f"{_counted(answer.paragraphs, 'paragraph')}{where}", stream)
    for hit in answer.hits:
        _print_hit(hit, stream)
    if answer.next:
        click.echo(f"\nMore: --cursor {answer.next}", stream)


def _print_hit(hit: ShownHit, stream: TextIO) -> None:
    card = hit.card
    facts = [card.date and card.date.isoformat(), card.place, card.agency, card.section]
    more = f", {hit.more} more" if hit.more else ""
    click.echo(f"\n{hit.rank}. {click.style(shown(card.title), bold=True)}", stream)
    click.echo(f"   {shown(' · '.join(fact for fact in facts if fact))}", stream)
    which = f"paragraph {hit.paragraph} of {card.of}" if hit.paragraph else "headline"
    click.echo(f"   {hit.id} ({which}{more})", stream)
    text = shown(hit.snippet.text)
    marked = ""
    position = 0
    for mark in hit.snippet.marks:
        marked += text[position : mark.start] + click.style(text[mark.start : mark.end], bold=True, underline=True)
        position = mark.end
    click.echo(f"   {marked}{text[position:]}", stream)


def query_error_line(error: QueryError) -> str:
    """Return what is wrong with a query and what to type instead, all in one line."""
    return " ".join(_told(diagnostic) for diagnostic in error.diagnostics if diagnostic.severity == "error")


def print_query_error(error: QueryError, query: str, stream: TextIO) -> None:
    """Print what is wrong with a query on a terminal: a line each, a caret under the span, what to type instead."""
    for diagnostic in error.diagnostics:
        if diagnostic.severity == "error":
            _print_diagnostic(diagnostic, query, stream)


def _print_diagnostic(diagnostic: Diagnostic, query: str, stream: TextIO) -> None:
    prefix = "dateline: " if diagnostic.severity == "error" else "Note: "
    click.echo(f"{prefix}{shown(_told(diagnostic))}", stream)
    if diagnostic.parameter == "q" and diagnostic.start is not None and diagnostic.end is not None:
        click.echo(f"  {shown(query)}", stream)
        before, at_fault = query[: diagnostic.start], query[diagnostic.start : diagnostic.end]
        click.echo(f"  {' ' * _width(before)}{'^' * max(_width(at_fault), 1)}", stream)


def _told(diagnostic: Diagnostic) -> str:
    found = f" ({_counted(diagnostic.total, 'paragraph')})" if diagnostic.total else ""
    return diagnostic.message + (f" Instead: {diagnostic.fix}{found}" if diagnostic.fix else "")


def _width(text: str) -> int:
    """Return how many columns a text takes on a terminal: wide letters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _days(first: object, last: object) -> str:
    return "none" if first is None else f"{first} to {last}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
