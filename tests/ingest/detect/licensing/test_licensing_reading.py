"""One region, read once."""

from __future__ import annotations

from pathlib import Path

from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.holders import HolderReader
from ingest.detect.licensing.reading import NEAR, RegionReader
from ingest.detect.licensing.regions import Region, Shape
from ingest.domain.secret import HmacKey


def _reader(algebra: LicenseAlgebra, key: HmacKey, cache: Path) -> RegionReader:
    return RegionReader(algebra, HolderReader(key, ()), cache)


def test_spans_are_relative_so_that_equal_regions_read_alike(
    algebra: LicenseAlgebra, key: HmacKey, config: DetectorConfig
) -> None:
    block = b"# Released under the MIT license"
    data = block + b"\nx\n" + block
    reader = _reader(algebra, key, config.cache_dir)
    first = reader.read(data, Region(start=0, end=len(block), shape=Shape.COMMENT))
    second = reader.read(
        data, Region(start=len(data) - len(block), end=len(data), shape=Shape.COMMENT)
    )

    assert first is second
    assert [sign.spdx for sign in first.notices.named] == ["MIT"]


def test_a_line_of_code_has_names_but_no_restrictions(
    algebra: LicenseAlgebra, key: HmacKey, config: DetectorConfig
) -> None:
    line = b"x = 'MIT license, non-commercial use only'"
    region = Region(start=0, end=len(line), shape=Shape.LINE)
    reading = _reader(algebra, key, config.cache_dir).read(line, region)

    assert reading.notices.named
    assert reading.restrictions == ()


def test_a_restriction_far_from_any_notice_is_prose(
    algebra: LicenseAlgebra, key: HmacKey, config: DetectorConfig
) -> None:
    far = b"Released under the MIT license.\n" + b"words and more\n" * NEAR + b"internal use only\n"
    reader = _reader(algebra, key, config.cache_dir)

    prose = reader.read(far, Region(start=0, end=len(far), shape=Shape.PROSE))
    text = reader.read(far, Region(start=0, end=len(far), shape=Shape.TEXT))

    assert prose.restrictions == ()
    assert text.restrictions


def test_the_years_of_a_copyright_make_no_other_region(
    algebra: LicenseAlgebra, key: HmacKey, config: DetectorConfig
) -> None:
    reader = _reader(algebra, key, config.cache_dir)
    blocks = [b"# Copyright (c) %d, 2024 A B. MIT license." % year for year in (1999, 2012)]
    first, second = (
        reader.read(block, Region(start=0, end=len(block), shape=Shape.COMMENT)) for block in blocks
    )

    assert first is second
