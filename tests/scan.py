"""Articles and a query's tree -> totals, by looking at every token of every paragraph; what engines are held against.

Like the oracle it is written from the docstrings of nodes.py and shares nothing with the engines. It does not score,
so it is quick enough for a real archive: a paragraph is looked at closely where it holds the words at all.
"""

import datetime
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from typing import NamedTuple

from oracle import edit_distance

from search.articles import Article
from search.engines.base import Scope
from search.errors import TooManyForms
from search.language import Analyzer, SentenceModel, names_of
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Everything,
    Field,
    Fuzzy,
    Length,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Prefer,
    Term,
    Together,
    Undated,
    Unit,
    Wildcard,
    Window,
)
from search.query.syntax import MAX_EXPANSIONS, MAX_FUZZY_FORMS

# First and last position of what was found.
Run = tuple[int, int]
Kinds = frozenset[int]


class Totals(NamedTuple):
    """How much a query finds."""

    paragraphs: int
    articles: int


class Kind(NamedTuple):
    """What tells one token from another."""

    word: str
    stems: frozenset[str]
    capitals: bool


class Text(NamedTuple):
    """A text: the kind of every token by number, all kinds in it, the number of the sentence of every token."""

    kinds: tuple[int, ...]
    held: Kinds
    sentences: tuple[int, ...]


