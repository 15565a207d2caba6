"""Build: one tier's release from the decisions in force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version

from ingest.detect.detector import BlobDetector, findings_of_all
from ingest.detect.secrets.known import KnownValues
from ingest.detect.views import shelf
from ingest.domain.finding import Family, Finding
from ingest.domain.text import ScanText
from ingest.errors import ReleaseRefused, TerminalError, TransientError
from ingest.mirror.reader import MirrorReader
from policies.decision import Tier
from release.build import REDACTING, BuiltRelease, ReleaseInputs, ReleaseSpec, Tools, build_release
from release.build.inputs import GRAMMAR_VERSIONS
from release.build.redactor import RedactionMode
from release.domain.manifest import MANIFEST_FILE
from release.signing import KeySigner
from store.catalog import (
    AuditLog,
    ClaimedJob,
    JobSpec,
    LeaseLost,
    ReleaseBook,
    ReleaseState,
)
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.corpus import (
    corpus_keys,
    digest_of,
    known_of_company,
    load_corpus,
    load_decisions,
)
from workers.known import Sweeper
from workers.sandbox import STRETCH_BYTES, Progress

_SCANNING = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)
_NO_BLOB = "0" * 40
_MAX_KNOWN = 100_000
"""Answers that are kept while a release is built; each takes some hundred bytes."""
_Key = tuple[bytes, str]
"""SHA-256 of a text, and its name hint."""
_CHANGED = "The corpus, the policy, a consent or a review changed after the decision."
_SYNC_AGAIN = "Run shardgate sync again."


class DetectorScanner:
    """The exit scan's eyes: every detector that finds values, as one `ExitScanner`.

    A text that was redacted is scanned when it is written, and the file that holds it is scanned
    when it is finished. Bytes that are the same, by SHA-256 of what was read back from the file,
    are answered from the first scan: detectors are pure, and so is the sweep for known values,
    which does not ask for a name.
    """

    def __init__(self, detectors: Sequence[BlobDetector], sweeper: BlobDetector) -> None:
        self._detectors = detectors
        self._sweeper = sweeper
        self._known: dict[_Key, tuple[frozenset[str], list[Finding]]] = {}
        self._swept: dict[bytes, list[Finding]] = {}

    def scan(self, text: bytes, suffix: str, wanted: frozenset[str]) -> list[Finding]:
        """Return the findings of every detector that reports a wanted category."""
        return self.scan_all([(text, suffix)], wanted)[0]

    def scan_all(
        self, texts: Sequence[tuple[bytes, str]], wanted: frozenset[str]
    ) -> list[list[Finding]]:
        """Return the findings of each (text, suffix); each detector takes a stretch at once."""
        keys = [(hashlib.sha256(text).digest(), suffix) for text, suffix in texts]
        found: dict[_Key, list[Finding]] = {}
        fresh: dict[_Key, ScanText] = {}
        for key, (text, suffix) in zip(keys, texts, strict=True):
            answered, known = self._known.get(key, (frozenset(), []))
            if wanted <= answered:
                found[key] = known
            else:
                fresh[key] = ScanText(blob_id=_NO_BLOB, suffix=suffix, data=text)
        for stretch in _stretches(fresh):
            findings = self._look([fresh[key] for key in stretch], wanted)
            found.update(zip(stretch, findings, strict=True))
            if len(self._known) < _MAX_KNOWN:
                self._known.update((key, (wanted, found[key])) for key in stretch)
        return [found[key] for key in keys]

    def scan_known(self, texts: Sequence[bytes]) -> list[list[Finding]]:
        """Return where each text holds a value that another text showed to be a secret."""
        digests = [hashlib.sha256(text).digest() for text in texts]
        fresh = {d: t for d, t in zip(digests, texts, strict=True) if d not in self._swept}
        asked = [ScanText(blob_id=_NO_BLOB, suffix="", data=text) for text in fresh.values()]
        found = dict(zip(fresh, findings_of_all(self._sweeper, asked), strict=True))
        answers = [found[d] if d in found else self._swept[d] for d in digests]
        if len(self._swept) < _MAX_KNOWN:
            self._swept |= found
        return answers

    def _look(self, texts: Sequence[ScanText], wanted: frozenset[str]) -> list[list[Finding]]:
        asked = [d for d in self._detectors if REDACTING[d.family] & wanted]
        with shelf.keep():
            answers = [findings_of_all(detector, texts) for detector in asked]
        if REDACTING[self._sweeper.family] & wanted:
            answers.append(self.scan_known([text.data for text in texts]))
        return [[f for answer in answers for f in answer[n]] for n in range(len(texts))]


def _stretches(texts: Mapping[_Key, ScanText]) -> Iterator[list[_Key]]:
    """Cut texts into stretches of about the size in which they were scanned at first."""
    stretch: list[_Key] = []
    size = 0
    for key, text in texts.items():
        stretch.append(key)
        size += len(text.data)
        if size >= STRETCH_BYTES:
            yield stretch
            stretch, size = [], 0
    if stretch:
        yield stretch


def build(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Build and publish the tier that the job's subject names; a held release is recorded."""
    name, _, wanted = job.subject.partition(".")
    tier = Tier(name)
    keys = corpus_keys(context)
    decisions = load_decisions(context, keys)
    if decisions is None or keys.decisions != wanted:
        raise TerminalError(_CHANGED, hint=_SYNC_AGAIN)
    mode = _redaction_mode(context, job.run_id)
    known = known_of_company(context)
    params = {
        "dossier": keys.dossier,
        "decisions": keys.decisions,
        "policy": context.policy.digest,
        "spec": _spec_digest(context),
        "redaction": mode.value,
        "known_values": known.digest,
    }
    if _is_published(context, tier, params):
        return ()
    corpus = load_corpus(context, keys)
    inputs = ReleaseInputs(
        decisions=decisions,
        snapshots=corpus.snapshots,
        facts=corpus.facts,
        trees=corpus.trees,
        rights=corpus.rights,
    )
    detectors = context.detectors(_SCANNING)
    spec = replace(_spec(context, tier, mode, known), accepted_identities=corpus.accepted)

    def last_check() -> None:
        """Look again at the moment of publishing: time has passed, and we may be a zombie."""
        if corpus_keys(context).decisions != wanted:
            raise TerminalError(_CHANGED, hint=_SYNC_AGAIN)
        if known_of_company(context).digest != known.digest:
            raise TransientError("Other secrets are known now than when the release was begun.")
        if not context.jobs.heartbeat(job, context.settings.lease_seconds, 1, 1):
            raise LeaseLost(f"The lease of {job.id} is lost; nothing was published.")

    with MirrorReader(context.settings.mirrors_dir, recent=context.recent) as blobs:
        tools = Tools(
            blobs=blobs,
            scanner=DetectorScanner(detectors, Sweeper(known=known, key=context.keys.hmac)),
            signer=KeySigner(private=context.keys.private),
            surrogate_material=context.keys.hmac.material,
            progress=progress,
            last_check=last_check,
        )
        try:
            built = build_release(inputs, spec, context.settings.shards_dir(tier.value), tools)
        except ReleaseRefused as error:
            _record_held(context, tier, keys.decisions, str(error))
            raise
    context.lake.write("exclusions", built.manifest.release_id, built.exclusions)
    _record(context, tier, built, params)
    return ()


