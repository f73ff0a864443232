"""The parameters of a search, declared and checked once: for page, endpoint, terminal and OpenAPI document."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from search.engines.base import FACETS, Group, Partial, Scope, Sort
from search.errors import Diagnostic, QueryError
from search.query import Dialect, Match
from search.query.dates import DateSyntaxError, parse_days
from search.query.similar import similar_name

ALL_FACETS = (*FACETS, "date")
MAX_SIZE = 100
# Of a name or a value that cannot be used, so many characters are shown.
_SHOWN = 60
REPEATED = (*FACETS, *(f"not_{name}" for name in FACETS), "article")


def short(text: str) -> str:
    """Return a text as messages show it: whole, or its beginning."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _day_or_period(text: str) -> str:
    if len(text) > _SHOWN or any(sign in text for sign in ("..", "<", ">", "=")):
        raise ValueError(f"{short(text)!r} is not a date; write 2024-08-24, 2024-08 or 2024.")
    try:
        parse_days(text)
    except DateSyntaxError as error:
        message = f"{str(error).partition(';')[0].rstrip('.')}; write 2024-08-24, 2024-08 or 2024."
        raise ValueError(message) from error
    return text


def _facet_names(text: str) -> str:
    if text in ("all", "none"):
        return text
    if unknown := [name for name in text.split(",") if name not in ALL_FACETS]:
        raise ValueError(
            f"There is no facet {short(unknown[0])!r}; write all, none, or some of {','.join(ALL_FACETS)}."
        )
    return text


def _digits(value: object) -> object:
    # What Python takes for a number beside digits (5.0, 1_0, +5) is no number to anyone else.
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("not digits")
    return value


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Day = Annotated[str | None, AfterValidator(lambda text: None if text is None else _day_or_period(text))]
Size = Annotated[int, BeforeValidator(_digits)]
Values = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class SearchParameters(BaseModel):
    """What a search can be asked with."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    q: str = Field("", description="What to search for, in the query language; empty for everything.")
    dialect: Dialect = Field(
        Dialect.DATELINE,
        description="The language q is written in: ours, or that of Nexis, Factiva or Lucene, read as ours.",
    )
    match: Match = Field(
        Match.AUTO,
        description="All words (all), some of them (any), or all and, where nothing has them all, some (auto).",
    )
    scope: Scope = Field(
        Scope.PARAGRAPH,
        description="Where all words must be found together: in one paragraph or in one article.",
    )
    group: Group = Field(
        Group.ARTICLE,
        description="Each article once, by its best paragraph (article), or every paragraph (none).",
    )
    sort: Sort = Field(
        Sort.RELEVANCE,
        description="By relevance, newest or oldest first (undated ones last), or the last to arrive first (recent).",
    )
    from_: Day = Field(None, alias="from", description="Published on or after this day, month or year.")
    to: Day = Field(None, description="Published on or before this day, month or year.")
    place: Values = Field((), description="Only from this place; repeated: from any of them.")
    agency: Values = Field((), description="Only from this agency; repeated: from any of them.")
    section: Values = Field((), description="Only from this section; repeated: from any of them.")
    not_place: Values = Field((), description="Not from this place; repeated: from none of them.")
    not_agency: Values = Field((), description="Not from this agency; repeated: from none of them.")
    not_section: Values = Field((), description="Not from this section; repeated: from none of them.")
    article: Values = Field((), description="Only in the article of this id; repeated: in any of them.")
    size: Size = Field(20, ge=1, le=MAX_SIZE, description=f"Hits on one page, 1 to {MAX_SIZE}.")
    cursor: str | None = Field(None, description="Where the next page begins: page.next of the answer before.")
    partial: Partial = Field(
        Partial.REFUSE,
        description="Where part of the index is away: an error (refuse) or, said so, what the rest finds (allow).",
    )
    facets: Annotated[str, AfterValidator(_facet_names)] = Field(
        "all", description=f"all, none, or some of {','.join(ALL_FACETS)}, with commas."
    )

    @property
    def facet_names(self) -> tuple[str, ...]:
        """The facets asked for."""
        if self.facets == "all":
            return ALL_FACETS
        return () if self.facets == "none" else tuple(name for name in ALL_FACETS if name in self.facets.split(","))


PARAMETER_NAMES = tuple(field.alias or name for name, field in SearchParameters.model_fields.items())


def read_parameters(items: Iterable[tuple[str, str]], *, ignore_unknown: bool = False) -> SearchParameters:
    """Return the parameters given as names and texts, as they come from a URL or a command line.

    An empty value counts as not given. `ignore_unknown` is for pages, whose addresses gather strangers' parameters.

    Raises:
        QueryError: unknown parameters, of which the first is named; parameters given twice, or values that cannot be
            used, each named, with what to type.
    """
    given: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    unknown: dict[str, None] = {}
    twice: dict[str, None] = {}
    for name, text in items:
        if name not in PARAMETER_NAMES:
            unknown[name] = None
        elif not text.strip() and name != "q":
            continue
        elif name in REPEATED:
            given[name] = (*given.get(name, ()), text)
        elif name in given:
            twice[name] = None
        else:
            given[name] = text
    if unknown and not ignore_unknown:
        problems.append(_unknown_parameters(list(unknown)))
    problems += map(_given_twice, twice)
    try:
        parameters = SearchParameters.model_validate(given)
    except ValidationError as error:
        problems += [_problem(dict(details)) for details in error.errors()]
    if not problems:
        problems += _check_order(parameters)
    if problems:
        raise QueryError(problems)
    return parameters


def _check_order(parameters: SearchParameters) -> Iterator[Diagnostic]:
    first = parse_days(parameters.from_)[0] if parameters.from_ else None
    last = parse_days(parameters.to)[1] if parameters.to else None
    if first and last and first > last:
        message = f"from is {parameters.from_}, which is after to, {parameters.to}; nothing is published between."
        yield Diagnostic("bad-parameter", message, parameter="from")


def _unknown_parameters(names: Sequence[str]) -> Diagnostic:
    """Return the error of parameters that there are not, which names the first of them."""
    name, known = short(names[0]), ", ".join(PARAMETER_NAMES)
    others = f" (nor {len(names) - 1} others that were given)" if len(names) > 1 else ""
    message = f"There is no parameter {name!r}{others}; the parameters are {known}."
    return Diagnostic("unknown-parameter", message, fix=similar_name(name, PARAMETER_NAMES), parameter=name)


def _given_twice(name: str) -> Diagnostic:
    message = f"The parameter {name} stands there twice; give it once."
    return Diagnostic("repeated-parameter", message, parameter=name)


def _problem(details: dict[str, Any]) -> Diagnostic:
    name = str(details["loc"][0])
    value = short(str(details["input"]))
    field = SearchParameters.model_fields["from_" if name == "from" else name]
    if isinstance(field.annotation, type) and issubclass(field.annotation, StrEnum):
        choices = [str(choice) for choice in field.annotation]
        message = f"{name} cannot be {value!r}; write {', '.join(choices[:-1])} or {choices[-1]}."
        return Diagnostic("bad-parameter", message, fix=similar_name(value, choices), parameter=name)
    if name == "size":
        message = f"size is a whole number from 1 to {MAX_SIZE}, not {value!r}."
        fix = str(MAX_SIZE) if details["type"] == "less_than_equal" else "20"
        return Diagnostic("bad-parameter", message, fix=fix, parameter=name)
    reason = str(details.get("ctx", {}).get("error", details["msg"]))
    return Diagnostic("bad-parameter", f"{name}: {reason}", parameter=name)
