from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from policies.review import Selector
from tests.strategies.ingest import KEY
from tests.strategies.reviews import NOW
from tests.strategies.withdrawals import withdrawal
from workers.context import Context
from workers.settings import Settings
from workers.withdrawn import find_contents

A, B, C, D = (letter * 40 for letter in "abcd")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path))
    yield made
    made.catalog.close()


def found(value: bytes) -> Finding:
    return Finding.of(
        Secret(value),
        key=KEY,
        detector_id="test",
        rule_id="mail",
        category=Category.EMAIL_ADDRESS.value,
        start=0,
        end=len(value),
        line=1,
        confidence=Confidence.HIGH,
    )


def filled(schema: pa.Schema, **given: Any) -> pa.Table:
    """One row: what is given, and anything where a value has to be."""
    rest = {"committer_date": NOW, "path": b"", "mode": 0, "size": 1}
    row = {f.name: rest.get(f.name, "") for f in schema if not f.nullable}
    return pa.Table.from_pylist([row | given], schema=schema)


def keep(context: Context, repo_id: str, path: bytes, blob: str, findings: list[Finding]) -> None:
    """Keep a file, and what was found in its path."""
    place, name = {"repo_id": repo_id, "path": path}, f"{repo_id}-{blob[:8]}"
    context.lake.write("snapshots", name, filled(SNAPSHOT, **place, blob_id=blob))
    listed = [asdict(finding) for finding in findings]
    context.lake.write("trees", name, filled(TREE_FACTS, **place, path_findings=listed))


def test_a_finding_is_withdrawn_from_every_text_and_path_that_ever_showed_it(
    context: Context,
) -> None:
    value, other = found(b"ada@example.org"), found(b"bob@example.org")
    # The second content came to the path later, under other rules that see nothing in it.
    keep(context, "one", b"ada@example.org", A, [value])
    keep(context, "one", b"ada@example.org", B, [])
    keep(context, "two", b"ada@example.org", C, [other])
    digest = context.ruleset_digests[Family.PII]
    facts = filled(facts_schema(Family.PII), blob_id=D, findings=[asdict(other), asdict(value)])
    context.lake.write_facts(Family.PII, digest, "batch", facts)
    said = withdrawal("wdr_" + "1" * 16, Selector.FINGERPRINT, value.fingerprint)
    contents = find_contents(context, said)
    assert sorted(contents["blob_id"].to_pylist()) == [A, B, D]
