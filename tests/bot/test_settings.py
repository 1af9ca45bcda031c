from __future__ import annotations

from traceback import format_exception
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.errors import BadSettings
from bot.loading import loaded
from bot.settings import Settings, load

if TYPE_CHECKING:
    from pathlib import Path


def told(environ: dict[str, str], toml: Path | None = None) -> str:
    with pytest.raises(BadSettings) as caught:
        load(environ, toml)
    return caught.value.told


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "footnote.toml"


def test_nothing_set_is_the_embedded_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert settings == Settings()
    assert (settings.embedder, settings.openai_api_key, settings.team) == ("minilm", None, "terminal:local")
    assert settings.bot_database.parts == (".footnote", "footnote.db")


def test_variables_are_read_by_the_names_that_people_know() -> None:
    settings = load({"OPENAI_API_KEY": " k-1 ", "OPENAI_BASE_URL": "http://localhost:1/v1/", "FOOTNOTE_HOME": "x"})
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "k-1"
    assert settings.openai_base_url == "http://localhost:1/v1"
    assert settings.knowledge_database.parts == ("x", "knowledge.db")


def test_the_process_and_the_working_folder_are_the_default(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    monkeypatch.setenv("FOOTNOTE_EMBEDDER", "lite")
    file.write_text('model = "small"\nembedder = "minilm"\n')
    settings = load()
    assert (settings.model, settings.embedder) == ("small", "lite")


def test_a_variable_set_to_nothing_is_not_set() -> None:
    assert load({"OPENAI_API_KEY": "", "FOOTNOTE_MODEL": " "}) == Settings()


def test_a_host_names_the_port_and_nobody_has_to() -> None:
    assert (load({"PORT": " 5000 "}).port, load({}).port, load({"PORT": ""}).port) == (5000, 8080, 8080)
    assert load({"FOOTNOTE_HOST": "::"}).host == "::"


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80.5"])
def test_a_wrong_port_is_told(port: str) -> None:
    assert "PORT is" in told({"PORT": port})
    assert "a whole number from 0 to 65535" in told({"PORT": port})


def test_all_mistakes_are_named_at_once(file: Path) -> None:
    file.write_text('log_level = "loud"\nmodle = "x"\nmax_in_flight = 0\n')
    environ = {
        "FOOTNOTE_EMBEDDER": "mini",
        "FOOTNOTE_TEAM": "acme",
        "FOOTNOTE_HOEM": "x",
        "OPENAI_BASE_URL": "localhost",
        "FOOTNOTE_DRAIN_SECONDS": "soon",
    }
    assert told(environ, file).splitlines() == [
        "8 settings are wrong:",
        f"- {file}: modle is no setting; did you mean model?",
        "- FOOTNOTE_HOEM is no setting; did you mean FOOTNOTE_HOME?",
        "- FOOTNOTE_TEAM is 'acme'; it must be a platform and a workspace with a colon between, such as terminal:acme.",
        (
            "- FOOTNOTE_EMBEDDER is 'mini'; it must be e5, lite or minilm, or openai: and a model of an endpoint, "
            "as in openai:text-embedding-3-small."
        ),
        (
            "- OPENAI_BASE_URL is 'localhost'; it must be an address that begins with http:// or https://, "
            "such as http://localhost:11434/v1."
        ),
        f"- {file}: max_in_flight is 0; it must be a whole number from 1 to 1000.",
        "- FOOTNOTE_DRAIN_SECONDS is 'soon'; it must be a number from 0 to 600.",
        f"- {file}: log_level is 'loud'; it must be debug, info, warning or error.",
    ]


def test_one_mistake_is_one_sentence() -> None:
    assert told({"FOOTNOTE_LOG_FORMAT": "xml"}) == (
        "A setting is wrong: FOOTNOTE_LOG_FORMAT is 'xml'; it must be auto, json or console."
    )


def test_an_unknown_variable_that_resembles_nothing_is_to_be_removed() -> None:
    assert "FOOTNOTE_ZZZZ is no setting; remove it." in told({"FOOTNOTE_ZZZZ": "1"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_server_is_named_as_hosts_do(scheme: str) -> None:
    address = f"{scheme}://mary:very-secret@db.example:5432/notes?sslmode=require"
    settings = load({"DATABASE_URL": f" {address}\n"})
    assert settings.database == address
    assert "very-secret" not in repr(settings)


UNENCODED = [f"postgres://u:very{mark}secret@h/d" for mark in ("/", "#", "?", "@", "[", "]", "\uff20")]


@pytest.mark.parametrize("address", ["mysql://u:very-secret@h/d", "sqlite:///x.db", "postgres:// h", "h", *UNENCODED])
def test_another_kind_of_server_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(BadSettings, match=r"DATABASE_URL .* must be the address of a PostgreSQL server") as caught:
        load({"DATABASE_URL": address})
    assert "percent-encoded" in caught.value.told
    assert "secret" not in "".join(format_exception(caught.value))


def test_without_a_server_the_tables_are_in_a_file_of_the_home() -> None:
    assert load({}).database == load({}).bot_database


def test_other_programs_variables_are_left_alone() -> None:
    assert load({"PATH": "/bin", "OPENAI_ORG_ID": "x", "MAIL_URL": "x"}) == Settings()


def test_a_broken_file_is_named_with_its_line_beside_other_mistakes(file: Path) -> None:
    file.write_text("model = small\n")
    lines = told({"FOOTNOTE_EMBEDDER": "x"}, file).splitlines()
    assert len(lines) == 3
    assert "is no TOML" in lines[1]
    assert "line 1" in lines[1]


def test_a_file_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    assert "no UTF-8" in told({}, file)


def test_a_file_that_is_asked_for_and_missing_is_a_mistake(file: Path) -> None:
    assert "is not there" in told({}, file)


def test_a_folder_in_the_files_place_is_a_mistake(tmp_path: Path) -> None:
    assert "cannot be read" in told({}, tmp_path)


def test_a_secret_in_the_file_is_refused_without_being_shown(file: Path) -> None:
    file.write_text('openai_api_key = "hush-hush"\n')
    sentence = told({}, file)
    assert "openai_api_key is a secret; set the variable OPENAI_API_KEY instead" in sentence
    assert "hush" not in sentence


def test_a_secret_is_never_shown() -> None:
    assert "hush" not in told({"OPENAI_API_KEY": "hush hush"})
    assert "hush" not in repr(load({"OPENAI_API_KEY": "hush"}))
    assert "hush" not in told({"OPENAI_BASE_URL": "ftp://me:hush@host"})
    with pytest.raises(BadSettings) as caught:
        load({"OPENAI_API_KEY": "hush hush"})
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_settings_are_frozen_and_closed() -> None:
    with pytest.raises(ValidationError):
        Settings().model = "other"
    with pytest.raises(ValidationError):
        Settings(modle="x")  # type: ignore[call-arg]


def test_sources_are_named_in_tables_of_the_file(file: Path) -> None:
    file.write_text("""
sync_minutes = 0
[[sources]]
path = "handbook"
[[sources]]
path = "~/notes"
name = "private notes"
readers = ["slack:T1:channel:C1"]
[[sources]]
path = "website"
public = true
kind = "Terms of Use"
""")
    settings = load({}, file)
    assert settings.sync_minutes == 0
    assert [source.called for source in settings.sources] == ["handbook", "private notes", "website"]
    assert settings.sources[1].path.is_absolute()
    assert [source.public for source in settings.sources] == [False, False, True]
    assert [source.kind for source in settings.sources] == [None, None, "legal"]


def test_each_mistake_in_a_table_of_sources_is_named_with_its_place(file: Path) -> None:
    file.write_text("""
[[sources]]
path = "handbook"
reader = ["slack:T1"]
kind = "poem"
[[sources]]
name = "a/b"
public = "perhaps"
readers = ["everybody", "slack:T1"]
""")
    assert told({}, file).splitlines() == [
        "6 settings are wrong:",
        (f"- {file}: sources, table 1: kind is 'poem'; it must be technical, plain, general, legal, policy or audit."),
        f"- {file}: sources, table 1: reader is no setting; did you mean readers?",
        f"- {file}: sources, table 2: name is 'a/b'; it must be a name without a slash.",
        f"- {file}: sources, table 2: path is not set; it must be a file or folder.",
        f"- {file}: sources, table 2: public is 'perhaps'; it must be true or false.",
        (
            f"- {file}: sources, table 2: readers is ['everybody', 'slack:T1']; "
            'it must be a list such as ["slack:T1", "slack:T1:channel:C1"].'
        ),
    ]


@pytest.mark.parametrize(
    "wrong",
    ['sources = "handbook"', "[sources]\npath = 'handbook'", "[[sources]]\npath='a/x'\n[[sources]]\npath='b/x'"],
)
def test_sources_that_are_no_tables_or_not_distinct_are_refused(file: Path, wrong: str) -> None:
    file.write_text(wrong)
    assert "each with a path, and with a name of its own" in told({}, file)


def test_sources_go_into_the_file_alone() -> None:
    assert "FOOTNOTE_SOURCES is 'handbook'; it must be tables [[sources]] in footnote.toml" in told(
        {"FOOTNOTE_SOURCES": "handbook"}
    )


class Station(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: tuple[str, ...] = Field(default=(), description="a list of names")
    token: SecretStr | None = None


class Composed(BaseModel):
    station: Station = Station()
    name: str = Field(description="a name")


def test_a_part_declares_its_own_as_a_table_of_the_file(file: Path) -> None:
    file.write_text('name = "x"\n[station]\nchannels = ["a", "b"]\n')
    composed = loaded(Composed, {"FOOTNOTE_STATION_TOKEN": "t"}, file)
    assert composed.station.channels == ("a", "b")
    assert composed.station.token == SecretStr("t")


def test_mistakes_in_a_table_are_named_by_their_place(file: Path) -> None:
    file.write_text("[station]\nchannels = [1]\nchanels = []\n")
    with pytest.raises(BadSettings) as caught:
        loaded(Composed, {}, file)
    assert caught.value.told.splitlines()[1:] == [
        f"- {file}: station.chanels is no setting; did you mean station.channels?",
        f"- {file}: station.channels is [1]; it must be a list of names.",
        "- FOOTNOTE_NAME is not set; it must be a name.",
    ]


def test_a_value_in_a_tables_place_is_named(file: Path) -> None:
    file.write_text('name = "x"\nstation = 3\n')
    with pytest.raises(BadSettings, match=r"station must be a table \[station\]"):
        loaded(Composed, {}, file)
