"""Whatever is done to the files, and however the index follows: every answer is the one that a rebuild gives."""

import gzip
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from updates import (
    WHEN,
    answers_of,
    assert_same_answers,
    assert_same_memory,
    make_small,
    opened,
    remembered,
    settings_of,
)

from search.archive import Archive
from search.indexing import compact, rebuild, update
from search.ledger import Ledger
from search.reading import printable

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "30"))
LONG_AGO = 1_600_000_000
# So little that the archive of a few files is now smaller, now larger than a sample.
SAMPLE = 3_000
KEPT = b"Storm over the harbour\n\nOSLO, March 1 (Reuters) - The storm kept the ferry in the harbour.\n\nIt stayed."

# What depends on the rest of the archive is drawn often: hyphens, places and agencies, dates, abbreviations.
PARAGRAPHS = (
    "The harbour was closed by the storm.", "The storm is over. Ferries sail to Bergen!", "NATO asked us and the US.",
    "An e-mail from Müller said the ferry don't stop.", "The is-\nland slept.", "The island slept.",
    "The fer-\nry sank.",
    "The ferry ltd. sold the harbour ltd. of night ltd. and sea ltd. to town ltd. at noon.", "The ltd, no ltd and ltd.",
    "He met the ltd. The storm came.", "Night fell.\nThe crew of the US ship said no.", "x y z x",
    "Zażółć gęślą jaźń, powiedział burmistrz. Źdźbło śliwki i żółw.", "Буря над морем. Порт закрыт, сказал капитан.",
    "Le café de l'été à São Paulo était fermé.", "—",
)  # fmt: skip
OPENINGS = (
    "", "", "OSLO, March 3 (Reuters) - ", "Oslo, March 3, 2021 (AP) - ", "SAO PAULO, May 3 (AFP) - ", "BERGEN - ",
    "São Paulo, 03/04/2021 (AFP) - ", "Oslo, 25/03/2016 (IANS) - ", "Bergen, 03/25/2016 (REUTERS) - ", "BERGEN: ",
    "Santiago, 4 May 2020 (AFP) - ", "SANTIAGO - ",
)  # fmt: skip
HEADS = (
    "",
    "",
    "Storm hits harbour\n\n",
    "Date: 03/04/2021\n\n",
    "STORM\nBy Maria Silva\n\n",
    "Title: Ferry\nDate: 25/12/2020\n\n",
)
DATES = (None, "2020-01-02", "03/04/2021", "04/03/2021", "25/12/2020", "12/25/2020", "31 June 2020", "2399-01-01")
IDS = (None, None, "x", "y", "x-2", "x-3", "a", "a~1", "é")
PLACES = (None, None, "Oslo", "OSLO", "São Paulo", "Sao Paulo", "Nowhere")
AGENCIES = (None, "Reuters", "REUTERS", "Coast Wire")
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "cp1250", "koi8-r", "cp1252", "cp1251", "iso-8859-2", "utf-16")
TEXTS = ("a.txt", "b.txt", "c/a.txt", "x.txt", "z.txt.gz", "é.txt", "bad\udce9.txt")
LINES = ("r.jsonl", "c/s.jsonl.gz", "x.ndjson")
ARRAYS = ("t.json", "c/u.json.gz")
NAMES = (*TEXTS, *LINES, *ARRAYS)

openings = st.sampled_from(OPENINGS)
paragraphs = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4)


@st.composite
def texts(draw):
    """Draw the bytes of a text file: mostly one article, now and then several, or none."""
    articles = [
        draw(st.sampled_from(HEADS)) + draw(openings) + "\n\n".join(draw(paragraphs))
        for _ in range(draw(st.sampled_from([1, 1, 1, 1, 2, 3])))
    ]
    return "\f".join(articles).encode(draw(st.sampled_from(ENCODINGS)), "replace")


@st.composite
def records(draw):
    """Draw a record of JSON."""
    fields = {
        "id": draw(st.sampled_from(IDS)),
        "title": draw(st.sampled_from([None, "Storm", "Ferry news"])),
        "date": draw(st.sampled_from(DATES)),
        "place": draw(st.sampled_from(PLACES)),
        "agency": draw(st.sampled_from(AGENCIES)),
        "section": draw(st.sampled_from([None, "Sport", "sport"])),
        "text": draw(openings) + "\n\n".join(draw(paragraphs)),
    }
    return {name: value for name, value in fields.items() if value is not None}


lines = st.one_of(records().map(json.dumps), records().map(json.dumps), st.sampled_from(["", "{", "[]", '{"id": "x"}']))
odd = st.sampled_from([b"", b"\xff\xd8\xff\x00\x00", b"\x00" * 50, b'{"text": "The storm"', gzip.compress(KEPT)[:-9]])
numbers = st.integers(0, 30)


def packed(name, data):
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else data


def pick(some, number):
    return some[number % len(some)]


