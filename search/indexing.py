"""Sources -> a new generation: read, analyse, build aside, verify, promote. The writing half of Dateline."""

import datetime
import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import orjson

from search import engines
from search.analysing import Analysis, rubbish_left
from search.archive import Archive
from search.articles import Article, Note
from search.engines.base import Counts
from search.errors import ArticleError, DatelineError, IndexDamaged, RebuildRefused
from search.language import Analyzer, SentenceModel
from search.manifest import Manifest
from search.reading import FoundFiles, SourceFile, printable, read_files, real_path
from search.reading.context import reading_context
from search.reading.survey import survey
from search.reporting import count_notes, reporting_to
from search.seen import SEEN_FILE, Arrivals, Seen
from search.settings import Settings
from search.source_files import SOURCES_FILE, checksums_of, known_checksums, source_files
from search.tally import PROMOTING, Changes, Progress, Report, Summary, Tally
from search.verifying import verify

# A rebuild that keeps less than this share of the paragraphs asks for --force.
LEAST_KEPT = 0.5
_SECONDS_BETWEEN_REPORTS = 0.1


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
    with archive.building() as folder:
        job = _Rebuild(folder, tuple(sources), archive, settings, report)
        with reporting_to(report_file, job.tally, archive.folder):
            return job.run(strict=strict, force=force)


def update(
    sources: Sequence[Path],
    archive: Archive,
    settings: Settings,
    *,
    strict: bool = False,
    force: bool = False,
    report: Report = lambda _: None,
    report_file: Path | None = None,
) -> Summary | None:
    """Bring the archive up to date with its sources; None where no file was added, changed or removed.

    Without `sources`, those of the generation that serves; with the engine that was asked for when it was built, unless
    another is asked for now. A generation never changes, so the new one is built whole; the files' checksums decide
    whether there is a need to. Raises IndexDamaged, with nothing done, where what serves is not what was built.
    """
    manifest = archive.check()
    sources = tuple(sources) or tuple(Path(source) for source in manifest.sources)
    if settings.engine == "auto" and manifest.engine_reason == engines.AS_ASKED:
        # Who asked for an engine once need not ask again each time that a file changes.
        settings = replace(settings, engine=manifest.engine)
    settings = replace(
        settings,
        encoding=settings.encoding or manifest.encoding,
        follow_links=settings.follow_links or manifest.follow_links,
    )
    known = known_checksums(archive, manifest)
    listed = source_files(sources, archive, settings)
    found = checksums_of(listed.files)
    changes = Changes(
        added=len(found.keys() - known.keys()),
        changed=sum(1 for name in found.keys() & known.keys() if found[name] != known[name]),
        removed=len(known.keys() - found.keys()),
    )
    kind = engines.kind(engines.choose(settings).name, settings)
    built = (manifest.engine, manifest.engine_version, manifest.analysis)
    if changes == Changes(0, 0, 0) and built == (kind.name, kind.version, Analyzer(settings.language).fingerprint):
        return None
    with archive.building() as folder:
        job = _Rebuild(folder, tuple(sources), archive, settings, report, changes=changes, listed=(listed, found))
        with reporting_to(report_file, job.tally, archive.folder):
            return job.run(strict=strict, force=force)


