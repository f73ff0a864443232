"""The date of a field or header: which forms are read, which are not, and why."""

import contextlib
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.articles import NoteKind
from search.reading import ReadingContext, Survey
from search.reading.dates import AmbiguousDateError, DateError
from search.reading.written_dates import read_date

TODAY = datetime.date(2024, 11, 22)
FIRST = datetime.date(2016, 3, 11)


def read(written, *, day_first=0, month_first=0):
    survey = Survey(day_first=day_first, month_first=month_first)
    return read_date(written, context=ReadingContext(today=TODAY, survey=survey))


@pytest.mark.parametrize(
    "written",
    [
        "2016-03-11", "2016-3-11", "2016/03/11", "2016.03.11", " 2016-03-11 ",
        "2016-03-11T10:00:00Z", "2016-03-11T23:30:00-11:00", "2016-03-11 00:30:00.123456 +0000 UTC", "2016-03-11T10",
        "2016-03-11+01:00", "2016-03-11 10:00 PM", "2016-03-11 at 10:00", "2016-03-11 (Fri)", "Friday, 2016-03-11",
        "20160311", "20160311T100000Z", "20160311100000", "201603111000", "20160311T100000+0000", 20160311,
        1457690400, 1457690400.7, 1457690400123, 1457690400123456, "1457690400", "1457690400.5",
        "/Date(1457690400000)/",
        "Fri, 11 Mar 2016 10:00:00 GMT", "Fri, 11 Mar 2016 23:30:00 -1100", "11 Mar 16 10:00 EST",
        "Fri Mar 11 10:00:00 2016", "Fri Mar 11 10:00:00 GMT 2016", "11/Mar/2016:10:00:00 +0000",
        "Fri Mar 11 2016 10:00:00 GMT+0100 (Central European Standard Time)",
        "11 March 2016", "March 11, 2016", "March 11 2016", "Mar. 11th, 2016", "11th of March, 2016",
        "11-MAR-2016 15:01:01.79",
        "11-Mar-16", "Mar 11, '16", "2016 Mar 11", "11MAR2016", "11-MAR-2016 605:12:19.12",
        "Friday, March 11, 2016 - 10:30",
        "Published: March 11, 2016 at 10:00 a.m. EST", "10:00 GMT, 11 March 2016", "Mar 11, 2016 | 5:30pm",
        "11. März 2016", "Freitag, 11. März 2016, 10:00 Uhr", "vendredi 11 mars 2016 à 10h30", "11 de marzo de 2016",
        "11 de março de 2016 às 10h30", "11 marzo 2016 alle ore 10:30", "11 марта 2016 г.", "11 марта 2016 года",
        "11 marca 2016 r.", "2016年3月11日", "2016년 3월 11일", "２０１６年３月１１日", "2016. 3. 11.",
        "2016. március 11.", "11 Μαρτίου 2016", "١١ مارس ٢٠١٦",
        "11.03.2016", "11.3.16", "Freitag, 11.03.2016", "11.03.2016 - 10:30 Uhr",
        ["2016-03-11"], {"$date": "2016-03-11T10:00:00Z"}, {"$date": {"$numberLong": "1457690400000"}},
        {"@value": "20160311"},
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(written):
    assert read(written) == FIRST


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("25/03/2016", "2016-03-25"),
        ("3/25/16", "2016-03-25"),
        ("03-25-2016", "2016-03-25"),
        ("3.25.2016", "2016-03-25"),
        ("03/03/2016", "2016-03-03"),
        ("87/03/25", "1987-03-25"),
        ("25/3/87 10:00", "1987-03-25"),
        ("1er mars 2016", "2016-03-01"),
        (-100000000, "1966-10-31"),
        ("29 February 2016", "2016-02-29"),
    ],
)
def test_a_date_with_one_meaning_is_read_in_it(written, date):
    assert str(read(written)) == date


@pytest.mark.parametrize(
    ("day_first", "month_first", "date"),
    [(1, 0, "2016-03-11"), (0, 1, "2016-11-03"), (50, 1, "2016-03-11"), (1, 50, "2016-11-03")],
)
@pytest.mark.parametrize("written", ["11/03/2016", "11-3-16", "Friday 11/03/2016 10:00"])
def test_the_archives_other_dates_settle_the_order_of_day_and_month(written, day_first, month_first, date):
    assert str(read(written, day_first=day_first, month_first=month_first)) == date


@pytest.mark.parametrize(("day_first", "month_first"), [(0, 0), (5, 1), (3, 3)])
def test_an_order_that_nothing_settles_is_said_with_both_days(day_first, month_first):
    with pytest.raises(AmbiguousDateError, match=r"'11/03/2016' may be 2016-03-11 or 2016-11-03") as raised:
        read("11/03/2016", day_first=day_first, month_first=month_first)
    assert raised.value.kind is NoteKind.DATE_AMBIGUOUS


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        *[(written, NoteKind.DATE_UNREADABLE) for written in (
            "soon", "yesterday", "2 days ago", "sometime in spring", "Spring 2016", "11/03", "March 11",
            "11-12 March 2016",
            "31 February 2016", "2024-13-01", "0000-00-00", "30/02/2016", "13/13/2016", "16.13.2016", "20161399",
            "March 11 16:30", "11 Foo 2016", "The 11 men of 2016", "2016 or 11", "1e400", "9" * 30, "x" * 200, "", " ",
            0, 5, 3.5, 10**30, True, {"y": 2016}, [], ["2016-03-11", "2016-03-12"], float("nan"), float("inf"),
        )],
        *[(written, NoteKind.DATE_DOUBTFUL) for written in (
            "0202-05-07", "0001-01-01", "1499-12-31", "2094-03-01", "2025-11-24", 4070908800, "1 January 2094",
        )],
        *[(written, NoteKind.DATE_INCOMPLETE) for written in (
            "2016", 2016, "2016-03", "03/2016", "March 2016", "mars 2016", "2016年3月",
        )],
    ],
)  # fmt: skip
def test_what_is_no_day_is_an_error_that_says_what_to_write(written, kind):
    with pytest.raises(DateError, match="write") as raised:
        read(written)
    assert raised.value.kind is kind


@pytest.mark.parametrize(
    ("year", "date"), [("25", "2025-03-11"), ("26", "1926-03-11"), ("99", "1999-03-11"), ("00", "2000-03-11")]
)
def test_a_year_of_two_digits_is_the_latest_that_is_not_far_ahead(year, date):
    context = ReadingContext(today=datetime.date(2024, 11, 22))
    assert str(read_date(f"11-Mar-{year}", context=context)) == date


def test_certain_dates_are_counted_only_while_the_archive_is_surveyed():
    for counted in (None, Survey()):
        context = ReadingContext(today=TODAY, counted=counted)
        for written in ("25/03/2016", "3/25/2016", "31/01/2016", "03/03/2016", "25.03.2016"):
            read_date(written, context=context)
        assert context.survey == Survey()
        assert counted is None or (counted.day_first, counted.month_first) == (2, 1)


@settings(deadline=None)
@given(st.text(alphabet="0123456789/-.:, TZMarchéfév年月'", max_size=40) | st.integers() | st.floats())
def test_no_text_or_number_is_anything_but_a_date_or_a_date_error(written):
    with contextlib.suppress(DateError):
        assert datetime.date(1500, 1, 1) <= read(written) <= TODAY + datetime.timedelta(days=366)


@given(
    st.dates(datetime.date(1500, 1, 1), TODAY),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%a, %d %b %Y", "%Y%m%d", "%d.%m.%Y"]),
)
def test_every_day_is_read_back(date, form):
    assert read(date.strftime(form)) == date
