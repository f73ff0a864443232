"""The opening of a wire story: which words are its place, day and agency, and which stay text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.reading import places
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
]

NO_DATELINES = [
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
    opening = read_opening(written + "Rain fell on the harbour.")
    assert opening is not None
    read = opening.day and (opening.day.month, opening.day.day)
    if read and opening.day.year:
        read = (opening.day.year, *read)
    assert (opening.place, read, opening.agency) == (place, day, agency)


@pytest.mark.parametrize("written", [row[0] for row in DATELINES])
def test_the_story_goes_on_after_the_dateline_and_its_dash(written):
    opening = read_opening(written + "Rain fell on the harbour.")
    assert (written + "Rain fell on the harbour.")[opening.rest :] == "Rain fell on the harbour."


@pytest.mark.parametrize("text", NO_DATELINES)
def test_what_only_looks_like_a_dateline_stays_text(text):
    assert read_opening(text) is None


@pytest.mark.parametrize(
    ("written", "dateline"),
    [
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
    ],
)
def test_only_the_first_characters_are_ever_looked_at(text):
    assert read_opening(text) == read_opening(text[:LOOKED_AT])


@given(st.text(alphabet="ABC abé,./()-—:'1234 नमMayAPCN\n\t", max_size=240))
def test_any_text_gives_a_dateline_within_it_or_none(text):
    opening = read_opening(text)
    if opening is not None:
        assert 0 <= opening.start <= opening.end <= opening.rest <= len(text)
        assert opening.place or opening.agency
        assert text[opening.start : opening.end].strip() == text[opening.start : opening.end]
