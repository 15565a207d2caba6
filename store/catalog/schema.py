"""Bring a database to the schema of this version, by Alembic, in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from ingest.errors import ConfigurationError
from store.catalog.database import Database

HEAD_REVISION: Final = "0013"
"""Revision that this version's model stands for."""

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_UPGRADE_LOCK: Final = 7_283_412_905
"""Any constant will do; it keeps two upgrades of one PostgreSQL database apart."""


def upgrade_schema(database: Database) -> None:
    """Run the migrations that the database lacks; does nothing to a current one.

    Raises:
        ConfigurationError: the database was written by a newer version.
    """
    if database.read(_current_revision) != HEAD_REVISION:
        database.write(_upgrade)


def migration_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection with an open transaction."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _current_revision(session: Session) -> str | None:
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = session.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return revision


def _upgrade(session: Session) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    try:
        command.upgrade(migration_config(connection), "head")
    except CommandError:
        raise ConfigurationError(
            "The catalog was written by a newer version.", hint="Upgrade this installation."
        ) from None
