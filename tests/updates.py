"""What tests of updates share: all that an archive answers and remembers, to hold it against that of a rebuild."""

import datetime
import json
import math
import os
import shutil
from dataclasses import replace
from functools import partial

import pytest
from archives import tree

from search import indexing, learning, updating
from search.archive import Archive
from search.engines.base import FACETS, Ask, Group, Scope, Sort
from search.engines.whoosh import engine, merge_policy
from search.engines.whoosh.engine import WhooshKind
from search.job import now_in_seconds
from search.ledger import KINDS, Ledger
from search.query.nodes import Everything, Fuzzy, Term, Wildcard
from search.reading import survey
from search.settings import Settings

EVERYTHING = 1_000
LONG_AGO = 1_600_000_000
QUERIES = (
    "the", "ferry", "=ferries", "storm OR harbour", '"the harbour"', '"harbour the"~4', "ferr*", "st*m", "ferri~1",
    "storm -harbour", "NOT storm", "ferry w/5 storm", "the w/s ltd", "the not w/s storm", "title:storm", "muller",
    "caps(US)", "us", "e-mail", "island", "is land", "hlead(storm)", "atleast/2(the)", "words:>6", "x~2",
    'place:"sao paulo"', "place:oslo", "agency:reuters", "country:norway", "byline:maria", "section:sport",
    "date:2021-03", "date:2021-04-03", "date:none", "zażółć", "буря", "gest~1",
)  # fmt: skip
SORTED = ("the", "NOT storm")
PREFIXES = ("", "s", "fe", "mu", "zaz")
MISSPELLED = ("stom", "fery", "isl", "harbr")
COUNTED = (
    "articles", "paragraphs", "tokens", "undated", "without_place", "rejected", "notes", "first_day", "last_day",
)  # fmt: skip


def settings_of(index, **changes):
    return Settings(**{"index": index, "processes": 1, "query_seconds": 60.0, "keep": 3, **changes})


def opened(archive, generation_id=None, before=None):
    return archive.open(generation_id or archive.current_id(), cache_bytes=1 << 20, seconds=60.0, before=before)


def answers_of(generation):
    """Return all that an open generation answers, by what was asked; scores apart from all else."""
    asked, found, scores = generation.engine, {}, {}
    for text in QUERIES:
        node = tree(text)
        for scope in Scope:
            ask = Ask(node, scope=scope, group=Group.NONE, size=EVERYTHING, facets=(*FACETS, "date"))
            found[text, scope] = _told(asked.search(ask), scores, (text, scope))
        grouped = asked.search(Ask(node, group=Group.ARTICLE, size=EVERYTHING))
        found[text, "grouped"] = [(hit.card.id, hit.position.paragraph, hit.more) for hit in grouped.hits]
        found[text, "count"] = asked.count(node)
        if isinstance(node, Term | Wildcard | Fuzzy):
            found[text, "forms"] = asked.forms(node)
    for text in SORTED:
        for sort in Sort:
            ask = Ask(tree(text), group=Group.NONE, sort=sort, size=EVERYTHING)
            found[text, sort] = [_place(hit) for hit in asked.every(ask)]
    for text in PREFIXES:
        found[text, "completions"] = list(asked.completions(text, limit=200))
    for text in MISSPELLED:
        found[text, "similar"] = list(asked.similar_forms(text, limit=9))
    found["months"] = list(asked.months_held())
    found["counts"] = asked.counts()
    found["sentences"] = generation.sentences.learned
    found["manifest"] = {name: getattr(generation.manifest, name) for name in COUNTED}
    ids = sorted({hit.card.id for hit in asked.every(Ask(Everything(), group=Group.ARTICLE, size=EVERYTHING))})
    found["articles"] = [asked.article(each) for each in ids]
    found["seen"] = [(each, generation.seen.of(each)) for each in ids]
    return found, scores


def _told(answer, scores, asked):
    scores[asked] = [hit.score for hit in answer.hits]
    hits = [(_place(hit), hit.card, hit.text, hit.more, hit.lead) for hit in answer.hits]
    return answer.paragraphs, answer.articles, answer.facets, hits


def _place(hit):
    return hit.card.id, hit.position.paragraph


def assert_same_answers(found, right, *, but=()):
    """Hold all that one generation answers against what another does, but for some of it."""
    (answers, scores), (right_answers, right_scores) = found, right
    assert answers.keys() == right_answers.keys()
    for asked, answer in answers.items():
        if asked not in but:
            assert answer == right_answers[asked], asked
    for asked, numbers in scores.items():
        assert all(map(partial(math.isclose, rel_tol=1e-9), numbers, right_scores[asked])), asked


