"""The opening of a wire story: which words are its place, day and agency, and which stay text."""

import datetime
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.reading import ReadingContext, Survey, places
from search.reading.dateline import LOOKED_AT, read_opening

DATELINES = [  # written | place | month-day or date | agency
    ("WASHINGTON (Reuters) - ", "Washington", None, "Reuters"),
    ("SEOUL/WASHINGTON (Reuters) - ", "Seoul/Washington", None, "Reuters"),
    ("TORONTO/ST JOHN'S, Newfoundland (Reuters) - ", "Toronto/St John's, Newfoundland", None, "Reuters"),
    ("TORONTO/ST JOHN'S, Newfoundland (Reuters) ", "Toronto/St John's, Newfoundland", None, "Reuters"),
    ("Washington (CNN) ", "Washington", None, "CNN"),
    ("(CNN)", None, None, "CNN"),
    ("(Reuters) - ", None, None, "Reuters"),
    ("San Diego (tca/dpa) - ", "San Diego", None, "tca/dpa"),
    ("ATLANTA (AP) _ ", "Atlanta", None, "AP"),
    ("ATLANTA (AP) — ", "Atlanta", None, "AP"),
    ("PARIS (AFP) – ", "Paris", None, "AFP"),
    ("OMAHA, Neb., Feb 26 - ", "Omaha, Neb", (2, 26), None),
    ("OMAHA, Neb., Feb 26- ", "Omaha, Neb", (2, 26), None),
    ("PARIS,March 16 - ", "Paris", (3, 16), None),
    ("NEW YORK, Narch 2 - ", "New York", None, None),
    ("NEW YORK, March 219 - ", "New York", None, None),
    ("NEW YORK, April - ", "New York", None, None),
    ("CHICAGO, March 4, - ", "Chicago", (3, 4), None),
    ("WASHINGTON, March 12, Reuter - ", "Washington", (3, 12), "Reuters"),
    ("****MOSCOW, March 5 - ", "Moscow", (3, 5), None),
    ("Mexico city, march 18 - ", "Mexico city", (3, 18), None),
    ("BAGUIO, Philippines - ", "Baguio, Philippines", None, None),
    ("ARNHEM, the Netherlands, April 1 - ", "Arnhem, the Netherlands", (4, 1), None),
    ("LEAD, S.D., March 3 - ", "Lead, S.D.", (3, 3), None),
    ("TOKYO - ", "Tokyo", None, None),
    ("NEW DELHI: ", "New Delhi", None, None),
    ("March 16 (UPI) -- ", None, (3, 16), "UPI"),
    ("NEW DELHI, Aug. 24, 2024 (PTI): ", "New Delhi", (2024, 8, 24), "PTI"),
    ("24 Aug (IANS) ", None, (8, 24), "IANS"),
    ("Washington, Aug 24 (IANS) ", "Washington", (8, 24), "IANS"),
    ("New Delhi [India], August 24 (ANI): ", "New Delhi, India", (8, 24), "ANI"),
    ("BEIJING, Sept. 5 (Xinhua) -- ", "Beijing", (9, 5), "Xinhua"),
    ("MOSCOW, August 24. /TASS/. ", "Moscow", (8, 24), "TASS"),
    ("NEW YORK, Aug. 24, 2024 /PRNewswire/ -- ", "New York", (2024, 8, 24), "PRNewswire"),
    ("NEW YORK--(BUSINESS WIRE)--", "New York", None, "Business Wire"),
    ("WASHINGTON, D.C. (AP) - ", "Washington, D.C.", None, "AP"),
    ("LONDON, 24 August 2024 (REUTERS) - ", "London", (2024, 8, 24), "Reuters"),
    ("MADRID, 24 ago (EFE).- ", "Madrid", (8, 24), "EFE"),
    ("BERLIN, 24. August (dpa) - ", "Berlin", (8, 24), "dpa"),
    ("The Hague, Aug 20 (COASTWIRE) ", "The Hague", (8, 20), "COASTWIRE"),
    ("Suez, Mar 24 (Harbour Press) ", "Suez", (3, 24), "Harbour Press"),
    ("LAGOS (COASTWIRE) - ", "Lagos", None, "COASTWIRE"),
    ("नई दिल्ली, 24 अगस्त (आईएएनएस) ", "नई दिल्ली", (8, 24), "आईएएनएस"),
    ("नई दिल्ली, २४ अगस्त (भाषा) ", "नई दिल्ली", (8, 24), "भाषा"),
    ("МОСКВА, 24 августа (ТАСС) - ", "Москва", (8, 24), "ТАСС"),
    ("RIO DE JANEIRO,\n  Feb 26 -\n", "Rio de Janeiro", (2, 26), None),
    ("Dera Baba Nanak (Punjab), Aug 24 (IANS) ", "Dera Baba Nanak, Punjab", (8, 24), "IANS"),
    ("PARIS (Reuters), Aug 24 - ", "Paris", (8, 24), "Reuters"),
    ("Washington D.C., August 24 (AP) ", "Washington D.C.", (8, 24), "AP"),
    ("WASHINGTON (A.P.) — ", "Washington", None, "AP"),
    ("WASHINGTON (The Associated Press) — ", "Washington", None, "AP"),
    ("TOKYO, Aug. 24 (Jiji Press)--", "Tokyo", (8, 24), "Jiji"),
    ("TOKYO, Aug 24 (Kyodo News) - ", "Tokyo", (8, 24), "Kyodo"),
    ("Seoul, 24 August (Yonhap) -- ", "Seoul", (8, 24), "Yonhap"),
    ("ST. LOUIS (AP) — ", "St. Louis", None, "AP"),
    ("ST. LOUIS — ", "St. Louis", None, None),
    ("MEXICO CITY | ", "Mexico City", None, None),
    ("LONDON, UK: ", "London, UK", None, None),
    ("New Delhi: ", "New Delhi", None, None),
    ("Berlin – ", "Berlin", None, None),
    ("Paris, Texas — ", "Paris, Texas", None, None),
    ("OMAHA (Neb.) — ", "Omaha, Neb", None, None),
    ("BUFFALO, N.Y. — ", "Buffalo, N.Y.", None, None),
    ("GIG HARBOR, Wash. — ", "Gig Harbor, Wash", None, None),
    ("DUBAI- ", "Dubai", None, None),
    ("MADRID.- ", "Madrid", None, None),
    ("Madrid, 24 ago (EFE).- ", "Madrid", (8, 24), "EFE"),
    ("MADRID 3 Mar. (EUROPA PRESS) - ", "Madrid", (3, 3), "Europa Press"),
    ("Buenos Aires, 3 marzo (Télam) - ", "Buenos Aires", (3, 3), "Télam"),
    ("New Delhi, Mar 3 (PTI): ", "New Delhi", (3, 3), "PTI"),
    ("Kochi, Sunday: ", "Kochi", None, None),
    ("LONDON, Wednesday, March 3 (Reuters) - ", "London", (3, 3), "Reuters"),
    ("LONDON (Reuters), Wednesday - ", "London", None, "Reuters"),
    ("Berlin (dpa/lhe) - ", "Berlin", None, "dpa"),
    ("Berlin, 3. März (dpa) - ", "Berlin", (3, 3), "dpa"),
    ("Frankfurt/Main (dpa) - ", "Frankfurt/Main", None, "dpa"),
    ("BERLIN (Reuters/J. Smith) - ", "Berlin", None, "Reuters"),
    ("LONDON (AP by J. Smith) - ", "London", None, "AP"),
    ("LONDON, March 3 (Reuters Staff) - ", "London", (3, 3), "Reuters"),
    ("Kochi (Kerala) [India], March 3 (ANI): ", "Kochi, Kerala, India", (3, 3), "ANI"),
    ("Mumbai, 14.07.2019 (IANS) ", "Mumbai", (2019, 7, 14), "IANS"),
    ("Mumbai, 14/07/2019: ", "Mumbai", (2019, 7, 14), None),
    ("LONDON, 2019-07-14 (Reuters) - ", "London", (2019, 7, 14), "Reuters"),
    ("BRUXELLES 13/03 (BELGA) - ", "Bruxelles", (3, 13), "Belga"),
    ("Berlin, 14.07. (dpa) - ", "Berlin", (7, 14), "dpa"),
    ("(ANSA) - ROMA, 11 MAR - ", "Roma", (3, 11), "ANSA"),
    ("PTI | New Delhi | ", "New Delhi", None, "PTI"),
    ("Reuters, London, March 3 - ", "London", (3, 3), "Reuters"),
    ("March 3, LONDON (Reuters) - ", "London", (3, 3), "Reuters"),
    ("Roma, 11 mar. (askanews) - ", "Roma", (3, 11), "askanews"),
    ("ASTANA. March 3. KAZINFORM – ", "Astana", (3, 3), "Kazinform"),
    ("ASTANA. KAZINFORM – ", "Astana", None, "Kazinform"),
    ("MOSCOW. March 3 (Interfax) - ", "Moscow", (3, 3), "Interfax"),
    ("МОСКВА, 3 мар - РИА Новости. ", "Москва", (3, 3), "РИА Новости"),
    ("МОСКВА, 3 марта. /ТАСС/. ", "Москва", (3, 3), "ТАСС"),
    ("ABOARD AIR FORCE ONE (AP) — ", "Aboard Air Force One", None, "AP"),
    ("Paris, 3 mars 2019 (AFP) - ", "Paris", (2019, 3, 3), "AFP"),
    ("Lisboa, 3 de março de 2019 (Lusa) - ", "Lisboa", (2019, 3, 3), "Lusa"),
    ("Porto, 03 mar (Lusa) - ", "Porto", (3, 3), "Lusa"),
    ("ABU DHABI, 3rd March, 2019 (WAM) -- ", "Abu Dhabi", (2019, 3, 3), "WAM"),
    ("Accra, March 3, GNA – ", "Accra", (3, 3), "GNA"),
    ("Praha 3. března (ČTK) - ", "Praha", (3, 3), "CTK"),
    ("København /ritzau/ - ", "København", None, "Ritzau"),
    ("Washington CNN — ", "Washington", None, "CNN"),
    ("LONDON, UK / ACCESSWIRE / March 3, 2019 / ", "London, UK", (2019, 3, 3), "Accesswire"),
    ("SANTO DOMINGO, March 4 - ", "Santo Domingo", (3, 4), None),
    ("नई दिल्ली: ", "नई दिल्ली", None, None),
    ("(서울=연합뉴스) 김민수 기자 = ", "서울", None, "연합뉴스"),
    ("[서울=뉴시스] 김민수 기자 = ", "서울", None, "뉴시스"),
    ("【ワシントン＝共同】", "ワシントン", None, "共同"),
    ("【ワシントン共同】", "ワシントン", None, "共同"),
    ("［東京　３日　ロイター］ - ", "東京", None, "ロイター"),
    ("【3月3日 AFP】", None, (3, 3), "AFP"),
    ("新华社北京3月3日电（记者王明）", "北京", (3, 3), "新华社"),
    ("（新华社北京3月3日电）", "北京", (3, 3), "新华社"),
]

