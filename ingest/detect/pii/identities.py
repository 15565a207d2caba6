"""National identity numbers: their forms, check digits and the words that name them.

Digits alone say little: a number counts with its check digits *and* either a form that nothing
else has or a word for it close before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ingest.detect.pii import checksums
from ingest.detect.pii.shapes import Chars, SpanRecognizer
from ingest.domain.finding import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One country's number."""

    category: Category
    form: str
    """Regular expression of the written number, without its borders."""
    check: Callable[[str], bool]
    words: str
    """Regular expression of what names it; caseless."""
    is_distinct: bool = False
    """Form and check digits are enough: no word is needed."""


def _scheme(
    category: Category,
    form: str,
    check: Callable[[str], bool],
    words: str,
    *,
    distinct: bool = False,
) -> Scheme:
    return Scheme(category=category, form=form, check=check, words=words, is_distinct=distinct)


SCHEMES: Final = (
    _scheme(Category.UK_NHS, r"\d{3}[ -]?\d{3}[ -]?\d{4}", checksums.is_nhs, r"\bnhs"),
    _scheme(
        Category.UK_NINO,
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]",
        checksums.is_nino,
        r"\bnino\b|national.?insurance|\bni.?(?:no|num)",
    ),
    _scheme(
        Category.US_ITIN,
        r"9\d\d[ -]?\d\d[ -]?\d{4}",
        checksums.is_itin,
        r"\bitin|tax.?payer|tax.?id",
    ),
    _scheme(
        Category.ES_NIF,
        r"\d{8}[ -]?[A-HJ-NP-TV-Z]",
        checksums.is_nif,
        r"\bdni\b|\bnif\b|_(?:dni|nif)",
    ),
    _scheme(
        Category.ES_NIE,
        r"[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]",
        checksums.is_nie,
        r"\bnie\b|extranjer|_nie",
    ),
    _scheme(
        Category.IT_FISCAL_CODE,
        r"[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]",
        checksums.is_fiscal_code,
        r"fiscale|\bcf\b",
        distinct=True,
    ),
    _scheme(Category.PL_PESEL, r"\d{11}", checksums.is_pesel, r"pesel"),
    _scheme(
        Category.FI_PERSONAL_IDENTITY_CODE,
        r"[0-3]\d[01]\d{3}[+\-A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]",
        checksums.is_hetu,
        r"hetu|henkil|identity",
        distinct=True,
    ),
    _scheme(
        Category.SG_NRIC_FIN,
        r"[STFGM]\d{7}[A-Z]",
        checksums.is_nric,
        r"nric|\bfin\b",
        distinct=True,
    ),
    _scheme(Category.AU_TFN, r"\d{3} ?\d{3} ?\d{3}", checksums.is_tfn, r"\btfn|tax.?file"),
    _scheme(Category.AU_MEDICARE, r"[2-6]\d{3} ?\d{5} ?\d", checksums.is_medicare, r"medicare"),
    _scheme(
        Category.IN_AADHAAR,
        r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}",
        checksums.is_aadhaar,
        r"aadhaa?r|uidai|\buid\b",
    ),
    _scheme(
        Category.IN_PAN,
        r"[A-Z]{5}\d{4}[A-Z]",
        checksums.is_pan,
        r"\bpan\b|pan_|_pan|permanent.account",
    ),
    _scheme(
        Category.KR_RRN, r"\d{6}-[1-8]\d{6}", checksums.is_rrn, r"rrn|resident|주민", distinct=True
    ),
    _scheme(
        Category.CA_SIN,
        r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        checksums.is_sin,
        r"\bsin\b|sin_|_sin|social.insurance|\bnas\b",
    ),
    _scheme(
        Category.NL_BSN,
        r"\d{9}|\d{4}[. ]\d{2}[. ]\d{3}",
        checksums.is_bsn,
        r"bsn|burgerservice|sofi",
    ),
    _scheme(Category.BR_CPF, r"\d{3}\.\d{3}\.\d{3}-\d{2}", checksums.is_cpf, r"cpf", distinct=True),
    _scheme(Category.BR_CPF, r"\d{11}", checksums.is_cpf, r"cpf"),
    _scheme(
        Category.FR_NIR,
        r"[1278] \d\d \d\d (?:\d\d|2[AB]) \d{3} \d{3} \d\d",
        checksums.is_nir,
        r"\bnir\b|secu|sécu",
        distinct=True,
    ),
    _scheme(
        Category.FR_NIR,
        r"[1278]\d{4}(?:\d\d|2[AB])\d{8}",
        checksums.is_nir,
        r"\bnir\b|secu|sécu|insee|ssn|social",
    ),
    _scheme(
        Category.DE_TAX_ID,
        r"[1-9]\d \d{3} \d{3} \d{3}|[1-9]\d{10}",
        checksums.is_steuer_id,
        r"steuer|\bidnr|tax.?id|\btin\b|taxpayer",
    ),
    _scheme(
        Category.SE_PERSONNUMMER,
        r"(?:19|20)?\d{6}[-+]?\d{4}",
        checksums.is_personnummer,
        r"person.?n(?:umme)?r|\bpnr\b|samordning|personal.?(?:identity|number)",
    ),
    _scheme(
        Category.BE_NATIONAL_NUMBER,
        r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d",
        checksums.is_rijksregister,
        r"rijksregister|reg[a-z]{3,5}.national|\bniss\b|insz|national.?number",
        distinct=True,
    ),
    _scheme(
        Category.BE_NATIONAL_NUMBER,
        r"\d{11}",
        checksums.is_rijksregister,
        r"rijksregister|reg[a-z]{3,5}.national|\bniss\b|insz|national.?number",
    ),
    _scheme(
        Category.PT_NIF,
        r"[1-4]\d{2} ?\d{3} ?\d{3}",
        checksums.is_pt_nif,
        r"\bnif\b|contribuinte|_nif",
    ),
    _scheme(
        Category.TR_NATIONAL_ID,
        r"[1-9]\d{10}",
        checksums.is_tckn,
        r"\btc(?:kn|kimlik| kimlik|_|\b)|kimlik",
    ),
    _scheme(
        Category.CH_AHV, r"756\.\d{4}\.\d{4}\.\d\d", checksums.is_ahv, r"ahv|avs", distinct=True
    ),
    _scheme(Category.CH_AHV, r"756\d{10}", checksums.is_ahv, r"ahv|avs|social|ssn"),
    _scheme(
        Category.MX_CURP,
        r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d",
        checksums.is_curp,
        r"curp",
        distinct=True,
    ),
    _scheme(
        Category.CL_RUT,
        r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]",
        checksums.is_rut,
        r"\brut\b|\brun\b",
        distinct=True,
    ),
    _scheme(
        Category.CN_RIC,
        r"[1-8]\d{16}[\dXx]",
        checksums.is_cn_id,
        r"身份|id.?card|\bric\b",
        distinct=True,
    ),
    _scheme(
        Category.NO_FNR,
        r"[0-7]\d[0-9]\d\d{2} ?\d{5}",
        checksums.is_fnr,
        r"fødsels|fodsels|\bfnr|personn",
    ),
    _scheme(
        Category.ZA_ID_NUMBER,
        r"\d{6} ?\d{4} ?[012]\d{2}",
        checksums.is_za_id,
        r"\bid\b|identity|\brsa\b|_id",
    ),
    _scheme(
        Category.TH_TNIN,
        r"[1-8]-\d{4}-\d{5}-\d{2}-\d",
        checksums.is_th_id,
        r"thai|citizen",
        distinct=True,
    ),
    _scheme(Category.TH_TNIN, r"[1-8]\d{12}", checksums.is_th_id, r"thai|citizen|บัตร"),
    _scheme(Category.HR_OIB, r"\d{11}", checksums.is_oib, r"oib"),
    _scheme(Category.RO_CNP, r"[1-9]\d{12}", checksums.is_cnp, r"cnp"),
    _scheme(
        Category.CZ_BIRTH_NUMBER,
        r"\d{6}/?\d{4}",
        checksums.is_rodne_cislo,
        r"rodn|birth.?n|\brc\b",
    ),
    _scheme(
        Category.AT_SVNR,
        r"[1-9]\d{3} ?\d{6}",
        checksums.is_svnr,
        r"svnr|sv.?n(?:umme)?r|sozialversicherung|versicherungsnummer",
    ),
    _scheme(Category.BG_EGN, r"\d{10}", checksums.is_egn, r"\begn\b|\bегн\b"),  # noqa: RUF001 - the word in Bulgarian
    _scheme(Category.EE_ISIKUKOOD, r"[1-8]\d{10}", checksums.is_isikukood, r"isikukood"),
    _scheme(Category.LT_ASMENS_KODAS, r"[1-8]\d{10}", checksums.is_isikukood, r"asmens.?kod"),
    _scheme(Category.IE_PPSN, r"\d{7}[A-W][A-IW]?", checksums.is_ppsn, r"\bpps"),
)
WORD_DISTANCE: Final = 48
"""Characters before a number in which its word counts; Macie asks for 30."""

