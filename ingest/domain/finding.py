"""What a detector reports: a scan with its status, and findings with their byte spans."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from ingest.domain.secret import HmacKey, Secret


class Family(StrEnum):
    """The six detector families; each has its own ruleset digest and facts table."""

    CONTENT = "content"
    SECRETS = "secrets"
    PII = "pii"
    CONFIDENTIAL = "confidential"
    LICENSING = "licensing"
    PROVENANCE = "provenance"


BLOB_FAMILIES = (
    Family.CONTENT,
    Family.SECRETS,
    Family.PII,
    Family.CONFIDENTIAL,
    Family.LICENSING,
)
"""Families whose facts depend on one blob alone; provenance needs the whole tree."""


class ScanStatus(StrEnum):
    """How a scan of one blob ended. Only `COMPLETED` may count as "nothing found"."""

    COMPLETED = "completed"
    TIMED_OUT = "timed_out"
    FAILED = "failed"


class Confidence(StrEnum):
    """How sure a detector is of a finding. A fact about the rule, not a severity."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One matched span of a blob, without the matched value.

    Raises:
        ValueError: the span is empty or negative, or a field that names the rule is empty.
    """

    fingerprint: str
    """Stable identity of (rule, value): survives a move of the line, differs between values."""
    detector_id: str
    """Engine that matched, for example ``kingfisher`` or ``presidio.email``."""
    rule_id: str
    category: str
    """What the value is, a `Category`."""
    start: int
    """First byte of the value itself in the normalised text (see `ScanText`)."""
    end: int
    """One past the last byte."""
    line: int
    """1-based line of `start`."""
    confidence: Confidence
    hmac: str
    """Keyed identity of the value alone; the same under every rule that finds it."""
    preview: str
    evidence: str = ""
    """A reason code of the detector; never text of the blob."""
    views: tuple[str, ...] = ()
    """Decodings that lead from the text to the value, outermost first (see `ingest.detect.views`).
    Empty: the value stands in the text as it is; else the span is that of its encoded form."""

    def __post_init__(self) -> None:
        """Check the span and the identifiers."""
        if not 0 <= self.start < self.end or self.line < 1:
            msg = "a finding needs 0 <= start < end and line >= 1"
            raise ValueError(msg)
        if not (self.rule_id and self.detector_id and self.category and self.hmac):
            msg = "a finding needs a detector, a rule, a category and an identity"
            raise ValueError(msg)

    @classmethod
    def of(  # noqa: PLR0913 - one keyword per column
        cls,
        secret: Secret,
        *,
        key: HmacKey,
        detector_id: str,
        rule_id: str,
        category: str,
        start: int,
        end: int,
        line: int,
        confidence: Confidence,
        evidence: str = "",
        views: tuple[str, ...] = (),
    ) -> Self:
        """Turn a matched value into a finding; the value does not outlive this call."""
        identity = secret.identity(key, "value")
        return cls(
            fingerprint=key.digest("fingerprint", f"{rule_id}\0{identity}".encode()),
            detector_id=detector_id,
            rule_id=rule_id,
            category=category,
            start=start,
            end=end,
            line=line,
            confidence=confidence,
            hmac=identity,
            preview=secret.preview(),
            evidence=evidence,
            views=views,
        )


class Category(StrEnum):
    """What a matched value is. Personal data under Presidio's entity names."""

    # secrets
    PROVIDER_TOKEN = "PROVIDER_TOKEN"  # noqa: S105 - a category
    PRIVATE_KEY = "PRIVATE_KEY"
    URI_CREDENTIAL = "URI_CREDENTIAL"
    PASSWORD = "PASSWORD"  # noqa: S105 - a category, not a password
    GENERIC_SECRET = "GENERIC_SECRET"  # noqa: S105 - a category
    # personal data
    PERSON = "PERSON"
    EMAIL_ADDRESS = "EMAIL_ADDRESS"
    IP_ADDRESS = "IP_ADDRESS"
    PHONE_NUMBER = "PHONE_NUMBER"
    CREDIT_CARD = "CREDIT_CARD"
    IBAN_CODE = "IBAN_CODE"
    US_SSN = "US_SSN"
    USERNAME = "USERNAME"
    # personal data: national identity numbers
    UK_NHS = "UK_NHS"
    UK_NINO = "UK_NINO"
    US_ITIN = "US_ITIN"
    ES_NIF = "ES_NIF"
    ES_NIE = "ES_NIE"
    IT_FISCAL_CODE = "IT_FISCAL_CODE"
    PL_PESEL = "PL_PESEL"
    FI_PERSONAL_IDENTITY_CODE = "FI_PERSONAL_IDENTITY_CODE"
    SG_NRIC_FIN = "SG_NRIC_FIN"
    AU_TFN = "AU_TFN"
    AU_MEDICARE = "AU_MEDICARE"
    IN_AADHAAR = "IN_AADHAAR"
    IN_PAN = "IN_PAN"
    KR_RRN = "KR_RRN"
    CA_SIN = "CA_SIN"
    NL_BSN = "NL_BSN"
    BR_CPF = "BR_CPF"
    FR_NIR = "FR_NIR"
    DE_TAX_ID = "DE_TAX_ID"
    SE_PERSONNUMMER = "SE_PERSONNUMMER"
    BE_NATIONAL_NUMBER = "BE_NATIONAL_NUMBER"
    PT_NIF = "PT_NIF"
    TR_NATIONAL_ID = "TR_NATIONAL_ID"
    CH_AHV = "CH_AHV"
    MX_CURP = "MX_CURP"
    CL_RUT = "CL_RUT"
    CN_RIC = "CN_RIC"
    NO_FNR = "NO_FNR"
    ZA_ID_NUMBER = "ZA_ID_NUMBER"
    TH_TNIN = "TH_TNIN"
    HR_OIB = "HR_OIB"
    RO_CNP = "RO_CNP"
    CZ_BIRTH_NUMBER = "CZ_BIRTH_NUMBER"
    IE_PPSN = "IE_PPSN"
    AT_SVNR = "AT_SVNR"
    BG_EGN = "BG_EGN"
    EE_ISIKUKOOD = "EE_ISIKUKOOD"
    LT_ASMENS_KODAS = "LT_ASMENS_KODAS"
    # confidential identifiers
    INTERNAL_HOST = "INTERNAL_HOST"
    PRIVATE_IP = "PRIVATE_IP"
    PACKAGE_SCOPE = "PACKAGE_SCOPE"
    TICKET_ID = "TICKET_ID"
    EMPLOYEE_LOGIN = "EMPLOYEE_LOGIN"
    CODENAME = "CODENAME"
    CUSTOMER = "CUSTOMER"


MODEL_EVIDENCE: Final = "ner"
"""`Finding.evidence` of what only a language model found: a reason to review, none to redact."""
_ORDER = tuple(Category)
NATIONAL_IDS = _ORDER[_ORDER.index(Category.UK_NHS) : _ORDER.index(Category.INTERNAL_HOST)]
"""Identity numbers that a state gives a person; under Presidio's names where it has one."""