NO_DATELINES = [
    "TESLA — Shares of the carmaker fell on Monday.",
    "INFLATION — Prices rose faster than wages.",
    "BIDEN — The president spoke to reporters.",
    "READING — The museum opened on Monday.",
    "NICE — The museum opened on Monday.",
    "ORANGE — The network failed on Monday.",
    "GOOGLE — The company spoke on Monday.",
    "UPDATE 2 — The figures were revised on Tuesday.",
    "OPINION: Why the harbour should stay public.",
    "MARKETS, US: Stocks fell on Monday.",
    "MARKETS, Monday: Stocks fell.",
    "Analysis - The vote changes little.",
    "TESLA (TSLA) — Shares fell on Monday.",
    "NETFLIX (Streaming) — A new series begins on Monday.",
    "London: The Biography",
    "Istanbul: A Tale of Three Cities by A. Writer",
    "Barcelona: Smith, Jones, Brown, Miller, Baker, Cook",
    "Insect Week (25 June – 1 July) is a chance to see beetles.",
    "FOR (DOLLARS A TON) - Prices rose.",
    "FILE - A crane stands idle in the port.",
    "FILE - In this Aug. 24, 2024 file photo, a crane stands idle.",
    "ANALYSIS - The harvest is late.",
    "ANALYSIS (Reuters) - The harvest is late.",
    "EXCLUSIVE - The ministry plans a levy.",
    "UPDATE 1-Grain prices rise.",
    "UPDATE 2 - Grain prices rise.",
    "BREAKING: The bridge is closed.",
    "CORRECTED-Grain prices rise.",
    "FACTBOX - What the treaty says.",
    "WRAPUP 2 - Rain stops play.",
    "INSIGHT - How the port was built.",
    "EXPLAINER - Why the river falls.",
    "OPINION - The levy is fair.",
    "WHEAT - Prices rose.",
    "NASA - The agency launched a probe.",
    "Microsoft (MSFT) said it would buy a rival.",
    "MICROSOFT (MSFT) - Shares rose.",
    "Barack Obama (D) - The president spoke.",
    "The European Union (EU) said it would act.",
    "Agence France-Presse (AFP) said it would act.",
    "British Airways (BA) - The airline will fly again.",
    "India and China - the two largest - agreed.",
    "May 5 - The talks begin.",
    "The talks on Monday, March 2 - the first in years - failed.",
    "Monday, March 2 - The talks failed.",
    "Sales rose in the quarter to March 31 (2019: a loss) - The firm said.",
    "PORT TALKS FAIL, UNIONS CALL STRIKE - The docks are shut.",
    "London is wet.",
    "Rain fell.",
    "",
    "-",
    "()",
]


