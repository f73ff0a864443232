"""Labels before and above titles: what is one, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.reading.kickers import is_label
from search.reading.titles import split_kicker


@pytest.mark.parametrize(
    ("title", "kicker"),
    [
        ("UPDATE 2-Bridge opens", "UPDATE 2"),
        ("UPDATE 2 - iPhone sales rise", "UPDATE 2"),
        ("Update 3: Bridge opens", "Update 3"),
        ("WRAPUP 3-Fed lifts rates", "WRAPUP 3"),
        ("CORRECTED-UPDATE 1-Bridge opens", "CORRECTED-UPDATE 1"),
        ("EXCLUSIVE-Bridge opens early", "EXCLUSIVE"),
        ("RPT-INSIGHT-How the bridge was built", "RPT-INSIGHT"),
        ("ANALYSIS-Why the bridge opened", "ANALYSIS"),
        ("POLL-Most voters like the bridge", "POLL"),
        ("CORRECTED - BRIDGE OPENS", "CORRECTED"),
        ("URGENT: Bridge opens", "URGENT"),
        ("BREAKING NEWS: Bridge opens", "BREAKING NEWS"),
        ("Breaking: the bridge opens", "Breaking"),
        ("Exclusive: Bridge opens", "Exclusive"),
        ("Opinion | Why the bridge opened", "Opinion"),
        ("LIVE: Bridge opens", "LIVE"),
        ("PRESS RELEASE: Bridge opens", "PRESS RELEASE"),
        ("(LEAD) Bridge opens", "(LEAD)"),
        ("(2nd LD) S. Korea opens bridge", "(2nd LD)"),
        ("[UPDATE] Bridge opens", "[UPDATE]"),
        ("***BREAKING*** Bridge opens", "***BREAKING***"),
        ("EILMELDUNG: Brücke geöffnet", "EILMELDUNG"),
        ("URGENT - Le pont est ouvert", "URGENT"),
        ("СРОЧНО: Мост открыт", "СРОЧНО"),
    ],
)
def test_a_label_is_split_from_the_title_after_it(title, kicker):
    found, rest = split_kicker(title)
    assert found == kicker
    assert title.startswith(kicker)
    assert title.endswith(rest)
    assert split_kicker(rest) == (None, rest)


@pytest.mark.parametrize(
    "title",
    [
        "Update on the bridge",
        "Update: the word of the year",
        "Live music returns",
        "Exclusive-use lanes open",
        "Analysis-led growth",
        "LEAD-FREE FUEL SOLD",
        "LEAD POISONING RISES",
        "KILL-Switch law passes",
        "FLASH FLOOD hits town",
        "FOCUS-Group",
        "COVID-19 rises",
        "US-China talks stall",
        "Breaking Bad: The film",
        "Poll: Most voters like the bridge",
        "Feature film: a review",
        "URGENT",
        "UPDATE 2",
        "",
    ],
)
def test_other_titles_are_whole(title):
    assert split_kicker(title) == (None, title)


@pytest.mark.parametrize(
    "line",
    [
        "FOR IMMEDIATE RELEASE",
        "For Immediate Release",
        "FOR RELEASE: March 11, 2016",
        "FOR RELEASE ON DELIVERY",
        "FOR IMMEDIATE RELEASE      March 11, 2016",
        "NOT FOR RELEASE BEFORE 0900 GMT",
        "HOLD FOR RELEASE UNTIL MONDAY",
        "EMBARGOED UNTIL 0900 GMT, MARCH 11",
        "Embargoed until 6 a.m. on Friday",
        "EMBARGO: 0900 GMT",
        "STRICTLY EMBARGOED TILL NOON",
        "SPERRFRIST: 12 Uhr",
        "PRESS RELEASE",
        "BC-EU-Trade, 2nd Ld-Writethru",
        "BC-EU--Trade,0450",
        "AM-Bridge",
        "EU--Trade, 1st Ld",
        "Bridge, 2nd Ld",
        "EU-TRADE/ (UPDATE 2, PIX)",
        "URGENT",
        "*URGENT*",
        "Breaking news",
        "UPDATE 2-EXCLUSIVE",
        "(LEAD)",
        "1ST LEAD",
    ],
)
def test_a_line_may_be_nothing_but_labels(line):
    assert is_label(line)


@pytest.mark.parametrize(
    "line",
    [
        "For release of hostages, talks go on",
        "For immediate release, call Jane",
        "Embargo on oil lifted",
        "EMBARGO ON OIL LIFTED",
        "EMBARGOED GOODS FOUND",
        "Press release writers wanted",
        "US-China",
        "US-China talks stall",
        "London, 1987",
        "Bridge, urgent",
        "COVID-19",
        "F-16",
        "Update",
        "Live",
        "Bridge opens",
        "",
    ],
)
def test_other_lines_are_no_labels(line):
    assert not is_label(line)


@given(st.text(alphabet="UPDATE LEAD12-:()[]*/ ab", max_size=200))
def test_no_title_is_too_much_and_none_loses_a_letter(title):
    kicker, rest = split_kicker(title)
    is_label(title)
    assert not kicker or [*filter(str.isalnum, kicker + rest)] == [*filter(str.isalnum, title)]
