"""Articles -> a tantivy index with its token files, columns and vocabulary: analysed anywhere, added in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search.articles import Article
from search.engines import tantivy_store
from search.engines.base import ArticleTexts
from search.engines.columns import Bools, Columns, ColumnsBuilder, Ints, run_starts
from search.engines.compression import Packer
from search.engines.limits import Limits
from search.engines.records import stored_piece
from search.engines.tantivy_learning import Learned
from search.engines.tantivy_store import LONGEST_WORD, StoreReader, StoreWriter
from search.engines.tantivy_terms import joined_terms, numbers_of
from search.engines.token_file import TokenFile, TokenWriter
from search.engines.vocabulary import Numbering, Vocabulary
from search.errors import IndexDamaged
from search.language import Analyzer, SentenceModel

STORE = "tantivy"
LEARNED = "learned.bin"
NUMBERS = "numbers.npy"
TERMS = "terms.npy"


class _Field(NamedTuple):
    """The tokens of a field of some articles, unit by unit, as numbers into a list of the words among them.

    `capitals` are the places of those in capitals; `held` are the distinct words of each unit that tantivy takes, and
    `held_counts` says how many each has.
    """

    lengths: Ints
    numbers: Ints
    capitals: Ints
    held: Ints
    held_counts: Ints


@dataclass(frozen=True, slots=True)
class Prepared:
    """Some articles, analysed: the distinct words among them, both fields, sentences and what is stored."""

    words: list[str]
    text: _Field
    title: _Field
    sentences: Ints
    sentence_starts: Ints
    stored: list[bytes]


class Preparer:
    """Analyses articles, and packs what is stored of them; remembers what it met."""

    def __init__(self, analyzer: Analyzer, sentences: SentenceModel, learned: Learned) -> None:
        self._indexer = analyzer.indexer(sentences)
        self._packer = Packer(learned.dictionary)
        self._spared = learned.everywhere
        # By word of the indexer's vocabulary: whether tantivy takes it, and room for a number.
        self._taken = bytearray()
        self._scratch = np.empty(0, np.int64)

    def __call__(self, articles: Sequence[ArticleTexts]) -> Prepared:
        """Analyse some articles."""
        paragraphs = [text for article in articles for text in article.units]
        found = self._indexer.indexed([*paragraphs, *(article.title for article in articles)])
        distinct, numbers = self._numbered(found.words)
        words = [self._indexer.vocabulary[word] for word in distinct.tolist()]
        held, counts = _held(found.lengths, numbers, np.frombuffer(self._taken, np.bool_)[distinct])
        fields = _Field(found.lengths, numbers.astype(np.uint32), found.capitals, held.astype(np.uint32), counts)
        text, title = _divided(fields, len(paragraphs))
        of_text = slice(int(found.sentences[: len(paragraphs)].sum()))
        return Prepared(
            words,
            text,
            title,
            found.sentences[: len(paragraphs)],
            found.sentence_starts[of_text],
            [self._packer.pack(stored_piece(article)) for article in articles],
        )

    def _numbered(self, words: Ints) -> tuple[Ints, Ints]:
        """Return the distinct ones of some words, in the order in which they come, and the place of each among them."""
        self._make_room()
        order = np.arange(len(words))
        # Of several values for one place numpy keeps the last: here, where each word stands first.
        self._scratch[words[::-1]] = order[::-1]
        distinct = words[self._scratch[words] == order]
        self._scratch[distinct] = order[: len(distinct)]
        return distinct, self._scratch[words]

    def _make_room(self) -> None:
        new = self._indexer.vocabulary[len(self._taken) :]
        self._taken.extend([len(word) <= LONGEST_WORD and word not in self._spared for word in new])
        if len(self._taken) > len(self._scratch):
            self._scratch = np.empty(2 * len(self._taken), np.int64)


def _held(lengths: Ints, numbers: Ints, is_taken: Bools) -> tuple[Ints, Ints]:
    """Return the distinct words of each unit that are taken, in order, and how many each has.

    Which units hold a word is all that tantivy is asked, so once is enough.
    """
    bits = len(is_taken).bit_length()
    pair = np.min_scalar_type(len(lengths) << bits)  # the shorter numbers are, the faster they are sorted
    units = np.repeat(np.arange(len(lengths), dtype=pair) << bits, lengths)
    pairs = np.sort((units | numbers.astype(pair))[is_taken[numbers]])
    pairs = pairs[run_starts(pairs)].astype(np.int64)
    return pairs & ((1 << bits) - 1), np.bincount(pairs >> bits, minlength=len(lengths))


def _divided(fields: _Field, units: int) -> tuple[_Field, _Field]:
    """Return what is of the first so many units, and what is of the others."""
    tokens, held = int(fields.lengths[:units].sum()), int(fields.held_counts[:units].sum())
    capitals = int(np.searchsorted(fields.capitals, tokens))
    first = (units, tokens, capitals, held, units)
    return (
        _Field(*(column[:end] for column, end in zip(fields, first, strict=True))),
        _Field(*(column[start:] for column, start in zip(fields, first, strict=True)))._replace(
            capitals=fields.capitals[capitals:] - tokens
        ),
    )


class TantivyBuilder:
    """Makes an index in one go: one writer and one commit, the tokens, columns and vocabulary beside it."""

    def __init__(self, folder: Path, learned: Learned, limits: Limits) -> None:
        self._folder = folder
        self._own_numbers = limits.own_numbers
        (folder / STORE).mkdir()
        (folder / LEARNED).write_bytes(learned.to_bytes())
        self._spared = learned.everywhere
        self._store = StoreWriter(folder / STORE)
        self._text, self._title = TokenWriter(folder, "text"), TokenWriter(folder, "title")
        self._columns = ColumnsBuilder()
        self._numbers = Numbering()
        self._frequencies = np.zeros(0, np.int64)
        self._postings = dict.fromkeys(tantivy_store.FIELDS, 0)

    def add(self, articles: Sequence[Article], prepared: object) -> None:
        """Add articles with what was prepared of them."""
        assert isinstance(prepared, Prepared)
        text, title = prepared.text, prepared.title
        self._columns.add(articles, text.lengths, prepared.sentences, prepared.sentence_starts, title.lengths)
        numbers = self._add_tokens(prepared)
        words = iter(joined_terms(numbers, text.held, text.held_counts))
        titles = joined_terms(numbers, title.held, title.held_counts)
        for article, in_title, stored in zip(articles, titles, prepared.stored, strict=True):
            self._store.add({"words": next(words), "title": in_title}, stored)
            for in_text in islice(words, len(article.units) - 1):
                self._store.add({"words": in_text}, None)

    def _add_tokens(self, prepared: Prepared) -> Ints:
        """Add the tokens of both fields; return the numbers of the words."""
        numbers = np.fromiter(map(self._numbers.__getitem__, prepared.words), np.int64, len(prepared.words))
        grown = len(self._numbers) - len(self._frequencies)
        if grown > 0:
            # By half more, so that growing costs little in all.
            self._frequencies = np.pad(self._frequencies, (0, grown + len(self._numbers) // 2))
        self._frequencies[numbers] += np.bincount(prepared.text.numbers, minlength=len(numbers))
        fields = ((self._text, "words", prepared.text), (self._title, "title", prepared.title))
        for writer, name, field in fields:
            writer.add(numbers[field.numbers], field.capitals)
            self._postings[name] += len(field.held)
        return numbers

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Commit, number the words by frequency, and check that tantivy holds what it was given."""
        self._store.commit()
        self._columns.save(self._folder)
        words = list(self._numbers)
        ranks = _ranks(words, self._frequencies[: len(words)], self._own_numbers)
        for writer in (self._text, self._title):
            writer.finish(ranks, self._own_numbers)
        in_order = np.array(sorted(range(len(words)), key=words.__getitem__), np.int64)
        np.save(self._folder / NUMBERS, ranks[in_order].astype(np.uint32), allow_pickle=False)
        np.save(self._folder / TERMS, in_order.astype(np.uint32), allow_pickle=False)
        held = self._held()[in_order]
        words = [words[number] for number in in_order.tolist()]
        self._add_held_beside(held, words)
        Vocabulary.save(self._folder, words, held.tolist(), stems(words))

    def _held(self) -> Ints:
        """Return how many paragraphs hold each word, by number, from tantivy itself.

        Raises:
            IndexDamaged: tantivy does not hold what it was given.
        """
        reader = StoreReader(self._folder / STORE)
        fields = {name: reader.words(name) for name in tantivy_store.FIELDS}
        postings = {name: sum(count for _, count in words) for name, words in fields.items()}
        if (reader.documents, postings) != (self._store.documents, self._postings):
            raise IndexDamaged(
                f"Tantivy holds {reader.documents} documents and postings {postings} of {self._store.documents} and "
                f"{self._postings}; run the rebuild again."
            )
        held = np.zeros(len(self._numbers), np.int64)
        held[numbers_of([term for term, _ in fields["words"]])] = [count for _, count in fields["words"]]
        return held

    def _add_held_beside(self, held: Ints, words: Sequence[str]) -> None:
        """Add how many paragraphs hold each of the words, which are in order, that tantivy does not take."""
        beside = [place for place, word in enumerate(words) if len(word) > LONGEST_WORD or word in self._spared]
        if not beside:
            return
        tokens = TokenFile(self._folder, "text", Columns.load(self._folder).length)
        numbers = np.load(self._folder / NUMBERS).astype(np.int64)
        for place in beside:
            held[place] = len(run_starts(tokens.units_of(tokens.everywhere(numbers[place : place + 1]))))

    def cancel(self) -> None:
        """Drop everything that was added."""
        self._store.cancel()
        self._text.cancel()
        self._title.cancel()


def _ranks(words: Sequence[str], frequencies: Ints, own_numbers: int) -> Ints:
    """Return the number each word is to have: the most frequent ones come first, and those tantivy lacks are rare."""
    too_long = np.array([len(word) > LONGEST_WORD for word in words], np.bool_)
    ranks = np.empty(len(words), np.int64)
    ranks[np.lexsort((-frequencies, too_long))] = np.arange(len(words))
    ranks[too_long] += own_numbers
    return ranks
