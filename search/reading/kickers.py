"""Tell labels from titles: what kind of story it is, which version, when it may be published. Lines in, labels out.

Agencies put labels before a title (`UPDATE 2-Bridge opens`, `URGENT: Bridge opens`, `(LEAD) Bridge opens`) or in a line
above it (`FOR IMMEDIATE RELEASE`, `EMBARGOED UNTIL 0900 GMT`, `BC-EU-Trade, 2nd Ld-Writethru`). Only labels in these
tables count, and only with a sign after them that agencies use, so that `Update on the bridge`, `Live music returns`,
`Analysis-led growth` and `LEAD-FREE FUEL SOLD` are titles.
"""

import regex

LONGEST_LABEL = 100  # code points of a line that is a label; EMBARGOED lines tell the day, the hour and the zone

# Labels in any case.
_ANY_CASE = (
    r"BREAKING(?:\s+NEWS)?|URGENTE?|JUST\s+IN|DEVELOPING(?:\s+STORY)?|NEWS\s?ALERT|NEWS\s?FLASH|EXCLUSIV[EA]|ESCLUSIVA"
    r"|EXKLUSIV|CORRECT(?:ED|ION)|CORRECTIVE|OFFICIAL\s+CORRECTION|REFILED|UPDATED|ANALYSIS|EXPLAINER|FACT\s?BOX"
    r"|NEWSMAKER|BREAKINGVIEWS|EDITORIAL|OPINION|EILMELDUNG|KORREKTUR|BERICHTIGUNG|[ÚU]LTIMA\s+HORA|ULTIM['’]ORA"
    r"|СРОЧНО|МОЛНИЯ|ЭКСКЛЮЗИВ|ОБНОВЛЕНО"
)
# Labels in capitals, because in small letters they are words of a title.
_JOINED_CAPITALS = (
    r"UPDATE|WRAP-?UP|ROUND-?UP|RPT|REPEAT|REFILE|ADVISORY|FEATURE|INTERVIEW|INSIGHT|TIMELINE|PREVIEW|POLL|COLUMN"
    r"|COMMENTARY|SCENARIOS?|INSTANT\s+VIEW|SPECIAL\s+REPORT|TABLE|BRIEF|DIARY|FOCUS|GRAPHIC|TEXT|HIGHLIGHTS"
    r"|DEAL\s?TALK|PROFILE|OBITUARY"
)
_CAPITALS = (
    rf"{_JOINED_CAPITALS}|ALERTE?|FLASH|SNAP|EIL|LEAD|WRAP|REPEATING|ADVANCE|REVIEW|COMMENT|BRIEFS|LIVE|WATCH|VIDEO"
    r"|PHOTOS?|PIX|NEWS\s+FOCUS|WITHDRAWN|WITHDRAWAL|KILL|EMBARGOED|(?:PRESS|NEWS|MEDIA)\s+RELEASE"
    r"|MEDIA\s+(?:ADVISORY|ALERT)"
)
_NUMBERED = (
    r"(?i:UPDATE|WRAP-?UP|ROUND-?UP|LEAD|LD|CORRECTED|CORRECTION|REFILE|RPT|TAKE|VERSION)[\s-]?\d{1,2}"
    r"|(?i:\d{1,2}(?:ST|ND|RD|TH)|FIRST|SECOND|THIRD)\s(?i:LEAD|LD|UPDATE|ADD|ROUNDUP)(?:-?\s?(?i:WRITETHRU))?"
)
_WORD_ENDS = r"(?![\p{L}\p{M}\p{Nd}])"
_CAPITAL_NEXT = r"(?=[^\w\s]{0,3}[\p{Lu}\p{Lt}\p{Lo}\p{Nd}]|[aei]\p{Lu})"
_WORD_NEXT = r"(?=[^\w\s]{0,3}[\p{L}\p{Nd}])"

_PREFIXES = (
    # "UPDATE 2-Bridge opens", "UPDATE 2 - Bridge opens", "Update 2: Bridge opens"
    rf"(?:{_NUMBERED}){_WORD_ENDS}\s?[-–—:|/]{{1,2}}\s{{0,2}}{_CAPITAL_NEXT}",
    # "EXCLUSIVE-Bridge opens", where what follows is no word in capitals ("LEAD-FREE FUEL") and not the only one
    rf"(?:{_ANY_CASE}|{_JOINED_CAPITALS}){_WORD_ENDS}[-–—]{{1,2}}{_CAPITAL_NEXT}(?=.*\p{{Ll}})(?=\S+\s+\S)",
    # "EXCLUSIVE - Bridge opens"
    rf"(?:(?i:{_ANY_CASE})|{_CAPITALS}){_WORD_ENDS}\s[-–—]{{1,2}}\s{{1,2}}{_CAPITAL_NEXT}",
    # "URGENT: Bridge opens", "Exclusive | Bridge opens"
    rf"(?:(?i:{_ANY_CASE})|{_CAPITALS}){_WORD_ENDS}(?:\s?[:|!/]|\s?//)\s{{1,2}}{_WORD_NEXT}",
    # "(LEAD) Bridge opens", "[UPDATE 2] Bridge opens"
    rf"[(\[]\s?(?:{_NUMBERED}|(?i:{_ANY_CASE})|{_CAPITALS}){_WORD_ENDS}\s?[)\]]\s?[-–—:]?\s{{0,2}}{_WORD_NEXT}",
    # "***BREAKING*** Bridge opens"
    rf"\*{{1,3}}\s?(?:{_NUMBERED}|(?i:{_ANY_CASE})|{_CAPITALS})\s?[*:!]{{1,4}}\s{{0,2}}{_WORD_NEXT}",
)
_PREFIX = regex.compile("|".join(_PREFIXES))

