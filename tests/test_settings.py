"""Settings come from DATELINE_* variables alone, once; what cannot be used is refused with its name and the reason."""

import datetime
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from search.errors import SettingsError
from search.settings import Settings

VALUES = {
    "index": ("/srv/index", Path("/srv/index")),
    "source": ("wire copy", Path("wire copy")),
    "engine": ("whoosh", "whoosh"),
    "auto_paragraphs": ("0", 0),
    "language": ("german", "german"),
    "host": ("::1", "::1"),
    "port": ("0", 0),
    "threads": ("3", 3),
    "workers": ("4", 4),
    "processes": ("4", 4),
    "keep": ("5", 5),
    "cache_mb": ("64", 64),
    "today": ("2024-08-24", datetime.date(2024, 8, 24)),
    "query_seconds": ("0.5", 0.5),
}
REFUSED = {
    "index": ["", " ", "a\0b"],
    "source": ["", " ", "a\0b"],
    "engine": ["", "lucene", "Whoosh", " whoosh"],
    "auto_paragraphs": ["", "-1", "few", "1.5"],
    "language": ["", " "],
    "host": ["", " "],
    "port": ["", "-1", "65536", "80.0", "http", "8_0", "٣", "1e3"],
    "threads": ["", "0", "-1", "many", "1.5"],
    "workers": ["", "0", "-1", "all", "1.5"],
    "processes": ["", "-1", "all"],
    "keep": ["", "0", "-2", "two"],
    "cache_mb": ["", "0", "-1", "1GB"],
    "today": ["", "today", "2024-13-01", "24-08-2024", "2024"],
    "query_seconds": ["", "0", "-1", "nan", "inf", "-inf", "soon"],
}


def variable(name):
    return f"DATELINE_{name.upper()}"


def read(**values):
    return Settings.from_environment({variable(name): value for name, value in values.items()})


def test_every_setting_is_tried_here():
    assert {item.name for item in fields(Settings)} == set(VALUES) == set(REFUSED)


def test_without_variables_every_setting_has_its_default():
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"PATH": "/bin", "XDATELINE_PORT": "x", "dateline_port": "x"}) == Settings()


@pytest.mark.parametrize("name", VALUES)
def test_each_setting_is_read_from_its_variable(name):
    text, value = VALUES[name]
    settings = read(**{name: text})
    assert getattr(settings, name) == value
    assert type(getattr(settings, name)) is type(value)
    assert settings == replace(Settings(), **{name: value})
    assert value != getattr(Settings(), name)


def test_all_variables_are_read_together():
    settings = read(**{name: text for name, (text, _) in VALUES.items()})
    assert settings == Settings(**{name: value for name, (_, value) in VALUES.items()})


def test_the_variables_of_the_process_are_read_where_none_are_given(monkeypatch):
    monkeypatch.setenv("DATELINE_KEEP", "7")
    assert Settings.from_environment().keep == 7


@pytest.mark.parametrize("name", ["DATELINE_", "DATELINE_PORTS", "DATELINE_port", "DATELINE_PORT_"])
def test_an_unknown_variable_is_refused_with_those_there_are(name):
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({name: "1", "DATELINE_KEEP": "3"})
    assert str(raised.value).startswith(f"{name} ")
    for item in fields(Settings):
        assert variable(item.name) in str(raised.value)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in REFUSED.items() for text in texts])
def test_a_value_that_cannot_be_used_is_refused_with_the_name_of_its_variable(name, text):
    with pytest.raises(SettingsError) as raised:
        read(**{name: text})
    message = str(raised.value)
    assert message.startswith(f"{variable(name)} ")
    assert message.endswith(".")
    assert len(message.splitlines()) == 1
    assert message.isprintable()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("port", "http", "DATELINE_PORT must be a whole number, not 'http'."),
        ("port", "65536", "DATELINE_PORT must be at most 65535, not 65536."),
        ("keep", "0", "DATELINE_KEEP must be 1 or more, not 0."),
        ("query_seconds", "soon", "DATELINE_QUERY_SECONDS must be a number, not 'soon'."),
        ("engine", "lucene", "DATELINE_ENGINE must be one of auto, whoosh, tantivy, not 'lucene'."),
    ],
)
def test_a_message_says_what_would_do(name, text, message):
    with pytest.raises(SettingsError) as raised:
        read(**{name: text})
    assert str(raised.value) == message


@pytest.mark.parametrize("name", VALUES)
def test_settings_are_frozen(name):
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        setattr(settings, name, getattr(settings, name))
    assert not hasattr(settings, "__dict__")


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_setting_says_what_it_means(item):
    assert item.metadata["meaning"].strip()
