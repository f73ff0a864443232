"""Article -> the line that says where a paragraph comes from, so that it can be found and held against its file."""

from collections.abc import Iterator

from search.articles import Article
from web import words


def citation_parts(article: Article, paragraph: int | None = None) -> tuple[str, ...]:
    """Return the parts of a citation, which spaces join; each may run from right to left by itself.

    A title that was taken from the first sentence stands in square brackets, as cataloguers set what they supply.
    """
    count = len(article.paragraphs)
    where = words.count(count, "paragraph") if paragraph is None else words.unit(paragraph, count)
    return (
        _title(article),
        *_published(article),
        f"{article.source.path},",
        f"{where}.",
        f"SHA-256 {article.source.sha256}.",
    )


def _title(article: Article) -> str:
    title = article.title.removesuffix(".")
    stop = "" if title.endswith(("?", "!", "…", "।")) else "."
    return f"“[{title}]{stop}”" if article.title_derived else f"“{title}{stop}”"


def _published(article: Article) -> Iterator[str]:
    day = words.day(article.date) if article.date else None
    known = [text for text in (article.byline, article.agency, article.place, day) if text]
    yield from (f"{text}," for text in known[:-1])
    yield from (text if text.endswith(".") else f"{text}." for text in known[-1:])
