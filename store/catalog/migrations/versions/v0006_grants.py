"""Who may pull what for which purpose, and what each pull was for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIERS = "tier IN ('internal-only', 'releasable')"
_PURPOSES = "purpose IN ('public-model', 'internal-model', 'evaluation')"
_ADDED = ("purpose", "grant_id", "run_id", "receipt_digest", "receipt")


def upgrade() -> None:
    _create_grants()
    op.create_table(
        "training_runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_PURPOSES, name=op.f("ck_training_runs_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_runs")),
    )
    _extend_pulls()


def _create_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_TIERS, name=op.f("ck_grants_tier")),
        sa.CheckConstraint(_PURPOSES, name=op.f("ck_grants_purpose")),
        sa.CheckConstraint("granted_by <> consumer", name=op.f("ck_grants_four_eyes")),
        sa.CheckConstraint(
            "tier = 'releasable' OR purpose <> 'public-model'", name=op.f("ck_grants_never")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_consumer"), "grants", ["consumer"], unique=False)


def _extend_pulls() -> None:
    # Pulls of before have none of this. Both databases read these words; to make the table anew,
    # as Alembic would on SQLite, is not possible while others point at it.
    for column, rest in {
        "purpose": f"CONSTRAINT ck_pulls_purpose CHECK ({_PURPOSES})",
        "grant_id": "CONSTRAINT fk_pulls_grant_id_grants REFERENCES grants (id)",
        "run_id": "CONSTRAINT fk_pulls_run_id_training_runs REFERENCES training_runs (id)",
        "receipt_digest": "",
        "receipt": "",
    }.items():
        op.execute(f"ALTER TABLE pulls ADD COLUMN {column} TEXT {rest}")
    op.create_index(
        op.f("uq_pulls_run_id_release_id_grant_id"),
        "pulls",
        ["run_id", "release_id", "grant_id"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index(op.f("uq_pulls_run_id_release_id_grant_id"), table_name="pulls")
    with op.batch_alter_table("pulls") as table:
        table.drop_constraint(op.f("ck_pulls_purpose"), type_="check")
        for column in reversed(_ADDED):
            table.drop_column(column)
    op.drop_table("training_runs")
    op.drop_index(op.f("ix_grants_consumer"), table_name="grants")
    op.drop_table("grants")
