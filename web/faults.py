"""Diagnostics -> what a page shows of them: the text with the span at fault, the message, the fix one click away."""

from collections.abc import Iterable
from dataclasses import dataclass

from search.errors import Diagnostic
from web.addresses import Pairs, address, with_value

# Code points of context on each side of a span; a query may have thousands.
_AROUND = 60


@dataclass(frozen=True, slots=True)
class ShownFault:
    """A diagnostic as shown; `at` is the span at fault, in the text `before` and `after` it.

    `href` leads to the same search with the fix in place, which finds `total` paragraphs where it was run, or with
    the parameter left out where there is no fix.
    """

    code: str
    message: str
    parameter: str
    located: bool
    before: str
    at: str
    after: str
    fix: str | None
    total: int | None
    href: str | None


def shown_faults(diagnostics: Iterable[Diagnostic], items: Pairs, path: str) -> tuple[ShownFault, ...]:
    """Return diagnostics as they are shown beside the parameters `items`, which were asked for at `path`."""
    return tuple(_shown(diagnostic, items, path) for diagnostic in diagnostics)


def _shown(diagnostic: Diagnostic, items: Pairs, path: str) -> ShownFault:
    name = diagnostic.parameter
    value = next((text for key, text in items if key == name), "")
    start = len(value) if diagnostic.start is None else min(diagnostic.start, len(value))
    end = start if diagnostic.end is None else min(max(diagnostic.end, start), len(value))
    href = None
    if diagnostic.fix is not None or name != "q":
        kept = [(key, text) for key, text in items if key not in diagnostic.without]
        href = address(path, with_value(kept, name, diagnostic.fix))
    return ShownFault(
        code=diagnostic.code,
        message=diagnostic.message,
        parameter=name,
        located=diagnostic.start is not None and bool(value),
        before=_tail(value[:start]),
        at=value[start:end] if end - start <= 2 * _AROUND else value[start : start + 2 * _AROUND] + "…",
        after=_head(value[end:]),
        fix=diagnostic.fix,
        total=diagnostic.total,
        href=href,
    )


def _head(text: str) -> str:
    return text if len(text) <= _AROUND else text[:_AROUND] + "…"


def _tail(text: str) -> str:
    return text if len(text) <= _AROUND else "…" + text[-_AROUND:]
