"""The stages one after the other in this process, without a queue."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.detect.detector import plain
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import BLOB_FAMILIES, Category, Confidence, Family, Finding
from ingest.domain.repository import Repository, RightsBasis, VisitStatus
from ingest.domain.secret import Secret
from ingest.errors import TransientError
from ingest.register.registry import RegistrationRequest, register
from policies.decision import Outcome, Tier
from policies.report import to_csv, to_html, to_json, to_sarif
from store.catalog import JobSpec, ReleaseBook, ReleaseState, RepositoryState
from store.lake import Lake
from tests.support.gitrepo import Commit, build_repository
from workers.app import Process
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, load_decisions
from workers.registering import registrations
from workers.reports import violation_report
from workers.runner import drain, run_job
from workers.running import first_jobs
from workers.settings import Settings
from workers.stages.build import build

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]

KNOWN = b"def pad(text, n):\n    return text.rjust(n)\n"
KNOWN_BLOB = hashlib.sha1(b"blob %d\0" % len(KNOWN) + KNOWN, usedforsecurity=False).hexdigest()
FIRST = {b"README.md": b"# Tool\n\nAdds numbers.\n"} | {
    b"src/m%02d.py" % n: b"def add_%d(a, b):\n    return a + b + %d\n" % (n, n) for n in range(30)
}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def enroll(context: Context, path: Path) -> Repository:
    request = RegistrationRequest(
        url=str(path),
        owner="team",
        rights=RightsBasis.OWNER_ATTESTED,
        license="LicenseRef-Company",
        release_consent=True,
        consent_until=context.today().replace(year=context.today().year + 1, day=1),
        evidence="ticket",
    )
    book = registrations(context, "cli")
    return register(request, book, today=context.today(), allow_local=True)


def state_anew(context: Context, repository: Repository) -> None:
    """Have its owner state something else of a repository."""
    registrations(context, "owen").save_repository(repository)


def sync(context: Context, *repositories: Repository, history: bool = False) -> str:
    run_id = context.jobs.start_run(
        "sync", {"tiers": [], "history": history}, lambda run: first_jobs(run, repositories)
    )
    drain(context, run_id)
    return run_id


def outcomes(context: Context) -> dict[bytes, str]:
    decisions = load_decisions(context, corpus_keys(context))
    assert decisions is not None
    return {row["path"]: row["outcome"] for row in decisions.to_pylist()}


def test_a_clean_attested_repository_is_releasable_and_a_second_run_does_nothing(
    context: Context, tmp_path: Path
) -> None:
    repository = enroll(context, build_repository(tmp_path / "r.git", [FIRST]).path)
    sync(context, repository)
    assert set(outcomes(context).values()) == {Outcome.RELEASABLE.value}
    batches = context.lake.keys("batches")
    sync(context, repository)
    assert context.lake.keys("batches") == batches


def test_what_is_decided_before_a_tree_was_looked_at_is_not_believed_afterwards(
    context: Context, tmp_path: Path
) -> None:
    repository = enroll(context, build_repository(tmp_path / "r.git", [FIRST]).path)
    run_id = context.jobs.start_run(
        "sync", {"tiers": []}, lambda run: first_jobs(run, [repository])
    )
    early: list[str] = []
    while ready := context.jobs.ready_ids(limit=1):
        keys = corpus_keys(context)
        if keys.trees and not context.lake.keys("trees") and not early:
            # Whoever decides something else meanwhile has all repositories decided on.
            early.append(keys.decisions)
            context.jobs.start_run(
                "release",
                {"tiers": []},
                lambda run: [JobSpec.of(run_id=run, stage="decide", scope="", subject="all")],
            )
            ready = context.jobs.ready_ids(limit=9)
        for job_id in ready:
            run_job(context, job_id, lambda _: None)
    assert context.jobs.is_finished(run_id)
    assert early
    assert corpus_keys(context).decisions not in early
    assert set(outcomes(context).values()) == {Outcome.RELEASABLE.value}


def test_texts_that_speak_of_other_files_and_the_history_reach_the_tree_facts(
    tmp_path: Path,
) -> None:
    home = tmp_path / "state"
    home.mkdir()
    (home / "company.yaml").write_text("domains: [acme.example]\n")
    known = tmp_path / "known.txt"
    known.write_text(f"{KNOWN_BLOB} left-pad\n")
    context = Context(settings=Settings(home=home, known_content_file=known))
    table = b'version = 1\n[[annotations]]\npath = "art/**"\nSPDX-License-Identifier = "GPL-2.0"\n'
    commits = [
        Commit(files=FIRST, author=b"A <a@acme.example>"),
        Commit(
            files={b"zip/f%d.c" % n: b"int f%d(void);\n" % n for n in range(30)},
            author=b"B <b@elsewhere.example>",
        ),
        Commit(files={b"REUSE.toml": table, b"art/a.py": b"x = 1\n", b"k.py": KNOWN}),
    ]
    repository = enroll(context, build_repository(tmp_path / "r.git", commits).path)
    sync(context, repository)
    (key,) = context.lake.keys("trees")
    rows = {row["path"]: row for row in context.lake.read("trees", key).to_pylist()}
    found = outcomes(context)
    context.catalog.close()

    assert rows[b"art/a.py"]["annotation_license_expression"] == "GPL-2.0-only"
    assert {"BULK_IMPORT", "HISTORY_OUTSIDE_AUTHORS"} < set(
        rows[b"zip/f1.c"]["provenance_evidence"]
    )
    assert rows[b"k.py"]["provenance"] == "third_party"
    held = {path for path, outcome in found.items() if outcome != Outcome.RELEASABLE.value}
    assert {b"art/a.py", b"zip/f1.c", b"k.py"} <= held
    assert not held & set(FIRST)


def test_ten_changed_files_cost_ten_scans(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "r.git"
    build_repository(path, [FIRST])
    repository = enroll(context, path)
    sync(context, repository)
    before = set(context.lake.keys("batches"))
    changed = {name: data + b"\n# more\n" for name, data in list(FIRST.items())[5:15]}
    build_repository(path, [changed])
    sync(context, repository)
    (batch,) = set(context.lake.keys("batches")) - before
    assert context.lake.read("batches", batch).num_rows == 10


def test_history_scans_what_head_no_longer_shows_for_secrets_only(
    context: Context, tmp_path: Path
) -> None:
    path = tmp_path / "r.git"
    token = ("gh" + "p_" + "aB3dE6gH9" * 4).encode()
    build_repository(path, [FIRST | {b"old.py": b"t = '" + token + b"'\n"}, {b"old.py": None}])
    repository = enroll(context, path)
    sync(context, repository, history=True)
    (key,) = context.lake.keys("history")
    listed = context.lake.read("history", key)
    (old,) = [row["blob_id"] for row in listed.to_pylist() if row["path"] == b"old.py"]
    digests = context.ruleset_digests
    scanned = {
        family: old in context.lake.read_facts(family, digests[family])["blob_id"].to_pylist()
        for family in BLOB_FAMILIES
    }
    assert scanned == {family: family is Family.SECRETS for family in BLOB_FAMILIES}
    assert b"old.py" not in outcomes(context)
    report = violation_report(context, [repository])
    (group,) = [g for g in report.groups if g.rule_id == "SECRET_IN_HISTORY"]
    assert [place.path for place in group.examples] == [b"old.py"]
    for text in (to_html(report), to_json(report), to_csv(report), to_sarif(report)):
        assert "SECRET_IN_HISTORY" in text
        assert token.decode() not in text


def test_a_repository_that_is_gone_keeps_its_last_snapshot_and_stops_nobody(
    context: Context, tmp_path: Path
) -> None:
    gone = enroll(context, build_repository(tmp_path / "gone.git", [FIRST]).path)
    sync(context, gone)
    shutil.rmtree(tmp_path / "gone.git")
    other = enroll(context, build_repository(tmp_path / "new.git", [{b"n.py": b"x = 1\n"}]).path)
    sync(context, gone, other)
    visit = context.catalog.latest_visit(gone.id)
    assert visit is not None
    assert visit.status is VisitStatus.NOT_FOUND
    assert visit.cause
    assert set(context.catalog.corpus()) == {gone.id, other.id}


def test_a_damaged_mirror_is_cloned_anew_on_the_next_visit(
    context: Context, tmp_path: Path
) -> None:
    path = tmp_path / "r.git"
    repository = enroll(context, build_repository(path, [FIRST]).path)
    sync(context, repository)
    build_repository(path, [{b"src/new.py": b"y = 2\n"}])
    for pack in (context.settings.mirrors_dir / repository.id).rglob("*.pack"):
        pack.chmod(0o644)
        data = bytearray(pack.read_bytes())
        data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
        pack.write_bytes(data)
    for _ in range(3):
        sync(context, repository)
    visit = context.catalog.latest_visit(repository.id)
    assert visit is not None
    assert visit.status is VisitStatus.FULL
    assert b"src/new.py" in outcomes(context)


def test_a_tree_bomb_is_quarantined_and_leaves_the_corpus(context: Context, tmp_path: Path) -> None:
    from tests.support.gitrepo import TREE, set_ref, write_commit, write_object, write_tree

    path = build_repository(tmp_path / "bomb.git").path
    blob = write_object(path, "blob", b"x")
    tree = write_tree(path, [(0o100644, b"%d" % n, blob) for n in range(10)])
    for _ in range(9):
        tree = write_tree(path, [(TREE, b"%d" % n, tree) for n in range(10)])
    set_ref(path, "refs/heads/main", write_commit(path, tree))
    repository = enroll(context, path)
    run_id = sync(context, repository)
    (parked,) = context.jobs.parked(run_id)
    assert parked.stage == "snapshot"
    state = context.catalog.repository_state(repository.id)
    assert state is not None
    assert state[0] is RepositoryState.QUARANTINED
    assert context.catalog.corpus() == {}


def test_an_empty_repository_has_an_empty_snapshot(context: Context, tmp_path: Path) -> None:
    repository = enroll(context, build_repository(tmp_path / "empty.git").path)
    run_id = sync(context, repository)
    assert not context.jobs.parked(run_id)
    visit = context.catalog.latest_visit(repository.id)
    assert visit is not None
    assert visit.status is VisitStatus.FULL


def test_a_consent_that_ends_after_the_decision_stops_the_build(
    context: Context, tmp_path: Path
) -> None:
    repository = enroll(context, build_repository(tmp_path / "r.git", [FIRST]).path)
    sync(context, repository)
    decided = corpus_keys(context).decisions
    state_anew(context, replace(repository, release_consent=False))
    run_id = context.jobs.start_run(
        "release",
        {"tiers": []},
        lambda run: [
            JobSpec.of(run_id=run, stage="build", scope="", subject=f"{Tier.RELEASABLE}.{decided}")
        ],
    )
    drain(context, run_id)
    (parked,) = context.jobs.parked(run_id)
    assert "consent" in parked.reason
    assert not context.settings.shards_dir(Tier.RELEASABLE.value).exists()


def test_a_copy_in_a_repository_without_consent_holds_the_releasable_one(
    context: Context, tmp_path: Path
) -> None:
    shared = b"def shared(a):\n    return a * 2\n"
    open_one = enroll(context, build_repository(tmp_path / "o.git", [{b"s.py": shared}]).path)
    sync(context, open_one)
    assert outcomes(context) == {b"s.py": Outcome.RELEASABLE.value}
    closed = build_repository(tmp_path / "c.git", [{b"t.py": shared}]).path
    inner = enroll(context, closed)
    state_anew(context, replace(inner, release_consent=False, consent_until=None))
    sync(context, inner)
    assert set(outcomes(context).values()) == {Outcome.INTERNAL_ONLY.value}


def test_a_secret_that_one_name_gives_away_is_taken_out_under_every_name(
    context: Context, tmp_path: Path
) -> None:
    value = "hunter" + "2Xy9qLmZ"
    text = f"db:\n  db_password: {value}\n  host: db\n".encode()
    files = FIRST | {b"config/app.yaml": text, b"docs/app.txt": text}
    repository = enroll(context, build_repository(tmp_path / "r.git", [files]).path)
    run_id = context.jobs.start_run(
        "sync",
        {"tiers": [tier.value for tier in Tier], "history": False},
        lambda run: first_jobs(run, [repository]),
    )
    drain(context, run_id)
    for tier in Tier:
        for shard in context.settings.shards_dir(tier.value).rglob("*.parquet"):
            assert value not in str(pq.read_table(shard).to_pylist())
    shipped = [
        row["content"]
        for shard in context.settings.shards_dir(Tier.RELEASABLE.value).rglob("*.parquet")
        for row in pq.read_table(shard).to_pylist()
        if b"db_password" in row["content"].encode()
    ]
    assert shipped
    assert all("<PASSWORD>" in content or "<KEY>" in content for content in shipped)


def test_a_secret_that_one_repository_shows_is_held_wherever_else_it_stands(
    context: Context, tmp_path: Path
) -> None:
    value = "hunter" + "2Xy9qLmZ"
    showing = {b"app.yaml": f"db: mongodb://root:{value}@db.corp.io/x\n".encode()}
    shown = enroll(context, build_repository(tmp_path / "a.git", [showing]).path)
    hiding = FIRST | {b"notes.txt": f"it was {value} then\n".encode()}
    hidden = enroll(context, build_repository(tmp_path / "b.git", [hiding]).path)

    def release(*repositories: Repository) -> set[str]:
        """Return the paths of the newest release."""
        run = {"tiers": [Tier.RELEASABLE.value], "history": False}
        drain(context, context.jobs.start_run("sync", run, lambda r: first_jobs(r, repositories)))
        newest = ReleaseBook(context.catalog, clock=utc_now).list_releases(Tier.RELEASABLE)[0]
        shards = (context.settings.shards_dir(Tier.RELEASABLE.value) / newest.path).rglob(
            "*.parquet"
        )
        return {row["path"] for shard in shards for row in pq.read_table(shard).to_pylist()}

    assert "notes.txt" in release(hidden)
    assert release(shown) == {path.decode() for path in FIRST}
    reasons = [context.lake.read("exclusions", key) for key in context.lake.keys("exclusions")]
    held = [row for table in reasons for row in table.to_pylist() if row["rule"] == "KNOWN_VALUE"]
    assert [(row["fate"], row["path"]) for row in held] == [("held", b"notes.txt")]


class _ForgetfulLake(Lake):
    """Keeps facts, and loses every secret that was found."""

    def write_facts(
        self, family: Family, ruleset_digest: str, batch_key: str, table: pa.Table
    ) -> bool:
        if family is Family.SECRETS:
            nothing = pa.array([[]] * table.num_rows, table.schema.field("findings").type)
            position = table.schema.get_field_index("findings")
            table = table.set_column(position, table.schema.field("findings"), nothing)
        return super().write_facts(family, ruleset_digest, batch_key, table)


def test_the_exit_scan_sees_what_the_lake_has_lost(context: Context, tmp_path: Path) -> None:
    vars(context)["lake"] = _ForgetfulLake(context.settings.lake_dir)
    text = b"db: mongodb://root:" + b"hunter" + b"2Xy9qLmZ" + b"@db.corp.io/x\n"
    repository = enroll(
        context, build_repository(tmp_path / "r.git", [FIRST | {b"app.yaml": text}]).path
    )
    params = {"tiers": [Tier.RELEASABLE.value], "history": False}
    run_id = context.jobs.start_run("sync", params, lambda run: first_jobs(run, [repository]))
    drain(context, run_id)
    assert outcomes(context)[b"app.yaml"] == Outcome.RELEASABLE
    (release,) = ReleaseBook(context.catalog, clock=utc_now).list_releases(Tier.RELEASABLE)
    assert release.state is ReleaseState.HELD
    assert not list(context.settings.shards_dir(Tier.RELEASABLE.value).glob("rel_*"))


def test_a_secret_that_becomes_known_while_a_release_is_built_stops_it(
    context: Context, tmp_path: Path
) -> None:
    sync(context, enroll(context, build_repository(tmp_path / "r.git", [FIRST]).path))
    subject = f"{Tier.RELEASABLE}.{corpus_keys(context).decisions}"
    context.jobs.start_run(
        "release",
        {"tiers": []},
        lambda run: [JobSpec.of(run_id=run, stage="build", scope="", subject=subject)],
    )
    job = context.jobs.claim_next("test", 60)
    assert job is not None
    family, digest = Family.SECRETS, context.ruleset_digests[Family.SECRETS]
    found = Finding.of(
        Secret(b"q9Zk2" + b"LmT8xWv4R"),
        key=context.keys.hmac,
        detector_id="d",
        rule_id="r",
        category=Category.PASSWORD,
        start=0,
        end=14,
        line=1,
        confidence=Confidence.HIGH,
    )
    row = context.lake.read_facts(family, digest).slice(0, 1).to_pylist()[0]
    late = row | {"blob_id": "f" * 40, "findings": plain([found])}

    def progress(_done: int, _total: int) -> None:
        """Write what another worker finds meanwhile."""
        table = pa.Table.from_pylist([late], schema=facts_schema(family))
        context.lake.write_facts(family, digest, "late", table)

    with pytest.raises(TransientError, match="secrets"):
        build(context, job, progress)
    assert not list(context.settings.shards_dir(Tier.RELEASABLE.value).glob("rel_*"))


def test_changed_company_terms_reach_a_worker_that_runs(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARDGATE_HOME", str(context.settings.root))
    context.settings.root.mkdir(parents=True)
    before = Process.get()
    digest = before.ruleset_digests[Family.CONFIDENTIAL]
    assert Process.get() is before
    (context.settings.root / "company.yaml").write_text("codenames: [bluebird]\n")
    after = Process.get()
    assert after.company.codenames == ("bluebird",)
    assert after.ruleset_digests[Family.CONFIDENTIAL] != digest
