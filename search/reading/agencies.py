"""The news agencies that are known, and the one name that each has here. A spelling in, the name out.

Each row of the table is the name, then its other spellings. Case, full stops, a "the" before and words that only
describe ("News Agency", "Staff", "Sports") make no difference, so "A.P.", "The Associated Press" and "AP Sports
Writer" are AP. `extra` maps folded spellings to names, and goes before the table.
"""

import functools
from collections.abc import Mapping

import regex

_TABLE = """
AAP|Australian Associated Press; ABC; Accesswire; Adnkronos|ADN Kronos; ADN;
AFP|Agence France-Presse|Agence France Presse; Agerpres|Rompres; AGI; AKIpress; Al Jazeera; Alwaght; AMI;
Anadolu|AA|Anadolu Ajansı|Anatolia; ANI|Asian News International; ANP; ANSA; ANTARA;
AP|Associated Press|Associated Press Writer; APA|Austria Presse Agentur; APP|Associated Press of Pakistan; APTN;
askanews; AsiaNet; ATA; ats|Keystone-ATS; Azertac; Baltic News Service|BNS; BBC; Belga; Belta; Bernama; BTA;
Bloomberg; BSS|Bangladesh Sangbad Sangstha; Business Wire|BusinessWire; CBC; CBS; CNA|Central News Agency;
CNN|CNN Business|CNNMoney; CNS; The Canadian Press|CP|Canadian Press|La Presse Canadienne; CTK|ČTK; DAWN;
dpa|Deutsche Presse-Agentur; Deutsche Welle|DW; dpa-AFX; EFE; Europa Press; Fars; Fides; Fox News;
FT|Financial Times; GlobeNewswire|Globe Newswire; GNA|Ghana News Agency; HINA; IANS|Indo-Asian News Service;
IDN; INA|Iraqi News Agency; Interfax|Interfax.ru|Interfax-Ukraine; IPS|Inter Press Service;
IRNA|Islamic Republic News Agency; ISNA; Italpress; Jiji|Jiji Press; JTA; Kazinform; KCNA; Kyodo; KNA;
KUNA|Kuwait News Agency; LaPresse; Lusa; MAP|Maghreb Arabe Presse; Marketwired; MENA|Middle East News Agency;
Mehr; MTI; NAN|News Agency of Nigeria; NBC; News18; Newswise; NHK; NNA; Notimex; Novinite; NPR; NTB; NZPA;
PA Media|PA|Press Association; PAP; Petra; PNA|Philippine News Agency; Prensa Latina; PRNewswire|PR Newswire;
PTI|Press Trust of India; QNA|Qatar News Agency; Reuters|Reuter|Thomson Reuters|Reuters.com;
Reuters Breakingviews|Breakingviews; Reuters Health; Reuters Life!; RFE/RL; RIA Novosti|RIA|Novosti|RIA-Novosti;
Ritzau; RNZ; SANA; SAPA; sda|Keystone-SDA; SID; SPA|Saudi Press Agency; Sputnik; STA; STT; Tanjug; Tasnim;
TASS|ITAR-TASS|Itar Tass; tca; Télam|Telam; Thomson Reuters Foundation; TNS|Tribune News Service; TT; Ukrinform;
UNB|United News of Bangladesh; UNI|United News of India; UPI|United Press International; USA Today;
VNA|Vietnam News Agency; VOA|Voice of America; WAFA; WAM; Xinhua; Yonhap; Zenit; आईएएनएस; एएनआई; एजेंसी; पीटीआई;
भाषा; यूएनआई; वार्ता; РИА Новости; ТАСС|ИТАР-ТАСС; Рейтер; Интерфакс|Интерфакс.ру; Казинформ; Укринформ; УНИАН;
БелТА; 連合ニュース; ロイター|ロイター通信; 共同|共同通信|共同通信社; 時事|時事通信|時事通信社; 新華社; 新华社;
中新社; 中新网; 中央社; 朝鮮通信; 朝鮮中央通信; 연합뉴스; 뉴시스; 뉴스1; 로이터|로이터통신; 신화통신; 교도통신;
조선중앙통신
"""

# Also a state, a party, a ticker, a word: these need a dash or a day beside them.
_AMBIGUOUS_TEXT = """
aa abc adn agi ami ani antara apa app ata ats bns bss cba cna cns cp dawn dw fars fides ft idn ina ips isna kna lusa map
mehr mena nan nna novosti pa pap petra pna ria sana sda sid spa sta stt tns tt una unb uni vna zenit
"""

_DESCRIBING = regex.compile(
    r"(?: (?:news(?: agency| service|wire)?|agency|press|wire|service|staff|team|writers?|reporters?|correspondents?"
    r"|sports?|business|financial|economic|political|photos?|features?|exclusive|video|radio|international|world))+"
)
_TEXT_OF_AGENCY = regex.compile(r"\s*/\s*")


@functools.lru_cache(maxsize=4096)
def folded(spelling: str) -> str:
    """The form in which spellings are compared: small letters without full stops, nor "the" before them."""
    return " ".join(spelling.casefold().replace(".", "").split()).removeprefix("the ")


_NAMES = {
    folded(spelling): row.split("|")[0].strip()
    for row in _TABLE.split(";")
    for spelling in row.split("|")
    if spelling.strip()
}
_AMBIGUOUS = frozenset(_AMBIGUOUS_TEXT.split())
_NO_EXTRA: Mapping[str, str] = {}


def spelled(agency: str, extra: Mapping[str, str] = _NO_EXTRA) -> str:
    """The one name of the agency where it is known, else `agency` as written.

    Of several joined by "/" each has its own ("tca/dpa"), and what is beside a known one is its desk or a person, which
    the name leaves out ("dpa/lhe", "Reuters/J. Smith").
    """
    whole = _known(agency, extra)
    if whole is not None or "/" not in agency:
        return whole or agency
    named = [_known(part, extra) for part in _TEXT_OF_AGENCY.split(agency.strip())]
    return "/".join(dict.fromkeys(filter(None, named))) or agency


def is_known(agency: str, extra: Mapping[str, str] = _NO_EXTRA) -> bool:
    """Whether the agency, or one of several joined by "/", is in the table."""
    return any(_known(part, extra) for part in (agency, *_TEXT_OF_AGENCY.split(agency.strip())))


def is_unmistakable(agency: str, extra: Mapping[str, str] = _NO_EXTRA) -> bool:
    """Whether the name is known and is hardly ever anything but an agency's."""
    parts = _TEXT_OF_AGENCY.split(agency.strip())
    return any(_known(part, extra) and folded(part) not in _AMBIGUOUS for part in (agency, *parts))


def _known(spelling: str, extra: Mapping[str, str]) -> str | None:
    if extra:
        own = extra.get(folded(spelling)) or extra.get(spelling.casefold())
        if own:
            return own
    return _in_table(folded(spelling))


@functools.lru_cache(maxsize=4096)
def _in_table(spelling: str) -> str | None:
    found = _NAMES.get(spelling)
    if found is None and (describing := _DESCRIBING.search(spelling)) and describing.end() == len(spelling):
        found = _NAMES.get(spelling[: describing.start()])
    return found
