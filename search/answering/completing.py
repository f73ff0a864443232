"""What is being typed -> what it may become: words, names and titles of the archive, the most frequent first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.engines.base import FACETS, Ask, Group
from search.errors import EngineUnavailable, QueryError
from search.generation import Generation
from search.language import spellings
from search.query.nodes import And, Everything, Field, Node, Term, Wildcard

_TITLES = 3
_NAMES = 4
# So many of the most frequent values of a field are looked through while somebody types.
_NAMES_KNOWN = 5_000
_LONGEST = 200
_MIN_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Completion:
    """One thing that what is being typed may become.

    `kind` is "word", "name" or "title"; `q` the whole query with it in place, `text` what is new in it. A name is of
    the `field` (place, agency, section); a title belongs to the article of `article_id`. `total` counts paragraphs
    that hold a word, or articles that have a name.
    """

    kind: str
    text: str
    q: str
    total: int | None = None
    field: str | None = None
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Name:
    field: str
    value: str
    folded: str
    articles: int


class Completer:
    """Completes what is being typed from an archive's words, names and titles. Safe for threads."""

    def __init__(self) -> None:
        # Those of the generation that answered last, by its id: a new one begins anew.
        self._known: tuple[str, Sequence[_Name]] = ("", ())

    def words(self, text: str, generation: Generation, *, limit: int) -> tuple[Completion, ...]:
        """Return a query with its last word completed by the most frequent words of the archive."""
        head, last = split_last_word(text)
        if not last:
            return ()
        forms = generation.engine.completions(generation.analyzer.fold(last), limit=limit)
        return tuple(Completion("word", form.word, f"{head}{form.word}", form.paragraphs) for form in forms)

    def all(self, text: str, generation: Generation, *, limit: int) -> tuple[Completion, ...]:
        """Return words, names and titles that begin with what is being typed."""
        head, last = split_last_word(text)
        if len(last) < _MIN_LETTERS or len(text) > _LONGEST:
            return ()
        names = tuple(self._names(text, head, last, generation))
        # A word of titles alone is in no paragraph.
        words = (each for each in self.words(text, generation, limit=limit) if each.total)
        return (*words, *names, *_titles(text, generation))

    def _names(self, text: str, head: str, last: str, generation: Generation) -> Iterator[Completion]:
        """Yield names that begin with all that was typed, or have a word that begins with its last word."""
        fold = generation.analyzer.fold
        whole, word = fold(text.strip()), fold(last)
        found = 0
        for name in self._names_of(generation):
            begins = name.folded.startswith(whole)
            if begins or f" {word}" in f" {name.folded}":
                written = f'"{name.value}"' if not name.value.isalnum() else name.value
                query = f"{'' if begins else head}{name.field}:{written}"
                yield Completion("name", name.value, query, name.articles, field=name.field)
                found += 1
            if found == _NAMES:
                return

    def _names_of(self, generation: Generation) -> Sequence[_Name]:
        known, names = self._known
        if known != generation.manifest.id:
            names = _read_names(generation)
            self._known = (generation.manifest.id, names)
        return names


def _read_names(generation: Generation) -> Sequence[_Name]:
    """Return the values of the fields with few of them, the most frequent first."""
    # Quotes would end the value in a query.
    facets = generation.engine.search(Ask(Everything(), size=1, facets=FACETS)).facets
    names = [
        _Name(field, each.value, generation.analyzer.fold(each.value), each.articles)
        for field, values in facets.values.items()
        for each in values[:_NAMES_KNOWN]
        if '"' not in each.value
    ]
    return sorted(names, key=lambda name: (-name.articles, name.value, name.field))


def _titles(text: str, generation: Generation) -> Iterator[Completion]:
    """Yield articles whose titles hold the words typed, the last one being a beginning."""
    node = _asked_of_titles(text, generation)
    if node is None:
        return
    try:
        hits = generation.engine.search(Ask(node, size=_TITLES, group=Group.ARTICLE)).hits
    except (QueryError, EngineUnavailable):
        return  # fits too many words yet, or takes too long
    for hit in hits:
        yield Completion("title", hit.card.title, text, article_id=hit.card.id)


def _asked_of_titles(text: str, generation: Generation) -> Node | None:
    head, last = split_last_word(text)
    words = generation.analyzer.query_words(head)
    prefix = generation.analyzer.fold(last)
    if not prefix.isalpha() or len(prefix) < _MIN_LETTERS:
        return None
    asked: list[Node] = [Field("title", Term(spellings(word), stemmed=False)) for word in words]
    return And((*asked, Field("title", Wildcard(f"{prefix}*"))))


def split_last_word(text: str) -> tuple[str, str]:
    """Return what stands before the word being typed, and the word."""
    start = len(text)
    while start and text[start - 1].isalnum():
        start -= 1
    return text[:start], text[start:]
