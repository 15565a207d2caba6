"""A catalog that somebody edits by hand, as who owns its file can."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store.catalog import Catalog


@contextmanager
def copied_catalog(path: Path, folder: Path) -> Iterator[Catalog]:
    """Give a copy, in a folder, of a SQLite catalog that nobody has open."""
    for part in path.parent.iterdir():
        shutil.copy(part, folder)
    catalog = Catalog(f"sqlite:///{folder / path.name}")
    yield catalog
    catalog.close()


def edit(catalog: Catalog, statement: str) -> None:
    """Edit the file: no key and no trigger of ours is in the way."""
    with closing(sqlite3.connect(str(catalog.database.engine.url.database))) as file, file:
        assert file.execute(statement).rowcount > 0
