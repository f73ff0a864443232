"""The oracle: a small true engine over a list of articles, against which the real ones are held.

Brute force in plain Python: every token of every paragraph is looked at for every node of the tree, and nothing is
shared with what it judges (not `engines.evaluation`, not `query.matching`): it is written from the nodes' docstrings
and the formulas of `engines.base`, by the shortest way that can be read as true.
"""

import datetime
import functools
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from search.articles import Article
from search.engines.base import (
    BM25_B,
    BM25_K1,
    FACETS,
    PROXIMITY_REACH,
    PROXIMITY_WEIGHT,
    Ask,
    Card,
    Counts,
    Facets,
    FacetValue,
    Form,
    Found,
    Group,
    Hit,
    Month,
    Position,
    Scope,
    Sort,
    UndatedArticles,
)
from search.errors import ArticleNotFound, Diagnostic, QueryError
from search.language import Analyzer, SentenceModel, names_of
from search.query import syntax
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Everything,
    Exactly,
    Field,
    Fuzzy,
    InArticles,
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
from search.query.syntax import FIELDS, MAX_FUZZY_FORMS


class _Word(NamedTuple):
    """A token of a text, the stems of all its names, and the number of the sentence it stands in."""

    word: str
    stems: frozenset[str]
    capitals: bool
    sentence: int


Tokens = Sequence[_Word]
# First and last position of what was found.
Run = tuple[int, int]
Scores = dict[int, float]
# What an article matches, which paragraphs show it, what every paragraph scores.
ByArticle = tuple[set[int], set[int], Scores]

_LEAVES = (Term, Wildcard, Fuzzy, Phrase)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A unit (0 is the headline): the place of its article in the list, and its number and text there."""

    article: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One hit before it is shown."""

    paragraph: int
    score: float
    more: int


