"""The columns that a policy rule may speak of: one table, for docs, linting and explanations.

NULL in a column means "not known", never "no": a file that was not scanned has NULL counts, and
a file that was scanned and carries no license has the category ``none``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from ingest.domain.finding import BLOB_FAMILIES, NATIONAL_IDS, Category, Family, ScanStatus
from ingest.domain.repository import RightsBasis
from ingest.domain.tree import SkipReason

STRONG_SECRETS: Final = (Category.PROVIDER_TOKEN, Category.PRIVATE_KEY, Category.URI_CREDENTIAL)
"""Categories whose match is a credential by its form, whatever stands around it."""
SECRETS: Final = (*STRONG_SECRETS, Category.PASSWORD, Category.GENERIC_SECRET)
PERSONAL_DATA: Final = (
    Category.PERSON,
    Category.EMAIL_ADDRESS,
    Category.IP_ADDRESS,
    Category.PHONE_NUMBER,
    Category.CREDIT_CARD,
    Category.IBAN_CODE,
    Category.US_SSN,
    Category.USERNAME,
    *NATIONAL_IDS,
)
CONFIDENTIAL: Final = (
    Category.INTERNAL_HOST,
    Category.PRIVATE_IP,
    Category.PACKAGE_SCOPE,
    Category.TICKET_ID,
    Category.EMPLOYEE_LOGIN,
    Category.CODENAME,
    Category.CUSTOMER,
)
FINDING_FAMILIES: Final[dict[Family, tuple[Category, ...]]] = {
    Family.SECRETS: SECRETS,
    Family.PII: PERSONAL_DATA,
    Family.CONFIDENTIAL: CONFIDENTIAL,
}
"""Families whose facts are findings, with the categories that each may report."""

LICENSE_CATEGORIES: Final = (
    "permissive",
    "weak_copyleft",
    "copyleft",
    "proprietary",
    "unknown",
    "none",
)
LICENSE_TYPES: Final = (
    "permissive",
    "weak_copyleft",
    "copyleft",
    "proprietary_own",
    "third_party",
    "unknown",
)
LICENSE_SOURCES: Final = ("own", "annotation", "scope", "registration", "none")
PROVENANCES: Final = ("first_party", "third_party", "mixed", "unknown")
OWNERSHIPS: Final = ("own", "third_party", "mixed", "unknown")
STATUSES: Final = (*(status.value for status in ScanStatus), "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierColumn:
    """One column of the dossier."""

    name: str
    type: pa.DataType
    meaning: str
    values: tuple[str, ...] = ()
    """The closed vocabulary, where there is one; a rule that names another word is refused."""
    categories: tuple[Category, ...] = ()
    """Finding categories that the column counts or lists."""


def _column(name: str, kind: pa.DataType, meaning: str, *values: str) -> DossierColumn:
    return DossierColumn(name=name, type=kind, meaning=meaning, values=values)


def _count(name: str, meaning: str, *categories: Category) -> DossierColumn:
    return DossierColumn(name=name, type=pa.int32(), meaning=meaning, categories=categories)


def _categories(name: str, meaning: str, *categories: Category) -> DossierColumn:
    kind = pa.list_(pa.string())
    vocabulary = tuple(category.value for category in categories)
    return DossierColumn(
        name=name, type=kind, meaning=meaning, values=vocabulary, categories=categories
    )


def counter_name(category: Category) -> str:
    """Return the column that counts one category, for example ``email_address_count``."""
    return f"{category.value.lower()}_count"


_TEXT, _FLAG, _INT, _FLOAT = pa.string(), pa.bool_(), pa.int32(), pa.float32()
_ALL = (*SECRETS, *PERSONAL_DATA, *CONFIDENTIAL)

_OCCURRENCE = (
    _column("repo_id", _TEXT, "repository of the occurrence"),
    _column("commit_id", _TEXT, "commit of the snapshot"),
    _column("path", pa.binary(), "path as stored by git; rules use `path_text`"),
    _column("path_text", _TEXT, "path as text; bytes that are no UTF-8 appear as \\xNN"),
    _column("blob_id", _TEXT, "git id of the content"),
    _column("suffix", _TEXT, "name hint of the path, such as py or makefile"),
    _column("size", pa.int64(), "bytes as stored"),
    _column("skip_reason", _TEXT, "why it is not scanned; NULL for text", *SkipReason),
)
_STATUS = tuple(
    _column(f"{family}_status", _TEXT, f"how the {family} scan ended", *STATUSES)
    for family in (*BLOB_FAMILIES, Family.PROVENANCE)
)
_CONTENT = (
    _column("language", _TEXT, "linguist name; the path's verdict before the content's"),
    _column("language_source", _TEXT, "how the language was decided"),
    _column("is_vendor", _FLAG, "the path is one where third-party code is kept"),
    _column("is_generated", _FLAG, "a program wrote it, by content or by path"),
    _column("is_minified", _FLAG, "white space was taken out by a program"),
    _column("is_test", _FLAG, "the path is one where tests are kept"),
    _column("num_lines", _INT, "lines"),
    _column("avg_line_length", _FLOAT, "mean line length in characters"),
    _column("max_line_length", _INT, "longest line in characters"),
    _column("alphanum_fraction", _FLOAT, "share of letters and digits, 0 to 1"),
    _column("alpha_fraction", _FLOAT, "share of letters, 0 to 1"),
)
_FINDINGS = (
    _count("secret_count", "secret findings", *SECRETS),
    _count("strong_secret_count", "secrets that are credentials by form", *STRONG_SECRETS),
    _count("pii_count", "personal data findings, without `model_person_count`", *PERSONAL_DATA),
    _count("model_person_count", "names that only a language model found", Category.PERSON),
    _count("confidential_count", "confidential identifiers", *CONFIDENTIAL),
    *(_count(counter_name(c), f"findings of category {c.value}", c) for c in _ALL),
    _categories("secret_categories", "categories of secrets found, sorted", *SECRETS),
    _categories("pii_categories", "categories of personal data found, sorted", *PERSONAL_DATA),
    _categories("confidential_categories", "confidential categories found", *CONFIDENTIAL),
    _count("allow_markers", "comments that ask secret scanners to look away"),
    _count("undecoded", "encoded parts that no detector has read: encrypted, broken, too large"),
    _count("path_finding_count", "findings in the path itself"),
    DossierColumn(
        name="path_finding_categories",
        type=pa.list_(pa.string()),
        meaning="categories found in the path, sorted",
        values=tuple(c.value for c in _ALL),
    ),
)
_RIGHTS = (
    _column("own_license_expression", _TEXT, "license that the file itself states"),
    _column("own_license_category", _TEXT, "its category", *LICENSE_CATEGORIES),
    _column("has_restriction", _FLAG, "words of restriction that no license text covers"),
    _column("training_restricted", _FLAG, "file or scope forbids use for training models"),
    _column("refers_elsewhere", _FLAG, "the file leaves its license to another file, unnamed"),
    _column("is_license_text", _FLAG, "the file is a license text"),
    _column("is_manifest", _FLAG, "the file is a package manifest"),
    _column("has_foreign_holder", _FLAG, "a copyright line names someone else"),
    _column("has_company_holder", _FLAG, "a copyright line names the company"),
    _column("scope_license_expression", _TEXT, "license of the nearest license file above"),
    _column("scope_license_category", _TEXT, "its category", *LICENSE_CATEGORIES),
    _column("scope_is_root", _FLAG, "that license file stands at the root of the repository"),
    _column("annotation_license_expression", _TEXT, "license stated of this very path elsewhere"),
    _column("annotation_license_category", _TEXT, "its category", *LICENSE_CATEGORIES),
    _column("is_build_boilerplate", _FLAG, "the own notice is that of the build tool"),
    _column("provenance", _TEXT, "whose code it is, by tree and notices", *PROVENANCES),
    DossierColumn(
        name="provenance_signs",
        type=pa.list_(pa.string()),
        meaning="codes of what told so, sorted: see docs/detection.md",
    ),
    _column("rights_basis", _TEXT, "why the company may use the repository", *RightsBasis),
    _column("consent_valid", _FLAG, "the owner's release consent is given and not expired"),
    _column("repo_name", _TEXT, "display name of the repository"),
    _column("owner", _TEXT, "registered owner of the repository"),
    _column("repo_license_expression", _TEXT, "license registered for first-party files"),
    _column("repo_license_category", _TEXT, "its category", *LICENSE_CATEGORIES),
)

DOSSIER_COLUMNS: Final[tuple[DossierColumn, ...]] = (
    *_OCCURRENCE,
    *_STATUS,
    *_CONTENT,
    *_FINDINGS,
    *_RIGHTS,
)
"""Every column of the dossier, in order."""

COUNT_COLUMNS: Final = tuple(c.name for c in _FINDINGS if pa.types.is_integer(c.type))
"""Names of the columns of which a larger count never makes a file cleaner."""

DERIVED_COLUMNS: Final[tuple[DossierColumn, ...]] = (
    _column("ownership", _TEXT, "whose the file is", *OWNERSHIPS),
    _column("license_expression", _TEXT, "effective license by the policy's precedence"),
    _column("license_type", _TEXT, "its type", *LICENSE_TYPES),
    _column("license_source", _TEXT, "where it was found", *LICENSE_SOURCES),
)
"""What evaluation adds before the rules run; precedence rows may use `ownership` only."""

DOSSIER: Final = pa.schema([pa.field(c.name, c.type) for c in DOSSIER_COLUMNS])
"""Arrow schema of the dossier."""

RIGHTS_COLUMNS: Final = frozenset(
    {
        *(column.name for column in (*_RIGHTS, *DERIVED_COLUMNS)),
        *("is_vendor", "licensing_status", "provenance_status"),
    }
)
"""Columns that speak of licenses, provenance and rights, and of nothing else."""
IDENTITY_COLUMNS: Final = frozenset(column.name for column in _OCCURRENCE)
"""Columns that only say which occurrence it is."""