class Scan:
    """An archive in memory, every token a number."""

    def __init__(self, articles: Iterable[Article], analyzer: Analyzer, sentences: SentenceModel) -> None:
        self._analyzer = analyzer
        self._kinds: list[Kind] = []
        self._numbers: dict[Kind, int] = {}
        self._articles = list(articles)
        self._texts: list[Text] = []
        self._article_of: list[int] = []
        self._paragraphs_of: list[range] = []  # the headline's among them, first
        self._leads: list[int] = []
        for index, article in enumerate(self._articles):
            first = len(self._texts)
            self._leads.append(first + (article.headline is not None))
            for paragraph in article.units:
                self._texts.append(self._text(paragraph.text, sentences.starts(paragraph.text)))
                self._article_of.append(index)
            self._paragraphs_of.append(range(first, len(self._texts)))
        self._titles = [self._text(article.title, [0]) for article in self._articles]
        # In how many paragraphs a word stands; in none if only in titles.
        self._frequency = Counter(dict.fromkeys((kind.word for kind in self._kinds), 0))
        for text in self._texts:
            self._frequency.update({self._kinds[number].word for number in text.held})

    def totals(self, node: Node, scope: Scope = Scope.PARAGRAPH) -> Totals:
        """Return how many paragraphs, of how many articles, a planned tree matches.

        Raises:
            TooManyForms: a wildcard fits more words than it may.
        """
        if scope is Scope.PARAGRAPH:
            found = self._paragraphs(node)
            return Totals(len(found), len({self._article_of[index] for index in found}))
        articles, evidence = self._anywhere(node)
        found = {index for index in evidence if self._article_of[index] in articles}
        # Articles that no paragraph of theirs speaks for are shown whole.
        silent = articles - {self._article_of[index] for index in found}
        return Totals(len(found) + sum(len(self._paragraphs_of[index]) for index in silent), len(articles))

    # What matches

    def _paragraphs(self, node: Node) -> set[int]:
        """Return the paragraphs that match, each by itself."""
        match node:
            case And(children=children):
                return set.intersection(*map(self._paragraphs, children))
            case Or(children=children):
                return set.union(*map(self._paragraphs, children))
            case Not(child=child):
                return set(range(len(self._texts))) - self._paragraphs(child)
            case Prefer(must=child) | Boost(child=child):
                return self._paragraphs(child)
            case AtLeast() | Field() | DateRange() | AnnualDay() | Undated() | Length() | Everything():
                return {index for article in self._of_article(node) for index in self._paragraphs_of[article]}
        return set(self._occurrences(node))

    def _anywhere(self, node: Node) -> tuple[set[int], set[int]]:
        """Return the articles that match, and the paragraphs that show it."""
        match node:
            case And(children=children):
                found = [self._anywhere(child) for child in children]
                return set.intersection(*(each for each, _ in found)), set.union(*(each for _, each in found))
            case Or(children=children):
                all_articles: set[int] = set()
                all_evidence: set[int] = set()
                for articles, evidence in map(self._anywhere, children):
                    all_articles |= articles
                    all_evidence |= {index for index in evidence if self._article_of[index] in articles}
                return all_articles, all_evidence
            case Not(child=child):
                return set(range(len(self._articles))) - self._anywhere(child)[0], set()
            case Prefer(must=child) | Boost(child=child):
                return self._anywhere(child)
            case AtLeast(child=child):
                return self._of_article(node), set(self._occurrences(child))
            case Field() | DateRange() | AnnualDay() | Undated() | Length() | Everything():
                return self._of_article(node), set()
        paragraphs = set(self._occurrences(node))
        return {self._article_of[index] for index in paragraphs}, paragraphs

    def _of_article(self, node: Node) -> set[int]:
        """Return the articles of which a node is true."""
        match node:
            case AtLeast(child=child, count=count):
                often = Counter[int]()
                for index, times in self._occurrences(child).items():
                    often[self._article_of[index]] += times
                return {article for article, times in often.items() if times >= count}
            case Field(name="title", child=child):
                return set(_found(self._sought(child), self._titles))
            case Field(name="hlead", child=child):
                sought = self._sought(child)
                firsts = [self._texts[lead] for lead in self._leads]
                return set(_found(sought, self._titles)) | set(_found(sought, firsts))
            case Field(name=name, child=child):
                values = [getattr(article, name) for article in self._articles]
                fitting = {value for value in set(values) if value is not None and self._is_in_value(child, value)}
                return {index for index, value in enumerate(values) if value in fitting}
        return {index for index in range(len(self._articles)) if self._is_true(node, index)}

    def _is_true(self, node: Node, index: int) -> bool:
        article = self._articles[index]
        match node:
            case DateRange(start=start, end=end):
                day = article.date
                return day is not None and (start or day) <= day <= (end or day)
            case AnnualDay(month=month, day=day_of_month):
                return article.date is not None and _is_on(article.date, month, day_of_month)
            case Undated():
                return article.date is None
            case Length(low=low, high=high):
                paragraphs = range(self._leads[index], self._paragraphs_of[index].stop)
                words = sum(len(self._texts[each].kinds) for each in paragraphs)
                return (low is None or low <= words) and (high is None or words <= high)
        assert isinstance(node, Everything)
        return True

    def _is_in_value(self, child: Node, value: str) -> bool:
        """Whether a value of a field, such as a place, matches; its own words are all that a wildcard may fit."""
        text = self._text(value, [0])
        return bool(self._sought(child, among=text.held).runs(text))

    def _occurrences(self, node: Node) -> dict[int, int]:
        """Return how often something with positions stands in each paragraph that holds it."""
        return _found(self._sought(node), self._texts)

    # Words to numbers

    def _text(self, text: str, starts: Sequence[int]) -> Text:
        tokens = self._analyzer.tokens(text)
        kinds = (Kind(token.word, frozenset(self._analyzer.stems_of(token.word)), token.capitals) for token in tokens)
        numbers = tuple(map(self._number, kinds))
        return Text(numbers, frozenset(numbers), tuple(bisect_right(starts, token.start) for token in tokens))

    def _number(self, kind: Kind) -> int:
        if kind not in self._numbers:
            self._numbers[kind] = len(self._kinds)
            self._kinds.append(kind)
        return self._numbers[kind]

    def _sought(self, node: Node, *, among: Kinds | None = None) -> "Sought":
        """Return how to find something with positions: in paragraphs and titles, or in a text of `among` alone."""

        def sought(node: Node) -> Sought:
            return self._sought(node, among=among)

        match node:
            case Phrase(parts=parts):
                return InRow(tuple(map(sought, parts)))
            case Window(parts=parts, distance=distance):
                return Within(tuple(map(sought, parts)), distance)
            case Near(left=left, right=right, distance=distance, ordered=ordered):
                return Close(sought(left), sought(right), distance, ordered)
            case NotNear(left=left, right=right, reach=reach, ordered=ordered):
                return Apart(sought(left), sought(right), reach, ordered)
            case Together(left=left, right=right, unit=unit):
                return InOne(sought(left), sought(right), unit)
            case Or(children=children):
                return AnyOf(tuple(map(sought, children)))
        if isinstance(node, Wildcard | Fuzzy) and among is None:
            forms = self._forms(node)
            return OneWord(frozenset(number for number, kind in enumerate(self._kinds) if kind.word in forms))
        numbers = range(len(self._kinds)) if among is None else among
        return OneWord(frozenset(number for number in numbers if _fits(self._kinds[number], node)))

    def _forms(self, node: Wildcard | Fuzzy) -> set[str]:
        """Return the words of the archive that a wildcard or an edit distance stands for."""
        forms = [word for word in self._frequency if _is_like(word, node)]
        if isinstance(node, Wildcard):
            if len(forms) > MAX_EXPANSIONS:
                raise TooManyForms(node.pattern, len(forms), MAX_EXPANSIONS)
            return set(forms)
        forms.sort(key=lambda word: (-self._frequency[word], word))
        return set(forms[:MAX_FUZZY_FORMS])


