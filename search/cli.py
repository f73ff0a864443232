"""The command line. Commands exit with 0 when done, 1 without hits, 2 on an error."""

import io
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
import orjson

from search.answering.answer import answer_json, status_json
from search.answering.parameters import PARAMETER_NAMES, SearchParameters, read_parameters
from search.answering.service import SearchService
from search.archive import Archive
from search.errors import DatelineError, QueryError, SettingsError
from search.index_folder import files_below
from search.printing import (
    changes_told,
    print_answer,
    print_query_error,
    print_status,
    print_summary,
    print_update,
    progress_printer,
    query_error_line,
    shown,
)
from search.query.syntax import SYNTAX
from search.settings import ENGINES, Settings
from search.stopping import Stoppable

P = ParamSpec("P")
R = TypeVar("R")

NO_HITS = 1
ERROR = 2


def index_option(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command --index; `pass_settings` reads it."""
    option = click.option("--index", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the index.")
    return option(command)


def pass_settings(command: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Call a command with the settings, into which its own options were merged."""

    @wraps(command)
    def with_settings(*args: P.args, **kwargs: P.kwargs) -> R:
        settings = Settings.from_environment()
        options = {name: kwargs.pop(name, None) for name in ("index", "engine", "encoding", "follow_links")}
        given = {name: value for name, value in options.items() if value is not None}
        settings = replace(settings, **given)  # type: ignore[arg-type]  # click made each of its field's type
        settings.check()
        return command(settings, *args, **kwargs)

    return with_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dateline")
def commands() -> None:
    """Search an archive of news articles by the paragraph."""


def _building(command: Callable[..., None]) -> Callable[..., None]:
    decorators: list[Callable[..., Any]] = [
        commands.command(),
        click.argument("sources", nargs=-1, metavar="[SOURCE]...", type=click.Path(path_type=Path)),
        index_option,
        click.option("--engine", type=click.Choice(ENGINES), help="Engine of the new index."),
        click.option("--encoding", metavar="NAME", help="Encoding of the files, instead of what is told from each."),
        click.option("--follow-links", is_flag=True, default=None, help="Also read links that lead out of SOURCE."),
        click.option("--strict", is_flag=True, help="Stop at the first file that cannot be read as an article."),
        click.option("--force", is_flag=True, help="Even if the archive shrinks by more than half."),
        click.option(
            "--report",
            "report_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write all that was noticed to FILE, as JSON Lines.",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@_building
@pass_settings
def rebuild(
    settings: Settings, /, sources: tuple[Path, ...], *, strict: bool, force: bool, report_file: Path | None
) -> None:
    """Build a new index from SOURCE: files and folders of articles.

    Without SOURCE, from what the index was built from; where there is none yet, from the folder seeds. What served goes
    on serving until the new index is complete and verified.
    """
    from search import indexing  # noqa: PLC0415 - reading takes long to load, and only building needs it

    archive = Archive(settings.index, settings)
    sources = sources or _sources(archive, settings)
    with Stoppable() as stoppable:
        with progress_printer(sys.stderr) as print_progress:
            summary = indexing.rebuild(
                sources,
                archive,
                settings,
                strict=strict,
                force=force,
                report=stoppable.watching(print_progress),
                report_file=report_file,
            )
        print_summary(summary, settings, sys.stdout)


def _sources(archive: Archive, settings: Settings) -> tuple[Path, ...]:
    """Return what to build from where nothing was named, and say what it is: never another archive in silence."""
    if settings.source != Settings().source:
        click.echo(f"Reading DATELINE_SOURCE: {_listed([settings.source])}", err=True)
        return (settings.source,)
    remembered = archive.sources()
    if remembered:
        click.echo(f"Reading the sources of the index: {_listed(remembered)}", err=True)
    return remembered or (settings.source,)


def _listed(paths: Sequence[Path]) -> str:
    return shown(shlex.join(map(str, paths)))


@_building
@pass_settings
def update(
    settings: Settings, /, sources: tuple[Path, ...], *, strict: bool, force: bool, report_file: Path | None
) -> None:
    """Bring the index up to date with SOURCE (by default what it was built from), if a file was changed."""
    from search import indexing  # noqa: PLC0415 - reading takes long to load, and only building needs it

    with Stoppable() as stoppable:
        with progress_printer(sys.stderr) as print_progress:
            summary = indexing.update(
                sources,
                Archive(settings.index, settings),
                settings,
                strict=strict,
                force=force,
                report=stoppable.watching(print_progress),
                report_file=report_file,
            )
        if summary is None:
            click.echo(f"Nothing to do: no file was added, changed or removed since {settings.index} was built.")
        else:
            print_update(summary, settings, sys.stdout)


@commands.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", type=click.Path(exists=True, path_type=Path))
@index_option
@click.option(
    "--poll",
    type=click.FloatRange(0.1),
    metavar="SECONDS",
    help="Look at all files so often, instead of hearing of changes. [default: 3 for network folders]",
)
@pass_settings
def watch(settings: Settings, /, sources: tuple[Path, ...], *, poll: float | None) -> None:
    """Keep the index up to date with SOURCE (by default what it was built from), until Ctrl-C.

    Builds it where there is none. A file is taken in as soon as it is no longer being written.
    """
    from search.watching import Watcher  # noqa: PLC0415 - reading takes long to load, and only building needs it

    archive = Archive(settings.index, settings)
    progress = partial(progress_printer, sys.stderr)
    Watcher(sources, archive, settings, tell=_tell, poll=poll, progress=progress).run()


def _tell(line: str) -> None:
    click.echo(shown(line))


def _search_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give the search command an option for each parameter of a search, from where they are declared."""
    for name, field in reversed(SearchParameters.model_fields.items()):
        if name != "q":
            parameter = field.alias or name
            command = click.option(
                f"--{parameter}",
                f"given_{parameter}",
                metavar="TEXT",
                multiple=True,  # what may stand there once only is refused with the other parameters
                help=field.description,
            )(command)
    return command


@commands.command(name="search")
@click.argument("query", required=False)
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print the JSON of the search endpoint.")
@click.option("--help-syntax", is_flag=True, help="Explain the query language and exit.")
@_search_options
@pass_settings
def search_command(settings: Settings, /, query: str | None, *, as_json: bool, help_syntax: bool, **given: Any) -> None:
    """Search for QUERY. A query that begins with a dash needs -- before it."""
    if help_syntax:
        width = max(len(typed) for row in SYNTAX for typed in row.typed)
        for row in SYNTAX:
            for index, typed in enumerate(row.typed):
                click.echo(f"  {typed:<{width}}  {row.means if not index else ''}".rstrip())
        return
    if query is None:
        raise click.UsageError("What should be searched for? Write: dateline search QUERY")
    service = SearchService.from_settings(settings)
    try:
        answer = service.search(read_parameters(_items(query, given)))
    except QueryError as error:
        if as_json or not sys.stderr.isatty():
            raise
        print_query_error(error, query, sys.stderr)
        sys.exit(ERROR)
    finally:
        service.close()
    if as_json:
        click.echo(orjson.dumps(answer_json(answer), option=orjson.OPT_INDENT_2))
    else:
        print_answer(answer, sys.stdout)
    sys.exit(0 if answer.paragraphs else NO_HITS)


def _items(query: str, given: dict[str, Any]) -> list[tuple[str, str]]:
    items = [("q", query)]
    for name in PARAMETER_NAMES:
        items += [(name, text) for text in given.get(f"given_{name}", ())]
    for name, text in items:
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise click.UsageError(f"{name} is not text in UTF-8; type it anew.")
    return items


@commands.command()
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_settings
def status(settings: Settings, *, as_json: bool) -> None:
    """Say which generation serves, its engine, counts and the dates covered."""
    service = SearchService.from_settings(settings)
    try:
        served = service.status()
    finally:
        service.close()
    if as_json:
        click.echo(orjson.dumps(status_json(served), option=orjson.OPT_INDENT_2))
    else:
        print_status(served, settings, Archive(settings.index, settings).kept(), sys.stdout)


@commands.command()
@index_option
@pass_settings
def check(settings: Settings) -> None:
    """Check that every file of the index that serves is what was built, and say what changed in its sources since."""
    from search import indexing  # noqa: PLC0415 - reading takes long to load, and few commands need it

    archive = Archive(settings.index, settings)
    manifest = archive.check()
    size = sum(path.stat().st_size for path in files_below(archive.path_of(manifest.id)).values())
    click.echo(f"Generation {manifest.id} is whole: {len(manifest.files)} files, {size / 1e6:,.1f} MB.")
    try:
        changes = indexing.changed_since(archive, manifest, settings)
    except SettingsError as error:
        click.echo(f"What changed since cannot be told: {error}")
    else:
        since = changes_told(changes)
        click.echo(f"Since it was read: {since}." if since else "It is what its sources say now.")


@commands.command()
@index_option
@pass_settings
def compact(settings: Settings) -> None:
    """Write the index anew in as few segments as can be, without what was deleted; answers stay as they are."""
    from search import indexing  # noqa: PLC0415 - reading takes long to load, and only building needs it

    with Stoppable() as stoppable:
        with progress_printer(sys.stderr) as print_progress:
            summary = indexing.compact(
                Archive(settings.index, settings), settings, report=stoppable.watching(print_progress)
            )
        print_update(summary, settings, sys.stdout)


@commands.command()
@index_option
@pass_settings
def rollback(settings: Settings) -> None:
    """Let the generation before the serving one serve again."""
    click.echo(f"Generation {Archive(settings.index, settings).roll_back()} serves again.")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; an error is one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what the terminal cannot show is shown as its code
    try:
        # Not `main`, which answers a reader that has had enough with exit status 1: no hits.
        with commands.make_context("dateline", list(sys.argv[1:] if arguments is None else arguments)) as context:
            commands.invoke(context)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ERROR
    except (click.Abort, KeyboardInterrupt):
        return _fail("Stopped; the index is as it was.")
    except click.exceptions.Exit as end:
        return end.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ERROR
    except BrokenPipeError:
        # What is still buffered has nowhere to go, and must not be missed on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (click.ClickException, DatelineError, OSError) as error:
        return _fail(_message(error))
    return 0


def _message(error: click.ClickException | DatelineError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'writing'}: {error.strerror or error}; the index is as it was."
    if isinstance(error, QueryError):
        return query_error_line(error)
    if isinstance(error, DatelineError):
        return str(error)
    hint = " A query that begins with a dash needs -- before it." if isinstance(error, click.NoSuchOption) else ""
    return f"{error.format_message().rstrip('.')}.{hint} Help: dateline --help"


def _fail(message: str) -> int:
    click.echo(f"dateline: {shown(' '.join(message.split()))}", err=True)
    return ERROR