class Oracle:
    """An engine that holds its articles in memory and looks at all of them for every question."""

    name = "oracle"
    fields = FIELDS

    def __init__(self, articles: Iterable[Article], analyzer: Analyzer, sentences: SentenceModel | None = None) -> None:
        self._articles = list(articles)
        self._analyzer = analyzer
        self._sentences = sentences or SentenceModel()
        self._paragraphs = [
            _Paragraph(index, paragraph.number, paragraph.text)
            for index, article in enumerate(self._articles)
            for paragraph in article.units
        ]
        texts = [self._tokens(paragraph.text, self._sentences.starts(paragraph.text)) for paragraph in self._paragraphs]
        self._text = _Space(texts, self._forms)
        self._title = _Space([self._tokens(article.title) for article in self._articles], self._forms)
        self._frequency = Counter(word for tokens in texts for word in {token.word for token in tokens})
        self._words = {token.word for space in (self._text, self._title) for tokens in space.units for token in tokens}

    # The protocol

    def search(self, ask: Ask) -> Found:
        """Return one page of what the node matches."""
        scores = self._evaluate(ask.node, ask.scope)
        rows = sorted(self._rows(scores, ask.group), key=lambda row: self._place(row, ask.sort))
        if ask.after is not None:
            last = _order(ask.after, ask.sort)
            rows = [row for row in rows if self._place(row, ask.sort) > last]
        articles = sorted({self._paragraphs[paragraph].article for paragraph in scores})
        return Found(
            paragraphs=len(scores),
            articles=len(articles),
            hits=tuple(self._hit(row, ask.sort) for row in rows[: ask.size]),
            facets=self._facets(scores, articles, ask.facets),
            has_more=len(rows) > ask.size,
        )

    def every(self, ask: Ask) -> Iterator[Hit]:
        """Return all hits of what the node matches, in order."""
        rows = self._rows(self._evaluate(ask.node, ask.scope), ask.group)
        return (self._hit(row, ask.sort) for row in sorted(rows, key=lambda row: self._place(row, ask.sort)))

    def count(self, node: Node, scope: Scope = Scope.PARAGRAPH) -> int:
        """Return how many paragraphs a node matches."""
        return len(self._evaluate(node, scope))

    def article(self, article_id: str) -> Article:
        """Return a whole article."""
        for article in self._articles:
            if article.id == article_id:
                return article
        raise ArticleNotFound(article_id)

    def forms(self, node: Term | Wildcard | Fuzzy) -> Sequence[str]:
        """Return the words of the archive that a stem or a pattern stands for."""
        if not isinstance(node, Term):
            return sorted(self._forms(node))
        names = {name for word in self._words for name in names_of(word)}
        return sorted(name for name in names if self._analyzer.stem(name) in node.tokens)

    def number_within(self, node: Fuzzy) -> int:
        """Return how many words of the archive are so many edits away."""
        return sum(_is_like(word, node) for word in self._words)

    def similar_forms(self, word: str, *, limit: int) -> Sequence[Form]:
        """Return words that a word may be a misspelling of."""
        edits = 1 if len(word) < 5 else 2
        asked = names_of(word)[0]
        names = {known: names_of(known)[0] for known in self._frequency if not known.isdigit()}
        ranked = sorted(
            (distance, name[0] != asked[0].lower(), -self._frequency[known], known)
            for known, name in names.items()
            if (distance := edit_distance(asked.lower(), name)) <= edits and name not in (asked, asked.upper())
        )
        return [Form(known, -frequency) for _, _, frequency, known in ranked[:limit]]

    def completions(self, prefix: str, *, limit: int) -> Sequence[Form]:
        """Return the most frequent words that begin with these letters."""
        found = [word for word in self._words if prefix and any(name.startswith(prefix) for name in names_of(word))]
        found.sort(key=lambda word: (-self._frequency[word], word))
        return [Form(word, self._frequency[word]) for word in found[:limit]]

    def months_held(self) -> Sequence[Month]:
        """Return every month that has articles."""
        held = Counter(_month(article) for article in self._articles if article.date)
        return tuple(Month(month, number, number) for month, number in sorted(held.items()))

    def counts(self) -> Counts:
        """Return what the archive holds."""
        paragraphs = sum(len(article.paragraphs) for article in self._articles)
        return Counts(len(self._articles), paragraphs, sum(map(len, self._text.units)))

    def close(self) -> None:
        """Do nothing: there are no files."""

    # For tests

    def scores(self, node: Node, scope: Scope) -> dict[tuple[str, int], float]:
        """Return every paragraph that matches, by article id and number, with its score."""
        found = self._evaluate(node, scope)
        return {self._id_of(paragraph): score for paragraph, score in found.items()}

    # What matches, in a paragraph

    def _evaluate(self, node: Node, scope: Scope) -> Scores:
        if scope is Scope.PARAGRAPH:
            return self._in_paragraph(node)
        articles, evidence, scores = self._in_article(node)
        shown = evidence & self._paragraphs_of(articles)
        proven = {self._paragraphs[paragraph].article for paragraph in shown}
        # An article that only its fields speak for is shown by all of its paragraphs.
        shown |= self._paragraphs_of(articles - proven)
        return {paragraph: scores.get(paragraph, 0.0) for paragraph in sorted(shown)}

    def _in_paragraph(self, node: Node) -> Scores:
        match node:
            case And(children=children):
                found = [self._in_paragraph(child) for child in children]
                scores = _total([*found, *self._bonuses(children)])
                return {paragraph: scores[paragraph] for paragraph in set(found[0]).intersection(*found)}
            case Or(children=children):
                return _total([self._in_paragraph(child) for child in children])
            case Not(child=child):
                return dict.fromkeys(self._everything() - set(self._in_paragraph(child)), 0.0)
            case Prefer(must=must, should=should):
                found_must = self._in_paragraph(must)
                scores = _total([found_must, *(self._in_paragraph(child) for child in should)])
                return {paragraph: scores[paragraph] for paragraph in found_must}
            case Boost(child=child, factor=factor):
                return {paragraph: score * factor for paragraph, score in self._in_paragraph(child).items()}
            case AtLeast(child=child):
                scores = self._text.scored(child)
                return {paragraph: scores.get(paragraph, 0.0) for paragraph in self._paragraphs_of(self._often(node))}
            case Field() | DateRange() | AnnualDay() | Undated() | Length() | Exactly() | InArticles() | Everything():
                return self._spread(self._of_articles(node))
        return self._text.scored(node)

    def _bonuses(self, children: Sequence[Node]) -> list[Scores]:
        leaves = [child for child in children if isinstance(child, _LEAVES)]
        return [self._text.closeness(left, right) for left, right in itertools.pairwise(leaves) if left != right]

    # What matches, anywhere in an article

    def _in_article(self, node: Node) -> ByArticle:
        match node:
            case And(children=children):
                found = [self._in_article(child) for child in children]
                articles = set(found[0][0]).intersection(*(each for each, _, _ in found))
                evidence = set[int]().union(*(each for _, each, _ in found))
                return articles, evidence, _total([*(each for _, _, each in found), *self._bonuses(children)])
            case Or(children=children):
                return self._any_in_article(children)
            case Not(child=child):
                articles, _, _ = self._in_article(child)
                return set(range(len(self._articles))) - articles, set(), {}
            case Prefer(must=must, should=should):
                articles, evidence, scores = self._in_article(must)
                _, _, more = self._any_in_article(should)
                return articles, evidence, _total([scores, more])
            case Boost(child=child, factor=factor):
                articles, evidence, scores = self._in_article(child)
                return articles, evidence, {paragraph: score * factor for paragraph, score in scores.items()}
            case AtLeast(child=child):
                scores = self._text.scored(child)
                return self._often(node), set(scores), scores
            case Field() | DateRange() | AnnualDay() | Undated() | Length() | Exactly() | InArticles() | Everything():
                by_article = self._of_articles(node)
                return set(by_article), set(), self._spread(by_article)
        scores = self._in_paragraph(node)
        return {self._paragraphs[paragraph].article for paragraph in scores}, set(scores), scores

    def _any_in_article(self, children: Sequence[Node]) -> ByArticle:
        """An alternative that an article does not match shows nothing of it and adds nothing."""
        all_articles: set[int] = set()
        all_evidence: set[int] = set()
        all_scores: list[Scores] = []
        for articles, evidence, scores in map(self._in_article, children):
            inside = self._paragraphs_of(articles)
            all_articles |= articles
            all_evidence |= evidence & inside
            all_scores.append({paragraph: score for paragraph, score in scores.items() if paragraph in inside})
        return all_articles, all_evidence, _total(all_scores)

    # What matches, of an article's fields

    def _of_articles(self, node: Node) -> Scores:
        match node:
            case Field(name="title", child=child):
                return self._title.scored(child)
            case Field(name="hlead", child=child):
                leads = {
                    self._paragraphs[paragraph].article: score
                    for paragraph, score in self._text.scored(child).items()
                    if self._paragraphs[paragraph].number == 1
                }
                return _total([self._title.scored(child), leads])
            case Field(name=name, child=child):
                return self._having(lambda article: self._value_holds(child, getattr(article, name)))
            case DateRange(start=start, end=end):
                first, last = start or datetime.date.min, end or datetime.date.max
                return self._having(lambda article: article.date is not None and first <= article.date <= last)
            case AnnualDay(month=month, day=day):
                return self._having(
                    lambda article: (
                        article.date is not None and article.date.month == month and day in (None, article.date.day)
                    )
                )
            case Undated():
                return self._having(lambda article: article.date is None)
            case Length(low=low, high=high):
                return self._having(
                    lambda article: (low or 0) <= self._length(article) <= (math.inf if high is None else high)
                )
            case Exactly(name=name, values=values):
                return self._having(
                    lambda article: (
                        getattr(article, name) is not None and self._analyzer.fold(getattr(article, name)) in values
                    )
                )
            case InArticles(ids=ids):
                return self._having(lambda article: article.id in ids)
        return self._having(lambda _: True)

    def _having(self, holds: Callable[[Article], bool]) -> Scores:
        return {index: 0.0 for index, article in enumerate(self._articles) if holds(article)}

    def _length(self, article: Article) -> int:
        return sum(len(self._tokens(paragraph.text)) for paragraph in article.paragraphs)

    def _often(self, node: AtLeast) -> set[int]:
        """Return the articles in which the child stands often enough."""
        often = Counter[int]()
        for paragraph, runs in enumerate(self._text.all_runs(node.child)):
            often[self._paragraphs[paragraph].article] += len(runs)
        return {article for article, number in often.items() if number >= node.count}

    def _value_holds(self, child: Node, value: str | None) -> bool:
        if value is None:
            return False
        words_alike: Callable[[Wildcard | Fuzzy], set[str]] = lambda node: {  # noqa: E731 - used once, beside its use
            token.word for token in self._tokens(value) if _is_like(token.word, node)
        }
        return bool(_runs(child, self._tokens(value), words_alike))

    # Words and numbers

    def _tokens(self, text: str, sentences: Sequence[int] = (0,)) -> Tokens:
        return [
            _Word(
                token.word,
                frozenset(map(self._analyzer.stem, names_of(token.word))),
                token.capitals,
                sum(1 for start in sentences if start <= token.start),
            )
            for token in self._analyzer.tokens(text)
        ]

    def _forms(self, node: Wildcard | Fuzzy) -> set[str]:
        """Return the words of the archive that a pattern stands for."""
        found = [word for word in self._words if _is_like(word, node)]
        if isinstance(node, Fuzzy):
            return set(sorted(found, key=lambda word: (-self._frequency[word], word))[:MAX_FUZZY_FORMS])
        if len(found) > syntax.MAX_EXPANSIONS:
            raise QueryError([Diagnostic("wildcard-too-wide", f"{node.pattern} fits {len(found)} words.")])
        return set(found)

    def _everything(self) -> set[int]:
        return set(range(len(self._paragraphs)))

    def _paragraphs_of(self, articles: set[int]) -> set[int]:
        return {index for index, paragraph in enumerate(self._paragraphs) if paragraph.article in articles}

    def _spread(self, by_article: Scores) -> Scores:
        """Give every paragraph what its article has."""
        return {
            index: by_article[paragraph.article]
            for index, paragraph in enumerate(self._paragraphs)
            if paragraph.article in by_article
        }

    # What is shown

    def _rows(self, scores: Scores, group: Group) -> Iterator[_Row]:
        if group is Group.NONE:
            yield from (_Row(paragraph, score, 0) for paragraph, score in scores.items())
            return
        by_article: dict[int, list[int]] = {}
        for paragraph in sorted(scores):
            by_article.setdefault(self._paragraphs[paragraph].article, []).append(paragraph)
        for paragraphs in by_article.values():
            best = max(paragraphs, key=lambda paragraph: (scores[paragraph], -self._paragraphs[paragraph].number))
            yield _Row(best, scores[best], len(paragraphs) - 1)

    def _position(self, row: _Row, sort: Sort) -> Position:
        article_id, number = self._id_of(row.paragraph)
        published = self._articles[self._paragraphs[row.paragraph].article].date
        # It remembers of no article when it was added: they all came together, and the newest comes first.
        key = row.score if sort is Sort.RELEVANCE else float(published.toordinal() if published else 0)
        return Position(key, article_id, number)

    def _place(self, row: _Row, sort: Sort) -> tuple[float, str, int]:
        return _order(self._position(row, sort), sort)

    def _id_of(self, paragraph: int) -> tuple[str, int]:
        found = self._paragraphs[paragraph]
        return self._articles[found.article].id, found.number

    def _hit(self, row: _Row, sort: Sort) -> Hit:
        paragraph = self._paragraphs[row.paragraph]
        position = self._position(row, sort)
        article = self._articles[paragraph.article]
        lead = None if position.paragraph else article.paragraphs[0].text[:400]
        return Hit(position, row.score, row.more, _card(article), paragraph.text, lead)

    def _facets(self, scores: Scores, articles: Sequence[int], names: Sequence[str]) -> Facets:
        values = {name: self._facet(name, scores, articles) for name in FACETS if name in names}
        if "date" not in names:
            return Facets(values)
        undated = {index for index, article in enumerate(self._articles) if article.date is None}
        return Facets(values, self._months(articles), UndatedArticles(len(undated & set(articles)), len(undated)))

    def _facet(self, name: str, scores: Scores, articles: Sequence[int]) -> tuple[FacetValue, ...]:
        by_article = Counter(getattr(self._articles[index], name) for index in articles)
        by_paragraph = Counter(getattr(self._articles[self._paragraphs[index].article], name) for index in scores)
        values = [
            FacetValue(value, number, by_paragraph[value]) for value, number in by_article.items() if value is not None
        ]
        return tuple(sorted(values, key=lambda each: (-each.articles, each.value)))

    def _months(self, articles: Sequence[int]) -> tuple[Month, ...]:
        found = Counter(_month(self._articles[index]) for index in articles if self._articles[index].date)
        if not found:
            return ()
        first, last = min(found), max(found)
        return tuple(
            Month(month.value, found[month.value], month.held)
            for month in self.months_held()
            if first <= month.value <= last
        )


