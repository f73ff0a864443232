"""`dateline serve`: adds the one command that needs the web to those of `search.cli`."""

import os
import signal
import socket
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import click

from search import cli
from search.errors import SettingsError
from search.settings import Settings


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", type=click.Path(exists=True, path_type=Path))
@cli.index_option
@click.option("--host", help="Address to listen on. [default: 127.0.0.1, or DATELINE_HOST]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one. [default: 8000, or DATELINE_PORT]"
)
@click.option(
    "--workers", type=click.IntRange(1), help="Processes that answer, one a core. [default: 1, or DATELINE_WORKERS]"
)
@click.option("--watch", is_flag=True, help="Keep the index up to date with SOURCE, as dateline watch does.")
@cli.pass_settings
def serve(
    settings: Settings,
    /,
    sources: tuple[Path, ...],
    *,
    host: str | None,
    port: int | None,
    workers: int | None,
    watch: bool,
) -> None:
    """Serve the archive as pages and as JSON until Ctrl-C.

    \b
    dateline serve
    dateline serve --watch path/to/articles
    dateline serve --index /srv/archive --host 0.0.0.0 --port 80 --workers 4
    """
    if sources and not watch:
        raise click.UsageError("SOURCE is what --watch watches. Write: dateline serve --watch SOURCE")
    options = {"host": host, "port": port, "workers": workers}
    given = {name: value for name, value in options.items() if value is not None}
    settings = replace(settings, **given)  # type: ignore[arg-type]  # click made each of its field's type
    _serve(settings, _watching(sources, settings, watch=watch))


def _watching(sources: tuple[Path, ...], settings: Settings, *, watch: bool) -> AbstractContextManager[None]:
    if not watch:
        return nullcontext()
    from web.watching import watching  # noqa: PLC0415 - starts a process of this command alone

    return watching(sources, settings)


def _serve(settings: Settings, beside: AbstractContextManager[None]) -> None:
    """Serve until the end, `beside` what is entered once the socket listens."""
    from web.serving import answer, open_index, open_service, tell_on_stderr  # noqa: PLC0415 - Flask takes long to load, for this command alone
    from web.workers import Workers  # noqa: PLC0415 - starts processes of this command alone

    if settings.workers > 1:
        with _listening(settings.host, settings.port) as listening, beside:
            Workers(listening, settings).run(_ready(settings, listening))
        return
    with open_service(settings) as service:
        open_index(service, tell=tell_on_stderr)
        with _listening(settings.host, settings.port) as listening, beside:
            answer(
                service,
                listening,
                threads=settings.threads,
                ended_by=(signal.SIGTERM, signal.SIGINT),
                ready=lambda: click.echo(_ready(settings, listening)),
            )


def _ready(settings: Settings, listening: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"Dateline serves {settings.index} on http://{host}:{listening.getsockname()[1]} (Ctrl-C ends it)"


def main() -> int:
    """Run the command line; the exit status is returned."""
    cli.commands.add_command(serve)
    return cli.run()


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens already, so that who reads the address can use it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python puts a remark of its own behind the system's reason, except for names that lead nowhere.
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        message = (
            f"Cannot listen on {host}, port {port}: {reason}. "
            "Choose another port with --port (0 takes a free one) or another address with --host."
        )
        raise SettingsError(message) from error
