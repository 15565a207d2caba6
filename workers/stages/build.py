"""Build: one tier's release from the decisions in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.detect.catalogue import neutral_digests
from ingest.detect.secrets.known import KnownValues
from ingest.domain.finding import Family
from ingest.domain.installed import version
from ingest.errors import ReleaseRefused, TerminalError
from ingest.mirror.reader import MirrorReader
from policies.decision import Tier
from policies.placeholders import named_placeholders
from release.build import BuiltRelease, ReleaseInputs, ReleaseSpec, Tools, build_release
from release.build.inputs import GRAMMAR_VERSIONS
from release.build.redactor import RedactionMode
from release.signing import KeySigner
from store.catalog import (
    ClaimedJob,
    JobSpec,
    ReleaseBook,
    ReleaseState,
)
from workers.context import Context, utc_now
from workers.corpus import (
    corpus_keys,
    digest_of,
    known_of_company,
    load_corpus,
    load_decisions,
)
from workers.exitscanner import DetectorScanner
from workers.gate import ACCEPT_LOSS, ReleaseGate, grants_of, newest_release
from workers.known import Sweeper
from workers.publishing import beginning, record_published
from workers.recalls import publish_recalls, recalls_digest
from workers.released import released_rows
from workers.row_index import index_rows
from workers.sample_day import end_sample_day
from workers.sandbox import Progress

_SCANNING = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)
_CHANGED = "The corpus, the policy, a consent or a review changed after the decision."
_SYNC_AGAIN = "Run shardgate sync again."


def build(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Build and publish the tier that the job's subject names; a held release is recorded."""
    name, _, wanted = job.subject.partition(".")
    tier = Tier(name)
    end_sample_day(context)
    keys = corpus_keys(context)
    decisions = load_decisions(context, keys)
    if decisions is None or keys.decisions != wanted:
        return _announce_late(context, tier, job)
    mode = _redaction_mode(context, job.run_id)
    known = known_of_company(context)
    params = {
        "dossier": keys.dossier,
        "decisions": keys.decisions,
        "policy": context.policy.digest,
        "spec": _spec_digest(context),
        "redaction": mode.value,
        "known_values": known.digest,
        "recalls": recalls_digest(context, tier),
    }
    if _is_published(context, tier, params):
        return _announce(context, tier, job)
    corpus = load_corpus(context, keys)
    inputs = ReleaseInputs(
        decisions=decisions,
        snapshots=corpus.snapshots,
        facts=corpus.facts,
        trees=corpus.trees,
        rights=corpus.rights,
    )
    detectors = context.detectors(_SCANNING)
    sweeper = Sweeper(known=known, key=context.keys.hmac)
    spec = replace(_spec(context, tier, mode, known), accepted_identities=corpus.accepted)
    gate = ReleaseGate(
        context=context,
        job=job,
        tier=tier,
        keys=keys,
        known_values=known.digest,
        mode=mode,
        accepted=_accepted_losses(context, job.run_id),
    )
    with MirrorReader(context.settings.mirrors_dir, recent=context.recent) as blobs:
        tools = Tools(
            blobs=blobs,
            scanner=DetectorScanner(detectors, sweeper, context.scanned),
            signer=KeySigner(private=context.keys.private),
            surrogate_material=context.keys.hmac.material,
            progress=progress,
            gate=gate.inspect,
            last_check=gate.look_again,
            begin=beginning(context, tier, params),
        )
        try:
            built = build_release(inputs, spec, context.settings.shards_dir(tier.value), tools)
        except ReleaseRefused as error:
            _record_held(context, tier, keys.decisions, error)
            raise
    _record(context, built, params)
    return _announce(context, tier, job)


def _record(context: Context, built: BuiltRelease, params: Mapping[str, str]) -> None:
    """Write that a release is out; keep which row is which file, and what its rows are listed from.

    Taking rows back needs the first of them.
    """
    record_published(context, built, params)
    book = ReleaseBook(context.catalog, clock=utc_now)
    published = book.find_release(built.manifest.release_id)
    if published is not None:
        released_rows(context, published)
        index_rows(context, published)


