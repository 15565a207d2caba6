"""Rule packs: derived from what is installed, once, in private, or not at all."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from workers import rulepacks
from workers.rulepacks import (
    SOURCES,
    are_compiled,
    betterleaks_pack,
    kingfisher_pack,
    rule_packs,
)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return rule_packs(Path(tmp_path_factory.mktemp("cache")))


def test_the_installed_packages_give_a_thousand_rules_and_the_three_generic_ones(
    packs: tuple[Path, ...],
) -> None:
    kingfisher, betterleaks = packs
    rules = json.loads(kingfisher.read_text())["rules"]
    assert len(rules) > 800
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert len(tomllib.loads(betterleaks.read_text())["rules"]) == 3


def test_a_pack_detects_and_does_nothing_else(packs: tuple[Path, ...]) -> None:
    rules = json.loads(packs[0].read_text())["rules"]
    assert {key for rule in rules for key in rule} == {
        "name",
        "id",
        "pattern",
        "min_entropy",
        "confidence",
        "examples",
    }
    assert {rule["min_entropy"] for rule in rules} == {0.0}
    assert not any(rule["examples"] for rule in rules)
    generic = tomllib.loads(packs[1].read_text())["rules"]
    assert not any("validate" in rule or "components" in rule for rule in generic)


def test_a_pack_is_private_and_named_after_its_version(packs: tuple[Path, ...]) -> None:
    for pack in packs:
        assert stat.S_IMODE(pack.stat().st_mode) == 0o600
        assert stat.S_IMODE(pack.parent.stat().st_mode) == 0o700
        assert "@" in pack.name


def test_a_pack_is_derived_once(packs: tuple[Path, ...]) -> None:
    before = [pack.stat().st_mtime_ns for pack in packs]
    assert rule_packs(packs[0].parent.parent) == packs
    assert [pack.stat().st_mtime_ns for pack in packs] == before


def test_a_pack_that_others_may_write_is_derived_anew(
    packs: tuple[Path, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "rule-packs"
    folder.mkdir(mode=0o700)
    for pack, mode in zip(packs, (0o620, 0o644), strict=True):
        (folder / pack.name).write_text("rules: []\n")
        (folder / pack.name).chmod(mode)
    made = rule_packs(tmp_path)
    assert [pack.read_bytes() for pack in made] == [pack.read_bytes() for pack in packs]
    assert {stat.S_IMODE(pack.stat().st_mode) for pack in made} == {0o600}


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rule-packs").mkdir()
    (tmp_path / "rule-packs").chmod(0o777)
    with pytest.raises(ConfigurationError, match="others may write"):
        rule_packs(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"distribution": "no-such-distribution"},
        {"program": "kingfisher/bin/no-such-program"},
        {"program": "kingfisher/_version.py"},
        {"arguments": ("rules", "no-such-command")},
        {"arguments": ("--version",)},
    ],
    ids=["missing", "no program", "not a program", "refused", "other output"],
)
def test_what_cannot_be_derived_is_an_error_and_leaves_no_file(
    change: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulepacks, "SOURCES", (replace(SOURCES[0], **change),))  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="cannot be read"):
        rule_packs(tmp_path)
    assert list((tmp_path / "rule-packs").iterdir()) == []


def test_too_few_rules_are_no_pack() -> None:
    with pytest.raises(ValueError, match="too few"):
        kingfisher_pack("[]")
    with pytest.raises(ValueError, match="generic rule"):
        betterleaks_pack("title = 'x'\n\n[[rules]]\nid = 'generic-password'\n")


@pytest.mark.parametrize(
    ("rule", "pattern", "expected"),
    [
        ("netrc.1", r"(a)(?:b)([(]\()((c))", r"(a)(?:b)([(]\()(?P<TOKEN>(c))"),
        ("odbc.1", r"(?xi)(u[^)(]+)(?# (one) )(p)", r"(?xi)(u[^)(]+)(?# (one) )(?P<TOKEN>p)"),
        ("docker.1", "(?P<REG>a)(?P<B64>b)", "(?P<REG>a)(?P<TOKEN>b)"),
        ("other.1", "(a)(b)", "(a)(b)"),
    ],
)
def test_the_group_that_is_the_value_is_named(rule: str, pattern: str, expected: str) -> None:
    assert rulepacks._with_value_group(rule, pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("k_[a-z]{16,2048}", "k_[a-z]{16,}"),
        ("k_[a-z]{16,40}", "k_[a-z]{16,40}"),
        ("a.{0,500}b", "a.{0,500}b"),
        (r"a\{16,2048}", r"a\{16,2048}"),
    ],
    ids=["long body", "short body", "gap", "no quantifier"],
)
def test_only_long_bodies_lose_their_upper_bound(pattern: str, expected: str) -> None:
    assert rulepacks._pattern("other.1", pattern) == expected


def test_the_long_gaps_we_shorten_are_there(packs: tuple[Path, ...]) -> None:
    patterns = {r["id"]: r["pattern"] for r in json.loads(packs[0].read_text())["rules"]}
    for rule, (long, short) in rulepacks._LONG_GAPS.items():
        pattern = patterns[f"kingfisher1.{rule}"]
        assert long not in pattern
        assert short in pattern


def test_packs_newer_than_what_was_compiled_are_not_compiled(tmp_path: Path) -> None:
    pack, made = tmp_path / "rule-packs" / "a@1.yml", tmp_path / "kingfisher" / "x.vscdb"
    for path in (pack, made):
        path.parent.mkdir()
    assert not are_compiled(tmp_path)
    pack.touch()
    assert not are_compiled(tmp_path)
    made.touch()
    assert are_compiled(tmp_path)
    os.utime(made, (1, 1))
    assert not are_compiled(tmp_path)


def test_a_pack_that_is_not_made_for_this_platform_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = replace(SOURCES[0], platforms=("nowhere",))
    monkeypatch.setattr(rulepacks, "SOURCES", (elsewhere,))
    assert rule_packs(tmp_path) == ()
    assert SOURCES[0].is_made_for("darwin")
    assert not SOURCES[1].is_made_for("darwin")
