"""The migrated schema is the model, on both databases."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from ingest.errors import ConfigurationError
from store.catalog import Catalog
from store.catalog.schema import HEAD_REVISION, migration_config
from store.catalog.tables import Base


def test_the_migrated_schema_equals_the_model(catalog: Catalog) -> None:
    with catalog.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        migrated = inspect(connection)
        for table in Base.metadata.sorted_tables:
            checks = {check["name"] for check in migrated.get_check_constraints(table.name)}
            assert checks == {c.name for c in table.constraints if isinstance(c, CheckConstraint)}


def test_the_head_revision_is_the_last_script(catalog: Catalog) -> None:
    with catalog.database.engine.connect() as connection:
        scripts = ScriptDirectory.from_config(migration_config(connection))
    assert scripts.get_heads() == [HEAD_REVISION]


def test_upgrading_twice_changes_nothing(catalog: Catalog) -> None:
    run_id = catalog.add_run("sync", {})
    catalog.upgrade()
    assert catalog.find_run(run_id) is not None


def test_a_downgrade_takes_everything_away_and_an_upgrade_brings_it_back(catalog: Catalog) -> None:
    database = catalog.database
    database.write(lambda s: command.downgrade(migration_config(s.connection()), "base"))
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    catalog.upgrade()
    assert catalog.list_repositories() == []


def test_a_catalog_of_a_newer_version_is_refused(catalog: Catalog) -> None:
    catalog.database.write(lambda s: s.execute(text("UPDATE alembic_version SET version_num='9'")))
    with pytest.raises(ConfigurationError, match="newer version"):
        catalog.upgrade()


def test_processes_that_upgrade_at_once_do_not_disturb_each_other(catalog_url: str) -> None:
    code = "import sys; from store.catalog import Catalog; c = Catalog(sys.argv[1]); "
    code += "c.upgrade(); c.close()"
    argv = [sys.executable, "-W", "error", "-c", code, catalog_url]
    children = [subprocess.Popen(argv, stderr=subprocess.PIPE) for _ in range(3)]
    for child in children:
        _, errors = child.communicate(timeout=60)
        assert (child.returncode, errors) == (0, b"")
