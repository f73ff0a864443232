"""A generation and what changed since -> the next one: only what changed is read and analysed, the rest is taken over.

Afterwards every answer is the one that a rebuild would give. So what was learned of the whole archive is learned anew
from what each unit adds to it, and what asked something that has another answer now is read again; an article gets
another id where a rebuild would give it one; and where ends of sentences are told otherwise, the articles that this may
touch are analysed again.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from search.analysing import Analysis
from search.archive import SENTENCES_FILE, Archive
from search.articles import Article, Note, NoteKind
from search.changes import Comparison
from search.engines.kinds import Updater
from search.engines.sorted_arrays import Ints
from search.errors import IndexDamaged
from search.job import Job, ReadArticle, now_in_seconds
from search.known_units import KnownUnits, asking_otherwise, narrowed, placed
from search.language import SentenceModel
from search.learned import texts_in
from search.learning import Lessons, lessons_of, sentences_differ, shifts_of, with_texts
from search.ledger import LEDGER_FILE, Ledger, joined
from search.manifest import Manifest
from search.reading.uniqueness import text_hash_of
from search.reading.units import Unit
from search.renaming import Names, duplicates, named, with_names
from search.tally import Summary

# Paragraphs that are held in memory while it is decided by which ids their articles are kept: about half a gigabyte.
_MOST_READ = 1_000_000
# So many paragraphs are analysed before processes that would help have started.
_ALONE_UP_TO = 10_000


class RebuildNeeded(Exception):
    """What changed is such that all must be read again; says why."""


def read_ledger(archive: Archive, manifest: Manifest) -> Ledger:
    """Return what a generation was built from.

    Raises:
        IndexDamaged: that cannot be read.
    """
    folder = archive.path_of(manifest.id)
    try:
        return Ledger.read(folder)
    except (IndexDamaged, OSError, ValueError, KeyError, TypeError) as error:
        path = folder / LEDGER_FILE
        raise IndexDamaged(f"{path} is not what was written; run: {archive.rebuild_command(manifest)}") from error


class Update:
    """One update of the generation of a manifest and its ledger."""

    def __init__(self, job: Job, manifest: Manifest, ledger: Ledger, comparison: Comparison) -> None:
        self._job = job
        self._manifest = manifest
        self._ledger = ledger
        self._comparison = comparison
        self._before = job.archive.path_of(manifest.id)
        # What is read anew, in the order in which it is met: the ledger's numbers of new articles are its indexes.
        self._read: list[ReadArticle] = []

    def run(self, *, force: bool) -> Summary:
        """Learn, read, analyse what changed, take over the rest, verify, promote.

        Raises:
            RebuildNeeded: all must be read again.
        """
        job, files = self._job, self._comparison.files
        shifts = shifts_of(files)
        self._learned_before = with_texts(self._ledger)
        ledger_now = narrowed(self._ledger, shifts)
        if ledger_now is None:
            raise RebuildNeeded("the archive is so much larger or smaller that it is learned from otherwise")
        self._ledger = ledger_now
        lessons = self._learn(shifts)
        ledger, of_articles = self._joined(lessons)
        job.check_size(int(ledger["article_paragraphs"].sum()), force=force)
        was = np.where(of_articles[0] == 0, of_articles[1], -1)
        return self._write(job.ledger_of(ledger, self._comparison, shifts), was)

    def _learn(self, shifts: tuple[int, int]) -> Lessons:
        """Learn what the archive says as a whole; return what units add that are not of the ledger."""
        job, ledger, comparison = self._job, self._ledger, self._comparison
        to_read = [file for file in comparison.files if file.real in comparison.to_read]
        known = KnownUnits(ledger, to_read)
        lessons = lessons_of(to_read, shifts, job.context, known.is_known)
        stays = {file.real for file in comparison.files} - comparison.to_read
        is_gone = np.array([file.real not in stays for file in ledger.files], np.bool_)[ledger["unit_file"]]
        is_gone[known.matched] = False
        gone = (ledger.learned[unit] for unit in np.flatnonzero(is_gone).tolist() if unit in ledger.learned)
        self._learned_sum = ledger.learned_sum.count(gone, -1).count(lessons.all())
        job.context = replace(job.context, survey=self._learned_sum.survey())
        return lessons

    def _asked_otherwise(self) -> Ints:
        """Return the units that asked something which has another answer now."""
        ledger, context = self._ledger, self._job.context
        units = asking_otherwise(ledger, context)
        if ledger.day == context.today.isoformat() or not context.dates_from_paths:
            return units
        # A day in a path that was too far ahead may be none any more.
        return np.asarray(np.union1d(units, ledger["article_unit"][ledger["article_day"] == 0]), np.int64)

    def _joined(self, lessons: Lessons) -> tuple[Ledger, Ints]:
        """Read what must be read; return the ledger of all, and whether each article is of the one before or new."""
        job, ledger, files = self._job, self._ledger, self._comparison.files
        again = self._asked_otherwise()
        read_again = {ledger.files[file].real for file in set(ledger["unit_file"][again].tolist())}
        to_read = self._comparison.to_read | (read_again - self._comparison.left)
        reading = [(number, file) for number, file in enumerate(files) if file.real in to_read]
        job.will_read([file for _, file in reading])
        known = KnownUnits(ledger, [file for _, file in reading], again=set(again.tolist()))
        met: list[tuple[int, int]] = []
        for number, file in reading:
            for each in job.read([file], known.is_known):
                if not isinstance(each, Unit):
                    self._add(*each)
                elif each.known:
                    met.append((number, known.matched.popleft()))
                else:
                    job.built.learn(lessons.take(file.real, each.key) or known.learned(file, each.key))
                    job.built.end_unit(each.key, number, each.asked)
                    met.append((number, -1))
        rows = np.array(met, np.int64).reshape(-1, 2)
        joint, of_articles = joined(placed(ledger, files, to_read, rows, job.built.ledger()))
        return replace(joint, learned_sum=self._learned_sum), of_articles

    def _add(self, article: Article, where: str | None) -> None:
        if self._job.tally.paragraphs > _MOST_READ:
            raise RebuildNeeded("so much is new that it is better read bit by bit")
        text = text_hash_of(article)
        self._job.built.add_article(article, text=text, kept_as=article.id, number=len(self._read))
        self._read.append((article, where))

    def _write(self, ledger: Ledger, was: Ints) -> Summary:
        """Write the generation; `was` has the place of each article in the ledger before, or -1."""
        job = self._job
        before = _sentences_of(self._before)
        sentences = self._sentences(ledger, before)
        updater = job.kind.updater(job.folder, self._before, job.analyzer, sentences)
        try:
            return self._written(ledger, was, updater, (before, sentences))
        except BaseException:  # also Ctrl-C: raised again, with nothing half-built left
            updater.cancel()
            raise

    def _written(
        self,
        ledger: Ledger,
        was: Ints,
        updater: Updater,
        models: tuple[SentenceModel, SentenceModel],
    ) -> Summary:
        """Write the index; `models` tell where sentences ended before, and where they end now."""
        sentences = models[1]
        job, numbers, is_new = self._job, ledger["article_number"].copy(), was < 0

        def article(place: int) -> Article:
            number = int(numbers[place])
            return self._read[number][0] if is_new[place] else updater.article(number)

        def by_itself(place: int) -> ReadArticle:
            found = article(place)
            where = self._read[int(numbers[place])][1] if is_new[place] else None
            return replace(found, id=ledger.own_ids.get(place, found.id)), where

        names = named(ledger, was, self._ledger, by_itself)
        named_ledger = with_names(ledger, names)
        is_added = is_new | (named_ledger["article_kept"] != ledger["article_kept"])
        ends_otherwise = sentences_differ(*models)
        if ends_otherwise is not None:
            is_added |= ~is_new & np.isin(numbers, updater.with_text(ends_otherwise))
        self._note(named_ledger, names, is_new)
        kept = numbers[~is_added]
        deleted = np.setdiff1d(self._ledger["article_number"], kept)
        updater.delete(deleted)
        added = np.flatnonzero(is_added)
        found = ((place, article(place)) for place in added.tolist())
        articles = (replace(each, id=names.ids.get(place, each.id)) for place, each in found)
        is_large = int(named_ledger["article_paragraphs"][added].sum()) > _ALONE_UP_TO
        renumbered = self._analysed(articles, updater, sentences, processes=job.settings.processes if is_large else 1)
        numbers[~is_added] = renumbered[kept]
        numbers[added] = renumbered[updater.before + np.arange(len(added))]
        now, seen = now_in_seconds(), job.seen()
        job.arrivals.save(job.folder, seen, now, deleted=deleted, numbers=renumbered)
        finished = replace(named_ledger, columns={**named_ledger.columns, "article_number": numbers})
        counts = job.finish(finished, sentences, now, self._manifest)
        return job.summary(counts, finished, self._comparison.changes)

    def _analysed(
        self, articles: Iterable[Article], updater: Updater, sentences: SentenceModel, *, processes: int
    ) -> Ints:
        """Give the engine articles to add; return what it numbers all from now on."""
        job = self._job
        with Analysis(job.kind, job.analyzer, sentences, folder=job.folder, processes=processes) as analysis:
            for batch, prepared in analysis.prepared(articles):
                updater.add(batch, prepared)
                job.count_added(batch)
            job.tell("writing")
            return updater.finish(analysis.stems)

    def _sentences(self, ledger: Ledger, before: SentenceModel) -> SentenceModel:
        """Return where sentences end now: where they did before, if nothing else is learned from."""
        learned = with_texts(ledger)
        return before if learned == self._learned_before else SentenceModel.train(texts_in(learned))

    def _note(self, ledger: Ledger, names: Names, is_new: npt.NDArray[np.bool_]) -> None:
        """Note which of the new articles have the id of another, or its text."""
        notes = self._job.tally.notes
        notes += names.notes
        files = self._comparison.states
        of_file = ledger["unit_file"][ledger["article_unit"]]
        for place, first in duplicates(ledger, np.flatnonzero(is_new)):
            reason = f"is a duplicate: its title and text are those of {files[of_file[first]].name}"
            where = self._read[int(ledger["article_number"][place])][1]
            notes.append(Note(files[of_file[place]].name, reason, where, NoteKind.DUPLICATE))


def compacted(job: Job, manifest: Manifest, ledger: Ledger) -> Summary:
    """Let an engine write the generation of a manifest and its ledger anew, without what was deleted."""
    before = job.archive.path_of(manifest.id)
    sentences = _sentences_of(before)
    updater = job.kind.updater(job.folder, before, job.analyzer, sentences, compact=True)
    try:
        job.tell("writing")
        numbers = updater.finish(lambda _: ())
    except BaseException:  # also Ctrl-C: raised again, with nothing half-built left
        updater.cancel()
        raise
    now = now_in_seconds()
    job.left_out = manifest.left_out
    job.arrivals.save(job.folder, job.seen(), now, numbers=numbers)
    renumbered = replace(ledger, columns={**ledger.columns, "article_number": numbers[ledger["article_number"]]})
    return job.summary(job.finish(renumbered, sentences, now, manifest), renumbered, None)


def _sentences_of(folder: Path) -> SentenceModel:
    """Return where sentences end in the generation of a folder."""
    return SentenceModel(**orjson.loads((folder / SENTENCES_FILE).read_bytes()))
