"""Sources -> a new generation: read, analyse, build aside, verify, promote. The writing half of Dateline."""

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search import engines
from search.analysing import Analysis, rubbish_left
from search.archive import Archive
from search.articles import Article, Note
from search.changes import Comparison, compare
from search.index_folder import SELF_CHECKED
from search.job import Job, made_by, now_in_seconds, today
from search.known_units import asks_again
from search.language import Analyzer, SentenceModel
from search.learned import Sum
from search.learning import Lessons, lessons_of, shifts_of
from search.ledger import Ledger
from search.manifest import Manifest
from search.reading import FoundFiles
from search.reading.context import reading_context
from search.reading.uniqueness import Uniqueness, text_hash_of
from search.reading.units import Unit
from search.reporting import reporting_to
from search.settings import Settings
from search.source_files import source_files, touched_files
from search.tally import Changes, Report, Summary
from search.updating import RebuildNeeded, Update, compacted, read_ledger

_log = logging.getLogger(__name__)


def rebuild(
    sources: Sequence[Path],
    archive: Archive,
    settings: Settings,
    *,
    strict: bool = False,
    force: bool = False,
    report: Report = lambda _: None,
    report_file: Path | None = None,
) -> Summary:
    """Build a new generation from sources and let it serve.

    All that was noticed is written to `report_file`, also where the new generation is refused.

    Raises:
        RebuildRefused: another rebuild runs; no article was found; or the archive would shrink by more than half
            and `force` was not given. What served goes on serving.
        ArticleError: a source cannot be read as an article and `strict` was given.
        EngineError: what was built is not what was read.
    """
    with _building(sources, archive, settings, strict=strict, report=report, report_file=report_file) as job:
        began = time.time_ns()
        found = source_files(sources, archive, settings)
        return _Rebuild(job, found, compare(found.files, Ledger(), read_at=began)).run(force=force, changes=None)


def update(
    sources: Sequence[Path],
    archive: Archive,
    settings: Settings,
    *,
    strict: bool = False,
    force: bool = False,
    report: Report = lambda _: None,
    report_file: Path | None = None,
    leave: frozenset[str] = frozenset(),
    touched: frozenset[str] | None = None,
) -> Summary | None:
    """Bring the archive up to date with its sources; None where no file was added, changed or removed.

    Without `sources`, those of the generation that serves; with the engine that was asked for when it was built, unless
    another is asked for now. Only what was added or changed is read; afterwards every answer is the one that a rebuild
    would give. Files to `leave`, by their real paths, stay as they are in the index: they are still being written.
    Where it is known that only those `touched` may have changed, by their real paths, the others are not looked at.

    Raises what `rebuild` does, and IndexDamaged or IndexOutdated, with nothing done, where what serves cannot be read.
    """
    building = partial(_building, strict=strict, report=report, report_file=report_file)
    since = _since(sources, archive, settings, leave=leave, touched=touched)
    if since.is_nothing:
        return None
    if since.is_as_built:
        try:
            with building(since.sources, archive, since.settings) as job:
                if archive.current_id() == since.manifest.id:
                    job.leave_out(since.found.left_out, since.left_out)
                    return Update(job, since.manifest, since.ledger, since.comparison).run(force=force)
        except RebuildNeeded as reason:
            _log.info("All is read again: %s", reason)
        else:  # another build ended meanwhile
            return update(
                sources, archive, settings, strict=strict, force=force, report=report, report_file=report_file,
                leave=leave,
            )  # fmt: skip
    # Of a file that is read as it is now nothing older is kept; one that is not known yet can wait.
    unknown = leave - {file.real for file in since.ledger.files}
    comparison = compare(since.found.files, since.ledger, read_at=since.comparison.read_at, leave=unknown)
    with building(since.sources, archive, since.settings) as job:
        return _Rebuild(job, since.found, comparison).run(force=force, changes=comparison.changes)


@contextlib.contextmanager
def _building(
    sources: Sequence[Path],
    archive: Archive,
    settings: Settings,
    *,
    strict: bool,
    report: Report,
    report_file: Path | None,
) -> Iterator[Job]:
    """Give a job that builds a generation in a folder of its own, and write its report."""
    with archive.building() as folder:
        job = Job(folder, tuple(sources), archive, settings, report, strict=strict)
        with reporting_to(report_file, job.tally, archive.folder):
            yield job


