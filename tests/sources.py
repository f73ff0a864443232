"""Small sources for tests, the archives built from them, and the command as a process of its own."""

import gzip
import json
import os
import random
import resource
import shlex
import subprocess
import sys
from pathlib import Path

from search import indexing
from search.answering.parameters import read_parameters
from search.answering.service import SearchService
from search.archive import Archive
from search.settings import Settings

DATELINE = Path(sys.executable).with_name("dateline")

# Plain words, none of them a stop word, none a stem of another.
_WORD_LIST = """
harbour bridge council river market station garden winter cotton copper engine factory forest island journal kitchen
ladder mirror needle orchard pepper quarry ribbon saddle temple valley wagon anchor basket candle desert estate fabric
gallery hammer insect jacket kettle lantern meadow nickel oyster parcel quiver rocket silver tunnel uniform village
window barrel canal delta ember ferry glacier helmet ivory jungle kernel lagoon magnet nectar opera pigment quartz
"""


_WORDS = _WORD_LIST.split()


def write_texts(folder, **texts):
    """Write articles as text files, each by its name without suffix; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def wire_text(day, place, agency, *paragraphs):
    """Return an article in the form of the seeds, such as `date 2024-08-24 Washington, Aug 24 (IANS) ...`."""
    short = f"{day:%b} {day.day}"
    return f" date {day} {place}, {short} ({agency}) " + "\n\n".join(paragraphs) + "\n"


def write_records(path, records):
    """Write articles as JSON Lines, packed where the name ends in .gz; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(json.dumps(record) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def generated(marker, *, articles, paragraphs=5, words=40):
    """Return records whose every paragraph holds `marker` once, and the same ones whenever they are generated."""
    chance = random.Random(marker)
    return [
        {
            "id": f"{marker}-{number:05}",
            "title": f"{chance.choice(_WORDS)} {chance.choice(_WORDS)}",
            "date": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "place": f"{marker} town".title(),
            "agency": marker.upper(),
            "topics": [f"{marker} news"],
            "paragraphs": [" ".join([marker, *chance.choices(_WORDS, k=words)]) + "." for _ in range(paragraphs)],
        }
        for number in range(articles)
    ]


def build(folder, *sources, **settings):
    """Rebuild an index from sources in this process; return its archive and the summary."""
    known = Settings(**{"processes": 1, "index": folder, **settings})
    archive = Archive(folder)
    return archive, indexing.rebuild(sources, archive, known, force=True)


def edit_manifest(path, **values):
    """Change what a manifest says, as if an earlier version had written it so, which wrote no checksum of it."""
    path.write_bytes(json.dumps({**json.loads(path.read_bytes()), "checksum": "", **values}).encode())


def serve(folder, **settings):
    """Return a service that answers from an index."""
    return SearchService.from_settings(Settings(index=folder, **settings))


def search(folder, query, **parameters):
    """Return the answer to one search, by a service of its own."""
    service = serve(folder)
    try:
        return service.search(read_parameters([("q", query), *parameters.items()]))
    finally:
        service.close()


def environment(**settings):
    """Return this process's environment with only these DATELINE_* settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "COLUMNS"))}
    return kept | {f"DATELINE_{name.upper()}": str(value) for name, value in settings.items()}


def dateline(*arguments, cwd, largest_file=None, **settings):
    """Run the command to its end, as far as the system lets it write; return its exit status and what it wrote."""
    limits = (largest_file, largest_file)
    return subprocess.run(
        [DATELINE, *map(str, arguments)],
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=largest_file and (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits)),
    )


def start_dateline(*arguments, cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings):
    """Start the command as the leader of its own session, so that whatever it starts can be told."""
    return subprocess.Popen(
        [DATELINE, *map(str, arguments)],
        cwd=cwd,
        env=environment(**settings),
        stdout=stdout,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


def command_in(message):
    """Return the command line that a message says to run, as its words."""
    assert "run: dateline " in message, message
    return shlex.split(message.partition("run: ")[2].rstrip("."))