class _Space:
    """A list of texts, as tokens, in which words stand and are weighed."""

    def __init__(self, units: Sequence[Tokens], forms: Callable[[Wildcard | Fuzzy], set[str]]) -> None:
        self.units = units
        self._forms = forms
        self._known: dict[Node, list[set[Run]]] = {}
        self._average = sum(map(len, units)) / len(units) if any(units) else 1.0

    def scored(self, node: Node) -> Scores:
        """Return the units that hold a node, and the BM25 score of each."""
        idf = self._idf(node)
        scores = {}
        for unit, runs in enumerate(self.all_runs(node)):
            if runs:
                often = len(runs)
                norm = BM25_K1 * (1 - BM25_B + BM25_B * len(self.units[unit]) / self._average)
                scores[unit] = idf * often * (BM25_K1 + 1) / (often + norm)
        return scores

    def closeness(self, left: Node, right: Node) -> Scores:
        """Return what is added to the units in which two leaves stand near each other."""
        weight = PROXIMITY_WEIGHT * min(self._idf(left), self._idf(right))
        scores = {}
        for unit, (ours, theirs) in enumerate(zip(self.all_runs(left), self.all_runs(right), strict=True)):
            gaps = [max(two[0] - one[1], one[0] - two[1]) for one in ours for two in theirs]
            nearest = min((gap for gap in gaps if 1 <= gap <= PROXIMITY_REACH), default=None)
            if nearest is not None:
                scores[unit] = weight / nearest
        return scores

    def _idf(self, node: Node) -> float:
        if isinstance(node, Phrase | Window):
            return sum(self._idf(part) for part in node.parts)
        having = sum(1 for runs in self.all_runs(node) if runs)
        return math.log(1 + (len(self.units) - having + 0.5) / (having + 0.5))

    def all_runs(self, node: Node) -> list[set[Run]]:
        """Return everywhere that a node stands, unit by unit."""
        if node not in self._known:
            forms = functools.cache(self._forms)
            self._known[node] = [_runs(node, tokens, forms) for tokens in self.units]
        return self._known[node]