@pytest.mark.parametrize(("written", "place", "day", "agency"), DATELINES)
def test_a_dateline_gives_its_place_its_day_and_its_agency(written, place, day, agency):
    opening = read_opening(written + "Rain fell on the harbour and the town.")
    assert opening is not None
    read = opening.day and (opening.day.month, opening.day.day)
    if read and opening.day.year:
        read = (opening.day.year, *read)
    assert (opening.place, read, opening.agency) == (place, day, agency)


@pytest.mark.parametrize("written", [row[0] for row in DATELINES])
def test_the_story_goes_on_after_the_dateline_and_its_dash(written):
    opening = read_opening(written + "Rain fell on the harbour and the town.")
    assert (written + "Rain fell on the harbour and the town.")[
        opening.rest :
    ] == "Rain fell on the harbour and the town."


@pytest.mark.parametrize("text", NO_DATELINES)
def test_what_only_looks_like_a_dateline_stays_text(text):
    assert read_opening(text) is None


def test_what_often_is_a_place_in_the_archive_is_one_where_it_stands_alone():
    survey = Survey()
    context = ReadingContext(today=datetime.date(2024, 11, 22), survey=survey)
    text = "ZARNOV — Rain fell on the harbour and the town."
    assert read_opening(text, context) is None
    survey.places[places.key_of("ZARNOV")] = Counter({"ZARNOV": 2, "Zarnov": 1})
    assert read_opening(text, context).place == "Zarnov"


