"""Planted values are searched for in every byte that the system writes."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cli.samples import planted
from policies.decision import Tier
from tests.integration.conftest import Installation

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

NEVER_WRITTEN = {"secret", "email", "person"}
NEVER_RELEASED = NEVER_WRITTEN | {
    "internal_host",
    "customer",
    "codename",
    "ticket",
    "login",
    "copyleft_marker",
}
CONFIGURED = {"company.yaml"}
"""The company's own list of its terms is input, not output."""


def forms(value: str) -> set[bytes]:
    raw = value.encode()
    return {
        raw,
        raw.hex().encode(),
        base64.b64encode(raw).rstrip(b"="),
        json.dumps(value)[1:-1].encode(),
        value.replace("&", "&amp;").replace("<", "&lt;").encode(),
    }


def written(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file but the mirrors, raw; Parquet decoded as well."""
    for path in sorted(home.rglob("*")):
        if not path.is_file() or "mirrors" in path.relative_to(home).parts:
            continue
        if path.name in CONFIGURED:
            continue
        yield path, path.read_bytes()
        if path.suffix == ".parquet":
            rows = pq.read_table(path).to_pylist()
            yield path, json.dumps(rows, default=_text, ensure_ascii=False).encode()


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def search(files: Iterator[tuple[Path, bytes]], kinds: set[str]) -> list[str]:
    values = [p for p in planted() if p.kind in kinds]
    assert values
    needles = [(p, form) for p in values for form in forms(p.value)]
    return [
        f"{path.name}: {item.kind} of {item.repository}:{item.path}"
        for path, data in files
        for item, form in needles
        if form in data
    ]


def test_no_secret_and_no_person_is_written_anywhere_but_in_the_mirrors(
    installed: Installation,
) -> None:
    assert search(written(installed.home), NEVER_WRITTEN) == []


def test_nothing_confidential_and_nothing_copyleft_is_released(installed: Installation) -> None:
    root = installed.settings.shards_dir(Tier.RELEASABLE.value)
    assert search(written(root), NEVER_RELEASED) == []


def test_what_goes_to_outsiders_holds_no_value(installed: Installation, tmp_path: Path) -> None:
    for form in ("xlsx", "json", "sarif", "spdx"):
        installed.run("report", "--format", form, "--output", str(tmp_path / f"all.{form}"))
    release = installed.release(Tier.RELEASABLE).name
    pack = tmp_path / "pack.zip"
    installed.run("audit", "pack", release, "--output", str(pack))
    told = installed.run("audit", "verify-pack", str(pack), "--key", str(installed.public_key))
    assert "audit chain" in told.stdout
    for archive in (pack, tmp_path / "all.xlsx"):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(tmp_path / archive.stem)
    assert search(written(tmp_path), NEVER_RELEASED - {"copyleft_marker"}) == []


def test_the_search_finds_what_is_there(installed: Installation, tmp_path: Path) -> None:
    value = next(p.value for p in planted() if p.kind == "secret")
    (tmp_path / "control.log").write_text(f"x={value}")
    assert search(written(tmp_path), NEVER_WRITTEN)
