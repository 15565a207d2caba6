"""From signs to one expression."""

from __future__ import annotations

from dataclasses import replace

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.conclude import Conclusion, Signs, conclude
from ingest.detect.licensing.evidence import (
    NO_TRAINING,
    PROPRIETARY,
    RESTRICTION,
    Choice,
    Evidence,
    Kind,
)

EMPTY = Signs(
    licenses=(), restrictions=(), reserved=(), choices=(), is_license_text=False, head_end=10
)


def sign(spdx: str, kind: Kind = Kind.NOTICE, start: int = 0, score: float = 1.0) -> Evidence:
    return Evidence(start=start, end=start + 3, kind=kind, spdx=spdx, score=score)


def concluded(algebra: LicenseAlgebra, *licenses: Evidence, **more: object) -> Conclusion:
    return conclude(replace(EMPTY, licenses=licenses, **more), algebra)  # type: ignore[arg-type]


def test_nothing_is_none(algebra: LicenseAlgebra) -> None:
    assert concluded(algebra).category == "none"
    assert concluded(algebra).expression is None


def test_distinct_signs_all_hold(algebra: LicenseAlgebra) -> None:
    found = concluded(algebra, sign("MIT", Kind.TAG), sign("GPL-2.0-only"), sign("MIT"))

    assert (found.expression, found.category) == ("GPL-2.0-only AND MIT", "copyleft")


def test_a_tag_with_a_choice_explains_the_texts_beside_it(algebra: LicenseAlgebra) -> None:
    choice = sign("GPL-2.0-only OR MIT", Kind.TAG)

    found = concluded(algebra, choice, sign("MIT", Kind.TEXT), sign("GPL-2.0-only"))
    other = concluded(algebra, choice, sign("GPL-3.0-only"))

    assert (found.expression, found.category) == ("GPL-2.0-only OR MIT", "permissive")
    assert other.category == "copyleft"


def test_a_stated_choice_joins_the_licenses_of_its_own_sentence(algebra: LicenseAlgebra) -> None:
    near = (sign("MIT", start=5), sign("GPL-2.0-only", start=20))
    far = sign("MPL-2.0", start=5000)

    found = concluded(algebra, *near, far, choices=(Choice(start=0, end=100, floor=0),))

    assert found.expression == "(GPL-2.0-only OR MIT) AND MPL-2.0"


def test_a_vague_name_adds_nothing_beside_an_exact_one(algebra: LicenseAlgebra) -> None:
    found = concluded(algebra, sign("BSD-2-Clause", Kind.TEXT), sign("BSD-3-Clause", score=0.7))
    alone = concluded(algebra, sign("BSD-3-Clause", score=0.7))

    assert found.expression == "BSD-2-Clause"
    assert alone.expression == "BSD-3-Clause"


def test_reserved_rights_count_only_where_nothing_is_granted(algebra: LicenseAlgebra) -> None:
    reserved = (sign(PROPRIETARY, score=0.5),)

    assert concluded(algebra, reserved=reserved).category == "proprietary"
    assert concluded(algebra, sign("MIT"), reserved=reserved).expression == "MIT"


def test_a_restriction_joins_the_expression(algebra: LicenseAlgebra) -> None:
    limits = (sign(RESTRICTION, Kind.RESTRICTION), sign(NO_TRAINING, Kind.RESTRICTION))
    found = concluded(algebra, sign("MIT"), restrictions=limits)

    assert found.has_restriction
    assert found.training_restricted
    assert found.category == "proprietary"


def test_a_named_license_tells_its_restrictions(algebra: LicenseAlgebra) -> None:
    limits = (sign(RESTRICTION, Kind.RESTRICTION), sign(NO_TRAINING, Kind.RESTRICTION))
    found = concluded(algebra, sign("CC-BY-NC-4.0"), restrictions=limits[:1])
    trained = concluded(algebra, sign("CC-BY-NC-4.0"), restrictions=limits)

    assert (found.expression, found.has_restriction) == ("CC-BY-NC-4.0", True)
    assert trained.training_restricted


def test_a_long_text_shows_its_own_tags_and_remarks(algebra: LicenseAlgebra) -> None:
    text = replace(sign("CAL-1.0", Kind.TEXT), end=9000)
    variant = sign("CAL-1.0-Combined-Work-Exception", Kind.TAG, start=300)
    remark = sign("GPL-1.0-or-later", start=9100)
    grant = sign("GPL-2.0-only", start=9100)

    assert concluded(algebra, text, variant, remark).expression == "CAL-1.0"
    assert concluded(algebra, text, grant).expression == "CAL-1.0 AND GPL-2.0-only"
    assert "MIT" in str(concluded(algebra, text, sign("MIT", Kind.TAG, start=300)).expression)


def test_ten_licenses_hold_and_eleven_are_a_list(algebra: LicenseAlgebra) -> None:
    ids = "MIT ISC Zlib X11 NCSA 0BSD MPL-2.0 EPL-2.0 Ruby PSF-2.0 GPL-3.0-only"
    listed = [sign(name, Kind.TAG, start=100 + 10 * i) for i, name in enumerate(ids.split())]

    assert concluded(algebra, *listed[1:]).category == "copyleft"
    assert concluded(algebra, *listed).category == "none"
    assert concluded(algebra, *listed, is_license_text=True).category == "copyleft"
    assert all(e.kind is Kind.MENTION for e in concluded(algebra, *listed).evidence)
