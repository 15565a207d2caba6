"""Alembic's entry: runs on the connection, and in the transaction, that the caller opened."""

from __future__ import annotations

from alembic import context

from store.catalog.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
