"""Facets -> the boxes that narrow a search: values to add, to take away again, or to leave out, as links."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from search.answering.parameters import SearchParameters
from search.engines.base import FACETS, FacetValue, Group
from web.addresses import search_address

SHOWN = 8
_LISTED = 200
# Each row has two addresses, which repeat all that is asked; of a box they take about so many bytes at most.
_ADDRESS_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A value of a facet and how many have it.

    `href` adds it or, where it is on, takes it away; `out_href` leaves it out or, where it is left out, lets it in.
    """

    value: str
    count: int
    href: str
    out_href: str
    active: bool
    left_out: bool


@dataclass(frozen=True, slots=True)
class FacetBox:
    """One facet: the rows shown, the rows folded away, and how many values are not listed at all."""

    name: str
    label: str
    shown: tuple[FacetRow, ...]
    folded: tuple[FacetRow, ...]
    unlisted: int


def facet_boxes(values: Mapping[str, Sequence[FacetValue]], parameters: SearchParameters) -> tuple[FacetBox, ...]:
    """Return a box for each facet that has anything to show; `values` of each, the most frequent first."""
    listed = _listed(parameters)
    boxes = (_box(name, values.get(name, ()), parameters, listed=listed) for name in FACETS)
    return tuple(box for box in boxes if box.shown)


def _box(name: str, values: Sequence[FacetValue], parameters: SearchParameters, *, listed: int) -> FacetBox:
    rows = list(_rows(name, values, parameters, listed=listed))
    # What was chosen stands first, so that it never hides among what is folded away.
    rows.sort(key=lambda row: not (row.active or row.left_out))
    first = max(SHOWN, sum(row.active or row.left_out for row in rows))
    return FacetBox(
        name,
        name.capitalize(),
        tuple(rows[:first]),
        tuple(rows[first:]),
        max(0, len(values) - listed),
    )


def _listed(parameters: SearchParameters) -> int:
    """Return how many values a box lists: fewer where a long search would be repeated for each of them."""
    return min(_LISTED, max(SHOWN, _ADDRESS_BYTES // (2 * len(search_address(parameters)))))


def _rows(name: str, values: Sequence[FacetValue], parameters: SearchParameters, *, listed: int) -> Iterator[FacetRow]:
    wanted: tuple[str, ...] = getattr(parameters, name)
    unwanted: tuple[str, ...] = getattr(parameters, f"not_{name}")
    by_article = parameters.group is Group.ARTICLE
    counts = {each.value: each.articles if by_article else each.paragraphs for each in values}
    for value in dict.fromkeys([*wanted, *unwanted, *(each.value for each in values[:listed])]):
        href = search_address(parameters, **{name: _toggled(wanted, value), f"not_{name}": _less(unwanted, value)})
        out = search_address(parameters, **{name: _less(wanted, value), f"not_{name}": _toggled(unwanted, value)})
        yield FacetRow(value, counts.get(value, 0), href, out, value in wanted, value in unwanted)


def _toggled(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return _less(values, value) if value in values else (*values, value)


def _less(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(each for each in values if each != value)
