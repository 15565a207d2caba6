"""What was taken back, and who knows of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_withdrawals()
    _create_events()
    _create_recalls()
    _create_recalled_releases()
    _create_acknowledgements()


def _create_withdrawals() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("repo_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("lift_asked_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "selector IN ('repository', 'path', 'blob', 'fingerprint', 'license')",
            name=op.f("ck_withdrawals_selector"),
        ),
        sa.CheckConstraint("scope IN ('all', 'releasable')", name=op.f("ck_withdrawals_scope")),
        sa.CheckConstraint(
            "state IN ('active', 'lift_asked', 'lifted')", name=op.f("ck_withdrawals_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_state"), "withdrawals", ["state"], unique=False)


def _create_events() -> None:
    op.create_table(
        "withdrawal_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("withdrawal_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "action IN ('withdraw', 'ask_lift', 'approve_lift', 'refuse_lift')",
            name=op.f("ck_withdrawal_events_action"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"],
            ["withdrawals.id"],
            name=op.f("fk_withdrawal_events_withdrawal_id_withdrawals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_events")),
        sa.UniqueConstraint(
            "withdrawal_id", "version", name=op.f("uq_withdrawal_events_withdrawal_id_version")
        ),
    )


def _create_recalls() -> None:
    op.create_table(
        "recalls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("cause", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tier IN ('internal-only', 'releasable')", name=op.f("ck_recalls_tier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
    )


def _create_recalled_releases() -> None:
    op.create_table(
        "recalled_releases",
        sa.Column("recall_id", sa.Text(), nullable=False),
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recalls.id"], name=op.f("fk_recalled_releases_recall_id_recalls")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_recalled_releases_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("recall_id", "release_id", name=op.f("pk_recalled_releases")),
    )
    op.create_index(
        op.f("ix_recalled_releases_release_id"), "recalled_releases", ["release_id"], unique=False
    )


def _create_acknowledgements() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("recall_id", sa.Text(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recalls.id"], name=op.f("fk_acknowledgements_recall_id_recalls")
        ),
        sa.PrimaryKeyConstraint("recall_id", "consumer", name=op.f("pk_acknowledgements")),
    )


def downgrade() -> None:
    op.drop_table("acknowledgements")
    op.drop_index(op.f("ix_recalled_releases_release_id"), table_name="recalled_releases")
    op.drop_table("recalled_releases")
    op.drop_table("recalls")
    op.drop_table("withdrawal_events")
    op.drop_index(op.f("ix_withdrawals_state"), table_name="withdrawals")
    op.drop_table("withdrawals")
