"""`dateline serve`, and the console script: adds the one command that needs the web to those of `search.cli`."""

import os
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

import click
from waitress.server import create_server

from search import cli
from search.answering.service import SearchService
from search.errors import EngineError, SettingsError
from search.settings import Settings
from web import create_app

# Addresses with a query are the largest thing anyone sends; nothing here takes a body.
_LARGEST_HEADER = 64 * 1024
_LARGEST_BODY = 1024


@click.command()
@cli.index_option
@click.option("--host", help="Address to listen on. [default: 127.0.0.1, or DATELINE_HOST]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one. [default: 8000, or DATELINE_PORT]"
)
@cli.pass_settings
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the archive as pages and as JSON until Ctrl-C.

    \b
    dateline serve
    dateline serve --index /srv/archive --host 0.0.0.0 --port 80
    """
    host = settings.host if host is None else host
    port = settings.port if port is None else port
    service = SearchService.from_settings(settings)
    try:
        _warn_without_index(service)
        with _listening(host, port) as listening:
            server = create_server(
                create_app(service),
                sockets=[listening],
                threads=settings.threads,
                ident="Dateline",
                max_request_header_size=_LARGEST_HEADER,
                max_request_body_size=_LARGEST_BODY,
            )
            _end_on_signals()
            address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
            click.echo(f"Dateline serves {settings.index} on {address} (Ctrl-C ends it)")
            sys.stdout.flush()
            server.run()
    finally:
        service.close()


def _warn_without_index(service: SearchService) -> None:
    """Say why searches will be answered with 503; an index that is built meanwhile is served at once."""
    try:
        service.generation_id()
    except EngineError as error:
        click.echo(f"dateline: {error} (until then every search is answered with 503)", err=True)


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


def _end_on_signals() -> None:
    """Let SIGTERM and Ctrl-C end the server's loop, which then lets running requests finish."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
