"""What was said last of something is found without reading the chain"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NAME = "ix_audit_action_subject_seq"


def upgrade() -> None:
    op.create_index(op.f(_NAME), "audit", ["action", "subject", "seq"])


def downgrade() -> None:
    op.drop_index(op.f(_NAME), "audit")