def _fits(kind: Kind, node: Node) -> bool:
    match node:
        case Term(tokens=asked, capitals=True):
            return kind.capitals and _is_called(kind.word.lower(), asked)
        case Term(tokens=asked, stemmed=True):
            return not kind.stems.isdisjoint(asked)
        case Term(tokens=asked):
            return _is_called(kind.word, asked)
        case Wildcard() | Fuzzy():
            return _is_like(kind.word, node)
    raise AssertionError(f"{type(node).__name__} has no positions")


def _is_called(word: str, asked: Sequence[str]) -> bool:
    return word in asked or any(name in asked for name in names_of(word))


def _is_like(word: str, node: Wildcard | Fuzzy) -> bool:
    names = [name.lower() for name in names_of(word)]
    if isinstance(node, Wildcard):
        return any(fnmatchcase(name, node.pattern) for name in names)
    return any(
        name[0] == node.word[0]
        and abs(len(name) - len(node.word)) <= node.edits
        and edit_distance(node.word, name) <= node.edits
        for name in names
    )


def _found(sought: "Sought", texts: Sequence[Text]) -> dict[int, int]:
    """Return how often something stands in each of the texts that hold it, by the text's place in the list."""
    found = {index: len(sought.runs(text)) for index, text in enumerate(texts) if sought.may_stand_in(text.held)}
    return {index: times for index, times in found.items() if times}


def _is_on(date: datetime.date, month: int, day: int | None) -> bool:
    return date.month == month and day in (None, date.day)


class Sought(ABC):
    """Something with positions."""

    @abstractmethod
    def may_stand_in(self, held: Kinds) -> bool:
        """Whether a text with tokens of these kinds can hold it: a quick look before the close one."""

    @abstractmethod
    def runs(self, text: Text) -> set[Run]:
        """Return the first and last position of it everywhere in a text."""


@dataclass(frozen=True)
class OneWord(Sought):
    """One token of any of these kinds."""

    kinds: Kinds

    def may_stand_in(self, held: Kinds) -> bool:
        return not self.kinds.isdisjoint(held)

    def runs(self, text: Text) -> set[Run]:
        return {(at, at) for at, kind in enumerate(text.kinds) if kind in self.kinds}


