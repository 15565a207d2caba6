"""The gate of a build: what changes between decision and publication, and what stops it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from ingest.domain.repository import Repository
from ingest.errors import ReleaseRefused, TransientError
from policies.decision import Lane, Tier
from policies.document import default_policy_text, load_policy
from policies.review import Move, Review, ReviewState
from release.build.redactor import RedactionMode
from release.domain import Manifest
from store.catalog import (
    ClaimedJob,
    JobSpec,
    LeaseLost,
    PolicyBook,
    ReleaseBook,
    ReleaseState,
    ReviewBook,
    ReviewerBook,
)
from tests.strategies.reviews import waiver
from tests.support.gitrepo import build_repository
from tests.workers.stages.test_workers_stages import FIRST, enroll, sync
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, known_of_company
from workers.gate import ACCEPT_LOSS, ReleaseGate, explained_repositories, newest_release
from workers.released import manifest_of
from workers.replaying import lost_by_policy
from workers.runner import drain
from workers.settings import Settings
from workers.stages.build import build

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("stages"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
RELEASABLE = Tier.RELEASABLE
RENAMED = default_policy_text().replace("name: default", "name: stricter")

NOTHING_LEAVES = """\
  - id: NOTHING_LEAVES
    title: Nothing leaves
    because: The owner said so.
    when: size >= 0
    effect: internal-only
    tests:
      - {given: {}, outcome: internal-only}