_BORDERED: Final = {
    scheme: re.compile(rf"(?<![\w.+-])(?:{scheme.form})(?![\w]|[.-]\d)") for scheme in SCHEMES
}
_WORDS: Final = {scheme: re.compile(scheme.words, re.IGNORECASE) for scheme in SCHEMES}


WHOLE_WORDS: Final = frozenset({Category.IN_AADHAAR, Category.ZA_ID_NUMBER})
"""Named by ``uid`` and ``id``, which end the names of too many numbers to count in compounds."""
_SEAM: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


def is_named_in(scheme: Scheme, text: str) -> bool:
    """Tell whether a text names a scheme, also inside a compound such as ``kundenNif``."""
    pattern = _WORDS[scheme]
    if pattern.search(text) is not None or scheme.category in WHOLE_WORDS:
        return pattern.search(text) is not None
    return pattern.search(_SEAM.sub(" ", text)) is not None


def bare_value(scheme: Scheme, text: str) -> str:
    """Return a written number as its check reads it; Finland's sign is part of the number."""
    if scheme.category is Category.FI_PERSONAL_IDENTITY_CODE:
        return text
    return re.sub(r"[ .\-/]", "", text)


class IdentityRecognizer(SpanRecognizer):
    """Finds one scheme's numbers: form, check digits, and the word where one is needed."""

    def __init__(self, scheme: Scheme, number: int) -> None:
        """Take the scheme and its place in the list, which makes its score."""
        self._scheme = scheme
        rule = f"identity.{scheme.category.value.lower()}"
        super().__init__(
            rule if scheme.is_distinct else f"{rule}.named",
            score=1.0 - number / 1000,
            category=scheme.category,
        )

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield numbers."""
        scheme = self._scheme
        for match in _BORDERED[scheme].finditer(text):
            if not scheme.check(bare_value(scheme, match.group())):
                continue
            before = text[max(0, match.start() - WORD_DISTANCE) : match.start()]
            if scheme.is_distinct or is_named_in(scheme, before.rpartition("\n")[2]):
                yield match.span()


def identity_recognizers() -> list[SpanRecognizer]:
    """Return the recognizers of national numbers; their names are rule ids."""
    return [IdentityRecognizer(scheme, number) for number, scheme in enumerate(SCHEMES)]
