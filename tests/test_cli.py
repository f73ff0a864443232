"""The command line: what it prints, where, and its exit status. 0 done or hits, 1 no hits, 2 an error in one line."""

import datetime
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import unicodedata
from importlib.metadata import version

import pytest
from sources import DATELINE, build, command_in, dateline, environment, serve, wire_text, write_records, write_texts

from search import cli
from search.answering.answer import answer_json, status_json
from search.answering.parameters import PARAMETER_NAMES, read_parameters
from search.archive import Archive
from search.query.syntax import SYNTAX

DAY = datetime.date(2024, 3, 5)
PATIENCE = 60
# What Dateline itself may send to a terminal: bold, underlined, back to normal, begin the line anew.
OWN_SEQUENCES = re.compile(r"\x1b\[(?:0|1|4|22|24)m|\r\x1b\[2K")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a source, `wire`, and its index, `index`: what the command finds where it is run."""
    folder = tmp_path_factory.mktemp("place")
    write_texts(
        folder / "wire",
        harbour=wire_text(DAY, "Lima", "AFP", "Rain fell on the harbour.", "The old ferry stayed in the rain."),
        market=wire_text(
            DAY.replace(month=4), "Quito", "AP", "Rain fell on the market. भारत was dry.", "Stalls stood."
        ),
        bridge=wire_text(DAY.replace(year=2023), "Lima", "AP", "The bridge held; the rain and the drone did not."),
    )
    write_records(folder / "wire" / "ports.jsonl", [
        {"id": f"port-{number:02}", "title": f"Port {number}", "date": "2022-06-01", "agency": "AP",
         "topics": ["ports"], "paragraphs": [f"Ship {number} left port.", "The port lay in fog."]}
        for number in range(30)
    ])  # fmt: skip
    build(folder / "index", folder / "wire")
    return folder


@pytest.fixture
def run(place, monkeypatch, capfd):
    """Run the command in this process; return its exit status, its output and its errors."""
    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATELINE_INDEX", str(place / "index"))
    monkeypatch.setenv("DATELINE_PROCESSES", "1")
    monkeypatch.chdir(place)

    def run(*arguments):
        status = cli.run([str(argument) for argument in arguments])
        return status, *capfd.readouterr()

    return run


@pytest.fixture
def on_a_screen(monkeypatch):
    """Let errors of what is run in this process go to a terminal, as far as it can see."""
    return lambda: monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)


def on_a_terminal(*arguments, cwd, errors=subprocess.PIPE, columns=200, **settings):
    """Run the command with a terminal for its output (with `errors=None`, for its errors too); return what it got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [DATELINE, *arguments],
        cwd=cwd,
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs if errors is None else errors,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 1 << 16):
            shown += data
    except OSError:
        pass  # how Linux says that the other side has closed
    finally:
        os.close(ours)
    with process:
        told = process.stderr.read() if process.stderr else b""
        process.wait(PATIENCE)
    return shown.decode().replace("\r\n", "\n"), told.decode()


def raw_controls(shown):
    """Return what could move a terminal's cursor, colour it or turn its text, beside what Dateline itself sends."""
    rest = OWN_SEQUENCES.sub("", shown)
    turning = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return [char for char in rest if char in turning or (unicodedata.category(char) == "Cc" and char != "\n")]


# The main paths, as a process


