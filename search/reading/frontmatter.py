"""Read YAML front matter: the lines between `---` and `---` at the head of a text. Text in, fields out.

Values are taken as written, so a date stays the text it is and `no` is a word. Of a list each item is kept, of an
object its `name`, of deeper structures their source. Where it is not YAML its lines are read one by one as
`key: value`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import regex
import yaml

from search.reading.headers import Field, field_named
from search.reading.layout import Line

_LONGEST = 1 << 16  # code points of front matter; what is longer is no header
_MOST_LINES = 400
_OPENS = "---"
_CLOSES = frozenset({"---", "..."})
_KEY_LINE = regex.compile(r"(?P<key>[\p{L}][\p{L}\p{M}\p{Nd}._\- ]{0,40}?)\s?:(?:\s+(?P<value>.*)|$)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields, in order, the index of the first line after the closing mark, and a remark where it is not YAML."""

    fields: tuple[Field, ...]
    end: int
    remark: str | None = None


def read_front_matter(text: str, lines: list[Line], first: int) -> FrontMatter | None:
    """The front matter that opens at `lines[first]`; None where there is none, or none of its keys is known."""
    if lines[first].text != _OPENS:
        return None
    stop = next(
        (at for at in range(first + 1, min(len(lines), first + _MOST_LINES)) if lines[at].text in _CLOSES), None
    )
    if stop is None or stop == first + 1 or not _KEY_LINE.match(lines[first + 1].text.lstrip("# ")):
        return None
    begin, end = lines[first].end, lines[stop].start
    source = text[begin:end]
    if len(source) > _LONGEST:
        return None
    remark = None
    try:
        fields = tuple(_yaml_fields(source))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        fields = tuple(_line_fields(lines[first + 1 : stop]))
        remark = f"its front matter is not YAML ({_reason(error)}), so it was read line by line"
    return FrontMatter(fields, stop + 1, remark) if any(field.name for field in fields) else None


def _reason(error: Exception) -> str:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else None
    where = f" in its line {mark.line}" if mark else ""
    return f"{problem or type(error).__name__}{where}"


def _yaml_fields(source: str) -> Iterator[Field]:
    # The nodes are enough: nothing is constructed, so no tag and no alias can do harm.
    root = yaml.compose("\n".join(source.splitlines()), Loader=yaml.BaseLoader)
    if not isinstance(root, yaml.MappingNode):
        raise ValueError("no mapping")  # noqa: TRY004  # of the input, not of an argument
    left = 2 * _LONGEST  # aliases repeat a value, which then is longer than its source
    for key, value in root.value:
        values = _named(value)
        left -= sum(map(len, values))
        if left < 0:
            raise ValueError("too many aliases")
        yield _field(str(key.value), values)


def _named(node: yaml.Node) -> list[str]:
    """The words of a value, of each item of a list, or the `name` of an object; of anything else its source."""
    return [_word(each) for each in (node.value if isinstance(node, yaml.SequenceNode) else [node])]


def _word(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.MappingNode):
        names = [value for key, value in node.value if key.value in {"name", "title", "label"}]
        if names and isinstance(names[0], yaml.ScalarNode):
            return str(names[0].value)
    return _source(node)


def _source(node: yaml.Node) -> str:
    return str(node.start_mark.buffer[node.start_mark.pointer : node.end_mark.pointer])


def _line_fields(lines: list[Line]) -> Iterator[Field]:
    """A field for each `key: value` line, with the lines that belong to it."""
    key, parts = "", list[str]()
    for line in lines:
        match = _KEY_LINE.match(line.text) if line.indent == 0 else None
        if match is None:
            parts.append(line.text.removeprefix("- "))
            continue
        if key or parts:
            yield _field(key, [" ".join(parts)])
        key, parts = match["key"], [_unquoted(match["value"] or "")]
    if key or parts:
        yield _field(key, [" ".join(parts)])


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]
    return value[1:-1] if quoted else value


def _field(key: str, values: list[str]) -> Field:
    parts = tuple(filter(None, (" ".join(value.split()) for value in values)))
    return Field(field_named(key), " ".join(key.split()), ", ".join(parts), 0, values=parts)