def _runs(  # noqa: C901 - one case a node, each a line or two
    node: Node, tokens: Tokens, forms: Callable[[Wildcard | Fuzzy], set[str]]
) -> set[Run]:
    """Return everywhere that a node stands in a text."""
    match node:
        case Term(tokens=asked, capitals=True):
            return {
                (at, at) for at, token in enumerate(tokens) if token.capitals and _is_found(token.word.lower(), asked)
            }
        case Term(tokens=asked, stemmed=True):
            return {(at, at) for at, token in enumerate(tokens) if not token.stems.isdisjoint(asked)}
        case Term(tokens=asked):
            return {(at, at) for at, token in enumerate(tokens) if _is_found(token.word, asked)}
        case Wildcard() | Fuzzy():
            fitting = forms(node)
            return {(at, at) for at, token in enumerate(tokens) if token.word in fitting}
        case Phrase(parts=parts):
            found = [_runs(part, tokens, forms) for part in parts]
            starts = (at for at in range(len(tokens)) if all((at + i, at + i) in part for i, part in enumerate(found)))
            return {(at, at + len(parts) - 1) for at in starts}
        case Window(parts=parts, distance=distance):
            choices = itertools.product(*([first for first, _ in _runs(part, tokens, forms)] for part in parts))
            different = (chosen for chosen in choices if len(set(chosen)) == len(chosen))
            return {(min(chosen), min(chosen)) for chosen in different if max(chosen) - min(chosen) <= distance}
        case Near(left=left, right=right, distance=distance, ordered=ordered):
            pairs = list(itertools.product(_runs(left, tokens, forms), _runs(right, tokens, forms)))
            if not ordered:
                pairs += [(two, one) for one, two in pairs]
            return {(one[0], two[1]) for one, two in pairs if one[1] < two[0] <= one[1] + distance}
        case NotNear(left=left, right=right):
            others = _runs(right, tokens, forms)
            return {
                one
                for one in _runs(left, tokens, forms)
                if not any(other != one and _is_in_reach(one, other, node, tokens) for other in others)
            }
        case Together(left=left, right=right, unit=unit):
            pairs = itertools.product(_runs(left, tokens, forms), _runs(right, tokens, forms))
            apart = [(one, two) for one, two in pairs if one[1] < two[0] or two[1] < one[0]]
            return {run for pair in apart if len(_units(pair, unit, tokens)) == 1 for run in pair}
        case Or(children=children):
            return set[Run]().union(*(_runs(child, tokens, forms) for child in children))
    raise AssertionError(f"{type(node).__name__} has no positions")