def _announce(context: Context, tier: Tier, job: ClaimedJob) -> Sequence[JobSpec]:
    """List the release in the feed; decide anew where the world has changed in the meantime."""
    publish_recalls(context, tier)
    if f"{tier}.{corpus_keys(context.anew()).decisions}" == job.subject:
        return ()
    # What ended between the last look and now has not seen this release.
    return [JobSpec.of(run_id=job.run_id, stage="decide", scope="", subject=job.id)]


def _announce_late(context: Context, tier: Tier, job: ClaimedJob) -> Sequence[JobSpec]:
    """Announce what a process published that died before it could; nothing else is built now."""
    if _is_out(context, tier, job.subject.partition(".")[2]):
        return _announce(context, tier, job)
    raise TerminalError(_CHANGED, hint=_SYNC_AGAIN)


def _spec(context: Context, tier: Tier, mode: RedactionMode, known: KnownValues) -> ReleaseSpec:
    newest = newest_release(context, tier)
    return ReleaseSpec(
        tier=tier,
        created_at=utc_now().replace(microsecond=0),
        parent_release_id=newest.id if newest else None,
        rules={f.value: d for f, d in neutral_digests(context.detector_config).items()},
        policy_id=context.policy.document.name,
        grants=grants_of(context.policy),
        rulesets={f.value: digest for f, digest in sorted(context.ruleset_digests.items())},
        tools=_tools(context),
        redaction=mode,
        placeholders=named_placeholders(context.policy, tier),
        known_values=known.digest,
        recalls=recalls_digest(context, tier),
        target_bytes=context.settings.shard_target_bytes,
    )


def _redaction_mode(context: Context, run_id: str) -> RedactionMode:
    run = context.catalog.find_run(run_id)
    asked = run.params.get("redaction") if run else None
    return RedactionMode(asked or RedactionMode.PLACEHOLDER)


def _accepted_losses(context: Context, run_id: str) -> frozenset[str]:
    run = context.catalog.find_run(run_id)
    return frozenset(run.params.get(ACCEPT_LOSS, ())) if run else frozenset()


def _spec_digest(context: Context) -> str:
    """Return a digest over what besides the decisions changes the bytes of a release."""
    names = ("pyarrow", "shardgate")
    return digest_of(
        {**{name: version(name) for name in names}, **GRAMMAR_VERSIONS},
        context.ruleset_digests,
        context.settings.shard_target_bytes,
    )


def _is_published(context: Context, tier: Tier, params: Mapping[str, str]) -> bool:
    """Tell whether the very same release is out already, and still in its place."""
    root = context.settings.shards_dir(tier.value)
    return any(
        release.state is ReleaseState.PUBLISHED
        and dict(release.params) == dict(params)
        and (root / release.path).is_dir()
        for release in ReleaseBook(context.catalog, clock=utc_now).list_releases(tier)
    )


def _is_out(context: Context, tier: Tier, decisions: str) -> bool:
    return any(
        release.state is ReleaseState.PUBLISHED and release.params.get("decisions") == decisions
        for release in ReleaseBook(context.catalog, clock=utc_now).list_releases(tier)
    )


def _tools(context: Context) -> dict[str, str]:
    versions: dict[str, str] = {}
    for detector in context.detectors():
        digest = context.ruleset_digests[detector.family][:16]
        version = next(iter(sorted(detector.versions.values())), "1")
        versions[detector.family.value] = f"{version}+{digest}"
    return versions


def _record_held(context: Context, tier: Tier, decisions: str, error: ReleaseRefused) -> None:
    """Write the refusal under an id of its own: what was refused never got a manifest."""
    book = ReleaseBook(context.catalog, clock=utc_now)
    release_id = f"rel_{digest_of('held', tier.value, decisions, error.code)[:20]}"
    if book.find_release(release_id) is None:
        book.begin_release(release_id, tier, {"decisions": decisions})
        book.hold(release_id, str(error))
