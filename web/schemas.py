"""What the endpoints answer, described for the OpenAPI document; tests hold real answers against these models.

The answers themselves are made by `answer_json` and `article_json`; these models describe, they do not convert.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from search.query import Dialect


class Described(BaseModel):
    """A JSON object that has these members and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mark(Described):
    """A half-open span of code points of the text beside it."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)


class Diagnostic(Described):
    """A remark on what was typed; start and end are a half-open span of code points of the parameter's value."""

    code: str
    severity: Literal["error", "warning"]
    start: int | None
    end: int | None
    message: str
    fix: str | None = Field(description="The whole corrected value, ready to be used instead.")
    total: int | None = Field(description="How many paragraphs the fix was seen to find; never 0.")
    parameter: str = Field("q", description="The parameter remarked on; left out for q.")
    without: list[str] = Field([], description="Parameters to leave out where the fix is used; left out where none.")


class Query(Described):
    """How the query was read."""

    input: str
    dialect: Dialect = Field(description="The language `input` is written in.")
    canonical: str = Field(description="How it was read, in our own language: asking this finds the same.")
    match: Literal["all", "any"] = Field(description="What was applied.")
    scope: Literal["paragraph", "article"]
    diagnostics: list[Diagnostic]


class Generation(Described):
    """Which built index answered."""

    id: str
    built_at: str = Field(description="RFC 3339, in UTC.")
    engine: str


class Total(Described):
    """Exact counts of all that was found."""

    paragraphs: int
    articles: int


class Snippet(Described):
    """An excerpt of at most 320 code points that begins at the paragraph's code point `start`."""

    text: str
    start: int
    marks: list[Mark] = Field(description="Offsets into `text`, sorted, not overlapping.")


class HitLinks(Described):
    """Where a hit can be read: its page, and its article as JSON."""

    html: str
    article: str


class ArticleFields(Described):
    """What is known of an article beside its text."""

    title: str
    title_derived: bool = Field(description="Whether the title was made from the first sentence.")
    date: str | None = Field(description="A plain calendar date, ISO 8601.")
    place: str | None
    country: str | None = Field(description="The country of the place, where that is known.")
    agency: str | None
    byline: str | None
    section: str | None
    of: int = Field(description="How many paragraphs the article has.")


class Hit(ArticleFields):
    """One paragraph that was found, or the headline."""

    id: str
    article_id: str
    paragraph: int = Field(ge=0, description="Counted from 1; 0 is the headline: kicker, title and byline.")
    rank: int = Field(ge=1, description="Counted over all pages.")
    score: float
    snippet: Snippet
    title_marks: list[Mark] = Field(description="Offsets into `title`.")
    context: str | None = Field(description="Where the headline was found: how the first paragraph begins.")
    more: int = Field(description="Further paragraphs of the article that match; 0 under group=none.")
    links: HitLinks


class FacetValue(Described):
    """One value and how much of what was found has it."""

    value: str
    articles: int
    paragraphs: int


class Bucket(Described):
    """A month: articles found, and articles held whether they match or not."""

    value: str
    articles: int
    held: int


class Undated(Described):
    """Articles without a date: those found, and those in the index whether they match or not."""

    articles: int
    indexed: int


class DateFacet(Described):
    """What was found month by month, and what has no date."""

    interval: Literal["month"]
    buckets: list[Bucket]
    undated: Undated


class Facets(Described):
    """The facets that were asked for; others are left out."""

    place: list[FacetValue] | None = None
    agency: list[FacetValue] | None = None
    section: list[FacetValue] | None = None
    date: DateFacet | None = None


class Suggestion(Described):
    """Another query, and how many paragraphs it was seen to find."""

    q: str
    total: int = Field(ge=1)
    reason: str


class Page(Described):
    """Which part of what was found this is."""

    size: int = Field(ge=1, le=100)
    next: str | None = Field(description="The cursor of the next page.")


class SearchResponse(Described):
    """The answer to one search."""

    query: Query
    generation: Generation
    total: Total
    hits: list[Hit]
    facets: Facets
    suggestions: list[Suggestion]
    page: Page
    took_ms: float


class Dateline(Described):
    """The opening of a wire story as written, and its span in the source."""

    text: str
    start: int
    end: int


class Source(Described):
    """The file an article was read from, its digest, and the article's span of code points in it."""

    path: str
    sha256: str
    start: int
    end: int


class Origins(Described):
    """Where each value was found: line (one of its own above the text), dateline, byline, sentence (the first), path,
    digest (the path and a digest of the text), or a record's field, as field:date. Left out where there is no value.
    """

    id: str | None = None
    title: str | None = None
    date: str | None = None
    place: str | None = None
    agency: str | None = None
    byline: str | None = None
    section: str | None = None


class Paragraph(Described):
    """One paragraph, its span in the source, and marks in its text."""

    id: str
    paragraph: int = Field(ge=1)
    text: str
    start: int
    end: int
    marks: list[Mark]


class Headline(Described):
    """The headline as written (kicker, title and byline, a line each), and marks in its text."""

    id: str
    paragraph: int = Field(ge=0, le=0)
    text: str
    marks: list[Mark]


class ArticleLinks(Described):
    """Where an article can be read: its page, and itself as JSON."""

    html: str
    self: str


class ArticleResponse(ArticleFields):
    """A whole article."""

    id: str
    kicker: str | None = Field(description="What labels the title, such as URGENT or UPDATE 2.")
    place_written: str | None = Field(description="The place as the article itself writes it.")
    topics: list[str]
    dateline: Dateline | None
    source: Source
    origins: Origins
    headline: Headline | None = Field(description="None where the title is derived and there is no byline line.")
    paragraphs: list[Paragraph]
    generation: Generation
    links: ArticleLinks


class CompletionLinks(Described):
    """Where a completion leads."""

    html: str


class Completion(Described):
    """A word, a name (of a place, agency or section) or a title that what is being typed may become."""

    kind: Literal["word", "name", "title"]
    text: str
    q: str = Field(description="The whole query with it in place.")
    total: int | None = Field(description="Paragraphs that hold the word, or articles that have the name.")
    field: str | None = Field(description="The field a name is of.")
    links: CompletionLinks


class SuggestResponse(Described):
    """Completions of what was typed so far: queries with the last word completed, and names and titles too."""

    q: str
    suggestions: list[str]
    completions: list[Completion]


class ProblemError(Described):
    """What is wrong, where, and what to type instead."""

    code: str
    start: int | None
    end: int | None
    message: str
    fix: str | None
    total: int | None = Field(description="How many paragraphs the fix was seen to find; never 0.")
    parameter: str = Field("q", description="The parameter at fault; left out for q.")


class Problem(Described):
    """A problem as RFC 9457 has it."""

    type: str = Field(description="about:blank, or urn:dateline:problem: and the kind of problem.")
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemError]
