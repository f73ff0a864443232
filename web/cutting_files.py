"""Cuttings -> files to keep or hand on: HTML that stands alone, Markdown, RIS. What articles say is only text there."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from flask import render_template

from search.answering.answer import article_path
from search.articles import Paragraph
from web import words
from web.citations import Citation, citation_key, citation_of, ris
from web.cuttings import Cutting, Gone
from web.words import showable

CHANGED = "The source is another than when this paragraph was marked: compare before quoting."
# What Markdown may take for markup wherever it stands, and what only at the head of a line.
_MARKUP = re.compile(r"[\\`*_\[\]<>#&|~$^{}]")
_AT_THE_HEAD = re.compile(r"^(\s*)(?:([-+=:])|([0-9]+)([.)]))")


@dataclass(frozen=True, slots=True)
class Clippings:
    """What a file is made of: the cuttings in their order, the day, and the address of the archive ("http://host")."""

    cuttings: tuple[Cutting | Gone, ...]
    day: datetime.date
    host: str

    @property
    def summary(self) -> str:
        """What the file holds, in a sentence."""
        gone = sum(isinstance(each, Gone) for each in self.cuttings)
        found = words.count(len(self.cuttings) - gone, "paragraph")
        made = f"{found}, cut out on {words.day(self.day)} from {self.host}/."
        held = "1 is" if gone == 1 else f"{gone} are"
        return f"{made} {held} not in the archive any more." if gone else made


@dataclass(frozen=True, slots=True)
class FileKind:
    """How a kind of file is written, and what it is on the way to the browser."""

    content_type: str
    write: Callable[[Clippings], str]


def written_html(clippings: Clippings) -> str:
    """Return the cuttings as a page that needs nothing beside it."""
    return render_template("cutting.html", clippings=clippings)


def written_markdown(clippings: Clippings) -> str:
    """Return the cuttings as CommonMark, everything that is not ours escaped."""
    parts = ["# Cuttings", escaped(clippings.summary)]
    for each in clippings.cuttings:
        parts += _gone(each) if isinstance(each, Gone) else _cutting(each, clippings.host)
    return "\n\n".join(parts) + "\n"


def _gone(gone: Gone) -> Iterator[str]:
    wanted = gone.wanted
    yield f"## {escaped(wanted.title or wanted.article_id)}"
    yield f"{words.unit(wanted.number).capitalize()} of {escaped(wanted.article_id)} is not in the archive any more."
    yield from _note(wanted.note)


def _cutting(cutting: Cutting, host: str) -> Iterator[str]:
    article = cutting.article
    yield f"## {escaped(article.title)}"
    if wire := words.wire(article):
        yield escaped(wire)
    yield from _context(cutting.before)
    yield f"> **{words.sign(cutting.paragraph.number)}** {escaped(cutting.paragraph.text)}"
    yield from _context(cutting.after)
    yield from _note(cutting.wanted.note)
    if cutting.changed:
        yield CHANGED
    yield escaped(" ".join(cutting.citation))
    yield f"[{escaped(host + cutting.short_path)}]({host}{cutting.path})"


def _context(paragraph: Paragraph | None) -> Iterator[str]:
    if paragraph:
        yield f"{words.sign(paragraph.number)} {escaped(paragraph.text)}"


def _note(note: str) -> Iterator[str]:
    if note:
        yield "**Note** " + "\\\n".join(escaped(line) for line in note.splitlines() if line.strip())


def escaped(text: str) -> str:
    """Return text as Markdown that shows that very text, in one line, wherever in a line it is put."""
    one_line = " ".join(showable(text).split())
    safe = _MARKUP.sub(r"\\\g<0>", one_line)
    return _AT_THE_HEAD.sub(lambda found: f"{found[1]}\\{found[2]}" if found[2] else f"{found[3]}\\{found[4]}", safe)


def written_ris(clippings: Clippings) -> str:
    """Return the cuttings as RIS, a record for each paragraph, which its note holds with its neighbours."""
    return "".join(ris(_cited(each, clippings)) for each in clippings.cuttings)


def _cited(each: Cutting | Gone, clippings: Clippings) -> Citation:
    wanted = each.wanted
    key = f"{citation_key(wanted.article_id)}-p{wanted.number}"
    url = clippings.host + article_path(wanted.article_id, wanted.number)
    if isinstance(each, Cutting):
        citation = citation_of(each.article, url, clippings.day)
        return replace(citation, key=key, note=_one_line(*_ris_note(each), citation.note))
    lost = f"{words.unit(wanted.number).capitalize()} of {wanted.article_id} is not in the archive any more."
    return Citation(
        key=key,
        title=_one_line(wanted.title or wanted.article_id),
        date=None,
        place=None,
        agency=None,
        byline=None,
        section=None,
        note=_one_line(lost, wanted.note and f"Note: {wanted.note}"),
        url=url,
        accessed=clippings.day,
    )


def _ris_note(cutting: Cutting) -> Iterator[str]:
    called = words.unit(cutting.paragraph.number, len(cutting.article.paragraphs)).capitalize()
    yield f"{called}: “{cutting.paragraph.text}”"
    if cutting.before:
        yield f"Before it: “{cutting.before.text}”"
    if cutting.after:
        yield f"After it: “{cutting.after.text}”"
    if cutting.wanted.note:
        yield f"Note: {cutting.wanted.note}"
    if cutting.changed:
        yield CHANGED


def _one_line(*parts: str) -> str:
    """Return parts as one line, which is all that a field of RIS may be."""
    return " ".join(showable(" ".join(parts)).split())


FILES = {
    "html": FileKind("text/html; charset=utf-8", written_html),
    "md": FileKind("text/markdown; charset=utf-8", written_markdown),
    "ris": FileKind("application/x-research-info-systems; charset=utf-8", written_ris),
}
