"""Settings: file < environment < options; whatever is wrong is named in one sentence."""

from pathlib import Path

import pytest

from loyalty.config import load
from loyalty.errors import ConfigError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this machine play a part."""
    monkeypatch.chdir(tmp_path)
    for name in ("LOYALTY_DATA_DIR", "LOYALTY_DATABASE", "LOYALTY_BIND", "LOYALTY_CONFIG", "LOYALTY_WORKERS"):
        monkeypatch.delenv(name, raising=False)


def test_file_then_environment_then_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().bind == "127.0.0.1:8000"
    (tmp_path / "loyalty.toml").write_text('bind = "127.0.0.1:1"\nworkers = 2\nthreads = 8\n')
    assert (load().bind, load().workers) == ("127.0.0.1:1", 2)
    monkeypatch.setenv("LOYALTY_BIND", "127.0.0.1:2")
    assert (load().bind, load().threads) == ("127.0.0.1:2", 8)
    config = load(bind="127.0.0.1:3", workers=None)
    assert (config.host, config.port, config.workers) == ("127.0.0.1", 3, 2)


def test_the_database_is_a_file_in_the_data_directory_unless_told_otherwise(tmp_path: Path) -> None:
    config = load(data_dir=tmp_path)
    assert config.database_url == f"sqlite:///{tmp_path / 'loyalty.sqlite'}"
    assert config.uses_sqlite
    assert not load(database="postgresql://shop@db/loyalty").uses_sqlite


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('colour = "red"', "colour"), ("workers = 0", "workers"), ('bind = "8000"', "bind"), ('bind = "h:x"', "bind"),
        ('database = "mysql://x/y"', "database"), ('database = "file"', "database"), ("threads = []", "threads"),
        ('number_check = "magic"', "number_check"), ("= 5", "loyalty.toml"), ("[passes]\nappel_key = 1", "apple_key"),
        ('phone_region = "hk"', "phone_region"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "loyalty.toml").write_text(text)
    with pytest.raises(ConfigError, match=named):
        load()


def test_an_unknown_name_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_TEST_POSTGRES", "x")  # of the tests
    monkeypatch.setenv("LOYALTY_COUNTER_ID", "till-1")  # of the counter program
    load()
    monkeypatch.setenv("LOYALTY_BINT", "x")
    with pytest.raises(ConfigError, match="LOYALTY_BINT"):
        load()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"other\.toml"):
        load(tmp_path / "other.toml")


def test_the_counters_table_may_stand_in_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "loyalty.toml").write_text('[counter]\nid = "till-1"\n')
    assert load().counter == {"id": "till-1"}