def test_from_a_folder_of_articles_to_an_answer(tmp_path):
    write_texts(tmp_path / "seeds", harbour=wire_text(DAY, "Lima", "AFP", "Rain fell on the harbour.", "It stopped."))
    built = dateline("rebuild", cwd=tmp_path)
    assert (built.returncode, built.stdout.splitlines()[:4]) == (
        0,
        ["1 article, 2 paragraphs", "dates covered: 2024-03-05 to 2024-03-05", "0 undated", "0 rejected"],
    )
    found = dateline("search", "rain", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.splitlines() == [
        "1 paragraph in 1 article",
        "",
        "1. Rain fell on the harbour.",
        "   2024-03-05 · Lima · AFP",
        "   harbour#p1 (paragraph 1 of 2)",
        "   Lima, Mar 5 (AFP) Rain fell on the harbour.",
    ]
    missed = dateline("search", "snow", cwd=tmp_path)
    assert (missed.returncode, missed.stderr) == (1, "")
    assert missed.stdout.splitlines()[-1] == "0 paragraphs"
    wrong = dateline("search", "rain (", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    message = "This bracket is never closed; type ) where it should end. Instead: rain (1 paragraph)"
    assert wrong.stderr.splitlines() == [f"dateline: {message}"]


def test_elsewhere_than_on_a_terminal_progress_is_plain_lines(tmp_path, place):
    built = dateline("rebuild", place / "wire", cwd=tmp_path)
    assert built.returncode == 0
    assert built.stderr.splitlines() == [
        "writing: 33 articles, 65 paragraphs",
        "verifying: 33 articles, 65 paragraphs",
    ]
    assert raw_controls(built.stdout + built.stderr) == []


def test_on_a_terminal_progress_is_one_line_that_is_rewritten_and_gone_in_the_end(tmp_path, place):
    shown, told = on_a_terminal("rebuild", place / "wire", cwd=tmp_path, errors=None)
    assert told == ""
    progress, _, summary = shown.rpartition("\r\x1b[2K")
    lines = progress.split("\r\x1b[2K")
    assert "\n" not in progress
    assert lines[0] == ""
    assert re.fullmatch(r"reading: \d+ articles?, \d+ paragraphs?, \d+% read.*", lines[1])
    assert [line.partition(":")[0] for line in lines[-2:]] == ["writing", "verifying"]
    assert summary.startswith("33 articles, 65 paragraphs\n")


def test_progress_fits_into_a_line_of_the_terminal_for_a_longer_one_could_not_be_rewritten(tmp_path, place):
    shown, _ = on_a_terminal("rebuild", place / "wire", cwd=tmp_path, errors=None, columns=30)
    lines = shown.split("\r\x1b[2K")[1:-1]
    assert lines
    assert all(0 < len(line) < 30 for line in lines)


def test_on_a_terminal_what_was_asked_for_stands_out(place):
    shown, _ = on_a_terminal("search", "old ferry", cwd=place)
    assert "The \x1b[1m\x1b[4mold\x1b[0m \x1b[1m\x1b[4mferry\x1b[0m stayed" in shown
    assert "\x1b" not in dateline("search", "old ferry", cwd=place).stdout


@pytest.mark.parametrize(
    "arguments",
    [["search", ""], ["search", "", "--json"], ["search", "--help-syntax"], ["status"], ["search", "--help"]],
    ids=" ".join,
)
def test_who_has_read_enough_may_stop_reading(place, arguments):
    ended = subprocess.Popen(
        [DATELINE, *arguments], cwd=place, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    ended.stdout.close()
    with ended:
        told = ended.stderr.read()
        assert (ended.wait(PATIENCE), told) == (0, "")


def test_letters_that_the_output_cannot_take_are_written_out(place):
    """Where there is no UTF-8, as in a pipe of an old system, a code is better than nothing."""
    ended = subprocess.run(
        [DATELINE, "search", "भारत"],
        cwd=place,
        env=environment() | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert rb"\u092d" in ended.stdout


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["", "--json"])
def test_bytes_that_are_no_text_are_an_error_like_any_other(place, more):
    ended = subprocess.run(
        [DATELINE, "search", b"rain \xff\xfe", *more],
        cwd=place,
        env=environment(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode in (0, 2)
    assert b"Traceback" not in ended.stderr
    if ended.returncode == 2:
        assert ended.stderr.startswith(b"dateline: ")
    elif more:
        assert json.loads(ended.stdout)["total"]["paragraphs"] == 4


# Searching


def test_the_json_is_that_of_the_service(run, place):
    arguments = ["rain OR port", "--size", "7", "--sort", "newest", "--facets", "place,date", "--group", "none"]
    status, told, _ = run("search", *arguments, "--json")
    service = serve(place / "index")
    names = {"q": arguments[0], "size": "7", "sort": "newest", "facets": "place,date", "group": "none"}
    expected = answer_json(service.search(read_parameters(names.items())))
    service.close()
    shown = json.loads(told)
    assert status == 0
    assert {**shown, "took_ms": 0} == {**expected, "took_ms": 0}
    assert list(shown) == list(expected)


def test_the_json_of_a_search_without_hits_is_whole_and_its_status_1(run):
    status, told, errors = run("search", "snow", "--json")
    assert (status, errors) == (1, "")
    assert json.loads(told)["total"] == {"paragraphs": 0, "articles": 0}


EFFECTS = {
    "dialect": ("nexis", "rain OR nothing AND rain"),
    "match": ("any", "harbour snow"),
    "scope": ("article", "harbour ferry"),
    "group": ("none", "rain"),
    "sort": ("oldest", "rain"),
    "from": ("2024-03", "rain"),
    "to": ("2023", "rain"),
    "place": ("Lima", "rain"),
    "agency": ("AP", "rain"),
    "section": ("ports", "port"),
    "not_place": ("Lima", "rain"),
    "not_agency": ("AP", "rain"),
    "not_section": ("ports", "port OR rain"),
    "article": ("market", "rain"),
    "size": ("1", "rain"),
    "facets": ("none", "rain"),
}


def test_every_parameter_of_the_endpoint_is_an_option(run):
    _, told, _ = run("search", "--help")
    options = set(re.findall(r"^  --([a-z_-]+)", told, re.MULTILINE))
    assert set(PARAMETER_NAMES) - {"q"} <= options
    # What `partial` allows happens in a cluster only.
    assert set(EFFECTS) | {"q", "cursor", "partial"} == set(PARAMETER_NAMES)


@pytest.mark.parametrize("name", EFFECTS)
def test_each_option_does_what_the_parameter_does(run, place, name):
    value, query = EFFECTS[name]
    _, told, _ = run("search", query, f"--{name}", value, "--json")
    service = serve(place / "index")
    expected = answer_json(service.search(read_parameters([("q", query), (name, value)])))
    plain = answer_json(service.search(read_parameters([("q", query)])))
    service.close()
    assert {**json.loads(told), "took_ms": 0} == {**expected, "took_ms": 0}
    if name != "section":  # all that is about ports is in that section
        assert {**expected, "took_ms": 0} != {**plain, "took_ms": 0}


def test_a_filter_given_twice_takes_either(run):
    totals = [
        json.loads(run("search", "rain", "--json", *(word for place in places for word in ("--place", place)))[1])[
            "total"
        ]
        for places in (["Lima"], ["Quito"], ["Lima", "Quito"])
    ]
    assert [total["articles"] for total in totals] == [2, 1, 3]


@pytest.mark.parametrize("name", ["size", "sort", "from"])
def test_what_can_be_given_only_once_is_refused_twice_as_at_the_endpoint(run, name):
    value = EFFECTS[name][0]
    status, told, errors = run("search", "rain", f"--{name}", value, f"--{name}", value)
    assert (status, told, len(errors.splitlines())) == (2, "", 1)
    assert name in errors
    assert "once" in errors


def test_following_the_cursor_that_is_printed_shows_every_hit_once(run):
    ids, more = [], []
    while True:
        status, told, _ = run("search", "port", "--size", "8", *more)
        assert status == 0
        ids += re.findall(r"^   (\S+)#p", told, re.MULTILINE)
        cursor = re.search(r"^More: (--cursor) (\S+)$", told, re.MULTILINE)
        if cursor is None:
            break
        more = cursor.groups()
    assert sorted(ids) == [f"port-{number:02}" for number in range(30)]


def test_what_was_noticed_about_a_query_is_told_with_the_answer(run):
    status, told, errors = run("search", "rain and harbour")
    assert (status, errors) == (0, "")
    assert told.splitlines()[:3] == [told.splitlines()[0], "  rain and harbour", "       ^^^"]
    assert told.startswith("Note: ")
    assert "AND" in told.splitlines()[0]


def test_a_misspelt_word_is_noticed_and_what_was_meant_is_offered_with_what_it_finds(run):
    status, told, _ = run("search", "harbuor")
    assert status == 1
    assert "Did you mean: harbour (1 paragraph)" in told.splitlines()


def test_the_help_on_syntax_shows_every_row_of_the_language(run):
    status, told, errors = run("search", "--help-syntax")
    assert (status, errors) == (0, "")
    for row in SYNTAX:
        assert row.means in told
        for typed in row.typed:
            assert f"  {typed}" in told


@pytest.mark.parametrize("query", ["-drone", "-drone rain", "--drone"])
def test_a_query_that_begins_with_a_dash_is_told_how_to_be_typed(run, query):
    status, told, errors = run("search", query)
    assert (status, told, len(errors.splitlines())) == (2, "", 1)
    assert "needs -- before it" in errors


def test_after_two_dashes_a_query_may_begin_with_one(run):
    assert run("search", "--", "rain -drone")[0] == 0
    status, told, _ = run("search", "--json", "--", "-drone")
    assert (status, json.loads(told)["query"]["input"]) == (0, "-drone")


# Errors


ERRORS = {
    "search": "dateline search QUERY",
    "search rain harbour": "harbour",
    "search rain --nosuch 1": "--nosuch",
    "nosuch": "nosuch",
    "search rain --match some": "auto, all or any",
    "search rain --scope page": "paragraph or article",
    "search rain --group day": "article or none",
    "search rain --sort date": "relevance, newest, oldest or recent",
    "search rain --size 0": "from 1 to 100",
    "search rain --size 101": "from 1 to 100",
    "search rain --size ten": "from 1 to 100",
    "search rain --from 2024-13": "2024-08-24",
    "search rain --to yesterday": "2024-08-24",
    "search rain --facets colour": "place,agency,section,date",
    "search rain --cursor abc": "first page",
    "search rain --index nowhere": "dateline rebuild --index nowhere",
    "status --index nowhere": "dateline rebuild --index nowhere",
    "update --index nowhere": "dateline rebuild --index nowhere",
    "rollback --index nowhere": "dateline rebuild --index nowhere",
    "rebuild nowhere": "nowhere",
    "rebuild wire --engine lucene": "auto",
    "rebuild wire --index wire/harbour.txt": "wire/harbour.txt",
    "update wire --index wire/harbour.txt": "wire/harbour.txt",
    "search rain --index wire/harbour.txt": "wire/harbour.txt",
    "status --index wire/harbour.txt": "wire/harbour.txt",
    "rollback --index wire/harbour.txt": "wire/harbour.txt",
}


@pytest.mark.parametrize("line", ERRORS)
def test_an_error_is_one_line_that_says_what_to_type_instead_and_the_status_2(run, place, line):
    before = Archive(place / "index").current_id()
    status, told, errors = run(*line.split())
    assert (status, told) == (2, "")
    (only,) = errors.splitlines()
    assert only.startswith("dateline: ")
    assert ERRORS[line] in only
    assert Archive(place / "index").current_id() == before


def test_ctrl_c_while_the_command_is_loading_is_one_line_too(tmp_path):
    (tmp_path / "click.py").write_text("import time\nprint('loading', flush=True)\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [DATELINE, "status"],
        env=environment() | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "loading\n"
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told) == (2, ("", "dateline: Stopped; the index is as it was.\n"))


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_errors_of_a_query_are_one_line_with_what_to_type_instead_of_each(run, option):
    status, told, errors = run("search", "rain) colour:rain", *option)
    assert (status, told) == (2, "")
    (only,) = errors.splitlines()
    assert only.startswith("dateline: ")
    assert only.count(" Instead: ") == 2


@pytest.mark.parametrize(
    ("query", "span", "instead"),
    [
        ("rain (", "(", None), ('rain "fell', '"', None), ("rain)", ")", "rain"), ("colour:red", "colour:", None),
        ("rain AND", "AND", "rain"), ("date:2024-13", "2024-13", None), ("r*", "r*", None), ("भारत (", "(", None),
        ("São Paulo (", "(", None), ("rain\tfell (", "(", None), ("rain\n\nfell (", "(", None),
        ("a\x1b[31mb (", "(", None),
        ("\x9b31m rain (", "(", None), ("rain\u2028fell (", "(", None), ("rain \u202e (", "(", None),
    ],
)  # fmt: skip
def test_on_a_terminal_a_caret_under_a_wrong_query_shows_where(run, on_a_screen, query, span, instead):
    on_a_screen()
    status, told, errors = run("search", query)
    assert (status, told) == (2, "")
    message, shown, carets = errors.splitlines()
    assert message.startswith("dateline: ")
    assert len(shown) == len(f"  {query}")
    start = query.index(span) + 2
    marked = range(carets.index("^"), len(carets))
    assert carets == " " * marked.start + "^" * len(marked)
    assert start in marked
    assert set(marked) <= set(range(start, start + len(span)))
    assert instead is None or message.endswith(f"Instead: {instead} (4 paragraphs)")
    assert raw_controls(errors) == []


def test_every_fix_that_is_offered_can_be_typed(run, on_a_screen):
    on_a_screen()
    offered = 0
    for query in ("rain (", "rain)", 'rain "fell', "rain AND", "OR rain", "colour:rain", "rain and fell", "((rain"):
        _, told, errors = run("search", query)
        for fix in re.findall(r"Instead: (.*)$", told + errors, re.MULTILINE):
            offered += 1
            assert run("search", "--", fix)[0] in (0, 1), fix
    assert offered >= 5


def test_a_setting_that_cannot_be_used_is_one_line(run, monkeypatch):
    monkeypatch.setenv("DATELINE_PORTS", "1")
    for command in (["status"], ["search", "rain"], ["rebuild", "wire"]):
        status, told, errors = run(*command)
        assert (status, told, len(errors.splitlines())) == (2, "", 1)
        assert "DATELINE_PORTS" in errors


def test_help_needs_no_settings_and_no_index(run, monkeypatch):
    monkeypatch.setenv("DATELINE_PORTS", "1")
    for command in (["--help"], ["-h"], ["search", "--help"], ["rebuild", "--help"]):
        status, told, errors = run(*command)
        assert (status, errors) == (0, "")
        assert told.startswith("Usage: dateline")
    assert run("--version")[:2] == (0, f"dateline, version {version('dateline')}\n")


def test_without_a_command_the_help_is_shown(run):
    status, told, errors = run()
    assert status == 2
    lines = (told + errors).splitlines()
    assert lines[0].startswith("Usage: dateline")
    assert len(lines) > 10


# Terminals are safe


NASTY = {
    "colour": "\x1b[31m", "title": "\x1b]0;owned\x07", "clear": "\x1b[2J\x1b[H", "C1": "\x9b31m", "bell": "\x07",
    "back": "\x08\x08\x08", "return": "\rrain", "delete": "\x7f", "turned": "\u202ereversed", "string": "\x90q\x9c",
}  # fmt: skip


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    """An archive whose every text tries to reach the terminal."""
    folder = tmp_path_factory.mktemp("nasty")
    everything = " ".join(NASTY.values())
    write_records(folder / "wire" / "wire.jsonl", [
        {"id": f"rain{everything}", "title": f"Title {everything}", "place": f"Lima {everything}",
         "agency": f"AFP {everything}", "topics": [f"ports {everything}"], "paragraphs": [f"rain {everything} fell"]},
        {"id": "second", "paragraphs": [f"rain {everything}."]},
    ])  # fmt: skip
    for number, text in enumerate(NASTY.values()):
        (folder / "wire" / f"text{number}.txt").write_text(f"Title {text}\n\nrain {text} fell", encoding="utf-8")
    (folder / "wire" / "bad\x1b[31m\r\x9b\u202e.txt").write_bytes(b"")
    (folder / "wire" / "noted\x1b[31m.txt").write_text("date 2024-08-24 Lima, Aug 23 (AFP) rain fell")
    return folder


def test_nothing_in_an_article_or_in_its_name_reaches_a_terminal_raw(nasty):
    shown, told = on_a_terminal("rebuild", "wire", cwd=nasty, errors=None)
    assert "is empty" in shown
    assert raw_controls(shown) == []
    for more in ([], ["--group", "none"]):
        shown, told = on_a_terminal("search", "rain OR title", *more, cwd=nasty)
        assert "second#p1" in shown
        assert (raw_controls(shown), told) == ([], "")
    shown, _ = on_a_terminal("rebuild", "wire", "--strict", cwd=nasty, errors=None)
    assert "is empty" in shown
    assert raw_controls(shown) == []


@pytest.mark.parametrize("kind", NASTY)
def test_nothing_in_what_was_typed_reaches_a_terminal_raw(run, kind):
    text = NASTY[kind]
    for arguments in (
        ["search", f"rain {text} ("], ["search", f"rain {text}"], ["search", f"zzz{text}zzz"],
        ["search", f"{text}:rain"],
        ["search", f"harbuor {text}"], ["search", "rain", "--sort", text], ["search", "rain", "--from", text],
        ["search", "rain", "--cursor", text], ["search", "rain", "--facets", text], ["search", "rain", "--size", text],
        ["search", "rain", "--place", text], ["search", "rain", "--index", f"nowhere{text}"], ["search", "rain", text],
        [f"no{text}"], ["search", "rain", f"--no{text}"], ["rebuild", f"no{text}"], ["status", "--index", f"no{text}"],
        ["search", f"rain {text} (", "--json"],
    ):  # fmt: skip
        status, told, errors = run(*arguments)
        assert raw_controls(told + errors) == [], arguments
        assert len([line for line in errors.splitlines() if not line.startswith("  ")]) == (status == 2), arguments


def test_a_wrong_query_is_echoed_safely_on_a_real_terminal(place):
    shown, _ = on_a_terminal("search", f"rain {NASTY['colour']}{NASTY['C1']} (", cwd=place, errors=None)
    assert "^" in shown
    assert raw_controls(shown) == []


# The other commands


def test_the_status_says_what_serves(run, place):
    status, told, errors = run("status")
    archive = Archive(place / "index")
    manifest = archive.manifest(archive.current_id())
    assert (status, errors) == (0, "")
    assert told.splitlines() == [
        f"generation {manifest.id} in {place / 'index'}, built at {manifest.built_at}",
        told.splitlines()[1],
        "engine whoosh",
        "33 articles, 65 paragraphs",
        "dates covered: 2022-06-01 to 2024-04-05",
        "0 undated",
        "30 without a place",
        "0 rejected",
        f"generations kept: {manifest.id}",
    ]
    assert re.fullmatch(r"updated \d+ (seconds?|minutes) ago", told.splitlines()[1])


def test_the_json_of_the_status_is_that_of_the_service(run, place):
    status, told, _ = run("status", "--json")
    service = serve(place / "index")
    expected = status_json(service.status())
    service.close()
    assert (status, json.loads(told)) == (0, expected)
    assert expected["dates"] == {"first": "2022-06-01", "last": "2024-04-05"}


def test_the_option_index_goes_before_the_setting(run, tmp_path, place):
    build(tmp_path / "other", write_texts(tmp_path / "wire", snow="Snow fell."))
    assert run("search", "snow")[0] == 1
    assert run("search", "snow", "--index", tmp_path / "other")[0] == 0


def test_a_rebuild_tells_what_was_rejected_and_what_is_worth_a_look(run, tmp_path):
    source = write_texts(tmp_path / "wire", good="Rain fell.", late="date 2024-08-24 Lima, Aug 23 (AFP) Rain fell.")
    for number in range(23):
        (source / f"bad{number:02}.txt").write_bytes(b"")
    status, told, _ = run("rebuild", source, "--index", tmp_path / "index")
    lines = told.splitlines()
    assert status == 0
    assert lines[2:4] == ["1 undated: good.txt", "1 without a place"]
    assert lines[4].startswith("1 date that its dateline contradicts: late.txt: its date is 2024-08-24, but ")
    assert lines[5:7] == ["23 rejected:", "  bad00.txt: is empty"]
    assert lines[25:27] == ["  bad19.txt: is empty", "  ... and 3 more; --report FILE has all of them"]
    generation_id = Archive(tmp_path / "index").current_id()
    how = "engine whoosh (chosen by auto: no cluster is configured)"
    assert lines[-1] == f"{how}; generation {generation_id} serves from {tmp_path / 'index'}"


def test_a_strict_rebuild_stops_at_the_first_with_its_path_and_the_reason(run, tmp_path):
    source = write_texts(tmp_path / "wire", good="Rain fell.", bad="")
    status, told, errors = run("rebuild", source, "--strict", "--index", tmp_path / "index")
    assert (status, told, errors) == (2, "", "dateline: bad.txt: is empty\n")


def test_a_rebuild_that_would_lose_most_of_the_archive_says_how_to_insist(run, tmp_path):
    few = write_texts(tmp_path / "few", snow="Snow fell.")
    many = write_texts(tmp_path / "many", **{f"rain{number}": "Rain fell." for number in range(5)})
    assert run("rebuild", many, "--index", tmp_path / "index")[0] == 0
    status, told, errors = run("rebuild", few, "--index", tmp_path / "index")
    (line,) = (line for line in errors.splitlines() if line.startswith("dateline: "))
    assert (status, told) == (2, "")
    assert "--force" in line
    assert run("rebuild", few, "--index", tmp_path / "index", "--force")[0] == 0
    assert run("search", "snow", "--index", tmp_path / "index")[0] == 0


def test_an_update_tells_what_changed_or_that_nothing_did(run, tmp_path):
    source, index = write_texts(tmp_path / "wire", one="Rain fell.", two="Snow fell."), tmp_path / "index"
    assert run("rebuild", source, "--index", index)[0] == 0
    status, told, _ = run("update", "--index", index)
    assert (status, told) == (
        0, f"Nothing to do: no file was added, changed or removed since {index} was built.\n",
    )  # fmt: skip
    write_texts(source, two="Hail fell.", three="Fog lay.")
    status, told, _ = run("update", "--index", index)
    assert status == 0
    assert told.splitlines()[:2] == [
        "1 file added, 1 file changed since the last generation",
        "2 undated, such as three.txt",
    ]
    assert run("search", "hail", "--index", index)[0] == 0


def test_a_rollback_names_what_serves_again(run, tmp_path):
    source, index = write_texts(tmp_path / "wire", one="Rain fell."), tmp_path / "index"
    archive, first = build(index, source)
    build(index, source)
    assert run("rollback", "--index", index) == (0, f"Generation {first.generation_id} serves again.\n", "")
    assert archive.current_id() == first.generation_id
    status, told, errors = run("rollback", "--index", index)
    assert (status, told) == (2, "")
    assert command_in(errors.strip())[:2] == ["dateline", "rebuild"]