class Updates(RuleBasedStateMachine):
    """Sources that are edited, an archive that is updated, and its twin that is rebuilt of the same files elsewhere."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.clock = make_small(self.patch, sample=SAMPLE)
        self.times = LONG_AGO
        self.generation = None
        self.uncompared = frozenset()

    @initialize(several=st.booleans(), first=st.lists(st.tuples(st.sampled_from(TEXTS), texts()), max_size=3))
    def begin(self, several, first):
        self.roots = ["wire", "more"] if several else ["wire"]
        for root in self.roots:
            self.write(Path(root, "keep.txt"), KEPT, is_old=True)
        for name, data in first:
            self.write(Path("wire", name), packed(name, data), is_old=True)
        self.settings, self.twin_settings = (
            settings_of(self.folder / "index"),
            settings_of(self.folder / "twin", keep=99),
        )
        self.archive, self.twin = (Archive(each.index, each) for each in (self.settings, self.twin_settings))
        rebuild(self.sources("live"), self.archive, self.settings, force=True)
        # By the generation: that of the twin, the files as they were read, whether nothing in it waits to be read.
        self.states = {}
        self.keep_up(self.files(), is_exact=True)
        self.compare()

    def teardown(self):
        self.patch.undo()
        if self.generation is not None:
            self.generation.engine.close()
        shutil.rmtree(self.folder)

    # The files

    def sources(self, where):
        return [self.folder / where / root for root in self.roots]

    def files(self):
        """Return the bytes of all files, by their paths; of a pipe, None."""
        live = self.folder / "live"
        found = sorted(path for path in live.rglob("*") if not path.is_dir())
        return {path.relative_to(live): path.read_bytes() if path.is_file() else None for path in found}

    def write(self, name, data, *, is_old):
        path = self.folder / "live" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data) if data is not None else os.mkfifo(path)
        self.date(path, is_old=is_old)

    def date(self, path, *, is_old):
        """Give a file a time of change of its own; of one that is not old, the index cannot trust it."""
        self.times += 1
        if is_old:
            os.utime(path, (self.times, self.times))

    def some_file(self, number):
        """Return one of the files, but for those that stay."""
        found = [name for name in self.files() if name.name != "keep.txt"]
        return pick(found, number) if found else None

    @rule(root=numbers, name=st.sampled_from(TEXTS), data=texts(), is_old=st.booleans())
    def put_text(self, root, name, data, is_old):
        self.write(Path(pick(self.roots, root), name), packed(name, data), is_old=is_old)

    @rule(root=numbers, name=st.sampled_from(LINES), data=st.lists(lines, max_size=5), is_old=st.booleans())
    def put_lines(self, root, name, data, is_old):
        self.write(Path(pick(self.roots, root), name), packed(name, "\n".join(data).encode()), is_old=is_old)

    @rule(
        root=numbers,
        name=st.sampled_from([*ARRAYS, *LINES]),
        data=st.lists(records(), max_size=4),
        indent=st.sampled_from([None, 1]),
    )
    def put_array(self, root, name, data, indent):
        self.write(
            Path(pick(self.roots, root), name), packed(name, json.dumps(data, indent=indent).encode()), is_old=True
        )

    @rule(
        number=numbers,
        edits=st.lists(st.tuples(st.sampled_from("idcrm"), numbers, numbers, lines), min_size=1, max_size=3),
    )
    def edit_lines(self, number, edits):
        """Insert, delete, change, repeat and move lines."""
        found = [name for name, data in self.files().items() if name.name in LINES and data]
        if not found:
            return
        name = pick(found, number)
        data = (self.folder / "live" / name).read_bytes()
        try:
            kept = (gzip.decompress(data) if name.suffix == ".gz" else data).decode().split("\n")
        except (OSError, EOFError, UnicodeDecodeError):
            return
        for kind, at, to, line in edits:
            place = at % len(kept) if kept else 0
            if kind == "i" or not kept:
                kept.insert(place, line)
            elif kind == "c":
                kept[place] = line
            elif kind == "r":
                kept.insert(to % (len(kept) + 1), kept[place])
            else:
                taken = kept.pop(place)
                if kind == "m":
                    kept.insert(to % (len(kept) + 1), taken)
        self.write(name, packed(name.name, "\n".join(kept).encode()), is_old=True)

    @rule(root=numbers, name=st.sampled_from([*NAMES, "photo.jpg", ".hidden.txt"]), data=st.one_of(odd, st.none()))
    def put_something_odd(self, root, name, data):
        self.write(Path(pick(self.roots, root), name), data, is_old=True)

    @rule(number=numbers)
    def remove(self, number):
        if name := self.some_file(number):
            (self.folder / "live" / name).unlink()

    @rule(number=numbers, root=numbers, to=st.sampled_from(NAMES))
    def rename(self, number, root, to):
        if name := self.some_file(number):
            target = self.folder / "live" / pick(self.roots, root) / to
            target.parent.mkdir(exist_ok=True)
            (self.folder / "live" / name).rename(target)

    @rule(number=numbers, root=numbers, to=st.sampled_from(NAMES))
    def copy(self, number, root, to):
        if name := self.some_file(number):
            self.write(Path(pick(self.roots, root), to), self.files()[name], is_old=True)

    @rule(number=numbers, is_old=st.booleans())
    def touch(self, number, is_old):
        if name := self.some_file(number):
            self.date(self.folder / "live" / name, is_old=is_old)

    @rule(number=numbers)
    def take_back(self, number):
        """Let all files be what they were when some generation was built."""
        _, files, _ = pick(list(self.states.values()), number)
        for name in self.files().keys() - files.keys():
            (self.folder / "live" / name).unlink()
        for name, data in files.items():
            self.write(name, data, is_old=True)

    # The index

    @rule()
    def update(self):
        self.updated()

    @rule()
    def update_twice(self):
        self.updated()
        if self.is_exact:
            assert update([], self.archive, self.settings) is None

    @rule()
    def update_where_it_is_known_what_was_touched(self):
        _, before, _ = self.states[self.archive.current_id()]
        now = self.files()
        changed = {name for name in {*before, *now} if before.get(name, 0) != now.get(name, 0)}
        self.updated(touched=frozenset(str(self.folder / "live" / name) for name in changed))

    @rule(left=st.lists(numbers, min_size=1, max_size=2))
    def update_but_leave_some_files(self, left):
        _, before, _ = self.states[self.archive.current_id()]
        files = self.files()
        names = {pick(list(files), number) for number in left}
        kept = {
            name: before[name] if name in names else data
            for name, data in files.items()
            if not (name in names and name not in before)
        }
        leave = frozenset(str(self.folder / "live" / name) for name in names)
        self.updated(kept, leave=leave)

    def updated(self, files=None, **options):
        self.clock.pass_by()
        summary = update([], self.archive, self.settings, force=True, **options)
        # What is left is not read again, though it may depend on what changed.
        is_exact = "leave" not in options or not self.asks(options["leave"])
        if summary is not None:
            self.keep_up(self.files() if files is None else files, is_exact=is_exact)
            self.compare()
        elif "leave" not in options or (is_exact and self.is_exact):
            self.compare_with_a_rebuild(files)

    @rule()
    def compact(self):
        self.clock.pass_by()
        state = self.states[self.archive.current_id()]
        compact(self.archive, self.settings)
        self.states[self.archive.current_id()] = state
        self.compare()

    @precondition(lambda self: self.archive.kept()[0] < self.archive.current_id())
    @rule()
    def roll_back(self):
        self.archive.roll_back()
        self.twin.promote(self.states[self.archive.current_id()][0])
        self.compare()

    # What must hold

    @property
    def is_exact(self):
        return self.states[self.archive.current_id()][2]

    def asks(self, left):
        ledger = Ledger.read(self.archive.path_of(self.archive.current_id()))
        units = ledger["unit_asked"] > 0
        named = set(map(printable, left))
        return any(ledger.files[file].real in named for file in ledger["unit_file"][units].tolist())

    def keep_up(self, files, *, is_exact):
        """Rebuild the twin of files with these bytes."""
        self.mirror(files)
        rebuild(self.sources("mirror"), self.twin, self.twin_settings, force=True)
        self.states[self.archive.current_id()] = (self.twin.current_id(), files, is_exact)

    def mirror(self, files):
        shutil.rmtree(self.folder / "mirror", ignore_errors=True)
        for name, data in files.items():
            path = self.folder / "mirror" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data) if data is not None else os.mkfifo(path)

    def compare(self):
        """Hold what serves, opened anew and opened beside what was open, against the twin."""
        before, self.generation = self.generation, opened(self.archive, before=self.generation)
        if before is not None:
            before.engine.close()
        if not self.is_exact:
            self.uncompared = WHEN  # what waits to be read changes later than in the twin
            return
        twin = opened(self.twin)
        try:
            assert_same_answers(answers_of(self.generation), answers_of(twin), but=self.uncompared)
        finally:
            twin.engine.close()
        self.compare_memory(self.twin)

    def compare_memory(self, other):
        found, right = (
            remembered(each.path_of(each.current_id()), self.folder / where)
            for each, where in ((self.archive, "live"), (other, "mirror"))
        )
        assert_same_memory(found, right)

    def compare_with_a_rebuild(self, files):
        """Hold what serves against a rebuild of the files now, which differ in nothing that counts."""
        self.mirror(self.files() if files is None else files)
        shutil.rmtree(self.folder / "fresh", ignore_errors=True)
        anew = settings_of(self.folder / "fresh")
        fresh = Archive(anew.index, anew)
        rebuild(self.sources("mirror"), fresh, anew, force=True)
        generation = opened(fresh)
        try:
            assert_same_answers(answers_of(self.generation), answers_of(generation), but=WHEN)
        finally:
            generation.engine.close()


Updates.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=20, deadline=None, print_blob=True)
test_every_answer_is_the_one_that_a_rebuild_gives = Updates.TestCase
