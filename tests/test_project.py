"""The house: what may lie where, that it can be read, and that it runs on any machine."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = {
    ".ci", ".gitattributes", ".github", ".gitignore", "LICENSE", "Makefile", "README.md", "docs", "index",
    "pyproject.toml", "requirements.txt", "requirements-bench.txt", "requirements-dev.txt", "requirements", "search",
    "seeds", "tests", "uv.lock", "web",
}  # fmt: skip
LONGEST_FILE = 350


def tracked():
    """Return every file that is in the repository or would be added to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in sorted(set(listed.stdout.split("\0")) - {""}) if (ROOT / name).is_file()]


def modules():
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("search", "web")]


def named(path):
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_look_at():
    assert len(modules()) > 30
    assert {named(path) for path in tracked()} >= {"pyproject.toml", "search/__init__.py", "web/__init__.py"}


def test_only_what_belongs_there_lies_at_the_top():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP


def test_of_the_index_only_its_folder_is_kept():
    assert [named(path) for path in tracked() if named(path).startswith("index/")] == ["index/.gitignore"]


def test_tests_lie_flat_and_have_names_of_their_own():
    names = [path.name for path in tracked() if named(path).startswith("tests/") and path.suffix == ".py"]
    assert len(names) == len(set(names))
    folders = {path.parent.name for path in tracked() if path.name.startswith("test_")}
    assert folders == {"tests"}


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_module_opens_with_what_it_is_for(path):
    lines = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()
    assert lines, f"{named(path)} has no docstring"
    assert lines[0][0].isupper() or not lines[0][0].isalpha() or lines[0][0] == "`"
    assert len(lines[0]) > 20


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_module_is_short_enough_to_be_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


# Folders that exist on one machine only; written apart here, so that this file does not hold them itself.
MACHINE_PATHS = re.compile(
    rb"(?<![\w.])/(?:" + b"|".join([b"ho" + b"me", b"ro" + b"ot", b"Us" + b"ers", b"wo" + b"rk"]) + rb")/[\w.]"
    rb"|[A-Z]:\\\\?Us" + rb"ers"
)
# Locked requirements come from whatever index is set up, never from one that is written down.
REGISTRIES = re.compile(
    b"|".join(
        [b"pypi" + rb"\.org", b"files\\.python" + rb"hosted", b"--(?:extra-)?index" + b"-url", b"artifact" + b"ory"]
    )
)


def _found(pattern):
    return {
        named(path): found
        for path in tracked()
        if path.suffix not in (".png", ".gz") and (found := pattern.findall(path.read_bytes()))
    }


def test_no_file_names_a_folder_of_one_machine():
    assert _found(MACHINE_PATHS) == {}


def test_no_file_names_a_package_registry():
    assert _found(REGISTRIES) == {}


def test_no_test_reads_what_a_checkout_does_not_hold():
    outside = re.compile(rb"\.\./sha" + rb"red|/sha" + rb"red/")
    assert [named(path) for path in tracked() if path.suffix == ".py" and outside.search(path.read_bytes())] == []


def test_no_test_is_skipped_but_for_what_a_machine_may_lack():
    """The browser and the Java of a cluster, which the gate installs."""
    skips = re.compile(rb"pytest\.(?:sk" + rb"ip|mark\.sk" + rb"ip|mark\.xf" + rb"ail|importor" + rb"skip)")
    found = {named(path) for path in tracked() if path.suffix == ".py" and skips.search(path.read_bytes())}
    assert found <= {"tests/browsing.py", "tests/cluster.py"}


def test_every_exception_from_lint_and_types_names_its_rule():
    bare = re.compile(r"#\s*noqa(?!: [A-Z]+\d+)|#\s*type: ignore(?!\[)")
    assert {named(path): found for path in modules() if (found := bare.findall(path.read_text(encoding="utf-8")))} == {}


def test_every_exception_and_every_broad_except_has_its_reason_beside_it():
    asks_for_one = re.compile(
        r"(?:#\s*(?:noqa: [A-Z]+\d+|type: ignore\[[^]]+\])\s*)+(?P<beside>.*)"
        r"|except (?:Base)?Exception\b[^#:]*:(?P<after>.*)"
    )
    reason = re.compile(r"\s*(?:-|#) (?!as above|noqa|type: ignore)\w.+")
    without = [
        f"{named(path)}: {line.strip()}"
        for path in modules()
        for line in path.read_text(encoding="utf-8").splitlines()
        if (found := asks_for_one.search(line)) and not reason.fullmatch(found["beside"] or found["after"] or "")
    ]
    assert without == []


def test_the_folder_of_the_index_is_no_module(tmp_path):
    """With the checkout installed for development, its folders must not be importable one and all."""
    code = "import importlib.util as u, sys; sys.exit(any(u.find_spec(name) for name in ('index', 'seeds', 'tests')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0
    assert subprocess.run(
        [sys.executable, "-P", "-c", "import index"], cwd=tmp_path, capture_output=True, check=False
    ).returncode  # fmt: skip
    assert importlib.util.find_spec("search") is not None
    assert importlib.util.find_spec("web") is not None


def test_the_version_is_that_of_the_project_and_it_cannot_be_uploaded_by_mistake():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata.version("dateline") == project["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", project["version"])
    assert "Private :: Do Not Upload" in metadata.metadata("dateline").get_all("Classifier")
    assert metadata.metadata("dateline")["Requires-Python"] == project["requires-python"] == ">=3.11"


def test_the_console_script_is_installed():
    (script,) = metadata.entry_points(group="console_scripts", name="dateline")
    assert callable(script.load())
    assert Path(sys.executable).with_name("dateline").exists()