"""


@dataclass(frozen=True)
class Installed:
    """A repository with a waiver in force, decided on, and one release of it."""

    context: Context
    repository: Repository
    waiver: Review
    source: Path


def build_now(context: Context, *tiers: Tier, **params: object) -> str:
    """Decide and build in this process; return the id of the run."""

    def specs(run: str) -> list[JobSpec]:
        return [JobSpec.of(run_id=run, stage="decide", scope="", subject="all")]

    wanted = {"tiers": [tier.value for tier in tiers], **params}
    run_id = context.jobs.start_run("release", wanted, specs)
    drain(context, run_id)
    return run_id


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("gate")
    context = Context(settings=Settings(home=folder / "state"))
    repository = enroll(context, build_repository(folder / "shop.git", [FIRST]).path)
    sync(context, repository)
    ReviewerBook(context.catalog, clock=utc_now).add("bob", Lane.LEGAL, actor="root")
    book = ReviewBook(context.catalog, context.policy)
    now = utc_now()
    asked = replace(
        waiver("GENERATED", repo_id=repository.id, pattern="gen/**"),
        state=ReviewState.PROPOSED,
        version=1,
        requested_at=now,
        expires_at=now + timedelta(days=20),
    )
    book.propose(asked)
    agreed = book.approve(asked.id, Move(actor="bob", at=now, comment="looked", seen=1))
    assert not context.jobs.parked(build_now(context, RELEASABLE))
    yield Installed(context, repository, agreed, folder)
    context.catalog.close()


@pytest.fixture
def copy(installed: Installed, tmp_path: Path) -> Iterator[Installed]:
    """The same in a home of its own,"""
    shutil.copytree(installed.context.settings.root, tmp_path / "state", symlinks=True)
    context = Context(settings=Settings(home=tmp_path / "state"))
    yield replace(installed, context=context)
    context.catalog.close()


def claim(context: Context) -> ClaimedJob:
    subject = f"{RELEASABLE}.{corpus_keys(context).decisions}"
    context.jobs.start_run(
        "release",
        {"tiers": []},
        lambda run: [JobSpec.of(run_id=run, stage="build", scope="", subject=subject)],
    )
    job = context.jobs.claim_next("test", 600)
    assert job is not None
    return job


def gate_of(copy: Installed) -> ReleaseGate:
    """Return the gate of a build whose draft was checked a moment ago."""
    context = copy.context
    newest = newest_release(context, RELEASABLE)
    assert newest is not None
    return ReleaseGate(
        context=context,
        job=claim(context),
        tier=RELEASABLE,
        keys=corpus_keys(context),
        known_values=known_of_company(context).digest,
        mode=RedactionMode.PLACEHOLDER,
        accepted=frozenset(),
        rows={copy.repository.id: len(FIRST)},
        parent=newest.id,
    )


def apply_policy(context: Context, text: str = RENAMED) -> None:
    record = (load_policy(text).digest, "stricter", text)
    PolicyBook(context.catalog, clock=utc_now).apply(record, plan="p", actor="ada")


def withdraw_waiver(copy: Installed) -> None:
    move = Move(actor="ada", at=utc_now(), comment="over", seen=copy.waiver.version)
    ReviewBook(copy.context.catalog, copy.context.policy).withdraw(copy.waiver.id, move)


def end_consent(copy: Installed) -> None:
    ended = replace(copy.repository, release_consent=False, consent_until=None)
    copy.context.catalog.save_repository(ended)


CHANGES: dict[str, tuple[Callable[[Installed], None], str]] = {
    "consent": (end_consent, "CONSENT"),
    "policy": (lambda copy: apply_policy(copy.context), "UNCHANGED"),
    "people": (withdraw_waiver, "UNCHANGED"),
    "terms": (
        lambda copy: (copy.context.settings.root / "company.yaml").write_text("codenames: [x]\n"),
        "UNCHANGED",
    ),
}
"""What happens, and the check that sees it; the refusal names the key."""


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_between_decision_and_publication_stops_it(copy: Installed, name: str) -> None:
    gate = gate_of(copy)
    gate.look_again()
    change, code = CHANGES[name]
    change(copy)
    with pytest.raises(ReleaseRefused, match=name) as caught:
        gate.look_again()
    assert caught.value.code == code


def test_a_policy_that_is_applied_while_a_release_is_built_stops_it(copy: Installed) -> None:
    """The whole stage: the worker has read its policy before, and reads it again at the end."""
    context, root = copy.context, copy.context.settings.shards_dir(RELEASABLE.value)
    for release in root.glob("rel_*"):
        shutil.rmtree(release)
    done: list[int] = []

    def progress(_done: int, _total: int) -> None:
        if not done:
            apply_policy(context)
        done.append(_done)

    with pytest.raises(ReleaseRefused, match="the policy"):
        build(context, claim(context), progress)
    assert not list(root.glob("rel_*"))
    (held,) = [r for r in ReleaseBook(context.catalog, clock=utc_now).list_releases() if r.reason]
    assert (held.state, "unchanged" in held.reason) == (ReleaseState.HELD, True)


def test_a_canary_that_arrives_parks_the_build(copy: Installed) -> None:
    """The whole path: somebody applies a policy that takes no personal data out any more."""
    document = yaml.safe_load(default_policy_text())
    rules = [rule for rule in document["rules"] if rule["id"] != "REDACT_PERSONAL_DATA"]
    text = yaml.safe_dump({**document, "rules": rules})
    record = (load_policy(text).digest, "default", text)
    PolicyBook(copy.context.catalog, clock=utc_now).apply(record, plan="p", actor="ada")
    fresh = copy.context.anew()
    (parked,) = fresh.jobs.parked(build_now(fresh, RELEASABLE))
    assert "check canaries" in parked.reason
    assert "author tag (person), past the policy" in parked.reason


@pytest.mark.parametrize(("days", "code"), [(19, ""), (21, "UNCHANGED"), (800, "CONSENT")])
def test_time_alone_ends_a_waiver_and_a_consent(
    copy: Installed, monkeypatch: pytest.MonkeyPatch, days: int, code: str
) -> None:
    gate = gate_of(copy)

    def later() -> datetime:
        return utc_now() + timedelta(days=days)

    for module in ("context", "corpus"):
        monkeypatch.setattr(f"workers.{module}.utc_now", later)
    if not code:
        gate.look_again()
        return
    with pytest.raises(ReleaseRefused) as caught:
        gate.look_again()
    assert caught.value.code == code


def test_another_release_that_went_out_meanwhile_is_compared_with_first(copy: Installed) -> None:
    gate = gate_of(copy)
    root = copy.context.settings.shards_dir(RELEASABLE.value)
    newest = newest_release(copy.context, RELEASABLE)
    assert newest is not None
    other = "rel_" + "e" * 20
    shutil.copytree(root / newest.path, root / other)
    book = ReleaseBook(copy.context.catalog, clock=utc_now)
    book.begin_release(other, RELEASABLE, {})
    book.publish(other, "0" * 64, other, {})
    with pytest.raises(TransientError, match="meanwhile"):
        gate.look_again()


def test_a_worker_whose_lease_is_lost_publishes_nothing(copy: Installed) -> None:
    gate = gate_of(copy)
    copy.context.jobs.fail(gate.job, "taken back", None)
    with pytest.raises(LeaseLost):
        gate.look_again()


def test_a_published_manifest_lists_every_check(installed: Installed) -> None:
    newest = newest_release(installed.context, RELEASABLE)
    assert newest is not None
    folder = installed.context.settings.shards_dir(RELEASABLE.value) / newest.path
    manifest = Manifest.from_json((folder / "manifest.json").read_bytes())
    assert [check.name for check in manifest.gate] == [
        "exit-scan",
        "canaries",
        "counts",
        "wipe-out",
        "pending-lanes",
        "consent",
        "unchanged",
    ]


def test_a_wipe_out_stops_with_its_reason_until_somebody_accepts_it(copy: Installed) -> None:
    """Real stages: every file of the repository becomes copyleft at once."""
    context, repository = copy.context, copy.repository
    copyleft(copy)
    run_id = build_now(context, RELEASABLE)
    (parked,) = context.jobs.parked(run_id)
    assert "wipe-out" in parked.reason
    assert "LICENSE_COPYLEFT 3" in parked.reason
    assert "--accept-loss shop" in parked.reason
    states = {r.state for r in ReleaseBook(context.catalog, clock=utc_now).list_releases()}
    assert states == {ReleaseState.PUBLISHED, ReleaseState.HELD}
    run_id = build_now(context, RELEASABLE, **{ACCEPT_LOSS: [repository.id]})
    assert not context.jobs.parked(run_id)


def test_acts_of_people_since_the_parent_explain_a_loss(copy: Installed) -> None:
    context = copy.context
    parent = newest_release(context, RELEASABLE)
    assert parent is not None
    held = [copy.repository.id]
    assert explained_repositories(context, parent, held) == frozenset()
    assert explained_repositories(context, parent, ["repo_gone"]) == {"repo_gone"}
    withdraw_waiver(copy)
    assert explained_repositories(context, parent, held) == {copy.repository.id}
    later = replace(parent, published_at=utc_now() + timedelta(seconds=1))
    assert explained_repositories(context, later, held) == frozenset()
    end_consent(copy)
    assert explained_repositories(context, later, held) == {copy.repository.id}


def copyleft(copy: Installed) -> None:
    """Every file of the repository becomes copyleft at once."""
    notice = b"# SPDX-License-Identifier: " + b"GPL-3.0-only\n"
    changed = {path: notice + data for path, data in FIRST.items()}
    build_repository(copy.source / "shop.git", [changed])
    sync(copy.context, copy.repository)


def losses(copy: Installed) -> Mapping[str, int]:
    context = copy.context.anew()
    parent = newest_release(context, RELEASABLE)
    assert parent is not None
    decided_by = manifest_of(context, parent).policy_digest
    return lost_by_policy(context, corpus_keys(context), RELEASABLE, parent, decided_by)


def test_an_applied_policy_explains_what_it_takes_and_an_edited_file_nothing(
    copy: Installed,
) -> None:
    context = copy.context
    assert losses(copy) == {}
    apply_policy(context)
    assert losses(copy) == {}
    strict = default_policy_text().replace("rules:\n", f"rules:\n{NOTHING_LEAVES}", 1)
    apply_policy(context, strict)
    assert losses(copy) == {copy.repository.id: len(FIRST)}
    edited = copy.source / "policy.yaml"
    edited.write_text(strict.replace("name: default", "name: edited"))
    settings = Settings(home=context.settings.home, policy_file=edited)
    other = Context(settings=settings)
    assert losses(replace(copy, context=other)) == {}
    other.catalog.close()


def test_an_applied_policy_does_not_hide_what_has_another_cause(copy: Installed) -> None:
    """Somebody renames the policy, and on the same day a detector or an import holds everything."""
    apply_policy(copy.context)
    copyleft(copy)
    assert losses(copy) == {}
    (parked,) = copy.context.jobs.parked(build_now(copy.context.anew(), RELEASABLE))
    assert "wipe-out" in parked.reason
