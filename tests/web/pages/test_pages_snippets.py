"""Lines around a finding: what is found under one name of a content is masked under all."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from cli.samples.canaries import PlantKind, canaries
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.columns import FINDING_FAMILIES
from tests.support.seeded import copied_home, settings_of, shared_folder
from workers.context import Context
from workers.corpus import corpus_keys, load_corpus
from workers.snippets import Place, read_snippet

COPY = "lock"
"""A name under which no rule saw anything in the same bytes."""
LATER = "orig"
"""One under which they were not looked at to the end."""
PLANTED = [v for c in canaries().values() if c.kind is PlantKind.SECRET for v in c.values]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """The seeded home, in which every content is also known under a name that betrays nothing."""
    home = tmp_path_factory.mktemp("copies") / "home"
    found = Context(settings=settings_of(copied_home(shared_folder(tmp_path_factory), home)))
    for family in FINDING_FAMILIES:
        digest = found.ruleset_digests[family]
        rows = found.lake.read_facts(family, digest).to_pylist()
        blind = {r["blob_id"]: r | {"suffix": COPY, "findings": []} for r in rows}
        table = pa.Table.from_pylist(list(blind.values()), schema=facts_schema(family))
        found.lake.write_facts(family, digest, f"{0:064x}", table)
    yield found
    found.catalog.close()


def hits(context: Context) -> Iterator[tuple[Place, int, str]]:
    """Yield (place, line, fingerprint) of a finding of each line, under every name of a content."""
    corpus = load_corpus(context, corpus_keys(context))
    columns = (corpus.snapshots[name].to_pylist() for name in ("blob_id", "repo_id"))
    holders = dict(zip(*columns, strict=True))
    for row in corpus.facts[Family.SECRETS].to_pylist():
        place = Place(
            repository_id=holders[row["blob_id"]], blob_id=row["blob_id"], suffix=row["suffix"]
        )
        of_lines = {f["line"]: f["fingerprint"] for f in row["findings"]}
        yield from ((place, line, fingerprint) for line, fingerprint in of_lines.items())


def test_no_planted_value_is_shown_under_any_name_of_its_content(context: Context) -> None:
    seen = set[str]()
    for place, line, fingerprint in hits(context):
        shown = read_snippet(context, place, line=line, fingerprint=fingerprint)
        text = "\n".join("".join(s.text for s in line.segments) for line in shown.lines)
        assert [value for value in PLANTED if value in text] == []
        seen |= {place.suffix} if text else set()
    assert {COPY, "py", "yaml"} <= seen


def test_no_lines_are_shown_while_any_name_was_not_looked_at_to_the_end(context: Context) -> None:
    place, line, fingerprint = next(hits(context))
    family = Family.SECRETS
    digest = context.ruleset_digests[family]
    wanted = pa.array([place.blob_id], pa.string())
    row = context.lake.read_facts(family, digest, wanted).to_pylist()[0]
    row |= {"suffix": LATER, "status": "timed_out", "reason": "timeout", "findings": []}
    table = pa.Table.from_pylist([row], schema=facts_schema(family))
    context.lake.write_facts(family, digest, f"{1:064x}", table)
    shown = read_snippet(context, place, line=line, fingerprint=fingerprint)
    assert not shown.lines
    assert "not every detector" in shown.refusal