# When articles came is of the archive, not of its files.
WHEN = frozenset({*((text, Sort.RECENT) for text in SORTED), "seen"})


def remembered(folder, root):
    """Return what a generation remembers of its files below a folder, but for the numbers of articles and times."""
    ledger = Ledger.read(folder)
    columns = {name: each.tolist() for name, each in ledger.columns.items() if name != "article_number"}
    questions, numbers = ledger.questions, iter(columns.pop("asked_question"))
    asked = [sorted(repr(questions[next(numbers)]) for _ in range(count)) for count in columns["unit_asked"]]
    # Notes of one unit are in no order.
    noted = sorted(zip(columns.pop("note_unit"), columns.pop("note_kind"), strict=True))
    return {
        **columns,
        "asked": asked,
        "noted": [(unit, str(KINDS[kind])) for unit, kind in noted],
        "files": [(each.real.removeprefix(str(root)), each.name, each.size, each.checksum) for each in ledger.files],
        "learned": {unit: (each.survey, each.texts) for unit, each in ledger.learned.items()},
        "learned_sum": ledger.learned_sum,
        "own_ids": ledger.own_ids,
        "shifts": ledger.shifts,
    }


def assert_same_memory(found, right):
    for name, value in found.items():
        assert value == right[name], name


class Clock:
    """Instants at which generations are built, a minute after each other."""

    def __init__(self):
        self.now = now_in_seconds()

    def __call__(self):
        return self.now

    def pass_by(self):
        self.now += datetime.timedelta(minutes=1)


def make_small(patch: pytest.MonkeyPatch, *, sample: int, segments: int = 3, tokens: int = 200) -> Clock:
    """Let samples and segments be small, so that little text does what much would; return the clock that is set."""
    patch.setattr(learning, "shift_of", partial(survey.shift_of, sample=sample))
    patch.setattr(learning, "TRAINING_CHARACTERS", sample // 2)
    patch.setattr(survey, "_LEAST", sample // 4)
    patch.setattr(merge_policy, "MOST_SEGMENTS", segments)
    patch.setattr(engine, "WhooshKind", partial(WhooshKind, segment_tokens=tokens))
    clock = Clock()
    patch.setattr(indexing, "now_in_seconds", clock)
    patch.setattr(updating, "now_in_seconds", clock)
    return clock


class Wire:
    """A folder of files that were finished long ago, each at a time of its own, and an index of it beside it."""

    def __init__(self, folder, **changes):
        self.folder, self.source = folder, folder / "wire"
        self.settings = settings_of(folder / "index", **changes)
        self.archive = Archive(self.settings.index, self.settings)
        self.times = LONG_AGO
        self.write("keep.txt", "OSLO, March 1 (Reuters) - The storm kept the ferry in the harbour.")

    def write(self, name, text):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.times += 1
        os.utime(path, (self.times, self.times))

    def write_lines(self, name, *records):
        self.write(name, "".join(json.dumps(record) + "\n" for record in records))

    def remove(self, name):
        (self.source / name).unlink()

    def paths(self, *names):
        return frozenset(str(self.source / name) for name in names)

    def rebuild(self, where="index"):
        anew = replace(self.settings, index=self.folder / where)
        archive = Archive(anew.index, anew)
        return archive, indexing.rebuild([self.source], archive, anew, force=True)

    def update(self, **options):
        return indexing.update([], self.archive, self.settings, force=True, **options)

    def compact(self):
        return indexing.compact(self.archive, self.settings)

    @property
    def path(self):
        return self.archive.path_of(self.archive.current_id())

    def answers(self, archive=None):
        generation = opened(archive or self.archive)
        try:
            return answers_of(generation)
        finally:
            generation.engine.close()

    def ids(self):
        return [article.id for article in self.answers()[0]["articles"]]

    def assert_as_rebuilt(self):
        """Hold what it answers and remembers against a rebuild of the same files."""
        shutil.rmtree(self.folder / "fresh", ignore_errors=True)
        fresh, _ = self.rebuild("fresh")
        assert_same_answers(self.answers(), self.answers(fresh), but=WHEN)
        assert_same_memory(remembered(self.path, ""), remembered(fresh.path_of(fresh.current_id()), ""))
