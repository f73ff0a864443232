"""Read a block of `Key: value` lines above a text. Lines in, fields out; what they mean for an article is top.py's.

Keys may stand in any order and case, with or without blank lines between, under the names of FIELDS; a value may go on
in indented lines, or stand in the line after its key. A block needs one key that hardly begins a sentence (STRONG) or
two of the others. Other `Key: value` lines count to the block only in its midst or touching it, and stay text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from search.reading.layout import Line, ends_like_a_sentence

LONGEST_VALUE = 400  # code points; a longer value of any but a summary's key is a paragraph that begins with a word
_LONGEST_SUMMARY = 4000
_WRAPPED = frozenset({"title", "summary", "topics"})  # what may go on in lines that are not indented
_LONGEST_UNKNOWN = 100
_MOST_FOLDS = 12  # lines that a value may go on in

# What a key gives -> the names it goes by, folded: small letters, single spaces.
_NAMES = {
    "title": "title headline head headlines hl hed hd heading titel titre título titulo titolo überschrift schlagzeile"
    " заголовок 标题 標題 見出し 제목",
    "subject": "subject betreff objet asunto oggetto",
    "kicker": "kicker slug slugline label catchline priority urgency embargo embargoed release-status dachzeile",
    "summary": "subtitle subhead subheadline subheading sub-headline sub-heading sub-title deck dek standfirst summary"
    " abstract description teaser highlight highlights blurb excerpt untertitel vorspann sous-titre chapeau",
    "date": "date dated published pubdate pub-date pub_date publication-date publication_date date-published"
    " datepublished published-on published-at published_at publish-date publish_date date-of-publication posted"
    " posted-on post-date created created-at issued issue-date release-date releasedate dc.date pd datum fecha data"
    " datetime date-time timestamp дата 日期 日付 날짜",
    "byline": "author authors byline bylines by writer writers reporter reporters journalist written-by story-by"
    " creator dc.creator autor autorin autoren auteur auteurs autore von par por автор авторы 作者 記者 기자",
    "agency": "agency news-agency wire newswire wire-service credit agentur agence agencia agenzia",
    "source": "source publication newspaper publication-title publication-name paper outlet publisher magazine"
    " journal quelle fuente fonte site website site-name источник 来源 출처",
    "section": "section sections category categories desk rubric department channel ressort rubrik rubrique sección"
    " seccion sezione рубрика",
    "topics": "keywords keyword topics topic tags tag subjects index-terms schlagworte mots-clés etiquetas",
    "place": "dateline place location city ort lieu lugar luogo",
    "body": "body text content full-text fulltext article story main-text article-text",
    "other": "url link permalink canonical source-url document-url web-address length word-count words word_count"
    " wordcount language lang copyright rights edition page pages pg volume issue load-date loaddate updated"
    " last-updated updated-at modified last-modified date-modified type document-type doc-type"
    " publication-type document-id docid guid accession-number id isbn issn doi graphic series country region"
    " geographic contact contacts phone email from to cc sent editor edited-by photo photos image caption"
    " version status distribution company organization person ticker persons people provider program show"
    " network time column tags-line publication-info proquest-document-id links link-to place-of-publication"
    " country-of-publication language-of-publication publication-year publication-subject source-type database"
    " start-page first-page number-of-pages",
}  # fmt: skip
_FIELD_OF = {
    name.replace("-", " ").replace("_", " "): field for field, names in _NAMES.items() for name in names.split()
}
# Names that hardly begin a sentence: one is evidence enough.
_STRONG_TEXT = """
title headline hl hed byline author authors pubdate titel titre título titulo titolo überschrift автор заголовок
 标题 標題 見出し 제목 作者 slugline