def _is_in_reach(one: Run, other: Run, node: NotNear, tokens: Tokens) -> bool:
    """Whether the other overlaps, follows or (where either order will do) precedes within the reach of a NotNear."""
    if isinstance(node.reach, Unit):
        return len(_units([(one[0], one[0]), (other[0], other[0])], node.reach, tokens)) == 1
    before, after = one[0] - other[1], other[0] - one[1]
    if node.ordered:
        return other[0] >= one[0] and after <= node.reach
    return max(before, after) <= node.reach


def _units(runs: Iterable[Run], unit: Unit, tokens: Tokens) -> set[int]:
    """Return the sentences that some runs touch; a paragraph is taken for one."""
    return {0 if unit is Unit.PARAGRAPH else tokens[at].sentence for run in runs for at in range(run[0], run[1] + 1)}


def _is_found(word: str, asked: Sequence[str]) -> bool:
    """Whether a word is asked for, as it is or by one of its names."""
    return not {word, *names_of(word)}.isdisjoint(asked)


def _is_like(word: str, node: Wildcard | Fuzzy) -> bool:
    names = [name.lower() for name in names_of(word)]
    if isinstance(node, Wildcard):
        return any(fits_pattern(name, node.pattern) for name in names)
    return any(name[0] == node.word[0] and edit_distance(node.word, name) <= node.edits for name in names)


