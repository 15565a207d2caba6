"""Check digits of national identity numbers; every function takes the bare characters.

The sources are the issuers' own descriptions, or ISO standards where they use one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from ingest.detect.pii.numbers import passes_luhn


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Return the sum of digits times weights, as far as the weights reach."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def is_date(year: int, month: str, day: str) -> bool:
    """Tell whether a day exists."""
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True


def _is_day(month: str, day: str) -> bool:
    """Tell whether a month has such a day in a leap year."""
    return is_date(2000, month, day)


def is_nhs(value: str) -> bool:
    """England's NHS number: modulus 11; NHS Data Dictionary, "NHS Number"."""
    check = 11 - weighted(value, range(10, 1, -1)) % 11
    return check % 11 == int(value[9]) and check != 10  # noqa: PLR2004 - never issued


def is_nino(value: str) -> bool:
    """National insurance number: prefixes in use; HMRC, NIM39110. It has no check digit."""
    return value[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def is_itin(value: str) -> bool:
    """Individual taxpayer number: group ranges; IRS, publication 1915. No check digit."""
    group = int(value[3:5])
    return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or group >= 94  # noqa: PLR2004


_NIF_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"


def is_nif(value: str) -> bool:
    """Spanish DNI: letter by remainder of 23; Real Decreto 1553/2005."""
    return _NIF_LETTERS[int(value[:8]) % 23] == value[8].upper()


def is_nie(value: str) -> bool:
    """Spanish NIE: X, Y, Z read as 0, 1, 2, then as the DNI; Orden INT/2058/2008."""
    return is_nif(str("XYZ".index(value[0].upper())) + value[1:])


_IT_ODD: Final = (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
)  # fmt: skip


def is_fiscal_code(value: str) -> bool:
    """Italian codice fiscale: decree of 23 December 1976, article 6."""
    total = 0
    for place, char in enumerate(value[:15].upper()):
        number = int(char) if char.isdigit() else ord(char) - ord("A")
        total += number if place % 2 else _IT_ODD[number]
    return chr(ord("A") + total % 26) == value[15].upper()


def is_pesel(value: str) -> bool:
    """Polish PESEL: weights 1 3 7 9; law on the population register, article 15."""
    month = str(int(value[2:4]) % 20)
    total = weighted(value, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1))
    return total % 10 == 0 and _is_day(month, value[4:6])


def is_hetu(value: str) -> bool:
    """Finnish personal identity code: DVV, "The personal identity code"."""
    number = int(value[:6] + value[7:10])
    letter = "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31]
    return letter == value[10].upper() and _is_day(value[2:4], value[:2])


def is_nric(value: str) -> bool:
    """Singapore NRIC and FIN: weights 2 7 6 5 4 3 2, tables by prefix (published by use)."""
    prefix, total = value[0].upper(), weighted(value[1:8], (2, 7, 6, 5, 4, 3, 2))
    total += {"T": 4, "G": 4, "M": 3}.get(prefix, 0)
    if prefix in "ST":
        return "JZIHGFEDCBA"[total % 11] == value[8].upper()
    if prefix in "FG":
        return "XWUTRQPNMLK"[total % 11] == value[8].upper()
    return "KLJNPQRTUWX"[10 - total % 11] == value[8].upper()


def is_tfn(value: str) -> bool:
    """Australian tax file number: weights 1 4 3 7 5 8 6 9 10, remainder of 11."""
    return weighted(value, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def is_medicare(value: str) -> bool:
    """Australian Medicare number: weights 1 3 7 9; Services Australia, claiming guide."""
    return weighted(value, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(value[8]) and value[0] in "23456"


_VERHOEFF_D: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_P: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_aadhaar(value: str) -> bool:
    """Indian Aadhaar: Verhoeff's scheme; UIDAI, "Aadhaar numbering scheme"."""
    check = 0
    for place, digit in enumerate(reversed(value)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[place % 8][int(digit)])])
    return check == 0 and value[0] not in "01"


def is_pan(value: str) -> bool:
    """Indian PAN of a person: fourth letter P; Income Tax Department. The check is not public."""
    return value[3] == "P"


