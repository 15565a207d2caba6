from __future__ import annotations

import re

import pytest

from ingest.detect.pii.identities import SCHEMES, Scheme
from ingest.domain.finding import NATIONAL_IDS, Category

# numbers that issuers and textbooks print as examples; nobody holds them
EXAMPLES = {
    Category.UK_NHS: "9434765919",
    Category.UK_NINO: "AB123456C",
    Category.US_ITIN: "912-70-1234",
    Category.ES_NIF: "12345678Z",
    Category.ES_NIE: "X1234567L",
    Category.IT_FISCAL_CODE: "RSSMRA85T10A562S",
    Category.PL_PESEL: "44051401359",
    Category.FI_PERSONAL_IDENTITY_CODE: "131052-308T",
    Category.SG_NRIC_FIN: "S1234567D",
    Category.AU_TFN: "123456782",
    Category.AU_MEDICARE: "2123456701",
    Category.IN_AADHAAR: "234123412346",
    Category.IN_PAN: "AAAPL1234C",
    Category.KR_RRN: "900101-1234568",
    Category.CA_SIN: "130692544",
    Category.NL_BSN: "111222333",
    Category.BR_CPF: "111.444.777-35",
    Category.FR_NIR: "255081416802538",
    Category.DE_TAX_ID: "86095742719",
    Category.SE_PERSONNUMMER: "811228-9874",
    Category.BE_NATIONAL_NUMBER: "85.07.30-033.28",
    Category.PT_NIF: "123456789",
    Category.TR_NATIONAL_ID: "10000000146",
    Category.CH_AHV: "756.9217.0769.85",
    Category.MX_CURP: "HEGG560427MVZRRL04",
    Category.CL_RUT: "12.345.678-5",
    Category.CN_RIC: "11010519491231002X",
    Category.NO_FNR: "15019020026",
    Category.ZA_ID_NUMBER: "8001015009087",
    Category.TH_TNIN: "1101700230708",
    Category.HR_OIB: "69435151530",
    Category.RO_CNP: "1630615123457",
    Category.CZ_BIRTH_NUMBER: "710319/2745",
    Category.IE_PPSN: "1234567T",
    Category.AT_SVNR: "1237 010180",
    Category.BG_EGN: "7523169263",
    Category.EE_ISIKUKOOD: "37605030299",
    Category.LT_ASMENS_KODAS: "33309240064",
}


def scheme_for(category: Category, value: str) -> Scheme:
    return next(s for s in SCHEMES if s.category is category and re.fullmatch(s.form, value))


def bare(category: Category, value: str) -> str:
    return (
        value if category is Category.FI_PERSONAL_IDENTITY_CODE else re.sub(r"[ .\-/]", "", value)
    )


def test_every_national_number_has_a_scheme_and_an_example() -> None:
    assert {scheme.category for scheme in SCHEMES} == set(NATIONAL_IDS) == set(EXAMPLES)


@pytest.mark.parametrize(("category", "value"), EXAMPLES.items())
def test_a_printed_example_passes_its_check(category: Category, value: str) -> None:
    assert scheme_for(category, value).check(bare(category, value))


# without a check digit, or with one that is not the last
UNCHECKED = {
    Category.UK_NINO,
    Category.US_ITIN,
    Category.IN_PAN,
    Category.AU_MEDICARE,
    Category.AT_SVNR,
}


@pytest.mark.parametrize(("category", "value"), EXAMPLES.items())
def test_most_wrong_digits_are_refused(category: Category, value: str) -> None:
    if category in UNCHECKED:
        return
    scheme = scheme_for(category, value)
    last = max(i for i, char in enumerate(value) if char.isdigit())
    wrong = [value[:last] + str(d) + value[last + 1 :] for d in range(10) if str(d) != value[last]]
    refused = [
        not scheme.check(bare(category, each)) for each in wrong if re.fullmatch(scheme.form, each)
    ]
    assert sum(refused) >= len(refused) - 1
