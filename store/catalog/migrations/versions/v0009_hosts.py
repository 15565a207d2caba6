"""Hosts: pauses and throttles, polls, webhooks, records of git commands, what discovery saw"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("visits", sa.Column("problem", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused_at", _TIME, nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("throttled_until", _TIME, nullable=True),
        sa.Column("throttle_cause", sa.Text(), nullable=False),
        sa.Column("strikes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hosts")),
    )
    op.create_table(
        "fetches",
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_fetches")),
    )
    op.create_index(op.f("ix_fetches_host"), "fetches", ["host"])
    _create_polls()
    _create_visit_commands()
    _create_found()
    _create_errands()


def _create_polls() -> None:
    op.create_table(
        "polls",
        sa.Column("repository_id", sa.Text(), nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("asked_at", _TIME, nullable=True),
        sa.Column("hook_at", _TIME, nullable=True),
        sa.Column("changed_at", _TIME, nullable=True),
        sa.Column("started_at", _TIME, nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repositories.id"], name=op.f("fk_polls_repository_id")
        ),
        sa.PrimaryKeyConstraint("repository_id", name=op.f("pk_polls")),
    )
    op.create_index(op.f("ix_polls_next_at"), "polls", ["next_at"])
    op.create_index(op.f("ix_polls_asked_at"), "polls", ["asked_at"])
    op.create_table(
        "deliveries",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("provider", "delivery_id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_received_at"), "deliveries", ["received_at"])


def _create_visit_commands() -> None:
    op.create_table(
        "visit_commands",
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("returncode", sa.BigInteger(), nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_visit_commands_visit_id")
        ),
        sa.PrimaryKeyConstraint("visit_id", "position", name=op.f("pk_visit_commands")),
    )


def _create_found() -> None:
    op.create_table(
        "found",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("source", "remote_id", name=op.f("pk_found")),
    )
    op.create_index(op.f("ix_found_repository_id"), "found", ["repository_id"])


def _create_errands() -> None:
    op.create_table(
        "errands",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('preview', 'discover')", name=op.f("ck_errands_kind")),
        sa.CheckConstraint(
            "state IN ('asked', 'running', 'done', 'failed')", name=op.f("ck_errands_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
    )
    op.create_index(op.f("ix_errands_state_asked_at"), "errands", ["state", "asked_at"])


def downgrade() -> None:
    for table in ("errands", "found", "visit_commands", "deliveries", "polls", "fetches", "hosts"):
        op.drop_table(table)
    op.drop_column("visits", "problem")