def is_rrn(value: str) -> bool:
    """Korean resident number as given out before October 2020; weights 2 to 9, then 2 to 5."""
    check = (11 - weighted(value, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return check == int(value[12]) and _is_day(value[2:4], value[4:6])


def is_sin(value: str) -> bool:
    """Canadian social insurance number: Luhn; ESDC, "Social Insurance Number"."""
    return passes_luhn(value) and value[0] not in "08"


def is_bsn(value: str) -> bool:
    """Dutch citizen service number: the eleven test with a negative last weight; RvIG."""
    return weighted(value, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and len(set(value)) > 1


def is_cpf(value: str) -> bool:
    """Brazilian CPF: two check digits of modulus 11; Receita Federal."""
    for size in (9, 10):
        check = weighted(value, range(size + 1, 1, -1)) * 10 % 11 % 10
        if check != int(value[size]):
            return False
    return len(set(value)) > 1


def is_nir(value: str) -> bool:
    """French NIR: 97 less the remainder of 97; INSEE. Corsica's 2A and 2B count as 19 and 18."""
    body = value[:13].upper().replace("2A", "19").replace("2B", "18")
    month = int(body[3:5])
    return 97 - int(body) % 97 == int(value[13:]) and (1 <= month <= 12 or month >= 20)  # noqa: PLR2004


def is_steuer_id(value: str) -> bool:
    """German tax identification number: ISO 7064 mod 11,10; one digit repeats; BZSt."""
    product = 10
    for digit in value[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    counts = sorted(value[:10].count(digit) for digit in set(value[:10]))
    return (11 - product) % 10 == int(value[10]) and value[0] != "0" and counts[-1] in {2, 3}


def is_personnummer(value: str) -> bool:
    """Swedish personal number: Luhn over ten digits; Skatteverket, SKV 704. Coordination too."""
    ten = value[-10:]
    day = str(int(ten[4:6]) % 60)
    return passes_luhn(ten) and _is_day(ten[2:4], day)


def is_rijksregister(value: str) -> bool:
    """Belgian national number: 97 less the remainder, 2 before for those born from 2000 on."""
    check = int(value[9:])
    return check in {97 - int(value[:9]) % 97, 97 - int("2" + value[:9]) % 97}


def is_pt_nif(value: str) -> bool:
    """Portuguese NIF of a person: modulus 11; first digit 1, 2, 3 or 45; Decreto-Lei 14/2013."""
    check = 11 - weighted(value, range(9, 1, -1)) % 11
    is_person = value[0] in "123" or value[:2] == "45"
    return is_person and (0 if check > 9 else check) == int(value[8])  # noqa: PLR2004 - one digit


def is_tckn(value: str) -> bool:
    """Turkish identity number: two check digits; law 5490, article 46."""
    digits = [int(digit) for digit in value]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[0] > 0 and tenth == digits[9] and sum(digits[:10]) % 10 == digits[10]


def is_ahv(value: str) -> bool:
    """Swiss AHV number: EAN-13 check digit after 756; ZAS, "AHV-Nummer"."""
    return (10 - weighted(value, (1, 3) * 6) % 10) % 10 == int(value[12])


def is_curp(value: str) -> bool:
    """Mexican CURP: weights 18 to 2 over a 37-character alphabet; RENAPO, official rules."""
    alphabet = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"
    total = sum((18 - i) * alphabet.index(char) for i, char in enumerate(value[:17].upper()))
    return (10 - total % 10) % 10 == int(value[17]) and _is_day(value[6:8], value[8:10])


def is_rut(value: str) -> bool:
    """Chilean RUT: weights 2 to 7 from the right; Servicio de Impuestos Internos."""
    total = weighted(value[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4))
    return "0K987654321"[total % 11] == value[-1].upper()


def is_cn_id(value: str) -> bool:
    """Chinese resident identity number: ISO 7064 mod 11-2; GB 11643-1999."""
    total = weighted(value, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
    born = (
        is_date(int(value[6:10]), value[10:12], value[12:14]) if value[6:8] in {"19", "20"} else 0
    )
    return "10X98765432"[total % 11] == value[17].upper() and bool(born)


def is_fnr(value: str) -> bool:
    """Norwegian birth number: two check digits of modulus 11; Skatteetaten."""
    first = -weighted(value, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(value, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day = str(int(value[:2]) % 40)
    return (first, second) == (int(value[9]), int(value[10])) and _is_day(value[2:4], day)


def is_za_id(value: str) -> bool:
    """South African identity number: Luhn and a date of birth; Department of Home Affairs."""
    return passes_luhn(value) and _is_day(value[2:4], value[4:6])


def is_th_id(value: str) -> bool:
    """Thai identity number: weights 13 to 2, modulus 11; Ministry of Interior."""
    return (11 - weighted(value, range(13, 1, -1)) % 11) % 10 == int(value[12]) and value[0] != "0"


def is_oib(value: str) -> bool:
    """Croatian OIB: ISO 7064 mod 11,10; Porezna uprava."""
    product = 10
    for digit in value[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(value[10])


def is_cnp(value: str) -> bool:
    """Romanian CNP: weights 279146358279, modulus 11; Legea 105/1996."""
    check = weighted(value, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    is_right = (1 if check == 10 else check) == int(value[12])  # noqa: PLR2004 - one digit
    return is_right and value[0] != "0" and _is_day(value[3:5], value[5:7])


def is_rodne_cislo(value: str) -> bool:
    """Czech and Slovak birth number since 1954: divisible by 11; zákon 133/2000 Sb."""
    month = str(int(value[2:4]) % 50 % 20)
    return int(value) % 11 == 0 and _is_day(month, value[4:6])


def is_ppsn(value: str) -> bool:
    """Irish PPS number: weights 8 to 2, remainder of 23; Social Welfare Act 2005, schedule."""
    total = weighted(value[:7], range(8, 1, -1))
    if len(value) > 8:  # noqa: PLR2004 - a second letter weighs 9
        total += 9 * ("WABCDEFGHI".find(value[8].upper()) % 10)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == value[7].upper()


def is_svnr(value: str) -> bool:
    """Austrian insurance number: weights 3 7 9, 5 8 4 2 1 6, modulus 11; ASVG, section 30c.

    The month may be 13 to 15, where the numbers of a day of birth have run out.
    """
    check = weighted(value, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11
    month = str((int(value[6:8]) - 1) % 12 + 1)
    return check == int(value[3]) and 1 <= int(value[6:8]) <= 15 and _is_day(month, value[4:6])  # noqa: PLR2004


def is_egn(value: str) -> bool:
    """Bulgarian EGN: weights 2 4 8 5 10 9 7 3 6, modulus 11; 20 and 40 on the month by century."""
    check = weighted(value, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10
    month = str(int(value[2:4]) % 20)
    return check == int(value[9]) and _is_day(month, value[4:6])


def is_isikukood(value: str) -> bool:
    """Estonian and Lithuanian personal code: modulus 11 in two rounds; EVS 585:2007."""
    check = weighted(value, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:  # noqa: PLR2004 - then the second round
        check = weighted(value, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return check == int(value[10]) and _is_day(value[3:5], value[5:7])
