"""SQL of the one pass over a dossier: which license counts, and a bit for each rule that fired."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from policies.model import Condition, Effect, LicenseRow, LicenseSource, Policy, Rule
from policies.review import Bearing, Review

WORD_BITS: Final = 60
"""Rules per mask column; a BIGINT holds 63 bits and a sign."""

_OWNERSHIP = """CASE
    WHEN is_vendor OR provenance = 'third_party' THEN 'third_party'
    WHEN provenance = 'mixed' OR (provenance = 'first_party' AND has_foreign_holder) THEN 'mixed'
    WHEN provenance = 'first_party' AND NOT is_vendor AND NOT has_foreign_holder THEN 'own'
    ELSE 'unknown' END"""
_SOURCE_PREFIX: Final = {
    LicenseSource.OWN: "own",
    LicenseSource.ANNOTATION: "annotation",
    LicenseSource.SCOPE: "scope",
    LicenseSource.REGISTRATION: "repo",
}
_TYPE_OF_CATEGORY = """CASE {column}
    WHEN 'permissive' THEN 'permissive' WHEN 'weak_copyleft' THEN 'weak_copyleft'
    WHEN 'copyleft' THEN 'copyleft' WHEN 'proprietary' THEN 'third_party' ELSE 'unknown' END"""
_LICENSE_COLUMNS: Final = "license_row, license_expression, license_type, license_source"


def _step(name: str, columns: str, below: str) -> str:
    return f"{name} AS (SELECT {columns} FROM {below})"  # noqa: S608 - checked trees


MARKED_DOSSIER: Final = "dossier LEFT JOIN marked USING (repo_id, path)"
"""The dossier with the reviews that bear on each row, see `policies.review.marks.mark_rows`."""


def mask_names(policy: Policy, prefix: str = "mask") -> list[str]:
    """Return the names of a policy's mask columns."""
    return [f"{prefix}_{i}" for i in range(-(-len(policy.rules) // WORD_BITS))]


def masked_query(policy: Policy, columns: Sequence[str], bearing: Sequence[Bearing] = ()) -> str:
    """Return the query over the table ``dossier`` of some columns and the policy's masks.

    Beside the columns of the dossier it may be asked for `ownership` and the license columns. With
    reviews that bear on it, there are ``known_0``, … too, and ``applied``.
    """
    sides = [*_fired_masks(policy, "mask"), *_known_masks(policy, "known", bearing)]
    steps = [_owned(bearing), *_licensed(policy, "owned", "licensed")]
    return _query(steps, [*columns, *sides, *_applied(bearing)], "licensed")


def paired_query(
    before: Policy, after: Policy, columns: Sequence[str], bearing: Sequence[Bearing] = ()
) -> str:
    """Return the query of some columns of the dossier and the masks of two policies.

    The masks are called ``before_0``, … and ``after_0``, …; with reviews that bear on either there
    are ``before_known_0``, … and ``after_known_0``, … too, and ``applied``.
    """
    first = [*_fired_masks(before, "before"), *_known_masks(before, "before_known", bearing)]
    second = [*_fired_masks(after, "after"), *_known_masks(after, "after_known", bearing)]
    last = [*columns, *_applied(bearing)]
    steps = [_owned(bearing), *_licensed(before, "owned", "licensed")]
    if _licensed(before, "", "") == _licensed(after, "", ""):
        # In one list of columns the database works out once what both policies ask.
        return _query(steps, [*last, *first, *second], "licensed")
    dropped = ", ".join([f"* EXCLUDE ({_LICENSE_COLUMNS})", *first])
    steps += [_step("judged", dropped, "licensed"), *_licensed(after, "judged", "licensed_after")]
    names = mask_names(before, "before")
    names += mask_names(before, "before_known") if bearing else []
    return _query(steps, [*last, *names, *second], "licensed_after")


def _owned(bearing: Sequence[Bearing]) -> str:
    return _step("owned", f"*, {_OWNERSHIP} AS ownership", MARKED_DOSSIER if bearing else "dossier")


def _applied(bearing: Sequence[Bearing]) -> list[str]:
    return ["coalesce(applied, '') AS applied"] if bearing else []


def _query(steps: Sequence[str], columns: Sequence[str], below: str) -> str:
    return f"WITH {', '.join(steps)} SELECT {', '.join(columns)} FROM {below}"  # noqa: S608 - checked trees


def _licensed(policy: Policy, below: str, name: str) -> list[str]:
    """Return the steps that add the license columns by a policy's precedence."""
    return [
        _step(f"{name}_row", f"*, {_precedence(policy)} AS license_row", below),
        _step(name, f"*, {_license_columns(policy)}", f"{name}_row"),
    ]


def _fired_masks(policy: Policy, prefix: str) -> list[str]:
    return _masks(mask_names(policy, prefix), [_fired(rule) for rule in policy.rules])


def _known_masks(policy: Policy, prefix: str, bearing: Sequence[Bearing]) -> list[str]:
    """Return the columns with a bit for each rule that reviews name and that is true, not NULL."""
    if not bearing:
        return []
    named = {
        review.target.rule_id
        for review in bearing
        if isinstance(review, Review) and review.kind.clears_a_rule
    }
    known = [
        f"coalesce(({rule.condition.sql}), false)" if rule.id in named else "false"
        for rule in policy.rules
    ]
    return _masks(mask_names(policy, prefix), known)


def _masks(names: Sequence[str], conditions: Sequence[str]) -> list[str]:
    """Return the columns that hold one bit for each condition, lowest first."""
    words = [conditions[i : i + WORD_BITS] for i in range(0, len(conditions), WORD_BITS)]
    return [
        " + ".join(f"({condition})::BIGINT * {1 << bit}" for bit, condition in enumerate(word))
        + f" AS {name}"
        for name, word in zip(names, words, strict=True)
    ]


def _fired(rule: Rule) -> str:
    unknown = "false" if rule.effect is Effect.GRANT else "true"
    return f"coalesce(({rule.condition.sql}), {unknown})"


def _precedence(policy: Policy) -> str:
    """Return the position of the first row that holds; -1 for none, or for one that is NULL."""
    branches = " ".join(
        f"WHEN ({condition.sql}) IS NULL THEN -1 WHEN ({condition.sql}) THEN {index}"
        for index, (_, condition) in enumerate(policy.licenses)
    )
    return f"CASE {branches} ELSE -1 END"


def _license_columns(policy: Policy) -> str:
    rows: Sequence[tuple[LicenseRow, Condition]] = policy.licenses
    expressions, types, sources = [], [], []
    for index, (row, _) in enumerate(rows):
        prefix = _SOURCE_PREFIX.get(row.source)
        expression = f"{prefix}_license_expression" if prefix else "NULL"
        derived = _TYPE_OF_CATEGORY.format(column=f"{prefix}_license_category")
        kind = f"'{row.type}'" if row.type else derived
        expressions.append(f"WHEN {index} THEN {expression}")
        types.append(f"WHEN {index} THEN {kind}")
        sources.append(f"WHEN {index} THEN '{row.source}'")
    return (
        f"CASE license_row {' '.join(expressions)} END::VARCHAR AS license_expression, "
        f"CASE license_row {' '.join(types)} ELSE 'unknown' END AS license_type, "
        f"CASE license_row {' '.join(sources)} ELSE 'none' END AS license_source"
    )
