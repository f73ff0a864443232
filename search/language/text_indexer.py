"""Texts -> what is indexed of them, as arrays: the words of each, the places of capitals and of sentences.

A batch of texts is one piece of UTF-8 that is cut at its spaces; a table gives each chunk a number, and what was
learned of a chunk when it was first met (its words, whether a sentence ends with it) is looked up by these numbers,
all at once. Only what is new or depends on two chunks is looked at by itself.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice, pairwise
from typing import NamedTuple

import numpy as np

from search.language.chunk_table import SPARE, Bools, Chunk, Chunks, ChunkTable, Ints
from search.language.initials import bound
from search.language.punkt import Ending
from search.language.sentences import SentenceModel
from search.language.tokens import NewsTokenizer, is_all_capitals

# Some 100 bytes each; a million paragraphs of news have as many.
_CHUNKS_REMEMBERED = 1_000_000
_SPACE, _LINE_END = b" \n"
# Arrays of the words of so many characters are made at a time: some 30 bytes for each character.
_CHARACTERS_AT_A_TIME = 1 << 21
# A sentence begins at most so many chunks after the one that ends the sentence before.
_FARTHEST_BEGUN = 2
_CHUNK_BITS = 32


class IndexedText(NamedTuple):
    """What is indexed of a text.

    Its words in order; the places among them of those that were written in capitals, and of those that begin a
    sentence: two are alike where no word stands between.
    """

    words: list[str]
    capitals: list[int]
    sentences: list[int]


class IndexedTexts(NamedTuple):
    """What is indexed of some texts, one text after the other; words are numbers into the indexer's `vocabulary`.

    `lengths` counts the words of each text, `capitals` are the places among all words of those in capitals, `sentences`
    counts the sentences of each text, and `sentence_starts` says of each before which word of its text it begins.
    """

    lengths: Ints
    words: Ints
    capitals: Ints
    sentences: Ints
    sentence_starts: Ints


class _Layout(NamedTuple):
    """Texts as chunks: where those of each text end, and where each sentence of the texts that are not plain begins."""

    chunks: Chunks
    ends: Ints
    odd: dict[int, list[int]]


class _Numbering(dict[str, int]):
    """word -> its place in a list, where it is put when it is first asked for."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self._words)
        self._words.append(word)
        return number


class TextIndexer:
    """Indexes texts of an archive whose sentences a model finds.

    Words are numbered in the order in which they are first met, and never forgotten; chunks are, all at once.
    """

    def __init__(self, tokenizer: NewsTokenizer, sentences: SentenceModel) -> None:
        self._tokenizer = tokenizer
        self._sentences = sentences
        self._finder = sentences.finder
        self.vocabulary: list[str] = []
        self._number_of = _Numbering(self.vocabulary)
        self._forget()

    def _forget(self) -> None:
        self._table = ChunkTable()
        # By chunk: its words are those of `words` from a start on.
        self._starts, self._counts = array("q", [0]), array("q", [0])
        self._endings, self._closes = bytearray(1), bytearray(1)
        self._words, self._capitals = array("q"), bytearray()
        self._pairs: dict[int, tuple[int, ...]] = {}

    def indexed(self, texts: Sequence[str]) -> IndexedTexts:
        """Return what is indexed of some texts, whatever their white space; one without any chunk has no sentence."""
        parts = [self._indexed(some) for some in _some_at_a_time(texts)]
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _indexed(self, texts: Sequence[str]) -> IndexedTexts:
        layout = _layout(texts, self._sentences)
        numbers = self._numbers(layout.chunks)
        begins = np.flatnonzero(self._begins(numbers, layout))
        places, before = self._placed(numbers)
        lengths = np.diff(before[layout.ends], prepend=0)
        sentences = np.diff(np.searchsorted(begins, layout.ends), prepend=0)
        return IndexedTexts(
            lengths,
            np.frombuffer(self._words, np.int64)[places],
            np.flatnonzero(np.frombuffer(self._capitals, np.bool_)[places]),
            sentences,
            before[begins] - np.repeat(before[layout.ends] - lengths, sentences),
        )

    def each(self, texts: Sequence[str]) -> Iterator[IndexedText]:
        """Yield what is indexed of each of some texts, its words as they are."""
        for some in _some_at_a_time(texts):
            yield from self._each(some)

    def _each(self, texts: Sequence[str]) -> Iterator[IndexedText]:
        found = self._indexed(texts)
        words = map(self.vocabulary.__getitem__, found.words.tolist())
        sentences = iter(found.sentence_starts.tolist())
        ends = np.cumsum(found.lengths)
        capitals = np.split(found.capitals, np.searchsorted(found.capitals, ends))
        for end, length, count, places in zip(ends, found.lengths, found.sentences, capitals, strict=False):
            in_text = (places - (end - length)).tolist()
            yield IndexedText(list(islice(words, int(length))), in_text, list(islice(sentences, int(count))))

    def _numbers(self, chunks: Chunks) -> Ints:
        """Return the number of each chunk; they hold until the next call."""
        if self._table.size > _CHUNKS_REMEMBERED:
            self._forget()
        numbers, new = self._table.numbers(chunks)
        self._learn(new)
        return numbers

    def _learn(self, chunks: Sequence[Chunk]) -> None:
        words_of = self._tokenizer.chunk_words
        found = [words_of(text, shouted=shouted) for text, shouted in chunks]
        counts = [len(words) for words, _ in found]
        self._starts.extend(accumulate(counts[:-1], initial=len(self._words)) if counts else ())
        self._counts.extend(counts)
        self._words.extend(map(self._number_of.__getitem__, chain.from_iterable([words for words, _ in found])))
        self._capitals.extend(chain.from_iterable([capitals for _, capitals in found]))
        self._endings.extend(map(self._finder.ending, [chunk.text for chunk in chunks]))
        self._closes.extend(map(self._finder.closes, [chunk.text for chunk in chunks]))

    def _placed(self, numbers: Ints) -> tuple[Ints, Ints]:
        """Return for each word of some chunks its place in what was learned, and how many come before each chunk."""
        counts = np.frombuffer(self._counts, np.int64)[numbers]
        before = np.concatenate([[0], np.cumsum(counts)])
        starts = np.frombuffer(self._starts, np.int64)[numbers]
        return np.arange(before[-1]) + np.repeat(starts - before[:-1], counts), before

    def _begins(self, numbers: Ints, layout: _Layout) -> Bools:
        """Return for each chunk whether a sentence begins with it."""
        starts = np.concatenate([[0], layout.ends])[:-1]
        is_text = layout.ends > starts
        begins = np.zeros(len(numbers) + _FARTHEST_BEGUN, np.bool_)
        begins[starts[is_text]] = True
        endings = np.frombuffer(self._endings, np.uint8)[numbers]
        endings[layout.ends[is_text] - 1] = Ending.NEVER
        begins[np.flatnonzero(endings == Ending.INSIDE) + 1] = True
        after = np.flatnonzero(endings == Ending.ALWAYS) + 1
        begins[after + np.frombuffer(self._closes, np.uint8)[numbers[after]]] = True
        # What would begin after the end of a text is where the next one begins.
        begins[self._begun(numbers, np.flatnonzero(endings == Ending.DEPENDS), layout.chunks)] = True
        for text, chunks in layout.odd.items():
            begins[starts[text] : layout.ends[text]] = False
            begins[starts[text] + np.array(chunks, np.int64)] = True
        return begins[: len(numbers)]

    def _begun(self, numbers: Ints, places: Ints, chunks: Chunks) -> list[int]:
        """Return the places of the chunks that begin sentences because of the chunks at some places before them."""
        pairs = (numbers[places] << _CHUNK_BITS | numbers[places + 1]).tolist()
        found: list[int] = []
        for place, pair in zip(places.tolist(), pairs, strict=True):
            begun = self._pairs.get(pair)
            if begun is None:
                begun = self._finder.begun(*chunks.texts(np.array([place, place + 1])))
                self._pairs[pair] = begun
            found += [place + chunks_on for chunks_on in begun]
        return found


