"""Cut a headline (kicker, title and byline, a line each) into what pages show: the title and the lines around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from search.answering.answer import ArticleAnswer, Mark, ShownHit
from search.answering.snippets import marks_within
from web.words import Piece, pieces


@dataclass(frozen=True, slots=True)
class ShownHeadline:
    """The title with its highlights; `above` and `below` are the lines around it, each cut at its highlights.

    `marked` says whether anything in the headline is highlighted.
    """

    title: tuple[Piece, ...]
    above: tuple[tuple[Piece, ...], ...]
    below: tuple[tuple[Piece, ...], ...]
    marked: bool

    @property
    def marked_lines(self) -> tuple[tuple[Piece, ...], ...]:
        """The lines around the title that have highlights."""
        return tuple(line for line in (*self.above, *self.below) if any(piece.marked for piece in line))


def headline_of_hit(hit: ShownHit) -> ShownHeadline:
    """Return the headline of a hit: the one that was found, or the title above the paragraph that was."""
    if hit.paragraph:
        return ShownHeadline(pieces(hit.card.title, hit.title_marks), (), (), marked=bool(hit.title_marks))
    return _shown(hit.snippet.text, hit.card.title, hit.snippet.marks)


def headline_of_article(answer: ArticleAnswer) -> ShownHeadline:
    """Return the headline of a whole article; of one without any, its derived title."""
    article = answer.article
    if article.headline is None:
        return ShownHeadline(pieces(article.title, ()), (), (), marked=False)
    return _shown(article.headline, article.title, answer.marks[0])


def _shown(headline: str, title: str, marks: Sequence[Mark]) -> ShownHeadline:
    start = headline.find(title)
    if start < 0:  # the title is derived, or was tidied
        return ShownHeadline(pieces(title, ()), (), _lines(headline, 0, len(headline), marks), marked=bool(marks))
    end = start + len(title)
    return ShownHeadline(
        pieces(title, marks_within(marks, start, end)),
        _lines(headline, 0, start, marks),
        _lines(headline, end, len(headline), marks),
        marked=bool(marks),
    )


def _lines(text: str, start: int, end: int, marks: Sequence[Mark]) -> tuple[tuple[Piece, ...], ...]:
    """Return the lines of a part of a text that say something, each cut at its highlights."""
    lines = []
    for line in text[start:end].splitlines(keepends=True):
        words = line.strip(" \n:-–—|")
        if words:
            at = start + line.index(words)
            lines.append(pieces(words, marks_within(marks, at, at + len(words))))
        start += len(line)
    return tuple(lines)
