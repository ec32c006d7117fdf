"""Settings of a program: `loyalty.toml` < environment `LOYALTY_*` < options. An unknown key is an error that names it.

What belongs to the shop (its name, currency, time zone, rules) stands in the programme document, not here.
"""

import os
import sys
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from loyalty.errors import ConfigError

PREFIX = "LOYALTY_"
FREE_PREFIXES = ("LOYALTY_TEST_", "LOYALTY_CONFIG", "LOYALTY_CACHE", "LOYALTY_COUNTER_")
"""Environment names of the tests, of `--config` itself, of the demo and of the counter program: not for the server."""


def default_data_dir() -> Path:
    """Where this platform keeps a program's own data."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "loyalty"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "loyalty"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "loyalty"


class PassFiles(BaseModel):
    """Table `[passes]`: passes for wallets of phones. Files of the operator are named here and kept elsewhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    apple_certificate: Path | None = None
    """PEM or DER: the certificate of a pass type identifier."""
    apple_key: Path | None = None
    apple_key_password: str = ""
    apple_intermediate: Path | None = None
    """PEM or DER: Apple's Worldwide Developer Relations certificate that issued it."""
    apple_push: bool = False
    """Tell phones of changes through Apple's servers; without it they ask when the member pulls the pass down."""
    google_account: Path | None = None
    """JSON: the key of a service account that may issue passes."""
    google_issuer: str = Field(default="", pattern="^[0-9]{0,24}$")
    google_updates: bool = False
    """Send changes of passes to Google's servers; without it a pass says what it said when it was saved."""


class Config(BaseSettings):
    """The server's settings, checked. `database` is a SQLAlchemy URL; `database_url` is never empty."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir)
    database: str = ""
    bind: str = "127.0.0.1:8000"
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=32, ge=4, le=256)
    number_check: Literal["luhn", "mod_11_10", "mod_97_10", "none"] = "luhn"
    https: bool = False
    """Browsers come by TLS, through a proxy: cookies are marked so that they never travel without it."""
    phone_region: str = Field(default="HK", pattern="^[A-Z]{2}$")
    smtp: str = Field(default="", pattern="^($|smtps?://)")
    """Mail server for messages to members, `smtp://user:password@host:587`; empty: mails become files."""
    mail_from: str = "shop@localhost.localdomain"
    public_url: str = Field(default="", pattern="^($|https?://[^\\s]+$)")
    """Where people outside reach this server, for links in messages; empty: messages carry none."""
    api_per_minute: int = Field(default=6_000, ge=0, le=1_000_000)
    """Calls of one API key in a minute, for each worker; 0 for any number. Counters are never held up."""
    webhooks_inside: bool = False
    """Endpoints of webhooks may lie in the shop's own network, and be plain http."""
    passes: PassFiles = Field(default_factory=PassFiles)
    counter: dict[str, Any] = Field(default_factory=dict)
    """The counter program's own table of the same file; read there."""

    @field_validator("database")
    @classmethod
    def _database_is_an_url(cls, value: str) -> str:
        scheme = value.partition("://")[0].partition("+")[0]
        if value and ("://" not in value or scheme not in ("sqlite", "postgresql")):
            raise ValueError("is no database URL; write sqlite:////path/to/file or postgresql://user@host/name")
        return value

    @field_validator("bind")
    @classmethod
    def _bind_is_host_and_port(cls, value: str) -> str:
        host, colon, port = value.rpartition(":")
        if not (colon and host and port.isdigit() and int(port) < 65536):
            raise ValueError("is not HOST:PORT; write for example 127.0.0.1:8000")
        return value

    @property
    def host(self) -> str:
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.bind.rpartition(":")[2])

    @property
    def database_url(self) -> str:
        """The URL to open: the one set, or a SQLite file in the data directory."""
        return self.database or f"sqlite:///{self.data_dir / 'loyalty.sqlite'}"

    @property
    def uses_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(file: Path | None = None, **options: Any) -> Config:
    """The settings from `file` (default: LOYALTY_CONFIG, else ./loyalty.toml if there), environment and options.

    Options that are None count as not given. ConfigError with one sentence for anything wrong.
    """
    source = _file_to_read(file)

    class Loaded(Config):
        model_config = SettingsConfigDict(toml_file=source)

    _refuse_unknown_environment()
    try:
        return Loaded(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        raise ConfigError(_sentence(error, source)) from error
    except ValueError as error:  # the file is no TOML, or an environment value no JSON where a table is needed
        raise ConfigError(f"The settings cannot be read ({source or 'environment'}): {error}.") from error


def _file_to_read(file: Path | None) -> Path | None:
    named = file or (Path(os.environ["LOYALTY_CONFIG"]) if os.environ.get("LOYALTY_CONFIG") else None)
    if named is not None:
        if not named.is_file():
            raise ConfigError(f"The settings file {named} does not exist; name another with --config or leave it out.")
        return named
    here = Path("loyalty.toml")
    return here if here.is_file() else None


def _refuse_unknown_environment() -> None:
    known = {(PREFIX + name).upper() for name in Config.model_fields}
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known and not name.startswith(FREE_PREFIXES):
            raise ConfigError(f"The environment has {name}, which is no setting; known are {', '.join(sorted(known))}.")


def _sentence(error: ValidationError, source: Path | None) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    where = f" (file {source}, environment or options)" if source else " (environment or options)"
    if first["type"] == "extra_forbidden":
        known = PassFiles.model_fields if key.startswith("passes.") else Config.model_fields
        return f"The setting {key!r} is unknown{where}; known are {', '.join(sorted(known))}."
    return f"The setting {key!r} is wrong{where}: {first['msg'].removeprefix('Value error, ')}."
