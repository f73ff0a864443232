"""Decode what is left of mail and web in a plain text: quoted-printable, character entities, tags. Text in, text out.

Only what cannot be anything else is decoded, and a remark says so:
- quoted-printable where bytes of UTF-8 (`=E2=80=99`) or soft line breaks with other codes tell it, and no sign of
  equality speaks against it (`a=20`);
- entities with a known name or number and their semicolon (`&eacute;`, `&#8217;`; not `AT&T`);
- tags of HTML by name: any that close or have attributes, `<br>` and `<p>`, and what these vouch for; not `x < y`, nor
  the codes of shares (`<IBM.N>`, `<TD>`).
A text about HTML, which names it and shows tags or entities by themselves, is left as it is. Spans of an article count
code points of the decoded text.
"""

import html
import html.entities

import regex

_QP_CODE = r"=[0-9A-F]{2}"
_QP_RUN = regex.compile(rf"(?:{_QP_CODE})+")
_QP_MULTIBYTE = regex.compile(
    r"=(?:C[2-9A-F]|D[0-9A-F])=[89AB][0-9A-F]|=E[0-9A-F](?:=[89AB][0-9A-F]){2}|=F[0-4](?:=[89AB][0-9A-F]){3}"
)
_QP_SOFT = regex.compile(r"(?<![=\s])[ \t]?=[ \t]*(?:\r{0,2}\n|\r)(?!=)|(?<== )=[ \t]*(?:\r{0,2}\n|\r)")
_QP_FULL_LINE = regex.compile(r"[^\r\n]{60,76}(?<![=\s])=(?=\r{0,2}\n|\r)")
_QP_LATIN = regex.compile(r"(?<=\p{Ll})=[89A-F][0-9A-F](?=\p{Ll}|\s)")
_QP_SPACE = regex.compile(r"=(?:20|09|3D|0A|0D)")

_ENTITY = regex.compile(r"&(?:#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6})|[A-Za-z][A-Za-z0-9]{1,30});")
_ESCAPED_ENTITY = regex.compile(r"&amp;(?=(?:#\d{2,6}|#x[0-9A-Fa-f]{2,5}|[A-Za-z][A-Za-z0-9]{1,30});)")
_SHORTEST_RARE = 5  # letters of an entity's name that HTML 4 does not have: "&in;" may be anything
_KEPT_ESCAPED = frozenset({"lt", "gt", "amp", "quot"})