"""
_STRONG = frozenset(_STRONG_TEXT.split())
# In the date's place "sometime in spring" is a date too, but "date: the fruit of a palm" is none.
_KEY = regex.compile(
    r"[*_#]{0,3}(?P<key>[\p{L}\p{M}][\p{L}\p{M}._\- ]{0,28}?)[*_]{0,3}\s{0,8}[:：][*_]{0,3}(?P<space>\s+|$)?"
)
_DATE_AND_TEXT = regex.compile(r"\d{4}-\d\d-\d\d\S*\s+(?![\d:.,+\-\s]{0,30}(?:[ap]\.?m\.?)?\s?\(?[A-Z]{0,4}\)?$)")
# What databases of newspapers write above every text.
_LENGTH = regex.compile(
    r"(?i:length|länge|longueur|longitud|word\scount):\s[\d,. ]{1,12}\s?(?i:words?|wörter|mots|palabras)?"
)
_DATE_LIKE = regex.compile(r"\p{Nd}{1,4}")


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a header: what it gives (one of FIELDS, or None), its key and value as written, and its lines.

    `end` is the index after its last line; `start` and `stop` are the span of its value in the text. `values` are the
    items of a value that is a list.
    """

    name: str | None
    key: str
    value: str
    end: int
    start: int = 0
    stop: int = 0
    values: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The field as written, in one line."""
        return f"{self.key}: {self.value}"


def field_named(key: str) -> str | None:
    """What the key of a header gives, None for one that is unknown."""
    return _FIELD_OF.get(" ".join(key.replace("-", " ").replace("_", " ").split()).lower())


def is_strong(key: str) -> bool:
    """Whether a line that begins with this key and a colon is hardly anything but a header."""
    return key.lower() in _STRONG


def read_block(lines: Sequence[Line], *, begun: bool = False) -> tuple[list[Field], int]:
    """The fields of the header that `lines` begin with, and the index of the first line after it.

    No field and 0 where they begin with none. A `Body:` field is the last; its value is text. `begun` says that a part
    of the header, or a label, is above, so that one known key is enough.
    """
    fields = list(_leading_fields(lines))
    ends_block = bool(fields) and all(line.blank for line in lines[fields[-1].end : fields[-1].end + 1])
    while fields and fields[-1].name is None and not (ends_block and len(fields[-1].value) <= _LONGEST_UNKNOWN):
        fields.pop()  # what touches a header's end and its text is text
    if not (_is_header(fields) or (begun and any(field.name for field in fields))):
        return [], 0
    return fields, fields[-1].end


def _is_header(fields: Sequence[Field]) -> bool:
    known = [field for field in fields if field.name]
    if any(is_strong(field.key) or _is_dated(field) or _LENGTH.fullmatch(field.line) for field in known):
        return True
    names = {field.name if field.name != "other" else field.key.lower() for field in known}
    return len(names) > 1 and any(field.name not in {"place", "other"} for field in known)


def _is_dated(field: Field) -> bool:
    return field.name == "date" and len(field.value) <= 60 and _DATE_LIKE.search(field.value) is not None


def _leading_fields(lines: Sequence[Line]) -> Iterator[Field]:
    index = 0
    known = False
    while index < len(lines):
        if lines[index].blank:
            index += 1
            continue
        field = _field_at(lines, index)
        touches = index > 0 and not lines[index - 1].blank
        if field is None or (field.name is None and not (known and touches)):
            return
        if known and not touches and field.name == "other" and _is_paragraph(field.value):
            return
        yield field
        if field.name == "body":
            return
        known = True
        index = field.end


def _field_at(lines: Sequence[Line], index: int) -> Field | None:
    """The field that begins in this line; None where none does, or where its value is a paragraph."""
    line = lines[index]
    match = _KEY.match(line.text)
    key = " ".join(match["key"].split()) if match else ""
    name = field_named(key)
    if match is None or (name is None and match["space"] is None):
        return None
    if name == "body":
        return Field(name, key, "", index + 1, line.start + match.end(), line.end)
    if name is None and (len(key.split()) > 3 or ends_like_a_sentence(line.text)):
        return None
    end, parts = _folded(lines, index, name, line.text[match.end() :].strip())
    value = " ".join(" ".join(parts).split())
    if name == "date" and _DATE_AND_TEXT.match(value):
        return None  # "Date: 2024-08-24 Washington, Aug 24 (IANS) ...", which top.py reads
    longest = _LONGEST_SUMMARY if name in {"summary", "topics", "other"} else LONGEST_VALUE
    if len(value) > longest or (name == "other" and _is_paragraph(value)):
        return None
    return Field(name, key, value, end, line.start + match.end(), lines[end - 1].end)


def _is_paragraph(value: str) -> bool:
    """Whether what follows a word such as `Company:` is running text."""
    return len(value) > _LONGEST_UNKNOWN and ends_like_a_sentence(value)


def _folded(lines: Sequence[Line], index: int, name: str | None, first: str) -> tuple[int, list[str]]:
    """The index after a value's last line, and its parts: one a line."""
    parts, end = [first], index + 1
    if name == "date" and first:
        return end, parts
    if not first and end < len(lines) and not lines[end].blank and not _begins_field(lines[end]):
        parts, end = [lines[end].text], end + 1
    while end < min(len(lines), index + _MOST_FOLDS) and _continues(lines, index, end, name):
        parts.append(lines[end].text)
        end += 1
    if end > index + 2 and name not in {*_WRAPPED, "other"}:
        return index + 1, [first]
    if end > index + 1 and first and _is_body(lines, end, name):
        return index + 1, [first]
    return end, parts


def _begins_field(line: Line) -> bool:
    match = _KEY.match(line.text)
    return match is not None and field_named(match["key"]) is not None


def _continues(lines: Sequence[Line], index: int, end: int, name: str | None) -> bool:
    """Whether a line goes on with the value before it: indented, or with another field right below."""
    line = lines[end]
    if line.blank or _begins_field(line):
        return False
    if line.indent > lines[index].indent:
        return True
    below = lines[end + 1] if end + 1 < len(lines) else None
    return name in _WRAPPED and below is not None and _begins_field(below) and not _KEY.match(line.text)


def _is_body(lines: Sequence[Line], end: int, name: str | None) -> bool:
    """Whether indented lines after a field are the text's first paragraph rather than more of its value."""
    touched = end < len(lines) and not lines[end].blank
    if name == "summary" or (touched and _begins_field(lines[end])):
        return False
    return touched or ends_like_a_sentence(lines[end - 1].text)
