"""How much can be asked at once: what is more is refused shortly, on every face, before anything looks at it."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from webserver import Served, page

from web.basket import MOST_FIELDS
from web.limits import LONGEST_QUERY_STRING, MOST_PARAMETERS, MOST_VALUES

pytest_plugins = ("webserver",)

PEOPLE = ["/", "/search", "/articles/000_54452b25f7fed91f", "/compose", "/help", "/basket", "/nowhere", "/suggestions"]
PROGRAMS = [
    "/api/v1/search",
    "/api/v1/articles/000_54452b25f7fed91f",
    "/api/v1/suggest",
    "/api/v1/openapi.json",
    "/search.atom",
    "/search.csv",
    "/search.json",
    "/citations/ris/000_54452b25f7fed91f",
]
TOO_MUCH = {
    "many values": "&".join(f"not_place=secret{number}" for number in range(1_500)),
    "one value too many": "&".join(["section=secret"] * (MOST_VALUES + 1)),
    "one value too many, written in two ways": "&".join(["not_place=x", "not%5Fplace=x"] * (MOST_VALUES // 2 + 1)),
    "values of a parameter that is not there": "&".join(["nonsense=secret"] * (MOST_VALUES + 1)),
    "a long name too often": "&".join(["secret" * 20] * (MOST_VALUES + 1)),
    "many parameters": "&".join(f"secret{number}=1" for number in range(MOST_PARAMETERS + 1)),
    "many empty parameters": "&" * MOST_PARAMETERS,
    "a long value": "q=" + "secret" * (LONGEST_QUERY_STRING // 6 + 1),
    "a long value of percent signs": "place=" + "%25" * (LONGEST_QUERY_STRING + 1),
    "a long name": "secret" * (LONGEST_QUERY_STRING // 6 + 1),
}
too_much = pytest.mark.parametrize("asked", TOO_MUCH.values(), ids=TOO_MUCH.keys())


@too_much
@pytest.mark.parametrize("path", PEOPLE)
def test_more_than_can_be_asked_is_a_short_page(seeds: Served, path: str, asked: str) -> None:
    shown = page(seeds.client, f"{path}?{asked}", status=400)
    assert shown.one("h1").text == "This is more than can be asked at once"
    assert len(seeds.client.get(f"{path}?{asked}").data) <= 2_000


@too_much
@pytest.mark.parametrize("path", PROGRAMS)
def test_more_than_can_be_asked_is_a_short_problem(seeds: Served, path: str, asked: str) -> None:
    answer = seeds.client.get(f"{path}?{asked}", headers={"Accept": "*/*"})
    assert answer.status_code == 400
    assert len(answer.data) <= 2_000
    assert answer.headers["Cache-Control"] == "no-store"
    if answer.mimetype != "text/html":
        (error,) = answer.json["errors"]
        assert error["code"] == "too-many-parameters"


@too_much
def test_values_that_are_refused_are_not_repeated_and_of_a_name_only_the_beginning(seeds: Served, asked: str) -> None:
    for path in ("/search", "/api/v1/search", "/api/v1/articles/x"):
        shown = seeds.client.get(f"{path}?{asked}").text
        assert "secret" * 8 not in shown
        assert "secret" not in shown or asked.startswith("secret" * 20)


def test_what_is_sent_is_refused_as_well(seeds: Served) -> None:
    assert seeds.client.post(f"/basket/cuttings?{TOO_MUCH['many values']}").status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        "&".join(f"not_place=x{number}" for number in range(MOST_VALUES)),
        "&".join(f"{name}={number}" for name in ("place", "not_place", "section", "agency") for number in range(49)),
        "place=" + "x" * (LONGEST_QUERY_STRING - 6),
        "q=" + quote("ж" * 2_000),
        "q=" + quote("क" * 2_000),
    ],
    ids=["values of one", "parameters", "bytes", "a long query in Cyrillic", "a long query in Devanagari"],
)
def test_as_much_as_can_be_asked_is_answered(seeds: Served, asked: str) -> None:
    for path in ("/search", "/api/v1/search", "/search.atom"):
        answer = seeds.client.get(f"{path}?{asked}")
        assert answer.status_code == 200
        assert len(answer.data) < 2_000_000


def test_a_long_search_lists_fewer_values_to_narrow_it_by(serve_articles: Callable[..., Served]) -> None:
    served = serve_articles(
        *({"id": f"a{n}", "title": "Rain", "paragraphs": ["Rain."], "section": f"section {n}"} for n in range(250))
    )
    chosen = "&".join(f"not_agency=Agency+{number}+{'y' * 100}" for number in range(MOST_VALUES))
    short, long = (len(served.client.get(f"/search?{asked}").data) for asked in ("q=", chosen))
    assert short < 200_000
    assert long < 2_000_000


def test_of_parameters_that_there_are_not_the_first_is_named(seeds: Served) -> None:
    asked = "&".join(f"stranger{number}=x" for number in range(MOST_PARAMETERS))
    answer = seeds.client.get(f"/api/v1/search?{asked}")
    (error,) = answer.json["errors"]
    assert error["parameter"] == "stranger0"
    assert f"{MOST_PARAMETERS - 1} others" in error["message"]
    assert len(answer.data) <= 2_000


@pytest.mark.parametrize("name", ["size", "from", "facets", "sort", "n" * 4_000])
@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/suggest", "/search.csv"])
def test_a_long_value_that_cannot_be_used_is_not_repeated_whole(seeds: Served, path: str, name: str) -> None:
    answer = seeds.client.get(f"{path}?{name}={'9' * 4_000}")
    assert answer.status_code == 400
    assert len(answer.data) <= 2_000


def test_a_long_id_is_not_repeated_whole(seeds: Served) -> None:
    assert len(seeds.client.get(f"/api/v1/articles/{'x' * 30_000}").data) <= 2_000
    assert len(seeds.client.get(f"/articles/{'x' * 30_000}").data) <= 4_000


def test_a_form_of_very_many_fields_is_refused(seeds: Served) -> None:
    form = "application/x-www-form-urlencoded"
    answer = seeds.client.post("/basket/cuttings", data="paragraph=a%23p1&" * MOST_FIELDS, content_type=form)
    assert answer.status_code == 400
    assert "fields" in answer.text
