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
    "language": ("german", "german"),
    "encoding": ("koi8-r", "koi8-r"),
    "follow_links": ("1", True),
    "mend_mojibake": ("1", True),
    "dates_from_paths": ("True", True),
    "agencies": ("Coast Wire=COASTWIRE, Hill News", ("Coast Wire=COASTWIRE", "Hill News")),
    "host": ("::1", "::1"),
    "port": ("0", 0),
    "threads": ("3", 3),
    "workers": ("4", 4),
    "processes": ("4", 4),
    "keep": ("5", 5),
    "cache_mb": ("64", 64),
    "today": ("2024-08-24", datetime.date(2024, 8, 24)),
    "query_seconds": ("0.5", 0.5),
    "opensearch_hosts": ("http://a:9200, https://b", ("http://a:9200", "https://b")),
    "opensearch_user": ("reader", "reader"),
    "opensearch_password": ("s3cret word", "s3cret word"),
    "opensearch_password_file": ("/run/secret", Path("/run/secret")),
    "opensearch_client_cert": ("/etc/me.pem", Path("/etc/me.pem")),
    "opensearch_client_key": ("/etc/me.key", Path("/etc/me.key")),
    "opensearch_ca": ("/etc/ca.pem", Path("/etc/ca.pem")),
    "opensearch_prefix": ("news-1", "news-1"),
    "opensearch_shards": ("6", 6),
    "opensearch_replicas": ("0", 0),
    "opensearch_timeout": ("2.5", 2.5),
}
# What another setting asks for beside it, or forbids.
BESIDE = {"opensearch_client_key": {"opensearch_client_cert": "/etc/me.pem"}}
APART = ("opensearch_password_file",)
REFUSED = {
    "index": ["", " ", "a\0b"],
    "source": ["", " ", "a\0b"],
    "engine": ["", "lucene", "Whoosh", " whoosh"],
    "language": ["", " "],
    "encoding": ["", " ", "cp99999", "base64", "a\0b"],
    "follow_links": ["", "2", "yes"],
    "mend_mojibake": ["", "2", "yes", "on"],
    "dates_from_paths": ["", "-1", "path"],
    "agencies": ["", "=COASTWIRE", "Coast Wire=", "Coast Wire=COASTWIRE,,", "="],
    "host": ["", " "],
    "port": ["", "-1", "65536", "80.0", "http", "8_0", "٣", "1e3"],
    "threads": ["", "0", "-1", "many", "1.5"],
    "workers": ["", "0", "-1", "all", "1.5"],
    "processes": ["", "-1", "all"],
    "keep": ["", "0", "-2", "two"],
    "cache_mb": ["", "0", "-1", "1GB"],
    "today": ["", "today", "2024-13-01", "24-08-2024", "2024"],
    "query_seconds": ["", "0", "-1", "nan", "inf", "-inf", "soon"],
    "opensearch_hosts": ["", "node1:9200", "ftp://a", "http://a,", "http://u:s3cret@a", "http://a/path", "http://"],
    "opensearch_user": ["", " "],
    "opensearch_password": ["", " "],
    "opensearch_password_file": ["", "a\0b"],
    "opensearch_client_cert": ["", "a\0b"],
    "opensearch_client_key": ["", "alone"],
    "opensearch_ca": ["", "a\0b"],
    "opensearch_prefix": ["", "News", "_news", "a b", "a" * 65],
    "opensearch_shards": ["", "0", "-1", "many"],
    "opensearch_replicas": ["", "-1", "many"],
    "opensearch_timeout": ["", "0", "-1", "nan", "soon"],
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
    beside = BESIDE.get(name, {})
    settings = read(**{name: text}, **beside)
    assert getattr(settings, name) == value
    assert type(getattr(settings, name)) is type(value)
    assert settings == replace(Settings(), **{name: value}, **{other: VALUES[other][1] for other in beside})
    assert value != getattr(Settings(), name)


def test_all_variables_are_read_together():
    together = {name: each for name, each in VALUES.items() if name not in APART}
    settings = read(**{name: text for name, (text, _) in together.items()})
    assert settings == Settings(**{name: value for name, (_, value) in together.items()})


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
        ("engine", "lucene", "DATELINE_ENGINE must be one of auto, whoosh, opensearch, not 'lucene'."),
    ],
)
def test_a_message_says_what_would_do(name, text, message):
    with pytest.raises(SettingsError) as raised:
        read(**{name: text})
    assert str(raised.value) == message


@pytest.mark.parametrize(("text", "value"), [("1", True), ("true", True), ("0", False), ("FALSE", False)])
def test_what_is_on_or_off_is_a_number_or_a_word(text, value):
    assert read(mend_mojibake=text).mend_mojibake is value


def test_agencies_are_added_by_what_is_written_and_the_name_to_use():
    settings = read(agencies="Coast Wire=COASTWIRE, Coast News = COASTWIRE,Hill News")
    named = {"Coast Wire": "COASTWIRE", "Coast News": "COASTWIRE", "Hill News": "Hill News"}
    assert settings.agency_names() == named
    assert Settings().agency_names() == {}


@pytest.mark.parametrize("name", VALUES)
def test_settings_are_frozen(name):
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        setattr(settings, name, getattr(settings, name))
    assert not hasattr(settings, "__dict__")


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_setting_says_what_it_means(item):
    assert item.metadata["meaning"].strip()


def test_a_password_is_never_shown(tmp_path):
    settings = read(opensearch_password="s3cret", opensearch_user="reader")
    assert "s3cret" not in repr(settings)
    with pytest.raises(SettingsError) as raised:
        read(opensearch_hosts="http://reader:s3cret@node1:9200")
    assert "s3cret" not in str(raised.value)
    file = tmp_path / "password"
    file.write_text("s3cret\n")
    assert read(opensearch_password_file=str(file)).password() == settings.password() == "s3cret"
    assert "s3cret" not in repr(read(opensearch_password_file=str(file)))


def test_a_password_and_a_file_of_it_are_one_too_many():
    with pytest.raises(SettingsError, match="give one of them"):
        read(opensearch_password="a", opensearch_password_file="b")


def test_a_password_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"DATELINE_OPENSEARCH_PASSWORD_FILE: .*nowhere cannot be read"):
        read(opensearch_password_file=str(tmp_path / "nowhere")).password()