def _some_at_a_time(texts: Sequence[str]) -> list[Sequence[str]]:
    """Return texts in runs of about as many characters as are looked at together."""
    if sum(map(len, texts)) <= _CHARACTERS_AT_A_TIME:
        return [texts]
    sizes = np.cumsum([len(text) for text in texts])
    borders = np.flatnonzero(np.diff(sizes // _CHARACTERS_AT_A_TIME)) + 1
    return [texts[start:end] for start, end in pairwise([0, *borders.tolist(), len(texts)])]


def _joined(parts: Sequence[IndexedTexts]) -> IndexedTexts:
    before = accumulate((len(part.words) for part in parts[:-1]), initial=0)
    return IndexedTexts(
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.words for part in parts]),
        np.concatenate([part.capitals + words for part, words in zip(parts, before, strict=True)]),
        np.concatenate([part.sentences for part in parts]),
        np.concatenate([part.sentence_starts for part in parts]),
    )


def _layout(texts: Sequence[str], sentences: SentenceModel) -> _Layout:
    lines: list[str] = []
    line_counts: list[int] = []
    odd: dict[int, list[int]] = {}
    for number, text in enumerate(texts):
        if text.isprintable() and text and "  " not in text and text[0] != " " != text[-1]:
            lines.append(text)
            line_counts.append(1)
        else:
            whole = bound(text)
            found = [tidied for line in whole.splitlines() if (tidied := " ".join(line.split()))]
            lines += found
            line_counts.append(len(found))
            odd[number] = list(_chunks_before(whole, sentences.starts(text))) if found else []
    chunks, line_ends = _cut(lines)
    return _Layout(chunks, np.concatenate([[0], line_ends])[np.cumsum(line_counts, dtype=np.int64)], odd)


def _cut(lines: Sequence[str]) -> tuple[Chunks, Ints]:
    """Return the chunks of lines that have single spaces between, and how many there are up to the end of each line."""
    data = bound("\n".join([*lines, ""])).encode("utf-8", "surrogatepass") + bytes(SPARE)
    written = np.frombuffer(data, np.uint8)[:-SPARE]
    ends = np.flatnonzero((written == _SPACE) | (written == _LINE_END))
    starts = np.concatenate([[0], ends + 1])[:-1]
    line_ends = np.flatnonzero(written[ends] == _LINE_END) + 1
    shouted = np.array([line.isupper() and is_all_capitals(line) for line in lines], np.bool_)
    return Chunks(data, starts, ends, np.repeat(shouted, np.diff(line_ends, prepend=0))), line_ends


def _chunks_before(text: str, starts: Iterable[int]) -> Iterator[int]:
    """Yield how many chunks of a text stand before each of these offsets, which begin chunks and are in order."""
    chunks = done = 0
    for start in starts:
        chunks += len(text[done:start].split())
        done = start
        yield chunks
