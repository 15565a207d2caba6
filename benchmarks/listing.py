"""How long a page of findings takes, over ten million of them that are made up.

Usage: ``python -m benchmarks.listing [--rows 10000000] [--home FOLDER] [--tries 5]``. A home that
is named is kept and used again. Each line is one page of 50 rows as API and pages ask for it, with
everything that belongs to it but HTTP: which decisions are shown, the filter, rows and views.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.domain.repository import Repository, RightsBasis
from policies.decision import DECISIONS, Tier
from policies.report.finding_list import BY_FINGERPRINT_SQL
from workers.context import Context
from workers.corpus import corpus_keys
from workers.inbox import read_inbox
from workers.indexing import BY_FINGERPRINT, FINDINGS, GROUPS, WAIVERS, indexes_of
from workers.reading import parse_url
from workers.reading.cursors import write_cursor
from workers.reading.findings import DEFAULT_SORT, FIELDS, list_findings
from workers.reading.groups import FIELDS as GROUP_FIELDS
from workers.reading.groups import list_groups
from workers.reading.page import Page
from workers.reading.sight import Sight
from workers.settings import Settings

PER_REPOSITORY = 10_000
PER_FILE = 5
FINDINGS_OF = """
    SELECT i::BIGINT AS n, 'repo_' || lpad((i // {per})::VARCHAR, 20, '0') AS repo_id,
        'service-' || lpad((i // {per})::VARCHAR, 5, '0') AS repository,
        'src/' || (['core', 'net', 'ui', 'db', 'api'])[(1 + (i // 2000) % 5)::INT]
            || '/module_' || (i // 20) % 500 || '/file_' || (i // {file})
            || '.' || (['py', 'c', 'java', 'go', 'ts'])[(1 + (i // {file}) % 5)::INT] AS path,
        md5((i // {file})::VARCHAR) AS blob_id, 'text' AS place,
        (1 + (i % {file}) * 17)::INT AS line,
        (i % {file} * 400)::BIGINT AS start, (i % {file} * 400 + 20)::BIGINT AS "end",
        (['secrets', 'pii', 'confidential'])[(1 + hash(i) % 3)::INT] AS family,
        'rule.number_' || hash(i // 3) % 300 AS rule,
        (['PROVIDER_TOKEN', 'EMAIL_ADDRESS', 'INTERNAL_HOST'])[(1 + hash(i) % 3)::INT] AS category,
        (['security', 'privacy', 'legal'])[(1 + hash(i) % 3)::INT] AS lane,
        (['low', 'medium', 'high'])[(1 + hash(i // 13) % 3)::INT] AS confidence,
        md5((hash(i) % {values})::VARCHAR) AS fingerprint,
        'ab' || '*******' || hash(i) % {values} % 10000 AS preview,
        (['releasable', 'internal-only', 'excluded'])[(1 + (i // {file}) % 3)::INT] AS outcome
    FROM range({rows}) t(i) ORDER BY n
"""
GROUPS_OF = """
    SELECT 'grp_' || substr(md5(i::VARCHAR), 1, 16) AS id,
        'repo_' || lpad((i // 300)::VARCHAR, 20, '0') AS repo_id,
        'service-' || lpad((i // 300)::VARCHAR, 5, '0') AS repository,
        'RULE_' || i % 300 AS rule, 'What rule ' || i % 300 || ' says' AS title,
        (['security', 'privacy', 'legal'])[(1 + i % 3)::INT] AS lane,
        'finding' AS kind, md5(i::VARCHAR) AS key, 'EMAIL_ADDRESS' AS label, 'ab****' AS preview,
        10::BIGINT AS cases, (hash(i) % 5000)::BIGINT AS files, 1000::BIGINT AS bytes,
        (hash(i) % 5000)::BIGINT AS blocked, 1000::BIGINT AS blocked_bytes,
        'src/module_' || i % 500 || '/file_' || i || '.py' AS path, (i % 90)::INT AS line
    FROM range({groups}) t(i) ORDER BY blocked DESC, id
"""
WAIVERS_OF = "SELECT ''::VARCHAR AS id, 0::BIGINT AS uses, ''::VARCHAR AS orphan WHERE false"
PAGES = (
    ("the first", "", 0.0),
    ("a deep one", "", 0.9),
    ("the one before a deep one", "", -0.9),
    ("the last first, deep", "sort=-repository", 0.4),
    ("lane, deep", "lane=security", 0.5),
    ("family, deep", "family=pii", 0.5),
    ("category, deep", "category=EMAIL_ADDRESS", 0.5),
    ("confidence, deep", "confidence=low", 0.5),
    ("outcome, deep", "outcome=excluded", 0.5),
    ("place that nothing has", "place=path", 0.0),
    ("one rule of 300, deep", "rule=rule.number_7", 0.5),
    ("rules by glob", "rule=rule.number_7*", 0.5),
    ("rules by glob that no rule has", "rule=*nothing", 0.0),
    ("a rule that nothing broke", "rule=none", 0.0),
    (
        "three filters that hardly meet",
        "rule=rule.number_7&category=INTERNAL_HOST&confidence=low",
        0.3,
    ),
    ("not these", "rule!=rule.number_7&lane!=legal", 0.7),
    ("one repository of 1,000", "repository=service-00900", 0.0),
    ("one repository by its id", "repository_id=repo_00000000000000000900", 0.0),
    ("repositories by glob", "repository=*-0099*", 0.0),
    ("repositories by how they begin", "repository=service-0099*", 0.0),
    ("all but one repository", "repository!=service-00000", 0.0),
    ("below a folder", "path=src/net/", 0.5),
    ("by suffix", "path=**/*.go", 0.5),
    ("one file name, anywhere", "path=**/file_1999999.ts", 0.0),
    ("a folder that is nowhere", "path=**/vendor/**", 0.0),
    ("a pattern that matches nothing", "path=src/*/module_?/x*.py", 0.0),
    ("one fingerprint, everywhere", "fingerprint={fingerprint}", 0.0),
    ("one content", "blob={blob}", 0.0),
    ("a word that is found", "q=7777", 0.2),
    ("a word that a hundred have", "q=33333337", 0.0),
    ("a word that is nowhere", "q=nowhere", 0.0),
    ("three words that are nowhere", "q=no+where+at", 0.0),
)
"""Name, filter, and where the page begins; negative: the page before that place."""
GROUP_PAGES = (
    ("the first", ""),
    ("of a lane", "lane=legal"),
    ("of a rule", "rule=RULE_7"),
    ("of a repository", "repository=service-00021"),
    ("by a word in their path", "lane=legal&q=file_2999"),
    ("a word that is nowhere", "q=nowhere"),
)


def main() -> None:
    """Make what is missing, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--groups", type=int, default=300_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--tries", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        context = Context(settings=Settings(home=asked.home or Path(name)))
        fill(context, asked.rows, asked.groups)
        measure(context, asked.rows, asked.tries)


def fill(context: Context, rows: int, groups: int) -> None:
    """Register the repositories, and make the indexes."""
    known = len(context.catalog.list_repositories())
    for number in range(known, rows // PER_REPOSITORY):
        context.catalog.save_repository(_repository(number))
    keys = corpus_keys(context)
    context.lake.write("decisions", keys.decisions, DECISIONS.empty_table())
    indexes, key = indexes_of(context), keys.decisions
    sizes = {"rows": rows, "per": PER_REPOSITORY, "file": PER_FILE, "values": max(1, rows // 3)}
    started = time.monotonic()
    indexes.write(FINDINGS, key, {}, FINDINGS_OF.format(**sizes))
    indexes.write_from(BY_FINGERPRINT, key, (FINDINGS, key), BY_FINGERPRINT_SQL)
    indexes.write(GROUPS, key, {}, GROUPS_OF.format(groups=groups))
    indexes.write(WAIVERS, key, {}, WAIVERS_OF)
    size = sum(indexes.path(kind, key).stat().st_size for kind in (FINDINGS, BY_FINGERPRINT))
    print(f"{rows:,} findings, {size / 1e6:,.0f} MB, made in {time.monotonic() - started:.0f} s")


def measure(context: Context, rows: int, tries: int) -> None:
    """Print a line for each page."""
    print("| page | rows | median ms | worst ms | processor ms |")
    print("|---|---:|---:|---:|---:|")
    with indexes_of(context).open(FINDINGS, corpus_keys(context).decisions) as (cursor, source):
        found = cursor.execute(
            f"SELECT fingerprint, blob_id FROM {source} WHERE n = {rows // 2}"
        ).fetchone()
    values = {"fingerprint": found[0] if found else "", "blob": found[1] if found else ""}
    for name, text, place in PAGES:
        query = parse_url(text.format(**values), FIELDS)
        said = query.sorted_by(DEFAULT_SORT)
        at = (int(rows * abs(place)),)
        deep = replace(query, cursor=write_cursor(said, at, back=place < 0)) if place else query
        _line(name, lambda q=deep: list_findings(context, q), tries)
    for name, text in GROUP_PAGES:
        query = parse_url(text, GROUP_FIELDS)
        _line(f"groups: {name}", lambda q=query: list_groups(context, q), tries)
    sight = Sight(
        owners=None, repositories=None, asked_by="", tiers=frozenset(Tier), is_inside=True
    )
    for name, text in GROUP_PAGES:
        query = parse_url(text, GROUP_FIELDS)
        _line(f"inbox: {name}", lambda q=query: read_inbox(context, None, q, sight).page, tries)


def _line(name: str, ask: object, tries: int) -> None:
    walls: list[float] = []
    processor: list[float] = []
    page: Page[object] | None = None
    for _ in range(tries):
        started, used = time.perf_counter(), time.process_time()
        page = ask()  # type: ignore[operator]
        walls.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - used) * 1000)
    count = len(page.items) if page else 0
    figures: Sequence[float] = (statistics.median(walls), max(walls), min(processor))
    print(f"| {name} | {count} | " + " | ".join(f"{f:.0f}" for f in figures) + " |", flush=True)


def _repository(number: int) -> Repository:
    return Repository(
        id=f"repo_{number:020}",
        url=f"https://git.example/service-{number:05}.git",
        name=f"service-{number:05}",
        owner="team",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="Apache-2.0",
        release_consent=False,
        consent_until=None,
        evidence="made up",
    )


if __name__ == "__main__":
    main()
