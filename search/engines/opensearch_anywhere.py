"""The tree -> queries of the cluster where its parts may stand anywhere in an article. Means what `anywhere` does."""

from search.engines.opensearch_client import Json
from search.engines.opensearch_leaves import Units, all_of, any_of
from search.engines.opensearch_trees import UNSCORED, Asked, Paragraphs, having, of_articles
from search.query.nodes import And, AtLeast, Boost, Field, Node, Not, Or, Prefer
from search.query.syntax import TEXT_FIELDS

_OF_ARTICLES = Field | UNSCORED


class Articles:
    """Queries for articles, and for the paragraphs that are shown of them."""

    def __init__(self, asked: Asked) -> None:
        self._paragraphs = Paragraphs(asked)
        self._text: Units = asked.text
        self._title: Units = asked.title

    def matching(self, node: Node) -> Json:
        """Return a query for the articles that match a node."""
        match node:
            case And(children=children):
                return all_of(map(self.matching, children))
            case Or(children=children):
                return any_of(map(self.matching, children))
            case Not(child=child):
                return {"bool": {"must_not": [self.matching(child)]}}
            case Prefer(must=child) | Boost(child=child):
                return self.matching(child)
        if isinstance(node, AtLeast | _OF_ARTICLES):
            return self._paragraphs.of_article(node)
        return having(self._paragraphs.matching(node))

    def shown(self, node: Node) -> Json:
        """Return a query for the paragraphs that are shown of the articles that match, unscored."""
        matching = of_articles(self.matching(node))
        evidence = self._evidence(node)
        if evidence is None:
            return matching
        if _always_shows(node):
            return all_of((matching, evidence))
        # An article found by its fields alone is found with all its paragraphs.
        bare = of_articles({"bool": {"must_not": [having(evidence)]}})
        return all_of((matching, any_of((evidence, bare))))

    def scored(self, node: Node) -> Json:
        """Return a query for the same paragraphs with their scores."""
        return {"bool": {"filter": [self.shown(node)], "should": self._parts(node, 1.0), "minimum_should_match": 0}}

    def _evidence(self, node: Node) -> Json | None:
        """Return a query for the paragraphs that show why an article matches; None where none does."""
        match node:
            case And(children=children):
                return _any_known([self._evidence(child) for child in children])
            case Or(children=children):
                found = [(child, self._evidence(child)) for child in children]
                return _any_known([each and self._within(child, each) for child, each in found])
            case Not():
                return None
            case Prefer(must=child) | Boost(child=child):
                return self._evidence(child)
            case AtLeast(child=child):
                return self._paragraphs.matching(child)
        return None if isinstance(node, _OF_ARTICLES) else self._paragraphs.matching(node)

    def _parts(self, node: Node, weight: float) -> list[Json]:
        """Return queries whose scores add up to that of a paragraph."""
        match node:
            case And(children=children):
                parts = [part for child in children for part in self._parts(child, weight)]
                return [*parts, *self._paragraphs.near_each_other(node, weight)]
            case Or(children=children):
                return self._parts_within(children, weight)
            case Not():
                return []
            case Prefer(must=must, should=should):
                return [*self._parts(must, weight), *self._parts_within(should, weight)]
            case Boost(child=child, factor=factor):
                return self._parts(child, weight * factor)
            case Field(name="title", child=child):
                return [self._title.scored(child, weight)]
            case Field(name="hlead"):
                return self._paragraphs.in_lead(node, weight)
            case AtLeast(child=child):
                return [self._text.scored(child, weight)]
        return [] if isinstance(node, _OF_ARTICLES) else [self._text.scored(node, weight)]

    def _parts_within(self, children: tuple[Node, ...], weight: float) -> list[Json]:
        return [self._within(child, part) for child in children for part in self._parts(child, weight)]

    def _within(self, node: Node, query: Json) -> Json:
        """Return a query with its scores, for the articles that match a node only."""
        if isinstance(node, Boost):
            return self._within(node.child, query)
        if _is_leaf(node):
            return query  # a paragraph that it finds makes its article match
        return {"bool": {"must": [query], "filter": [of_articles(self.matching(node))]}}


def _is_leaf(node: Node) -> bool:
    if isinstance(node, Field):
        return node.name in TEXT_FIELDS
    return not isinstance(node, And | Or | Not | Prefer | Boost | AtLeast | UNSCORED)


def _always_shows(node: Node) -> bool:
    """Whether every article that matches has a paragraph that shows why."""
    match node:
        case And(children=children):
            return any(map(_always_shows, children))
        case Or(children=children):
            return all(map(_always_shows, children))
        case Prefer(must=child) | Boost(child=child):
            return _always_shows(child)
        case AtLeast():
            return True
    return not isinstance(node, Not | _OF_ARTICLES)


def _any_known(queries: list[Json | None]) -> Json | None:
    known = [query for query in queries if query is not None]
    return any_of(known) if known else None