def test_an_agency_of_the_settings_is_known_by_its_spellings():
    context = ReadingContext(today=datetime.date(2024, 11, 22), agencies={"harbour wire": "HW", "h-w": "HW"})
    for written in ("Zarnov (Harbour Wire) - Rain.", "Zarnov (h-w) - Rain.", "ZARNOV (H-W/js) - Rain."):
        assert read_opening(written, context).agency == "HW"
    assert read_opening("Zarnov (Harbour Wire) - Rain.") is None


@pytest.mark.parametrize(("day_first", "month_first"), [(3, 0), (0, 3), (1, 1), (0, 0)])
def test_a_day_that_can_be_read_in_two_ways_is_read_as_the_archive_writes_them(day_first, month_first):
    survey = Survey(day_first=day_first, month_first=month_first)
    context = ReadingContext(today=datetime.date(2024, 11, 22), survey=survey)
    certain = read_opening("Mumbai, 25/03/2019 (IANS) Rain fell.", context).day
    assert (certain.month, certain.day) == (3, 25)
    opening = read_opening("Mumbai, 04/03/2019 (IANS) Rain fell.", context)
    read = opening.day and (opening.day.month, opening.day.day)
    assert read == {(3, 0): (3, 4), (0, 3): (4, 3)}.get((day_first, month_first))
    assert (opening.either is None) == (read is not None)


