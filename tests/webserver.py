"""What tests of the web share: indexes built for real, apps over them, a server process. A pytest plugin.

PYTEST_DONT_REWRITE: tests import from it before pytest registers it.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import html5lib
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.answering.service import SearchService
from search.archive import Archive
from search.indexing import rebuild
from search.settings import Settings
from web.application import create_app

SEEDS = Path(__file__).parents[1] / "seeds"
DATELINE = Path(sys.executable).with_name("dateline")
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class Served:
    """An index that is served in this process."""

    settings: Settings
    service: SearchService
    app: Flask
    client: FlaskClient


def build(index: Path, source: Path, *, keep: int = 2) -> Settings:
    """Build an index of a source and return the settings that serve it."""
    settings = Settings(index=index, source=source, processes=1, keep=keep)
    rebuild((source,), Archive(index), settings, force=True)
    return settings


@contextmanager
def serve(settings: Settings) -> Iterator[Served]:
    """Serve an index in this process; an unforeseen error reaches the test."""
    service = SearchService.from_settings(settings)
    app = create_app(service)
    app.testing = True
    try:
        yield Served(settings, service, app, app.test_client())
    finally:
        service.close()


def write_articles(path: Path, articles: Sequence[dict[str, object]]) -> Path:
    """Write articles as JSON Lines."""
    path.write_bytes(b"".join(orjson.dumps(article) + b"\n" for article in articles))
    return path


@pytest.fixture(scope="session")
def seeds_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return build(tmp_path_factory.mktemp("seeds") / "index", SEEDS)


@pytest.fixture(scope="session")
def seeds(seeds_settings: Settings) -> Iterator[Served]:
    """The seeds, served in this process."""
    with serve(seeds_settings) as served:
        yield served


@pytest.fixture
def serve_articles(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """A function that serves articles of one's own."""
    opened: list[SearchService] = []

    def serve_them(*articles: dict[str, object]) -> Served:
        settings = build(tmp_path / "index", write_articles(tmp_path / "articles.jsonl", articles))
        service = SearchService.from_settings(settings)
        opened.append(service)
        app = create_app(service)
        app.testing = True
        return Served(settings, service, app, app.test_client())

    yield serve_them
    for service in opened:
        service.close()


@contextmanager
def server_process(settings: Settings, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `dateline serve` on a free port; yield the process and its address, and end it by its pid."""
    command = [str(DATELINE), "serve", "--index", str(settings.index), "--port", "0", *options]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("DATELINE_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = re.search(r"http://\S+", line)
            assert address, f"no address in {line!r}; {process.stderr and process.stderr.read()}"
            yield process, address[0]
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGTERM)
            process.communicate(timeout=20)


class Page:
    """A page, parsed strictly: an error in its HTML fails the test."""

    def __init__(self, text: str) -> None:
        self.root = html5lib.HTMLParser(strict=True).parse(text)

    def all(self, name: str, **attributes: str) -> list["Element"]:
        """Return all elements of a name that have these attributes; `class_` is one of several classes."""
        return _all(self.root, name, attributes)

    def one(self, name: str, **attributes: str) -> "Element":
        """Return the only such element."""
        found = self.all(name, **attributes)
        assert len(found) == 1, f"{len(found)} elements {name} {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        """All text of the page, its white space made single spaces."""
        return " ".join("".join(self.root.itertext()).split())

    def marks(self) -> list[str]:
        """Return the marked words."""
        return [mark.text for mark in self.all("mark")]


class Element:
    """An element of a page."""

    def __init__(self, node: object) -> None:
        self.node = node

    def all(self, name: str, **attributes: str) -> list["Element"]:
        """Return all elements of a name in it that have these attributes."""
        return _all(self.node, name, attributes)

    @property
    def text(self) -> str:
        """Its text, white space made single spaces."""
        return " ".join("".join(self.node.itertext()).split())

    def __getitem__(self, name: str) -> str:
        return self.node.attrib[name]

    def get(self, name: str) -> str | None:
        """Return an attribute, or None."""
        return self.node.attrib.get(name)


def _all(node: object, name: str, attributes: dict[str, str]) -> list[Element]:
    return [
        Element(found)
        for found in node.iter(XHTML + name)
        if all(_has(found, key, text) for key, text in attributes.items())
    ]


def _has(node: object, key: str, text: str) -> bool:
    if key == "class_":
        return text in node.attrib.get("class", "").split()
    return node.attrib.get(key.rstrip("_").replace("_", "-")) == text


def page(client: FlaskClient, address: str, *, status: int = 200) -> Page:
    """Get a page and parse it."""
    response = client.get(address)
    assert response.status_code == status, response.text
    assert response.content_type == "text/html; charset=utf-8"
    return Page(response.text)
