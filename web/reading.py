"""ArticleAnswer -> what the article's page shows: marked paragraphs that know the marked ones before and after them."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from search.answering.answer import ArticleAnswer
from web.fragments import fragments_of, passage_path
from web.words import Piece, pieces


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph cut at its marks; `previous` and `next` are the numbers of the nearest marked paragraphs.

    `passage` is the path that leads to it and has a browser mark its words.
    """

    number: int
    pieces: tuple[Piece, ...]
    marked: bool
    previous: int | None
    next: int | None
    passage: str


def shown_paragraphs(answer: ArticleAnswer) -> tuple[ShownParagraph, ...]:
    """Return the paragraphs of an article as they are shown."""
    article = answer.article
    paragraphs = article.paragraphs
    marks = answer.marks[-len(paragraphs) :]  # without those of the headline
    fragments = fragments_of(article)
    marked = [paragraph.number for paragraph, spans in zip(paragraphs, marks, strict=True) if spans]
    return tuple(
        ShownParagraph(
            paragraph.number,
            pieces(paragraph.text, spans),
            marked=bool(spans),
            previous=_nearest(marked, paragraph.number, -1),
            next=_nearest(marked, paragraph.number, 1),
            passage=passage_path(answer.article.id, fragment),
        )
        for paragraph, spans, fragment in zip(paragraphs, marks, fragments, strict=True)
    )


def _nearest(marked: Sequence[int], number: int, step: int) -> int | None:
    at = bisect_left(marked, number)
    if marked[at : at + 1] != [number]:
        return None
    at += step
    return marked[at] if 0 <= at < len(marked) else None