_BLOCKS_TEXT = """
p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote table tbody thead tr hr center pre figure figcaption section
article header footer aside nav main form address title head body html
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_SPACED = frozenset({"td", "th"})
_INLINE_TEXT = """
a abbr acronym b big cite code em font i img label q s small span strike strong sub sup tt u wbr nobr meta link
time picture source video audio iframe
"""
_INLINE = frozenset(_INLINE_TEXT.split())
_TAG = regex.compile(
    r"<(?P<close>/)?(?P<name>[A-Za-z][A-Za-z0-9]{0,9})(?P<rest>\s{1,4}[A-Za-z\-:]{1,40}\s?=\s?[\"'\w#/][^<>]{0,2000}|\s*)(?P<void>/)?>"
)
_ESCAPED_TAG = regex.compile(r"&lt;(?P<tag>/?(?:p|br|div|b|i|em|strong|span|a|u|ul|li)(?:\s[^<>&]{0,500})?/?)&gt;")
_BREAKS = regex.compile(r"(?<![^\S\n])[^\S\n]*(?:<[bB][rR]\s*/?>\s*)+")
_BREAK = regex.compile(r"<[bB][rR]\s*/?>")
_ABOUT = regex.compile(
    r"\b(?:x?html|xml|entit(?:y|ies)|markup|ampersand|tags?|stylesheets?|hypertext)\b", regex.IGNORECASE
)
_SHOWN = regex.compile(
    r"(?<=[\s\"'“‘(`])(?:&(?!(?:amp|nbsp|[mn]dash|hellip|bull|middot|quot);)#?\w{1,30};|</?[A-Za-z][A-Za-z0-9]{0,9}\s?/?>)(?=[\s\"'”’),.;:`])"
)


def decode_markup(text: str) -> tuple[str, str | None]:
    """`text` without the codes of mail and web, and what to report on them; None where there are none."""
    reasons: list[str] = []
    if "=" in text and _is_quoted_printable(text):
        text = _unquoted(text)
        reasons.append("is quoted-printable")
    if ("&" in text or "<" in text) and _has_markup(text) and not _is_about_markup(text):
        text, entities, tags = _without_markup(text)
        counts = [_count(entities, "character entity", "character entities"), _count(tags, "tag", "tags")]
        reasons.extend([f"has {' and '.join(filter(None, counts))}"] if any(counts) else [])
    return text, f"{' and '.join(reasons)}: decoded" if reasons else None


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}" if count else ""


def _is_quoted_printable(text: str) -> bool:
    signs = text.count("=")
    soft = len(_QP_SOFT.findall(text))
    codes = sum(len(run) // 3 for run in _QP_RUN.findall(text))
    if _QP_MULTIBYTE.search(text):
        return (codes + soft) * 10 >= signs * 9
    if codes + soft != signs:
        return False
    latin = len(_QP_LATIN.findall(text))
    evidence = latin + len(_QP_SPACE.findall(text))
    return (soft > 0 and evidence > 0) or latin > 1 or len(_QP_FULL_LINE.findall(text)) > 1


def _unquoted(text: str) -> str:
    return _QP_RUN.sub(_decoded_run, _QP_SOFT.sub("", text))


def _decoded_run(match: "regex.Match[str]") -> str:
    data = bytes.fromhex(match[0].replace("=", ""))
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError:
        decoded = data.decode("cp1252", "replace")
    return decoded if all(char >= " " or char in "\t\n\r" for char in decoded) else str(match[0])


def _has_markup(text: str) -> bool:
    return _ENTITY.search(text) is not None or bool(_names(text))


def _is_about_markup(text: str) -> bool:
    return _ABOUT.search(text) is not None and _SHOWN.search(text) is not None


def _without_markup(text: str) -> tuple[str, int, int]:
    """The text without tags and entities, and how many of each there were."""
    tags = entities = 0
    if "&lt;" in text:
        text = _ESCAPED_TAG.sub(r"<\g<tag>>", text)
    if "<" in text:
        text, tags = _without_tags(text)
    if "&" in text:
        text = _ESCAPED_ENTITY.sub(_unescaped_once, text)
        decoded = _ENTITY.sub(_decoded_entity, text)
        entities = sum(_decoded_entity(match) != match[0] for match in _ENTITY.finditer(text))
        text = decoded
    return text, entities, tags


def _unescaped_once(match: "regex.Match[str]") -> str:
    name = match.string[match.end() : match.string.index(";", match.end())]
    known = name not in _KEPT_ESCAPED and _decoded(f"&{name};") is not None
    return "&" if known else str(match[0])


def _decoded_entity(match: "regex.Match[str]") -> str:
    return _decoded(match[0]) or str(match[0])


def _decoded(entity: str) -> str | None:
    """The character that an entity stands for; None where it is none, or a control character."""
    name = entity[1:-1]
    is_known = name in html.entities.name2codepoint or name in {"apos", "#39"}
    if not (name.startswith("#") or is_known or (len(name) >= _SHORTEST_RARE and f"{name};" in html.entities.html5)):
        return None
    char = html.unescape(entity)
    return (
        char
        if char and (char.isprintable() or char in "\n\r\t\xa0\xad\u200b\u200c\u200d\u200e\u200f\u2002\u2003\u2009")
        else None
    )


def _without_tags(text: str) -> tuple[str, int]:
    trusted = {name for name in _names(text) if name in _BLOCKS | _SPACED | _INLINE | {"br"}}
    if not trusted:
        return text, 0
    count = sum(match["name"].lower() in trusted for match in _TAG.finditer(text))
    if "br" in trusted:
        text = _BREAKS.sub(_broken, text)
    return _TAG.sub(lambda match: _replaced(match, trusted), text), count


def _names(text: str) -> set[str]:
    """The names of the tags that are unmistakable: they close, have attributes, or need no end."""
    found = [(match, match["name"].lower()) for match in _TAG.finditer(text)]
    known = [(match, name) for match, name in found if name in _BLOCKS | _SPACED | _INLINE | {"br"}]
    sure = {name for match, name in known if match["close"] or match["rest"].strip() or match["void"]}
    # <p> and <br> need no end; <TD> and <BR> in a text without any other tag are codes of shares
    alone = {
        name
        for match, name in known
        if name in {"p", "br", "hr", "li", "img"} and (sure or match["name"].islower() or _begins_line(match))
    }
    return sure | alone


def _begins_line(match: "regex.Match[str]") -> bool:
    return match.start() == 0 or match.string[match.start() - 1] in "\r\n"


def _broken(match: "regex.Match[str]") -> str:
    """Line breaks for the `<br>`s of a run: one is the end of a line, two are that of a paragraph."""
    if len(_BREAK.findall(match[0])) > 1:
        return "\n\n"
    after = match[0][match[0].rindex(">") + 1 :]
    return after if "\n" in after else f"\n{after}"


def _replaced(match: "regex.Match[str]", trusted: set[str]) -> str:
    name = match["name"].lower()
    if name not in trusted:
        return str(match[0])
    return "\n\n" if name in _BLOCKS else " " if name in _SPACED else ""
