"""SQL of the one pass over a dossier: which license counts, and a bit for each rule that fired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


# A path is compared where its repository is spoken of at all; all others are NULL, and no key.
_MARKED_DOSSIER: Final = """(
    SELECT d.*, m.applied FROM (
        SELECT *, CASE WHEN repo_id IN (SELECT repo_id FROM marked) THEN path END AS marked_path
        FROM dossier
    ) d LEFT JOIN marked m ON (m.repo_id = d.repo_id AND m.path = d.marked_path)
)"""
"""The dossier with the reviews that bear on each row, see `policies.review.marks.mark_rows`."""


def mask_names(policy: Policy, prefix: str = "mask") -> list[str]:
    """Return the names of a policy's mask columns."""
    return word_names(prefix, len(policy.rules))


def word_names(prefix: str, bits: int) -> list[str]:
    """Return the names of the columns that so many bits take."""
    return [f"{prefix}_{i}" for i in range(-(-bits // WORD_BITS))]


def masked_query(policy: Policy, columns: Sequence[str], bearing: Sequence[Bearing] = ()) -> str:
    """Return the query over the table ``dossier`` of some columns and the policy's masks.

    Beside the columns of the dossier it may be asked for `ownership` and the license columns. With
    reviews that bear on it, there are ``known_0``, … too, and ``applied``.
    """
    sides = [*_fired_masks(policy, "mask"), *_known_masks(policy, "known", bearing)]
    steps = [_owned(bearing), *_licensed(policy, "owned", "licensed")]
    return _query(steps, [*columns, *sides, *_applied(bearing)], "licensed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """The masks of two policies in one pass."""

    sql: str
    keys: tuple[str, ...]
    """Columns that hold the bits; what both policies ask has one bit for both."""
    bits: tuple[tuple[int, ...], tuple[int, ...]]
    """By policy and rule, the number of its bit; each column holds `WORD_BITS`."""


def paired_query(
    before: Policy, after: Policy, columns: Sequence[str], bearing: Sequence[Bearing] = ()
) -> Paired:
    """Return the query of some columns of the dossier and the masks of two policies.

    With reviews that bear on either there are ``before_known_0``, … and ``after_known_0``, … too,
    and ``applied``.
    """
    known_before = _known_masks(before, "before_known", bearing)
    known_after = _known_masks(after, "after_known", bearing)
    last = [*columns, *_applied(bearing)]
    steps = [_owned(bearing), *_licensed(before, "owned", "licensed")]
    first, second = [_asked(rule) for rule in before.rules], [_asked(rule) for rule in after.rules]
    if _licensed(before, "", "") == _licensed(after, "", ""):
        asked = list(dict.fromkeys((*first, *second)))
        masks = _masks(word_names("fired", len(asked)), asked)
        return Paired(
            sql=_query(steps, [*last, *known_before, *known_after, *masks], "licensed"),
            keys=tuple(word_names("fired", len(asked))),
            bits=(tuple(map(asked.index, first)), tuple(map(asked.index, second))),
        )
    judged = [f"* EXCLUDE ({_LICENSE_COLUMNS})", *_fired_masks(before, "before"), *known_before]
    steps += [
        _step("judged", ", ".join(judged), "licensed"),
        *_licensed(after, "judged", "licensed_after"),
    ]
    names = mask_names(before, "before")
    told = [*names, *(mask_names(before, "before_known") if bearing else [])]
    masks = [*_fired_masks(after, "after"), *known_after]
    start = len(names) * WORD_BITS
    return Paired(
        sql=_query(steps, [*last, *told, *masks], "licensed_after"),
        keys=(*names, *mask_names(after, "after")),
        bits=(tuple(range(len(first))), tuple(range(start, start + len(second)))),
    )


def pick_bits(words: Sequence[int], bits: Sequence[int]) -> list[int]:
    """Return the words in which some bits of other words stand one after the other."""
    found = [words[bit // WORD_BITS] >> (bit % WORD_BITS) & 1 for bit in bits]
    parts = [found[i : i + WORD_BITS] for i in range(0, len(found), WORD_BITS)]
    return [sum(bit << position for position, bit in enumerate(part)) for part in parts]


def _owned(bearing: Sequence[Bearing]) -> str:
    return _step(
        "owned", f"*, {_OWNERSHIP} AS ownership", _MARKED_DOSSIER if bearing else "dossier"
    )


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
    return _masks(mask_names(policy, prefix), [_asked(rule) for rule in policy.rules])


def _known_masks(policy: Policy, prefix: str, bearing: Sequence[Bearing]) -> list[str]:
    """Return the columns with a bit for each rule that reviews name and that is true, not NULL."""
    if not bearing:
        return []
    named = {
        review.target.rule_id
        for review in bearing
        if isinstance(review, Review) and review.kind.clears_a_rule
    }
    known = [(rule.condition.sql if rule.id in named else "false", False) for rule in policy.rules]
    return _masks(mask_names(policy, prefix), known)


def _masks(names: Sequence[str], asked: Sequence[tuple[str, bool]]) -> list[str]:
    """Return the columns that hold one bit for each condition, lowest first.

    Conditions come with what they are taken for where they are NULL.
    """
    words = [asked[i : i + WORD_BITS] for i in range(0, len(asked), WORD_BITS)]
    return [
        " | ".join(_bit(1 << bit, *condition) for bit, condition in enumerate(word)) + f" AS {name}"
        for name, word in zip(names, words, strict=True)
    ]


def _bit(value: int, condition: str, unknown: bool) -> str:  # noqa: FBT001 - a pair taken apart
    # What is NULL goes the way of ELSE.
    if unknown:
        return f"CASE WHEN NOT ({condition}) THEN 0::BIGINT ELSE {value}::BIGINT END"
    return f"CASE WHEN ({condition}) THEN {value}::BIGINT ELSE 0::BIGINT END"


def _asked(rule: Rule) -> tuple[str, bool]:
    """Return a rule's condition, and whether it has fired where that is NULL."""
    return rule.condition.sql, rule.effect is not Effect.GRANT


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
