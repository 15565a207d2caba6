"""Errands that rank single approvals"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('preview', 'discover', 'impact', 'forecast', 'lift', 'unlock')"
_OLD_KINDS = "kind IN ('preview', 'discover', 'impact', 'forecast', 'lift')"


def upgrade() -> None:
    _allow(_KINDS)


def downgrade() -> None:
    op.execute(f"DELETE FROM errands WHERE NOT ({_OLD_KINDS})")  # noqa: S608 - words of this file
    _allow(_OLD_KINDS)


def _allow(kinds: str) -> None:
    with op.batch_alter_table("errands") as table:
        table.drop_constraint(op.f("ck_errands_kind"), type_="check")
        table.create_check_constraint(op.f("ck_errands_kind"), kinds)
