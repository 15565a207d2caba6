"""The table of all license texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ingest.detect.detector import DetectorConfig
from ingest.detect.licensing.shingles import NO_KEY, load_table


def test_a_table_that_is_kept_is_the_same_table(config: DetectorConfig) -> None:
    first, second = load_table(config.cache_dir), load_table(config.cache_dir)

    assert first.ids == second.ids
    assert first.titles == second.titles
    assert np.array_equal(first.keys, second.keys)
    assert np.array_equal(first.postings, second.postings)


def test_a_torn_table_is_made_anew(config: DetectorConfig, tmp_path: Path) -> None:
    table = load_table(config.cache_dir)
    for kept in config.cache_dir.glob("licenses-*.npz"):
        (tmp_path / kept.name).write_bytes(kept.read_bytes()[:1000])

    assert np.array_equal(load_table(tmp_path).keys, table.keys)


def test_every_template_finds_its_own_rows(config: DetectorConfig) -> None:
    table = load_table(config.cache_dir)
    for number in range(0, len(table.ids), 50):
        rows, needed = table.rows_of(number)
        held, counted = table.counts(rows)
        assert held[number] == len(rows)
        assert counted[number] == len(needed)


def test_words_that_no_text_holds_have_no_row(config: DetectorConfig) -> None:
    table = load_table(config.cache_dir)

    assert set(table.find(table.keys_of(("zebra", "stripes", "here")))) == {NO_KEY}
    assert len(table.keys_of(("too", "short"))) == 0
