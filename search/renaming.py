"""Articles of a new ledger -> those whose ids must be decided anew, and the ids that a rebuild would give them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from search.articles import Article, Note, NoteKind
from search.engines.sorted_arrays import Ints
from search.ledger import Ledger, renamed_of
from search.reading.uniqueness import Uniqueness, hash_of

Hashes = npt.NDArray[np.uint64]


@dataclass
class Names:
    """The ids of articles, by their places in the ledger, that were decided anew; and notes on those that are new.

    `tried` has the hashes of all ids that were tried for articles whose own id another one has.
    """

    ids: dict[int, str] = field(default_factory=dict)
    own_ids: dict[int, str] = field(default_factory=dict)
    renamed: dict[int, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    tried: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))


def named(ledger: Ledger, was: Ints, before: Ledger, article: Callable[[int], tuple[Article, str | None]]) -> Names:
    """Decide ids where articles that may clash were added, taken away or moved.

    `was` has the place of each article in the ledger before, -1 where it is new; `article` returns an article by its
    place, with the id that it has by itself, and where it is in its file.
    """
    clashes = _clashing(ledger, before)
    concerned = np.flatnonzero(np.isin(ledger["article_id"], clashes))
    is_gone = ~np.isin(np.arange(before.articles), was)
    others = np.concatenate([before["article_id"][is_gone], ledger["article_id"][was < 0]])
    if not np.isin(others, clashes).any() and (np.diff(was[concerned]) > 0).all():
        return Names(tried=before.tried)  # all that may clash is as it was, in the same order
    is_decided = np.zeros(ledger.articles, np.bool_)
    while True:
        is_decided[concerned] = True
        names = _decided(np.flatnonzero(is_decided), was < 0, article)
        # Others that have an id by themselves which was tried here may come before or after.
        concerned = np.flatnonzero(np.isin(ledger["article_id"], names.tried) & ~is_decided)
        if not len(concerned):
            return names


def _clashing(ledger: Ledger, before: Ledger) -> Hashes:
    """Return the ids that articles share, or shared, by themselves, and those that were tried for one of them."""
    found = [before.tried]
    for each in (ledger, before):
        ids, counts = np.unique(each["article_id"], return_counts=True)
        found.append(ids[counts > 1])
    return np.concatenate(found)


def _decided(
    places: Ints, is_new: npt.NDArray[np.bool_], article: Callable[[int], tuple[Article, str | None]]
) -> Names:
    """Decide the ids of some articles, given in order."""
    names, uniqueness = Names(), Uniqueness()
    for place in places.tolist():
        _name(place, *article(place), uniqueness, names, is_new=bool(is_new[place]))
    names.tried = np.fromiter(uniqueness.tried, np.uint64, len(uniqueness.tried))
    return names


def _name(
    place: int, article: Article, where: str | None, uniqueness: Uniqueness, names: Names, *, is_new: bool
) -> None:
    for each in uniqueness.checked(article, where):
        if isinstance(each, Article):
            names.ids[place] = each.id
            names.renamed[place] = renamed_of(article, each.id)
            names.own_ids[place] = article.id
        elif is_new and each.kind is NoteKind.SAME_ID:
            names.notes.append(each)


def with_names(ledger: Ledger, names: Names) -> Ledger:
    """Return a ledger in which articles have the ids that were decided."""
    columns = {name: ledger[name].copy() for name in ("article_kept", "article_renamed")}
    own_ids: dict[int, str] = dict(ledger.own_ids)
    for place, article_id in names.ids.items():
        columns["article_kept"][place] = hash_of(article_id)
        columns["article_renamed"][place] = names.renamed[place]
        own_ids.pop(place, None)
        if names.renamed[place]:
            own_ids[place] = names.own_ids[place]
    return replace(
        ledger, columns={**ledger.columns, **columns}, own_ids=dict(sorted(own_ids.items())), tried=names.tried
    )


def duplicates(ledger: Ledger, places: Ints) -> Iterator[tuple[int, int]]:
    """Yield those of some articles that repeat the text of one before, each with the first of these; all by places."""
    _, first, index = np.unique(ledger["article_text"], return_index=True, return_inverse=True)
    firsts = first[index[places]]
    for place, earlier in zip(places.tolist(), firsts.tolist(), strict=True):
        if earlier != place:
            yield place, earlier
