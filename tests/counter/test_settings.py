"""A counter is told who it is: file < environment < options, and every mistake has its sentence."""

from pathlib import Path

import pytest

from loyalty.counter.settings import CounterSettings, read_settings
from loyalty.errors import ConfigError

DOCS = Path(__file__).resolve().parents[2] / "docs" / "counter.md"


def read(tmp_path: Path, text: str, environment: dict[str, str] | None = None, **options: str) -> CounterSettings:
    file = tmp_path / "counter.toml"
    file.write_text(text, "utf-8")
    return read_settings(file, environment or {}, options)


def test_the_example_in_the_docs_is_read(tmp_path: Path) -> None:
    (tmp_path / "till-1.key").write_text("lk_live_abc\n")
    example = DOCS.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    settings = read(tmp_path, example)
    assert settings.id == "till-1" and settings.api_key == "lk_live_abc"
    assert settings.devices[0].profile == "pn532" and settings.devices[0].feeds == ("cashier", "kiosk")
    assert settings.demo_members[0].card["tracks"] == {"2": "100001"}


def test_options_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    text = '[counter]\nid = "a"\nserver = "http://file"\nbind = "127.0.0.1:1"\ndata_dir = "d"'
    environment = {"LOYALTY_COUNTER_SERVER": "http://environment", "LOYALTY_COUNTER_BIND": "127.0.0.1:2"}
    settings = read(tmp_path, text, environment, server="http://option")
    assert (settings.server, settings.bind) == ("http://option", "127.0.0.1:2")
    assert settings.data_dir == tmp_path / "d"


def test_a_counter_without_any_file_has_what_it_needs() -> None:
    assert read_settings(None, {}, {}).address == ("127.0.0.1", 8100)


@pytest.mark.parametrize(("text", "says"), [
    ('[counter]\nidd = "x"', "idd"),
    ("[counter", "not TOML"),
    ('id = "x"', r"no table \[counter\]"),
    ('[counter]\nkeys = "vim"', "keys 'vim' is unknown; known are standard, numpad, functions"),
    ('[counter]\nlanguage = "fr"', "language 'fr' is unknown"),
    ('[counter]\ntime_zone = "Mars/Base"', "Mars/Base"),
    ('[counter]\nbind = "here"', "bind is 'here'"),
    ('[counter]\nserver = "10.0.0.1"', "web address"),
    ('[counter]\napi_key_file = "nowhere.key"', "nowhere.key"),
    ('[[counter.devices]]\nid = "r"\nrole = "toaster"\nprofile = "p"\nport = "x"', "toaster"),
    ('[[counter.devices]]\nid = "r"\nrole = "scanner"\nprofile = "p"\nport = "x"\nfeeds = ["cat"]', "feeds 'cat'"),
    ('[[counter.devices]]\nid = "r"\nrole = "scanner"\nprofile = "p"\nport = "x"\n' * 2, "Two devices"),
])  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings(tmp_path / "none.toml", {}, {})