@pytest.mark.parametrize(
    ("written", "dateline"),
    [
        ("Madrid, 24 ago (EFE).- Rain fell.", "Madrid, 24 ago (EFE)."),
        ("Kochi, Sunday: Rain fell.", "Kochi, Sunday"),
        ("(ANSA) - ROMA, 11 MAR - Rain fell.", "(ANSA) - ROMA, 11 MAR"),
        ("МОСКВА, 3 мар - РИА Новости. Шёл дождь.", "МОСКВА, 3 мар - РИА Новости"),
        ("Berlin (dpa/lhe) - Es regnete.", "Berlin (dpa/lhe)"),
        ("Washington, Aug 24 (IANS) Rain fell.", "Washington, Aug 24 (IANS)"),
        ("  WASHINGTON (Reuters) - Rain fell.", "WASHINGTON (Reuters)"),
        ("OMAHA, Neb., Feb 26 - Rain fell.", "OMAHA, Neb., Feb 26"),
        ("TOKYO — Rain fell.", "TOKYO"),
    ],
)
def test_the_span_holds_exactly_the_dateline_without_dash_and_space(written, dateline):
    opening = read_opening(written)
    assert written[opening.start : opening.end] == dateline


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("NEW YORK", "New York"),
        ("ST JOHN'S", "St John's"),
        ("O'FALLON", "O'Fallon"),
        ("XI'AN", "Xi'an"),
        ("RIO DE JANEIRO", "Rio de Janeiro"),
        ("PORT-AU-PRINCE", "Port-au-Prince"),
        ("IRVINE, Calif.", "Irvine, Calif"),
        ("IRVINE, Calif", "Irvine, Calif"),
        ("TAHLEQUAH, OKLA", "Tahlequah, Okla"),
        ("SIOUX FALLS, S.D", "Sioux Falls, S.D."),
        ("WASHINGTON, D.C.", "Washington, D.C."),
        ("WASHINGTON D.C", "Washington D.C."),
        ("ALBANY, NY", "Albany, NY"),
        ("ST. LOUIS", "St. Louis"),
        ("LONDON/NEW  YORK", "London/New York"),
        ("OAKLAND , N.J.", "Oakland, N.J."),
        ("Abu Dhabi, UAE", "Abu Dhabi, UAE"),
        ("McLean, Va.", "McLean, Va"),
        ("नई  दिल्ली", "नई दिल्ली"),
    ],
)
def test_a_place_has_one_normal_form(written, normal):
    assert places.spelled(written) == normal
    assert places.spelled(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "A, " * 400_000,
        "AB CD, " * 150_000,
        "(" * 1_000_000,
        "MAY 1 " * 200_000,
        "A" * 1_000_000,
        " " * 1_000_000,
        "(A" * 500_000,
        "1.1.1" * 200_000,
        "ROMA - " * 150_000,
        "【" * 1_000_000,
        "(A=" * 300_000,
    ],
)
def test_only_the_first_characters_are_ever_looked_at(text):
    assert read_opening(text) == read_opening(text[:LOOKED_AT])


@given(st.text(alphabet="ABC abé,./()-—:|=[]【】'1234 नमMayAPCN\n\t", max_size=240))
def test_any_text_gives_a_dateline_within_it_or_none(text):
    opening = read_opening(text)
    if opening is not None:
        assert 0 <= opening.start <= opening.end <= opening.rest <= len(text)
        assert opening.place or opening.agency
        assert text[opening.start : opening.end].strip() == text[opening.start : opening.end]