def fits_pattern(word: str, pattern: str) -> bool:
    """Whether a word fits a pattern of literal characters, * (any run) and ? (any one)."""
    # The places in the pattern that can be reached with what was read of the word.
    reached = {0}
    for letter in word:
        reached = _past_stars(reached, pattern)
        reached = {
            place if pattern[place] == "*" else place + 1
            for place in reached
            if place < len(pattern) and pattern[place] in ("*", "?", letter)
        }
    return len(pattern) in _past_stars(reached, pattern)


def _past_stars(places: set[int], pattern: str) -> set[int]:
    places = set(places)
    for place in range(len(pattern)):
        if place in places and pattern[place] == "*":
            places.add(place + 1)
    return places


def edit_distance(one: str, other: str) -> int:
    """Return how many insertions, deletions, changes and swaps of neighbours lead from one word to the other.

    No part of a word is edited twice (optimal string alignment).
    """
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, 1):
        rows.append([i])
        for j, right in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


def _order(position: Position, sort: Sort) -> tuple[float, str, int]:
    """Return what hits are sorted by, the smallest first."""
    key = (position.key or math.inf) if sort is Sort.OLDEST else -position.key
    return key, position.article_id, position.paragraph


def _total(found: Iterable[Scores]) -> Scores:
    total: Scores = {}
    for scores in found:
        for unit, score in scores.items():
            total[unit] = total.get(unit, 0.0) + score
    return total


def _month(article: Article) -> str:
    assert article.date is not None
    return f"{article.date.year:04}-{article.date.month:02}"


def _card(article: Article) -> Card:
    return Card(
        id=article.id,
        title=article.title,
        title_derived=article.title_derived,
        date=article.date,
        place=article.place,
        country=article.country,
        agency=article.agency,
        byline=article.byline,
        section=article.section,
        source=article.source,
        of=len(article.paragraphs),
    )