def _spec(context: Context, tier: Tier, mode: RedactionMode, known: KnownValues) -> ReleaseSpec:
    return ReleaseSpec(
        tier=tier,
        created_at=utc_now().replace(microsecond=0),
        policy_id=context.policy.document.name,
        rulesets={f.value: digest for f, digest in sorted(context.ruleset_digests.items())},
        tools=_tools(context),
        redaction=mode,
        known_values=known.digest,
        target_bytes=context.settings.shard_target_bytes,
    )


def _redaction_mode(context: Context, run_id: str) -> RedactionMode:
    run = context.catalog.find_run(run_id)
    asked = run.params.get("redaction") if run else None
    return RedactionMode(asked or RedactionMode.PLACEHOLDER)


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


def _tools(context: Context) -> dict[str, str]:
    versions: dict[str, str] = {}
    for detector in context.detectors():
        digest = context.ruleset_digests[detector.family][:16]
        version = next(iter(sorted(detector.versions.values())), "1")
        versions[detector.family.value] = f"{version}+{digest}"
    return versions


def _record(context: Context, tier: Tier, built: BuiltRelease, params: Mapping[str, str]) -> None:
    book = ReleaseBook(context.catalog, clock=utc_now)
    manifest = built.manifest
    known = book.find_release(manifest.release_id)
    if known is not None and known.state is ReleaseState.PUBLISHED:
        return
    book.begin_release(manifest.release_id, tier, params)
    digest = hashlib.sha256((built.directory / MANIFEST_FILE).read_bytes()).hexdigest()
    totals = {
        "rows": manifest.counts.emitted,
        "bytes": sum(shard.bytes for shard in manifest.shards),
        "shards": len(manifest.shards),
    }
    book.publish(manifest.release_id, digest, built.directory.name, totals)
    audit = AuditLog(context.catalog, clock=utc_now)
    audit.append("worker", "publish", manifest.release_id, {"manifest": digest})
    seal_audit(context)


def _record_held(context: Context, tier: Tier, decisions: str, reason: str) -> None:
    """Write the refusal under an id of its own: what was refused never got a manifest."""
    book = ReleaseBook(context.catalog, clock=utc_now)
    release_id = f"rel_{digest_of('held', tier.value, decisions)[:20]}"
    if book.find_release(release_id) is None:
        book.begin_release(release_id, tier, {"decisions": decisions})
        book.hold(release_id, reason)
