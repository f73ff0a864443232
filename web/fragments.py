"""An article's texts -> for each paragraph the part of an address after "#": its anchor and, for browsers, its words.

"p3:~:text=On%20Friday,pathbreaking%22." leads to paragraph 3 and has the browser mark it from its first words to its
last (URL Fragment Text Directives, a draft of the WICG). A browser that does not find the words goes to the anchor.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from search.answering.answer import article_path
from search.articles import Article
from web.words import showable

# Code points up to which a paragraph stands in its address whole.
_WHOLE = 80
# How many words of either end are tried until they are found nowhere before their place.
_ENDS = (4, 8, 16)
# Beyond so many comparisons (paragraphs times code points) an article's paragraphs are told by their anchors alone.
_MOST_WORK = 200_000_000


def fragments_of(article: Article) -> tuple[str, ...]:
    """Return the fragment that leads to each paragraph of an article."""
    return passage_fragments(article.headline or article.title, [paragraph.text for paragraph in article.paragraphs])


def passage_fragments(title: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Return the fragment that leads to each paragraph, without "#". `title` is on the page before them."""
    anchors = [f"p{number}" for number in range(1, len(texts) + 1)]
    if len(texts) * sum(map(len, texts)) > _MOST_WORK:
        return tuple(anchors)
    return tuple(
        f"{anchor}:~:text={directive}" if directive else anchor
        for anchor, directive in zip(anchors, _directives(title, texts), strict=True)
    )


def passage_path(article_id: str, fragment: str) -> str:
    """Return the path of an article's page with the fragment of one of its paragraphs."""
    return f"{article_path(article_id)}#{fragment}"


def _directives(title: str, texts: Sequence[str]) -> Iterator[str | None]:
    """Yield what comes after "text=" for each paragraph; None where its words stand before it, too."""
    # Browsers look for words whatever their case, from the top of the page.
    page = "\n".join([title, *map(showable, texts)]).casefold()
    position = len(title.casefold()) + 1
    for text in map(showable, texts):
        yield _directive(text, page, position)
        position += len(text.casefold()) + 1


def _directive(text: str, page: str, position: int) -> str | None:
    words = text.split()
    if len(text) > _WHOLE:
        for count in _ENDS:
            start, end = " ".join(words[:count]), " ".join(words[-count:])
            if 2 * count < len(words) and _leads(start, page, position) and _ends(end, text, len(start.casefold())):
                return f"{_encoded(start)},{_encoded(end)}"
    whole = " ".join(words)
    return _encoded(whole) if len(text) <= 4 * _WHOLE and _leads(whole, page, position) else None


def _leads(start: str, page: str, position: int) -> bool:
    """Whether the first place on the page that begins so is the paragraph."""
    return page.find(start.casefold(), 0, position + len(start.casefold())) == position


def _ends(end: str, text: str, after: int) -> bool:
    """Whether what ends so, looked for behind the start, is the whole paragraph."""
    folded, sought = text.casefold(), end.casefold()
    return folded.find(sought, after) == len(folded) - len(sought)


def _encoded(text: str) -> str:
    """Return words as a directive may hold them: its commas, dashes and ampersands are signs of its own."""
    return quote(text, safe="").replace("-", "%2D")
