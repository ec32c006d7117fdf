"""Brings a database of any age up to date by the steps in migrations/versions, inside one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from loyalty.db.session import probe, writing_connection
from loyalty.errors import ConfigError

HOME = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> list[str]:
    """Runs the missing steps; gives their revisions, empty when nothing was to do. ConfigError for a newer database."""
    probe(engine)
    with writing_connection(engine) as connection:
        before = _revision(connection)
        config = Config()
        config.set_main_option("script_location", str(HOME).replace("%", "%%"))
        scripts = ScriptDirectory.from_config(config)
        if before is not None and before not in {step.revision for step in scripts.walk_revisions()}:
            raise ConfigError(
                f"The database has revision {before}, which this version of loyalty does not know;"
                " start the newer version that made it, or restore a backup."
            )
        steps = [step.revision for step in scripts.iterate_revisions(scripts.get_current_head(), before or "base")]
        if steps:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return steps[::-1]


def is_current(engine: Engine) -> bool:
    """Whether no step is missing."""
    config = Config()
    config.set_main_option("script_location", str(HOME).replace("%", "%%"))
    with engine.connect() as connection:
        return _revision(connection) == ScriptDirectory.from_config(config).get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
