"""SQL that folds the scans of one unit into one row, by the most restrictive reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ingest.domain.finding import MODEL_EVIDENCE, Category, Family
from policies.columns import (
    FINDING_FAMILIES,
    LICENSE_CATEGORIES,
    PROVENANCES,
    STRONG_SECRETS,
    counter_name,
)

FAMILY_NOUNS: Final = {
    Family.SECRETS: "secret",
    Family.PII: "pii",
    Family.CONFIDENTIAL: "confidential",
}
"""How the total of a family of findings is called: ``secret_count``."""

_STATUS_FOLD = (
    "CASE WHEN bool_and(status = 'completed') THEN 'completed' "
    "WHEN bool_or(status = 'timed_out') THEN 'timed_out' ELSE 'failed' END AS scan_status"
)


def folds() -> Iterator[tuple[str, str]]:
    """Yield (name, query) of each folded table, over the tables ``facts_*``, trees and rights."""
    yield "folded_content", _fold("facts_content", _content_columns())
    for family, categories in FINDING_FAMILIES.items():
        columns = _finding_columns(family, categories)
        yield f"folded_{family}", _fold(_with_categories(f"facts_{family}"), columns)
    yield "folded_licensing", _fold("facts_licensing", _licensing_columns())
    yield "folded_trees", _select("repo_id, path", "trees", [_STATUS_FOLD, *_tree_columns()])
    yield "folded_rights", _select("repo_id", "rights", _rights_columns())


def normal_category(column: str, expression: str) -> str:
    """Map a detector's license category to the closed vocabulary.

    No category and no expression is ``none``; a word that nobody knows is ``unknown``.
    """
    known = _words(category for category in LICENSE_CATEGORIES if category != "none")
    word = f"replace(lower(coalesce({column}, '')), '-', '_')"
    return (
        f"CASE WHEN {word} IN ('', 'none') AND coalesce({expression}, '') = '' THEN 'none' "
        f"WHEN {word} = 'public_domain' THEN 'permissive' "
        f"WHEN {word} IN ({known}) THEN {word} ELSE 'unknown' END"
    )


def _select(keys: str, table: str, columns: Iterable[str]) -> str:
    chosen = ", ".join(columns)
    return f"SELECT {keys}, {chosen} FROM {table} GROUP BY {keys}"  # noqa: S608 - constants


def _fold(table: str, columns: Iterable[str]) -> str:
    return _select("blob_id, suffix", table, [_STATUS_FOLD, *columns])


def _words(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _completed(aggregate: str, name: str) -> str:
    """Return an aggregate that is NULL where any scan of the unit did not complete."""
    return f"CASE WHEN bool_and(status = 'completed') THEN {aggregate} END AS {name}"


def _folded(columns: dict[str, str]) -> list[str]:
    return [_completed(f"{fold}({column})", column) for column, fold in columns.items()]


def _content_columns() -> list[str]:
    return _folded(
        {
            "language": "min",
            "language_source": "min",
            "is_generated": "bool_or",
            "is_minified": "bool_or",
            "num_lines": "max",
            "avg_line_length": "max",
            "max_line_length": "max",
            "alphanum_fraction": "min",
            "alpha_fraction": "min",
        }
    )


def _count(items: str, column: str) -> str:
    # A completed scan whose list is NULL is a broken row: the count stays NULL, not zero.
    return f"CASE WHEN count({column}) = count(*) THEN max(len({items})) END"


def _category_list(categories: str) -> str:
    return f"list_sort(list_distinct(flatten(list({categories}))))"


def _count_of(chosen: Iterable[Category], categories: str = "found") -> str:
    words = _words(chosen)
    return _count(f"list_filter({categories}, lambda c: c IN ({words}))", "findings")


# What only a language model found is never redacted, so it must not count as what is.
_CATEGORIES: Final = {
    "found": "findings",
    "sure": f"list_filter(findings, lambda s: s.evidence IS DISTINCT FROM '{MODEL_EVIDENCE}')",
    "unsure": f"list_filter(findings, lambda s: s.evidence = '{MODEL_EVIDENCE}')",
}
"""Lists of categories that are counted. They are made once for a row, as most rows have none and
each counter looks at them."""


def _with_categories(table: str) -> str:
    lists = (
        f"list_transform({findings}, lambda f: f.category) AS {name}"
        for name, findings in _CATEGORIES.items()
    )
    return f"(SELECT *, {', '.join(lists)} FROM {table})"  # noqa: S608 - constants


def _finding_columns(family: Family, categories: tuple[Category, ...]) -> list[str]:
    """Count the findings of one family, in all and by category.

    The total counts every finding, also one of a category that is not listed, but for what only
    a language model found: that has a count of its own.
    """
    noun = FAMILY_NOUNS[family]
    columns = [
        _completed(_count("sure", "findings"), f"{noun}_count"),
        _completed(_category_list("sure"), f"{noun}_categories"),
        *(_completed(_count_of([c], "sure"), counter_name(c)) for c in categories),
    ]
    if family is Family.PII:
        count = _count_of([Category.PERSON], "unsure")
        columns.append(_completed(count, "model_person_count"))
    if family is Family.SECRETS:
        columns.append(_completed(_count_of(STRONG_SECRETS), "strong_secret_count"))
        columns.append(_completed("max(allow_markers)", "allow_markers"))
        columns.append(_completed("max(undecoded)", "undecoded"))
    return columns


def _joined(column: str) -> str:
    """Return the expressions of all scans; two different ones both hold."""
    # Sorted once gathered: aggregates that are DISTINCT or ordered keep a state for each group.
    given = f"list({column}) FILTER ({column} IS NOT NULL)"
    return f"array_to_string(list_sort(list_distinct({given})), ' AND ')"


def _agreed_word(word: str) -> str:
    """Return the word that all scans share; scans that disagree leave it unknown."""
    return f"CASE WHEN min({word}) = max({word}) THEN min({word}) ELSE 'unknown' END"


_REFERS = "len(list_filter(evidence, lambda e: e.kind = 'reference')) > 0"


def _licensing_columns() -> list[str]:
    category = normal_category("license_category", "license_expression")
    flags = (
        "is_license_text",
        "is_manifest",
        "has_restriction",
        "training_restricted",
        "has_foreign_holder",
    )
    return [
        _completed(_joined("license_expression"), "own_license_expression"),
        _completed(_agreed_word(category), "own_license_category"),
        *_folded(dict.fromkeys(flags, "bool_or")),
        _completed(f"bool_or({_REFERS})", "refers_elsewhere"),
        # To be the company's own loosens a decision, so every scan has to say it.
        *_folded({"has_company_holder": "bool_and"}),
    ]


_PATH_CATEGORIES: Final = "list_transform(path_findings, lambda f: f.category)"


def _tree_columns() -> list[str]:
    category = normal_category("scope_license_category", "scope_license_expression")
    stated = normal_category("annotation_license_category", "annotation_license_expression")
    known = f"CASE WHEN provenance IN ({_words(PROVENANCES)}) THEN provenance ELSE 'unknown' END"
    is_root = "scope_evidence IS NOT NULL AND position('/' IN scope_evidence::VARCHAR) = 0"
    return [
        _completed("min(language)", "tree_language"),
        _completed("min(language_source)", "tree_language_source"),
        _completed("coalesce(bool_or(is_generated), false)", "tree_is_generated"),
        *_folded({"is_vendor": "bool_or", "is_test": "bool_or"}),
        _completed(_joined("scope_license_expression"), "scope_license_expression"),
        _completed(_agreed_word(category), "scope_license_category"),
        _completed(f"coalesce(bool_or({is_root}), false)", "scope_is_root"),
        _completed(
            "coalesce(bool_or(scope_training_restricted), false)", "scope_training_restricted"
        ),
        _completed(_joined("annotation_license_expression"), "annotation_license_expression"),
        _completed(_agreed_word(stated), "annotation_license_category"),
        # To be boilerplate takes a notice away, so every row has to say it.
        _completed("coalesce(bool_and(is_build_boilerplate), false)", "is_build_boilerplate"),
        _completed(_agreed_word(known), "provenance"),
        _completed(
            "list_sort(list_distinct(flatten(list(provenance_evidence))))", "provenance_signs"
        ),
        _completed(_count("path_findings", "path_findings"), "path_finding_count"),
        _completed(_category_list(_PATH_CATEGORIES), "path_finding_categories"),
    ]


def _agreed(column: str, name: str) -> str:
    """Return the value that all rows share, else NULL."""
    return (
        f"CASE WHEN min({column}) = max({column}) AND count({column}) = count(*) "
        f"THEN min({column}) END AS {name}"
    )


def _rights_columns() -> list[str]:
    return [
        _agreed("name", "repo_name"),
        _agreed("owner", "owner"),
        _agreed("rights_basis", "rights_basis"),
        _agreed("license", "license"),
        _agreed("license_category", "license_category"),
        "bool_and(coalesce(consent_valid, false)) AS consent_valid",
    ]