class _Since(NamedTuple):
    """What serves, by what it was built, and how its sources differ now.

    `left_out` counts files that are no articles by their names; it `is_as_built` if this version would build it alike.
    """

    manifest: Manifest
    ledger: Ledger
    sources: tuple[Path, ...]
    settings: Settings
    found: FoundFiles
    left_out: int
    comparison: Comparison
    is_as_built: bool

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to do."""
        is_same = self.comparison.changes == Changes(0, 0, 0) and self.left_out == self.manifest.left_out
        context = reading_context(self.settings, today())
        return self.is_as_built and is_same and not asks_again(self.ledger, context)


def _since(
    sources: Sequence[Path],
    archive: Archive,
    settings: Settings,
    *,
    leave: frozenset[str],
    touched: frozenset[str] | None,
) -> _Since:
    manifest = archive.check(but=SELF_CHECKED)
    sources = tuple(sources) or tuple(map(Path, manifest.sources))
    settings = _as_built(settings, manifest)
    ledger, began = read_ledger(archive, manifest), time.time_ns()
    found = touched_files(sources, archive, settings, ledger, touched) if touched is not None else None
    left_out = manifest.left_out
    if found is None:
        found = source_files(sources, archive, settings)
        left_out = len(found.left_out)
    comparison = compare(found.files, ledger, read_at=began, leave=leave)
    kind = engines.kind(engines.choose(settings).name, settings)
    built = (manifest.engine, manifest.engine_version, manifest.analysis)
    now = (kind.name, kind.version, Analyzer(settings.language).fingerprint)
    is_as_built = built == now and ledger.made_by == made_by(settings)
    return _Since(manifest, ledger, sources, settings, found, left_out, comparison, is_as_built)


def compact(archive: Archive, settings: Settings, *, report: Report = lambda _: None) -> Summary:
    """Build a generation that holds the same articles in as few segments as can be, without what was deleted.

    Raises IndexMissing, IndexDamaged, IndexOutdated or RebuildRefused, with nothing done.
    """
    with archive.building() as folder:
        manifest, _ = archive.checked(archive.current_id(), but=SELF_CHECKED)
        ledger = read_ledger(archive, manifest)
        sources = tuple(map(Path, manifest.sources))
        job = Job(folder, sources, archive, _as_built(settings, manifest), report, strict=False)
        return compacted(job, manifest, ledger)


def changed_since(archive: Archive, manifest: Manifest, settings: Settings) -> Changes:
    """Return how the files that a generation was built from differ on disk now.

    Raises SettingsError where a source is not there any more, IndexDamaged where it is not known what was read.
    """
    found = source_files(tuple(map(Path, manifest.sources)), archive, _as_built(settings, manifest))
    return compare(found.files, read_ledger(archive, manifest), read_at=0).changes


def _as_built(settings: Settings, manifest: Manifest) -> Settings:
    """Return settings with what was asked for when a generation was built, and is not asked otherwise now."""
    if settings.engine == "auto" and manifest.engine_reason == engines.AS_ASKED:
        # Who asked for an engine once need not ask again each time that a file changes.
        settings = replace(settings, engine=manifest.engine)
    return replace(
        settings,
        encoding=settings.encoding or manifest.encoding,
        follow_links=settings.follow_links or manifest.follow_links,
    )


class _Rebuild:
    """A generation that is built whole."""

    def __init__(self, job: Job, found: FoundFiles, comparison: Comparison) -> None:
        self._job = job
        self._found = found
        self._comparison = comparison
        self._files = comparison.files
        self._uniqueness = Uniqueness()

    def run(self, *, force: bool, changes: Changes | None) -> Summary:
        """Learn, read, build, verify, promote."""
        job, files = self._job, self._files
        seen = job.seen()
        job.leave_out(self._found.left_out, len(self._found.left_out))
        job.will_read(files)
        shifts = shifts_of(files)
        with rubbish_left():
            lessons = lessons_of(files, shifts, job.context)
            learned_sum = Sum().count(lessons.all())
            job.context = replace(job.context, survey=learned_sum.survey())
            sentences = SentenceModel.train(lessons.texts(files))
            self._build(lessons, sentences, force=force)
        now = now_in_seconds()
        job.arrivals.save(job.folder, seen, now)
        tried = np.fromiter(self._uniqueness.tried, np.uint64, len(self._uniqueness.tried))
        built = replace(job.built.ledger(), learned_sum=learned_sum, tried=tried)
        ledger = job.ledger_of(built, self._comparison, shifts)
        counts = job.finish(ledger, sentences, now, None)
        return job.summary(counts, ledger, changes)

    def _build(self, lessons: Lessons, sentences: SentenceModel, *, force: bool) -> None:
        job = self._job
        processes = job.settings.processes
        with Analysis(job.kind, job.analyzer, sentences, folder=job.folder, processes=processes) as analysis:
            builder = job.kind.builder(job.folder)
            try:
                for articles, prepared in analysis.prepared(self._articles(lessons)):
                    builder.add(articles, prepared)
                    job.count_added(articles)
                job.check_size(job.tally.paragraphs, force=force)
                job.tell("reading")
                job.tell("writing")
                builder.finish(analysis.stems)
            except BaseException:  # also Ctrl-C: raised again, with nothing half-built left
                builder.cancel()
                raise

    def _articles(self, lessons: Lessons) -> Iterator[Article]:
        job, uniqueness = self._job, self._uniqueness
        numbers = {file.real: number for number, file in enumerate(self._files)}
        for reading in job.read(self._files):
            if isinstance(reading, Unit):
                job.built.learn(lessons.take(reading.file.real, reading.key))
                job.built.end_unit(reading.key, numbers[reading.file.real], reading.asked)
                continue
            article, where = reading
            for each in uniqueness.checked(article, where):
                if isinstance(each, Note):
                    job.tally.notes.append(each)
                    continue
                text = text_hash_of(article)
                job.built.add_article(article, text=text, kept_as=each.id, number=job.built.articles)
                yield each