@dataclass(frozen=True)
class AnyOf(Sought):
    """Any of the parts."""

    parts: tuple[Sought, ...]

    def may_stand_in(self, held: Kinds) -> bool:
        return any(part.may_stand_in(held) for part in self.parts)

    def runs(self, text: Text) -> set[Run]:
        return set().union(*(part.runs(text) for part in self.parts))


@dataclass(frozen=True)
class InRow(Sought):
    """One word after the other."""

    parts: tuple[Sought, ...]

    def may_stand_in(self, held: Kinds) -> bool:
        return all(part.may_stand_in(held) for part in self.parts)

    def runs(self, text: Text) -> set[Run]:
        found = [part.runs(text) for part in self.parts]
        return {
            (first, first + len(found) - 1)
            for first, _ in found[0]
            if all((first + further, first + further) in runs for further, runs in enumerate(found))
        }


@dataclass(frozen=True)
class Within(Sought):
    """All the words at places of their own, the last at most `distance` after the first; the run is only its start."""

    parts: tuple[Sought, ...]
    distance: int

    def may_stand_in(self, held: Kinds) -> bool:
        return all(part.may_stand_in(held) for part in self.parts)

    def runs(self, text: Text) -> set[Run]:
        places = [[at for at, _ in part.runs(text)] for part in self.parts]
        found = set()
        for first in set().union(*places):
            within = [[at for at in part if first <= at <= first + self.distance] for part in places]
            if any(first in chosen and len(set(chosen)) == len(chosen) for chosen in product(*within)):
                found.add((first, first))
        return found


@dataclass(frozen=True)
class Close(Sought):
    """Two things, one beginning at most `distance` after the other's end."""

    left: Sought
    right: Sought
    distance: int
    ordered: bool

    def may_stand_in(self, held: Kinds) -> bool:
        return self.left.may_stand_in(held) and self.right.may_stand_in(held)

    def runs(self, text: Text) -> set[Run]:
        found = set()
        for one, other in product(self.left.runs(text), self.right.runs(text)):
            if 1 <= other[0] - one[1] <= self.distance:
                found.add((one[0], other[1]))
            if not self.ordered and 1 <= one[0] - other[1] <= self.distance:
                found.add((other[0], one[1]))
        return found


@dataclass(frozen=True)
class Apart(Sought):
    """What has no other thing within reach, but for one in its very place."""

    left: Sought
    right: Sought
    reach: int | Unit
    ordered: bool

    def may_stand_in(self, held: Kinds) -> bool:
        return self.left.may_stand_in(held)

    def runs(self, text: Text) -> set[Run]:
        others = self.right.runs(text)
        return {
            run
            for run in self.left.runs(text)
            if not any(other != run and self._is_within_reach(run, other, text) for other in others)
        }

    def _is_within_reach(self, run: Run, other: Run, text: Text) -> bool:
        if self.reach is Unit.PARAGRAPH:
            return True
        if self.reach is Unit.SENTENCE:
            return text.sentences[run[0]] == text.sentences[other[0]]
        assert isinstance(self.reach, int)
        if other[0] > run[1]:
            return other[0] - run[1] <= self.reach
        if other[1] < run[0]:
            return not self.ordered and run[0] - other[1] <= self.reach
        # They overlap; in order, only one that begins no earlier counts.
        return not self.ordered or other[0] >= run[0]


@dataclass(frozen=True)
class InOne(Sought):
    """Two things in one sentence, or one paragraph, that do not overlap: both are found."""

    left: Sought
    right: Sought
    unit: Unit

    def may_stand_in(self, held: Kinds) -> bool:
        return self.left.may_stand_in(held) and self.right.may_stand_in(held)

    def runs(self, text: Text) -> set[Run]:
        found = set()
        for one, other in product(self.left.runs(text), self.right.runs(text)):
            do_overlap = one[0] <= other[1] and other[0] <= one[1]
            touched = {text.sentences[at] for at in (*one, *other)}
            if not do_overlap and (self.unit is Unit.PARAGRAPH or len(touched) == 1):
                found |= {one, other}
        return found
