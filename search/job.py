"""What a rebuild and an update have in common: reading, telling how far it is, sealing a generation, summing up."""

import datetime
import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import orjson

from search import engines
from search.archive import Archive
from search.articles import Article, Note
from search.changes import Comparison
from search.engines.base import Counts, Engine
from search.engines.kinds import EngineKind
from search.errors import ArticleError, DatelineError, IndexDamaged, RebuildRefused
from search.language import Analyzer, SentenceModel
from search.ledger import Ledger, LedgerBuilder
from search.manifest import Manifest
from search.reading import ReadingContext, SourceFile, printable, real_path
from search.reading.context import reading_context
from search.reading.units import IsKnown, Unit, none_known, read_units
from search.seen import SEEN_FILE, Arrivals, Seen
from search.settings import Settings
from search.tally import PROMOTING, Changes, Progress, Report, Summary, Tally
from search.verifying import verify

# What keeps less than this share of the paragraphs asks for --force.
LEAST_KEPT = 0.5
_SECONDS_BETWEEN_REPORTS = 0.1
# An article, and where it is in its file, such as "line 12".
ReadArticle = tuple[Article, str | None]


class Job:
    """One rebuild or update, into `folder`."""

    def __init__(
        self,
        folder: Path,
        sources: Sequence[Path],
        archive: Archive,
        settings: Settings,
        report: Report,
        *,
        strict: bool,
    ) -> None:
        self.folder = folder
        self.archive = archive
        self.settings = settings
        self.analyzer = Analyzer(settings.language)
        self.choice = engines.choose(settings)
        self.kind: EngineKind = engines.kind(self.choice.name, settings)
        self.tally = Tally()
        self.left_out = 0
        self.arrivals = Arrivals()
        self.built = LedgerBuilder()
        self.context: ReadingContext = reading_context(settings, today())
        self._sources = sources
        self._report = report
        self._strict = strict
        self._bytes_in_all = 0
        self._added_articles = self._added_paragraphs = 0
        self._told = 0.0
        self._started = time.monotonic()

    def seen(self) -> Seen:
        """Return when articles came, as far as that can be read: a rebuild is what mends a damaged index."""
        try:
            return self.archive.seen()
        except IndexDamaged as error:
            self.tally.notes.append(Note(SEEN_FILE, f"{error}; all articles count as new"))
            return Seen.nothing()

    def read(self, files: Sequence[SourceFile], is_known: IsKnown = none_known) -> Iterator[ReadArticle | Unit]:
        """Yield the articles of files, each with where it is, and after those of each unit the unit.

        Raises:
            ArticleError: something is no article, and the job is strict.
        """
        for reading in read_units(files, context=self.context, is_known=is_known, on_bytes=self._count_bytes):
            match reading:
                case Unit():
                    yield reading
                case (Article() as article, where):
                    self.tally.count(article)
                    yield article, where
                case (Note() as note, _):
                    self.tally.notes.append(note)
                    self.built.add_note(note.kind)
                case (ArticleError() as error, _):
                    if self._strict:
                        raise error
                    self.tally.rejected.append(error)
                    self.built.add_rejected()

    def _count_bytes(self, number: int) -> None:
        self.tally.bytes_read += number

    def leave_out(self, files: Sequence[Note], number: int) -> None:
        """Note files that are no articles by their names, of so many in all."""
        self.tally.left_out = list(files)
        self.left_out = number

    def will_read(self, files: Sequence[SourceFile]) -> None:
        """Tell progress by the size of the files that will be read."""
        self._bytes_in_all = sum(file.size for file in files)

    def count_added(self, articles: Sequence[Article]) -> None:
        """Count articles that the engine was given."""
        for article in articles:
            self.arrivals.add(article)
        self._added_articles += len(articles)
        self._added_paragraphs += sum(len(article.paragraphs) for article in articles)
        if (now := time.monotonic()) - self._told > _SECONDS_BETWEEN_REPORTS:
            self._told = now
            self.tell("reading")

    def tell(self, stage: str) -> None:
        """Report how far it is; here it is stopped, too."""
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

    def check_size(self, paragraphs: int, *, force: bool) -> None:
        """Check that an archive of so many paragraphs may take the place of the one that serves.

        Raises:
            RebuildRefused: it may not.
        """
        if not paragraphs:
            where = ", ".join(map(str, self._sources))
            reasons = (
                f"; the first of {len(self.tally.rejected)}: {self.tally.rejected[0]}" if self.tally.rejected else ""
            )
            raise RebuildRefused(f"No article was found in {where}{reasons}. The index is as it was.")
        try:
            old = self.archive.manifest(self.archive.current_id()).paragraphs
        except DatelineError:
            return  # nothing that serves could be lost
        if paragraphs < old * LEAST_KEPT and not force:
            raise RebuildRefused(
                f"The archive would shrink from {old:,} to {paragraphs:,} paragraphs, so nothing was changed; "
                "if that is meant, add --force."
            )

    def finish(
        self, ledger: Ledger, sentences: SentenceModel, now: datetime.datetime, before: Manifest | None
    ) -> Counts:
        """Verify what was built, let it serve, and remove what is not kept; return what it holds.

        Files that the generation of the manifest `before` has, too, are not read again.
        """
        self.tell("verifying")
        ledger.save(self.folder)
        engine = self.kind.open(self.folder, self.analyzer, cache_bytes=1 << 24, seconds=60.0)
        try:
            counts = self._verified(engine, ledger)
        finally:
            engine.close()
        self.archive.seal(self.folder, self._manifest(counts, ledger, now), sentences, before=before)
        self.tell(PROMOTING)
        self.archive.promote(self.folder.name)
        self.archive.prune(self.settings.keep)
        return counts

    def _verified(self, engine: Engine, ledger: Ledger) -> Counts:
        paragraphs = int(ledger["article_paragraphs"].sum())
        return verify(engine, (ledger.articles, paragraphs), self.tally.probes, self.analyzer)

    def ledger_of(self, ledger: Ledger, comparison: Comparison, shifts: tuple[int, int]) -> Ledger:
        """Return a ledger with what it was made from, and how."""
        return replace(
            ledger,
            files=comparison.states_read(),
            shifts=shifts,
            has_left=bool(comparison.left),
            made_by=made_by(self.settings),
            day=self.context.today.isoformat(),
            read_at=comparison.read_at,
        )

    def _manifest(self, counts: Counts, ledger: Ledger, now: datetime.datetime) -> Manifest:
        first_day, last_day = ledger.days
        checksums = orjson.dumps(ledger.checksums, option=orjson.OPT_SORT_KEYS)
        return Manifest(
            id=self.folder.name,
            built_at=now.isoformat().replace("+00:00", "Z"),
            engine=self.kind.name,
            engine_version=self.kind.version,
            engine_reason=self.choice.reason,
            language=self.analyzer.language,
            analysis=self.analyzer.fingerprint,
            articles=counts.articles,
            paragraphs=counts.paragraphs,
            tokens=counts.tokens,
            first_day=first_day.isoformat() if first_day else None,
            last_day=last_day.isoformat() if last_day else None,
            undated=int((ledger["article_day"] == 0).sum()),
            without_place=int((~ledger["article_placed"]).sum()),
            rejected=len(ledger["rejected_unit"]),
            left_out=self.left_out,
            notes=ledger.noted(),
            encoding=self.settings.encoding,
            follow_links=self.settings.follow_links,
            sources=[printable(real_path(source)) for source in self._sources],
            source_digest=hashlib.sha256(checksums).hexdigest(),
        )

    def summary(self, counts: Counts, ledger: Ledger, changes: Changes | None) -> Summary:
        """Return what was done."""
        tally = self.tally
        first_day, last_day = ledger.days
        return Summary(
            generation_id=self.folder.name,
            engine=self.choice.name,
            engine_reason=self.choice.reason,
            articles=counts.articles,
            paragraphs=counts.paragraphs,
            first_day=first_day,
            last_day=last_day,
            rejected=tuple(tally.rejected),
            notes=tuple(tally.notes),
            seconds=time.monotonic() - self._started,
            text_bytes=tally.text_bytes,
            index_bytes=sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()),
            changes=changes,
            undated=tally.undated,
            without_place=tally.without_place,
            first_undated=tally.first_undated,
            left_out=tuple(tally.left_out),
        )


def made_by(settings: Settings) -> str:
    """Return by what files are read: where that is another, all must be read again."""
    read_with = (settings.encoding, settings.mend_mojibake, settings.dates_from_paths, settings.agencies)
    return orjson.dumps([version("dateline"), settings.language, *read_with]).decode()


def today() -> datetime.date:
    """Return the day that it is here."""
    return datetime.datetime.now().astimezone().date()


def now_in_seconds() -> datetime.datetime:
    """Return the present instant, in whole seconds, in UTC."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
