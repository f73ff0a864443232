"""A name that was not known -> the known one that was probably meant. For fields, parameters and their values."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_ALIKE = 0.6


def similar_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that differs least, or None where none is much alike."""
    found = process.extractOne(name.lower(), list(known), scorer=OSA.normalized_similarity, score_cutoff=_ALIKE)
    return found[0] if found else None
