"""What people say of secrets"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rotations",
        sa.Column("seq", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('unknown', 'active', 'rotated', 'revoked', 'false_positive')",
            name=op.f("ck_rotations_state"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_rotations")),
    )
    op.create_index(op.f("ix_rotations_fingerprint"), "rotations", ["fingerprint"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_rotations_fingerprint"), table_name="rotations")
    op.drop_table("rotations")