class _Rebuild:
    """One rebuild, into `folder`."""

    def __init__(
        self,
        folder: Path,
        sources: tuple[Path, ...],
        archive: Archive,
        settings: Settings,
        report: Report,
        *,
        changes: Changes | None = None,
        listed: tuple[FoundFiles, dict[str, str]] | None = None,
    ) -> None:
        self._folder = folder
        self._sources = sources
        self._archive = archive
        self._settings = settings
        self._report = report
        self._changes = changes
        self._listed = listed
        self._analyzer = Analyzer(settings.language)
        self.tally = Tally()
        self._arrivals = Arrivals()
        self._bytes_in_all = 0
        self._added_articles = self._added_paragraphs = 0
        self._told = 0.0
        self._started = time.monotonic()

    def run(self, *, strict: bool, force: bool) -> Summary:
        """Read, build, verify, promote."""
        self._strict = strict
        seen = self._seen()
        found, checksums = self._listed or self._list()
        files = found.files
        self.tally.left_out = list(found.left_out)
        self._bytes_in_all = sum(file.size for file in files)
        articles = self._articles(files)
        with rubbish_left():
            first = self._first_articles(articles)
            self._choice = engines.choose(self._settings)
            self._kind = engines.kind(self._choice.name, self._settings)
            sentences = SentenceModel.train(self.tally.sample)
            self._build(first, articles, sentences, force=force)
        self._tell("verifying")
        counts = self._verify()
        (self._folder / SOURCES_FILE).write_bytes(orjson.dumps(checksums))
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        self._arrivals.save(self._folder, seen, now)
        self._archive.seal(self._folder, self._manifest(counts, checksums, now), sentences)
        self._tell(PROMOTING)
        self._archive.promote(self._folder.name)
        self._archive.prune(self._settings.keep)
        return self._summary()

    def _seen(self) -> Seen:
        """Return when articles came, as far as that can be read: a rebuild is what mends a damaged index."""
        try:
            return self._archive.seen()
        except IndexDamaged as error:
            self.tally.notes.append(Note(SEEN_FILE, f"{error}; all articles count as new"))
            return Seen.nothing()

    def _first_articles(self, articles: Iterator[Article]) -> list[Article]:
        """Return as many as decide where sentences end."""
        first = []
        for article in articles:
            first.append(article)
            if self.tally.has_sample:
                break
        return first

    def _build(
        self, first: Sequence[Article], others: Iterator[Article], sentences: SentenceModel, *, force: bool
    ) -> None:
        processes = self._settings.processes
        with Analysis(self._kind, self._analyzer, sentences, folder=self._folder, processes=processes) as analysis:
            builder = self._kind.builder(self._folder)
            try:
                for articles, prepared in analysis.prepared(chain(first, others)):
                    builder.add(articles, prepared)
                    self._count_added(articles)
                self._check_size(force=force)
                self._tell("reading")
                self._tell("writing")
                builder.finish(analysis.stems)
            except BaseException:  # also Ctrl-C: raised again, with nothing half-built left
                builder.cancel()
                raise

    def _list(self) -> tuple[FoundFiles, dict[str, str]]:
        """The files to read and their checksums, before reading: what changes meanwhile, the next update sees so."""
        found = source_files(self._sources, self._archive, self._settings)
        return found, checksums_of(found.files)

    def _articles(self, files: Sequence[SourceFile]) -> Iterator[Article]:
        tally = self.tally

        def on_bytes(number: int) -> None:
            tally.bytes_read += number

        context = reading_context(self._settings, datetime.datetime.now().astimezone().date())
        context = replace(context, survey=survey(files, context=context))
        for reading in read_files(files, context=context, on_bytes=on_bytes):
            match reading:
                case Article():
                    tally.count(reading)
                    yield reading
                case Note():
                    tally.notes.append(reading)
                case ArticleError():
                    if self._strict:
                        raise reading
                    tally.rejected.append(reading)

    def _count_added(self, articles: Sequence[Article]) -> None:
        for article in articles:
            self._arrivals.add(article)
        self._added_articles += len(articles)
        self._added_paragraphs += sum(len(article.paragraphs) for article in articles)
        if (now := time.monotonic()) - self._told > _SECONDS_BETWEEN_REPORTS:
            self._told = now
            self._tell("reading")

    def _tell(self, stage: str) -> None:
        tally = self.tally
        # Articles are read ahead of what is done with them, many of them at first.
        done = self._added_paragraphs / max(tally.paragraphs, 1)
        self._report(
            Progress(
                stage,
                self._added_articles,
                self._added_paragraphs,
                len(tally.rejected),
                round(tally.bytes_read * done),
                self._bytes_in_all,
                time.monotonic() - self._started,
            )
        )

    def _check_size(self, *, force: bool) -> None:
        new = self.tally.paragraphs
        if not new:
            where = ", ".join(map(str, self._sources))
            reasons = (
                f"; the first of {len(self.tally.rejected)}: {self.tally.rejected[0]}" if self.tally.rejected else ""
            )
            raise RebuildRefused(f"No article was found in {where}{reasons}. The index is as it was.")
        try:
            old = self._archive.manifest(self._archive.current_id()).paragraphs
        except DatelineError:
            return  # nothing that serves could be lost
        if new < old * LEAST_KEPT and not force:
            raise RebuildRefused(
                f"The archive would shrink from {old:,} to {new:,} paragraphs, so nothing was changed; "
                "if that is meant, add --force."
            )

    def _verify(self) -> Counts:
        """Open what was built, and compare it with what was read."""
        engine = self._kind.open(self._folder, self._analyzer, cache_bytes=1 << 24, seconds=60.0)
        try:
            return verify(engine, self.tally, self._analyzer)
        finally:
            engine.close()

    def _manifest(self, counts: Counts, checksums: dict[str, str], now: datetime.datetime) -> Manifest:
        tally = self.tally
        return Manifest(
            id=self._folder.name,
            built_at=now.isoformat().replace("+00:00", "Z"),
            engine=self._kind.name,
            engine_version=self._kind.version,
            engine_reason=self._choice.reason,
            language=self._analyzer.language,
            analysis=self._analyzer.fingerprint,
            articles=counts.articles,
            paragraphs=counts.paragraphs,
            tokens=counts.tokens,
            first_day=tally.first_day.isoformat() if tally.first_day else None,
            last_day=tally.last_day.isoformat() if tally.last_day else None,
            undated=tally.undated,
            without_place=tally.without_place,
            rejected=len(tally.rejected),
            left_out=len(tally.left_out),
            notes=count_notes(tally.notes),
            encoding=self._settings.encoding,
            follow_links=self._settings.follow_links,
            sources=[printable(real_path(source)) for source in self._sources],
            source_digest=hashlib.sha256(orjson.dumps(checksums, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        )

    def _summary(self) -> Summary:
        tally = self.tally
        return Summary(
            generation_id=self._folder.name,
            engine=self._choice.name,
            engine_reason=self._choice.reason,
            articles=tally.articles,
            paragraphs=tally.paragraphs,
            first_day=tally.first_day,
            last_day=tally.last_day,
            rejected=tuple(tally.rejected),
            notes=tuple(tally.notes),
            seconds=time.monotonic() - self._started,
            text_bytes=tally.text_bytes,
            index_bytes=sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file()),
            changes=self._changes,
            undated=tally.undated,
            without_place=tally.without_place,
            first_undated=tally.first_undated,
            left_out=tuple(tally.left_out),
        )
