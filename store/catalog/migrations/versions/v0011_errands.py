"""Errands of further kinds, and how far they are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('preview', 'discover', 'impact', 'forecast', 'lift')"
_OLD_KINDS = "kind IN ('preview', 'discover')"


def upgrade() -> None:
    with op.batch_alter_table("errands") as table:
        table.drop_constraint(op.f("ck_errands_kind"), type_="check")
        table.create_check_constraint(op.f("ck_errands_kind"), _KINDS)
        table.add_column(sa.Column("says", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("errands") as table:
        table.alter_column("says", server_default=None)


def downgrade() -> None:
    op.execute(f"DELETE FROM errands WHERE NOT ({_OLD_KINDS})")  # noqa: S608 - words of this file
    with op.batch_alter_table("errands") as table:
        table.drop_column("says")
        table.drop_constraint(op.f("ck_errands_kind"), type_="check")
        table.create_check_constraint(op.f("ck_errands_kind"), _OLD_KINDS)
