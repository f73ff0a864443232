"""Places and agencies: every spelling of a city gives one value, and a namesake another."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.reading import Survey, agencies, places
from search.reading.gazetteer import cities_named, fold
from search.reading.regions import regions_named

PLACES = [  # written | value | country
    ("New Delhi", "New Delhi", "India"),
    ("NEW DELHI", "New Delhi", "India"),
    ("New Delhi, India", "New Delhi", "India"),
    ("New Delhi [India]", "New Delhi", "India"),
    ("नई दिल्ली", "New Delhi", "India"),
    ("DELHI", "Delhi", "India"),
    ("Kochi (Kerala) [India]", "Kochi", "India"),
    ("WASHINGTON, D.C.", "Washington", "United States"),
    ("Washington D.C", "Washington", "United States"),
    ("Houston, Texas", "Houston", "United States"),
    ("Houston Texas", "Houston", "United States"),
    ("HOUSTON", "Houston", "United States"),
    ("PARIS", "Paris", "France"),
    ("Paris, Texas", "Paris, Texas", "United States"),
    ("PARIS, Ontario", "Paris, Ontario", "Canada"),
    ("Birmingham, Alabama", "Birmingham, Alabama", "United States"),
    ("BIRMINGHAM, Ala.", "Birmingham, Alabama", "United States"),
    ("BIRMINGHAM", "Birmingham", "United Kingdom"),
    ("Athens, Ga.", "Athens, Georgia", "United States"),
    ("Tbilisi, Georgia", "Tbilisi", "Georgia"),
    ("Kiev", "Kyiv", "Ukraine"),
    ("KYIV", "Kyiv", "Ukraine"),
    ("Bombay", "Mumbai", "India"),
    ("Peking", "Beijing", "China"),
    ("МОСКВА", "Moscow", "Russia"),
    ("東京", "Tokyo", "Japan"),
    ("London, UK", "London", "United Kingdom"),
    ("LONDON, England", "London", "United Kingdom"),
    ("LONDON/PARIS", "London", "United Kingdom"),
    ("LONDON AND PARIS", "London", "United Kingdom"),
    ("TORONTO/ST JOHN'S, Newfoundland", "Toronto", "Canada"),
    ("ST. LOUIS", "St. Louis", "United States"),
    ("St Petersburg, Fla", "St. Petersburg, Florida", "United States"),
    ("ST. PETERSBURG", "St. Petersburg", "Russia"),
    ("Frankfurt/Main", "Frankfurt", "Germany"),
    ("Frankfurt (Oder)", "Frankfurt (Oder)", "Germany"),
    ("NEW YORK", "New York", "United States"),
    ("Abu Dhabi, UAE", "Abu Dhabi", "United Arab Emirates"),
    ("Munich, Bavaria", "Munich", "Germany"),
    ("GAZA CITY, Gaza Strip", "Gaza", "Palestinian Territories"),
    ("GAZA STRIP", "Gaza", "Palestinian Territories"),
    ("CAPE CANAVERAL, Fla.", "Cape Canaveral", "United States"),
    ("UNITED NATIONS", "United Nations", None),
    ("VATICAN CITY", "Vatican City", "Vatican City"),
    ("ABOARD AIR FORCE ONE", "Aboard Air Force One", None),
    ("LEAD, S.D.", "Lead, S.D.", "United States"),
    ("ZARNOV, Ukraine", "Zarnov", "Ukraine"),
    ("ZARNOV", "Zarnov", None),
    ("LITHONIA, Georgia", "Lithonia, Georgia", None),
    ("CHINA", "China", "China"),
]


@pytest.mark.parametrize(("written", "name", "country"), PLACES)
def test_each_spelling_of_a_place_gives_its_one_value_and_its_country(written, name, country):
    place = places.resolve(written, Survey())
    assert (place.name, place.country) == (name, country)


def test_a_place_is_called_as_most_of_the_archive_calls_it():
    survey = Survey()
    for written in ("KIEV", "Kiev, Ukraine", "Kyiv"):
        places.tally(written, survey.places)
    assert {places.resolve(written, survey).name for written in ("KYIV", "Kiev", "Киев")} == {"Kiev"}
    assert places.resolve("Paris", survey).name == "Paris"


def test_counts_of_whole_datelines_serve_as_well():
    survey = Survey(places={places.key_of("KIEV"): Counter({"KIEV, Ukraine": 5, "Kyiv": 4})})
    assert places.resolve("KYIV", survey).name == "Kiev"


def test_a_namesake_keeps_its_state_whatever_the_archive_calls_it():
    survey = Survey()
    for _ in range(5):
        places.tally("PARIS, Texas", survey.places)
    assert places.resolve("Paris, Tex.", survey).name == "Paris, Texas"
    assert places.resolve("Paris", survey).name == "Paris"


def test_two_places_never_share_a_key():
    assert places.key_of("Paris") != places.key_of("Paris, Texas")
    assert places.key_of("Lead, S.D.") == places.key_of("LEAD, South Dakota")
    assert places.key_of("Lead, S.D.") != places.key_of("Lead, N.D.")


@pytest.mark.parametrize("written", ["", " ", ",", "()", "[]"])
def test_no_name_is_no_place(written):
    assert places.resolve(written, Survey()) is None
    assert places.key_of(written) is None


@given(st.text(alphabet="ABab éñ,./()[]&-'St", max_size=60))
def test_any_text_gives_a_place_with_a_name_or_none(written):
    place = places.resolve(written, Survey())
    assert place is None or (place.name and place.key)


@pytest.mark.parametrize("written", ["PARIS", "New Delhi", "ST. LOUIS", "LONDON/PARIS", "Kiev", "МОСКВА", "MALTA"])
def test_large_cities_and_capitals_stand_alone(written):
    assert places.stands_alone(written, Survey())


@pytest.mark.parametrize(
    "written", ["READING", "NICE", "MOBILE", "GOOGLE", "TESLA", "BIDEN", "DRUG", "PARIS/TESLA", "FILE"]
)
def test_words_brands_and_surnames_do_not(written):
    assert not places.stands_alone(written, Survey())


@pytest.mark.parametrize(
    "name", ["São Paulo", "SAO PAULO", "Xi'an", "Xi’an", "Port-au-Prince", "PORT AU PRINCE", "St Louis"]
)
def test_a_city_is_found_in_any_spelling(name):
    assert cities_named(name)
    assert cities_named(name) == cities_named(fold(name))


def test_every_name_of_the_gazetteer_is_found_and_no_other():
    assert cities_named("Aachen")[0].country == "DE"
    assert cities_named("Zwolle")[0].country == "NL"
    assert cities_named("서울")[0].name == "Seoul"
    assert cities_named("A") == cities_named("Zzzz") == cities_named("\n") == ()


def test_a_city_has_its_country_its_people_and_its_coordinates():
    city = cities_named("Paris")[0]
    assert (city.country, city.population > 1_000_000) == ("FR", True)
    assert (round(city.latitude), round(city.longitude)) == (49, 2)


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("Calif.", ("US", "CA")),
        ("Neb", ("US", "NE")),
        ("D.C.", ("US", "DC")),
        ("N.Y", ("US", "NY")),
        ("Ont.", ("CA", "08")),
        ("Tamil Nadu", ("IN", "25")),
        ("N.S.W.", ("AU", "02")),
        ("UK", ("GB", "")),
        ("U.A.E.", ("AE", "")),
        ("the Netherlands", ("NL", "")),
        ("Côte d’Ivoire", ("CI", "")),
    ],
)
def test_a_region_is_understood_by_its_name_and_its_abbreviation(written, region):
    assert regions_named(written) == (region,)


def test_a_region_with_two_meanings_has_both():
    assert set(regions_named("Georgia")) == {("US", "GA"), ("GE", "")}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("AP", "AP"),
        ("A.P.", "AP"),
        ("Associated Press", "AP"),
        ("The Associated Press", "AP"),
        ("AP Sports Writer", "AP"),
        ("REUTERS", "Reuters"),
        ("Reuter", "Reuters"),
        ("Reuters News Agency", "Reuters"),
        ("Agence France-Presse", "AFP"),
        ("Jiji Press", "Jiji"),
        ("Kyodo News", "Kyodo"),
        ("Xinhua News Agency", "Xinhua"),
        ("Press Trust of India", "PTI"),
        ("dpa/lhe", "dpa"),
        ("Reuters/J. Smith", "Reuters"),
        ("tca/dpa", "tca/dpa"),
        ("Harbour Press", "Harbour Press"),
        ("Press", "Press"),
    ],
)
def test_an_agency_has_one_name(written, name):
    assert agencies.spelled(written) == name
    assert agencies.spelled(name) == name


def test_the_settings_go_before_the_table():
    extra = {"ap": "Associated Press", "city news": "CN"}
    assert agencies.spelled("A.P.", extra) == "Associated Press"
    assert agencies.spelled("City News Service", extra) == "City News Service"
    assert agencies.spelled("The City News", extra) == "CN"
    assert agencies.is_unmistakable("City News", extra)
    assert not agencies.is_known("City News")