_WHEN = (
    r"(?:\s*[:,\-–—]?\s*\b(?:UNTIL|TILL|TO|ON|AT|BEFORE|AFTER|UPON|FROM|NOT\s+BEFORE)\b.*"
    r"|\s*[:\-–—]\s*[^\p{Ll}].*|\s{3}.*|\s*)"
)
_RELEASE = (
    r"(?i:(?:NOT\s+)?FOR\s+(?:(?:IMMEDIATE|GENERAL|PUBLIC|MEDIA)\s+)?RELEASE|HOLD\s+FOR\s+RELEASE"
    r"|FOR\s+IMMEDIATE\s+(?:PUBLICATION|DISTRIBUTION)|(?:STRICTLY\s+)?EMBARGOED(?:\s+FOR\s+RELEASE)?|UNDER\s+EMBARGO"
    r"|EMBARGO(?=\s*[:\-–—]|\s+(?:UNTIL|TILL)\b|\s*$)"
    r"|(?:PRESS|NEWS|MEDIA)\s+(?:RELEASE|ADVISORY|ALERT)(?=\s*$|\s*[:\-–—]\s*\p{Nd})"
    r"|SPERRFRIST|SOUS\s+EMBARGO|EMBARGADO\s+HASTA|PRESSEMITTEILUNG|COMMUNIQU[ÉE]\s+DE\s+PRESSE|NOTA\s+DE\s+PRENSA"
    rf"|COMUNICATO\s+STAMPA)(?i:{_WHEN})"
)
_ALONE = (
    rf"[*(\[]{{0,3}}\s?(?:(?:{_NUMBERED}|(?i:{_ANY_CASE})|{_CAPITALS}){_WORD_ENDS}(?:\s?[-–—:|/,]{{1,2}}\s?(?=\w))?){{1,4}}"
    r"\s?[*)\]]{0,3}\s?[-–—:|!*]{0,3}"
)
_SLUG_PART = r"[\p{L}\p{Nd}&'’./]+"
_VERSION = r"(?i:\d{1,2}(?:st|nd|rd|th)\s(?:ld|lead|add|sub|update|writethru)(?:[-\s]?writethru)?|(?:ld-)?writethru)"
# "BC-EU-Trade, 2nd Ld-Writethru", "AM-Bridge,0450", "EU--Trade, 1st Ld"
_SLUG = regex.compile(
    rf"\^?(?P<wire>(?:BC|AM|PM)-{{1,2}})?{_SLUG_PART}(?P<double>--)?(?:-{{0,2}}{_SLUG_PART}){{0,9}}"
    rf"(?P<version>,\s?{_VERSION})?(?:,\s?(?i:{_VERSION}|urgent|advisory|correction|corrective|optional|photos?|\d{{2,5}})){{0,3}}"
    r"[\^<>]{0,3}"
)
# "EU-TRADE/ (UPDATE 2, PIX)", "USA-FED/POWELL"
_DESK_SLUG = (
    r"\p{Lu}{2,20}(?:-\p{Lu}{2,20}){0,5}/(?:\p{Lu}[\p{Lu}\p{Nd}\-]{0,30})?(?:\s?\([\p{Lu}\p{Nd},\s\-]{1,40}\))?"
)
_LABEL = regex.compile(f"{_RELEASE}|{_ALONE}|{_DESK_SLUG}")


def split_kicker(title: str) -> tuple[str | None, str]:
    """The labels that `title` begins with, as written but for the sign after them, and what follows; None without any.

    "UPDATE 2-Bridge opens" is ("UPDATE 2", "Bridge opens"). A title that is nothing but labels stays a title.
    """
    end = 0
    while match := _PREFIX.match(title, end):
        end = match.end()
    if end == 0:
        return None, title
    return title[:end].rstrip(" \t-–—:|/!"), title[end:].strip()


def is_label(line: str) -> bool:
    """Whether a whole line is a label: of release, of version, of kind, or an agency's slug."""
    if not line or len(line) > LONGEST_LABEL:
        return False
    if _LABEL.fullmatch(line):
        return True
    slug = _SLUG.fullmatch(line) if "-" in line or "," in line else None
    return slug is not None and any(slug.group("wire", "double", "version"))
