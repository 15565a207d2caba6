"""The licensing side of a decision by itself: what the license rules alone say of each file.

A secret in a file says nothing about its license. So the same policy is evaluated again with
only those of its rules that read nothing but licensing, provenance and rights, which is told by
the columns of their conditions and never by a list of ids.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pyarrow as pa

from policies.columns import IDENTITY_COLUMNS, RIGHTS_COLUMNS
from policies.database import open_database
from policies.decision import Outcome
from policies.dossier import RIGHTS
from policies.evaluate import decide
from policies.model import LicenseSource, LicenseType, Policy, Rule

LICENSE_VERDICTS: Final = pa.schema(
    [
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("path", pa.binary(), nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("license_expression", pa.string()),
        pa.field("category", pa.string(), nullable=False),
        pa.field("eligibility", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("license_source", pa.string(), nullable=False),
        pa.field("ownership", pa.string(), nullable=False),
        pa.field("counterpart_repo_id", pa.string()),
        pa.field("counterpart_path", pa.binary()),
    ]
)
"""One row per occurrence, sorted by (repo_id, path).

- `license_expression`: the effective license by the policy's precedence.
- `category`: permissive | copyleft | proprietary | unknown | none. Weak copyleft is copyleft; a
  notice of the company's own is proprietary; ``none`` is a file of the company's own that
  neither says anything nor stands under anything.
- `eligibility`: releasable | held, as the decision. Held is everything that is not releasable,
  also a skipped file and a near copy of a restricted one, whatever notice it carries itself.
- `reasons`: ids of the licensing rules that fired, sorted, with the engine's own.
- `counterpart_*`: the copy or near copy whose restriction holds for this file.
"""

RELEASABLE: Final = "releasable"
HELD: Final = "held"
UNREGISTERED_LICENSE: Final = "LicenseRef-Company"
"""License of first-party files in a tree that nobody registered."""


def license_verdicts(dossier: pa.Table, policy: Policy, *, content: pa.Table) -> pa.Table:
    """Return `LICENSE_VERDICTS` of a dossier, read by the licensing rules of the policy alone.

    Args:
        dossier: see `policies.dossier.assemble_dossier`. Families other than content, licensing
            and provenance need not have been scanned.
        policy: a checked policy. A grant that reads anything but rights does not count here.
        content: facts of the content family, for near copies, as in `decide`.

    Raises:
        ArtefactCorrupt: as `decide`.
    """
    decisions = decide(dossier, licensing_policy(policy), content=content, input_digest="")
    with open_database() as connection:
        connection.register("decisions", decisions)
        return connection.sql(_VERDICTS_SQL).to_arrow_table().cast(LICENSE_VERDICTS)


def licensing_policy(policy: Policy) -> Policy:
    """Return the policy with those rules only that judge rights."""
    return replace(policy, rules=tuple(filter(is_licensing_rule, policy.rules)))


def is_licensing_rule(rule: Rule) -> bool:
    """Tell whether a rule reads rights, and beside them at most which file it is."""
    columns = set(rule.condition.columns)
    return bool(columns & RIGHTS_COLUMNS) and columns <= RIGHTS_COLUMNS | IDENTITY_COLUMNS


def unregistered_rights(
    repo_id: str, license_expression: str = UNREGISTERED_LICENSE, category: str = "proprietary"
) -> pa.Table:
    """Return the `RIGHTS` row of a folder that nobody registered: as if it were the company's.

    Its owner is taken to have attested and consented, so that what remains are the reasons in
    the tree itself. For a look ahead only; a release reads what a person registered.
    """
    row = {
        "repo_id": repo_id,
        "name": repo_id,
        "owner": "",
        "rights_basis": "owner-attested",
        "license": license_expression,
        "license_category": category,
        "consent_valid": True,
    }
    return pa.Table.from_pylist([row], schema=RIGHTS)


_CATEGORY = f"""CASE
    WHEN license_type IN ('{LicenseType.WEAK_COPYLEFT}', '{LicenseType.COPYLEFT}') THEN 'copyleft'
    WHEN license_type = '{LicenseType.PERMISSIVE}' THEN 'permissive'
    WHEN license_type = '{LicenseType.PROPRIETARY_OWN}'
        AND license_source = '{LicenseSource.REGISTRATION}' THEN 'none'
    WHEN license_type = '{LicenseType.PROPRIETARY_OWN}' THEN 'proprietary'
    WHEN license_type = '{LicenseType.THIRD_PARTY}'
        AND license_source <> '{LicenseSource.NONE}' THEN 'proprietary'
    ELSE 'unknown' END"""
_VERDICTS_SQL = f"""
    SELECT repo_id, path, blob_id, license_expression, {_CATEGORY} AS category,
        CASE WHEN outcome = '{Outcome.RELEASABLE}' THEN '{RELEASABLE}' ELSE '{HELD}' END
            AS eligibility,
        reasons, license_source, ownership, counterpart_repo_id, counterpart_path
    FROM decisions ORDER BY repo_id, path
"""  # noqa: S608 - constants
