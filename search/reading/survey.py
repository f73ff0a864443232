"""Look over an archive before it is read: how its dates are ordered, how its places are spelled, which words it has.

Files in, a Survey out. An archive of at most SAMPLE code points is looked over whole, so what is told of it is exact.
Of a larger one a sample is read that is spread over its files in their order, and the same each time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from search.articles import Article
from search.reading import Format, format_of, places, read_file
from search.reading.context import ReadingContext, Survey
from search.reading.files import SourceFile

SAMPLE = 8 << 20  # code points
MOST_WORDS = 500_000

_PACKED = 4  # times as much text as bytes in a .gz, about
_LEAST = 1 << 16  # code points of one file that make opening it worth while
_WORDS = re.compile(r"[^\W\d_]+")


def survey(files: Sequence[SourceFile], *, context: ReadingContext, sample: int = SAMPLE) -> Survey:
    """What a sample of the files says of all. `context` is that in which they will be read, but for its survey."""
    gathered, found = Survey(), Survey()  # what is found of places is not consulted while more are looked for
    surveying = replace(context, survey=gathered, surveying=True)
    # Words are gathered for hyphens at the ends of lines, which are common in plain texts alone; a record is judged by
    # its own words then.
    gathers_words = any(format_of(file.name) is Format.TEXT for file in files)
    for article in _sampled(files, surveying, sample):
        if article.place_written:
            places.tally(article.place_written, found)
        if gathers_words and len(gathered.words) < MOST_WORDS:
            for paragraph in article.paragraphs:
                gathered.words.update(_WORDS.findall(paragraph.text.lower()))
    gathered.places = found.places
    return gathered


def _sampled(files: Sequence[SourceFile], context: ReadingContext, sample: int) -> Iterator[Article]:
    """Articles of the beginnings of as many files as fit, each with its share of the sample."""
    files = [file for file in files if format_of(file.name) is not None]
    sizes = [file.size * (_PACKED if file.path.suffix.lower() == ".gz" else 1) for file in files]
    share = min(1.0, sample / max(sum(sizes), 1))
    allowed = 0.0
    for file, size in zip(files, sizes, strict=True):
        allowed += size * share
        if share < 1 and allowed < min(size, _LEAST):
            continue
        for reading in read_file(file, context=context):
            if isinstance(reading, Article):
                yield reading
                allowed -= reading.source.end - reading.source.start
                if share < 1 and allowed <= 0:
                    break
