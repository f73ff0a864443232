"""The README cannot lie: its tables, commands and examples are checked against the program."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from show_pages import SHOTS
from webserver import DATELINE, server_process

from search.answering.parameters import SearchParameters
from search.cli import commands
from search.errors import QueryError
from search.language import Analyzer, names_of
from search.query import Dialect, parse
from search.query.syntax import SYNTAX
from search.settings import Settings
from web.cli import serve
from web.forms import KEYS

pytest_plugins = ("webserver",)

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
COMMANDS = re.findall(r"^\$ (.+)$", README, re.MULTILINE)


def table_after(heading: str) -> list[list[str]]:
    """Return the cells of the first table whose head is `heading`."""
    rows = README[README.index(heading) :].splitlines()[2:]
    cells = []
    for row in rows:
        if not row.startswith("|"):
            break
        cells.append([cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]])
    return cells


def test_the_query_language_table_is_the_one_the_program_shows() -> None:
    expected = [[", ".join(f"`{typed}`" for typed in row.typed), row.means.replace("|", r"\|")] for row in SYNTAX]
    assert table_after("| typed | means |") == expected


@pytest.mark.parametrize("typed", [typed for row in SYNTAX for typed in row.typed])
def test_every_example_of_the_query_language_is_understood(typed: str) -> None:
    assert parse(typed, Analyzer()).canonical


@pytest.mark.parametrize(("dialect", "typed", "read_as"), table_after("| dialect | typed | read as |"))
def test_every_example_of_another_archive_is_read_as_shown(dialect: str, typed: str, read_as: str) -> None:
    dialect, typed, read_as = (cell.strip("`") for cell in (dialect, typed, read_as))
    assert parse(typed, Analyzer(), dialect=Dialect(dialect)).canonical == read_as


def test_the_settings_table_is_the_settings() -> None:
    defaults = Settings()
    expected = [
        [f"`DATELINE_{item.name.upper()}`", f"`{getattr(defaults, item.name)}`", item.metadata["meaning"]]
        for item in fields(Settings)
    ]
    assert table_after("| variable | default | meaning |") == expected


def test_the_parameter_table_is_the_parameters() -> None:
    rows = table_after("| parameter | values | default |")
    assert [row[0].strip("`") for row in rows] == [
        field.alias or name for name, field in SearchParameters.model_fields.items()
    ]
    assert [row[1] for row in rows] == [field.description for field in SearchParameters.model_fields.values()]


def test_the_table_of_keys_is_the_helps() -> None:
    rows = table_after("| key | what it does |")
    assert [(row[0].strip("`"), row[1]) for row in rows] == list(KEYS)


def test_the_screenshots_are_those_that_are_taken() -> None:
    shown = re.findall(r"\(tests/screenshots/(\w+)\.png\)", README)
    assert sorted(shown) == sorted(shot.name for shot in SHOTS)
    assert all((ROOT / "tests" / "screenshots" / f"{name}.png").is_file() for name in shown)


def test_the_token_table_is_what_the_analysis_does() -> None:
    analyzer = Analyzer()
    for written, words in table_after("| written | words, in order |"):
        example = written.replace(" (in a line that is not all capitals)", " here")
        example, found_too = (
            re.sub(r" \(found as [^)]* too\)", "", example),
            re.findall(r"found as ([^)]*) too", example),
        )
        others = {name for word in analyzer.words(example) for name in names_of(word)}
        assert {name for names in found_too for name in names.split(", ")} <= others
        found = [word for word in analyzer.words(example) if word != "here"]
        # Several spellings of one row come to the same words.
        assert list(dict.fromkeys(found)) == list(dict.fromkeys(words.replace(" / ", " ").split()))


def test_every_command_shown_exists() -> None:
    commands.add_command(serve)
    for command in COMMANDS:
        words = shlex.split(command.partition("#")[0])
        if words[0] == "dateline":
            assert words[1] in commands.commands, command
        elif words[0] == "export":
            Settings.from_environment(dict(word.split("=") for word in words[1:]))
        elif words[0] == "pip":
            assert words[1:] in ([["install", f"dateline[{extra}]"] for extra in EXTRAS]), command
        else:
            assert words[0] in ("make", "curl"), command
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {shlex.split(command)[1] for command in COMMANDS if command.startswith("make")} <= set(targets)


def test_every_file_and_folder_in_the_layout_exists() -> None:
    layout = README[README.index("seeds/      articles as files") :].split("```")[0]
    folder = ROOT
    for line in layout.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = ROOT / name
        assert (folder if not line.startswith(" ") else folder / name).exists(), line


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("dateline search")])
def test_the_searches_shown_find_something(command: str, seeds_settings: Settings) -> None:
    words = shlex.split(command)
    finished = subprocess.run(
        [DATELINE, *words[1:], "--index", seeds_settings.index],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def test_the_curl_examples_work_as_shown(seeds_settings: Settings) -> None:
    curl = shutil.which("curl")
    assert curl, "the README's examples need curl"
    examples = [command for command in COMMANDS if command.startswith("curl")]
    assert len(examples) >= 5
    with server_process(seeds_settings) as (_, address):
        for command in examples:
            shown = shlex.split(command.replace("http://127.0.0.1:8000", address))
            finished = subprocess.run([curl, "--fail", *shown[1:]], capture_output=True, text=True, check=False)
            assert finished.returncode == 0, (command, finished.stdout)
            assert finished.stdout.strip()
            if "/api/" in command:
                assert json.loads(finished.stdout)


def test_the_limits_said_are_the_limits() -> None:
    with pytest.raises(QueryError):
        parse(" ".join(f"w{number}x" for number in range(65)), Analyzer())
    with pytest.raises(QueryError):
        parse("x" * 2049, Analyzer())
    assert "2,048 characters, 64 terms and brackets 16 deep" in README
