"""The news agencies that are known, and how each spells its name. A name in, its canonical spelling out."""

_CANONICAL = (
    "AAP", "ABC", "ABC News", "ADN", "ADNKronos", "AFP", "AGI", "Al Jazeera", "AMI", "Anadolu", "ANI",
    "ANP", "ANSA", "AP", "APA", "APP", "AsiaNet", "ATA", "BBC", "BBC News", "Bernama", "BTA", "Bloomberg",
    "BNS", "BSS", "Business Wire", "CBC", "CBS", "CBS News", "CNA", "CNN", "CNN Business", "CNS", "CP",
    "CTK", "DAWN", "dpa", "DPA", "dpa-AFX", "EFE", "Europa Press", "Fars", "Fox News", "FT",
    "GlobeNewswire", "GNA", "HINA", "IANS", "INA", "Interfax", "IPS", "IRNA", "ISNA", "ITAR-TASS", "Jiji",
    "JTA", "KCNA", "Kyodo", "Kyodo News", "LUSA", "MENA", "MTI", "NAN", "NBC", "NBC News", "News18",
    "NHK", "NNA", "Novosti", "NPR", "NTB", "NZPA", "PA", "PA Media", "PAP", "Petra", "PNA", "PRNewswire",
    "PTI", "Press Association", "QNA", "Reuters", "Reuters Breakingviews", "Reuters Health",
    "Reuters Life!", "RFE/RL", "RIA", "RIA Novosti", "Ritzau", "RNZ", "Rompres", "SANA", "SAPA", "SID",
    "SPA", "Sputnik", "STA", "STT", "Tanjug", "TASS", "tca", "The Canadian Press",
    "Thomson Reuters Foundation", "TNS", "TT", "Ukrinform", "UNB", "UNI", "UPI", "USA Today", "VNA",
    "VOA", "WAFA", "WAM", "Xinhua", "Yonhap", "Zenit", "आईएएनएस", "एएनआई", "एजेंसी", "पीटीआई", "भाषा",
    "यूएनआई", "वार्ता", "РИА Новости", "ТАСС", "Рейтер", "Интерфакс",
)  # fmt: skip
_OTHER_NAMES = {
    "anadolu agency": "Anadolu", "aa": "Anadolu", "agence france-presse": "AFP", "associated press": "AP",
    "the associated press": "AP", "australian associated press": "AAP",
    "canadian press": "The Canadian Press", "cnnmoney": "CNN Business", "deutsche presse-agentur": "dpa",
    "dpa": "dpa", "globe newswire": "GlobeNewswire", "indo-asian news service": "IANS",
    "pr newswire": "PRNewswire", "press trust of india": "PTI", "reuter": "Reuters",
    "reuters news agency": "Reuters", "reuters.com": "Reuters", "thomson reuters": "Reuters",
    "xinhua news agency": "Xinhua", "united news of india": "UNI", "united press international": "UPI",
    "ap news": "AP", "ap photo": "AP", "yonhap news agency": "Yonhap", "bloomberg news": "Bloomberg",
}  # fmt: skip
_BY_FOLDED = {name.casefold(): name for name in _CANONICAL} | _OTHER_NAMES

_AMBIGUOUS_TEXT = """
aa abc adn ami ani apa app ata bns bss cba cna cns cp ft ina ips isna mena nan nna pa pap pna sana sid spa
sta stt tns tt una unb uni vna
"""
_AMBIGUOUS = frozenset(
    _AMBIGUOUS_TEXT.split()
)  # also a state, a party, a ticker: these need a dash or a day beside them


def spelled(agency: str) -> str:
    """The agency as it spells itself where it is known (REUTERS is Reuters), else as written.

    Several joined by `/` are spelled each by itself.
    """
    whole = _BY_FOLDED.get(agency.casefold())
    if whole is not None:
        return whole
    return "/".join(_BY_FOLDED.get(part.strip().casefold(), part.strip()) for part in agency.split("/"))


def is_known(agency: str) -> bool:
    """Whether every agency named is in the table."""
    parts = [agency] if agency.casefold() in _BY_FOLDED else agency.split("/")
    return all(part.strip().casefold() in _BY_FOLDED for part in parts)


def is_unmistakable(agency: str) -> bool:
    """Whether the name is known and is hardly ever anything but an agency's."""
    return is_known(agency) and agency.casefold() not in _AMBIGUOUS
