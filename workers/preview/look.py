"""Look at a repository before it is registered: refs, then a cheap part of HEAD, then a sample.

What it may cost is bounded in bytes and time (``SHARDGATE_PREVIEW_BYTES``, ``…_SECONDS``); of a
repository that is larger only names are fetched, or only refs asked for. Nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from ingest.domain.problem import WORDS, Problem, problem_of
from ingest.domain.repository import Repository, RightsBasis, Visit, VisitStatus
from ingest.errors import MustWait, Quarantined, ShardgateError
from ingest.mirror.fetch import sync_mirror
from ingest.mirror.folder import MirrorFolder
from ingest.mirror.git import Extent, Git, GitLimits, Held
from ingest.mirror.record import CommandRecord
from ingest.mirror.refs import Refs, list_remote_refs
from ingest.mirror.transport import open_transport
from ingest.register.registry import check_credential
from ingest.register.urls import canonicalise, repository_id
from workers.context import Context
from workers.fetching import git_settings
from workers.hosts import entering, note_outcome, own_holder
from workers.preview.content import MAX_FILES, Content
from workers.preview.forecast import home_of, judge_sample
from workers.preview.model import FileCounts, Preview, RefCounts
from workers.preview.owners import read_owners
from workers.scan_home import work_folder

PATH_BYTES_PER_SECOND: Final = 2_200_000
"""Of one core, mirror to decisions: the middle of `docs/performance.md`, without the builds."""
_LARGE_BYTES: Final = 1_000_000
"""Taken for each blob that was left out for its size."""
_SECONDS_AT_LEAST: Final = 5.0
_TOO_MUCH: Final = (Problem.TOO_LARGE, Problem.TIMEOUT, Problem.OUT_OF_MEMORY)
_GOOD: Final = (VisitStatus.FULL, VisitStatus.PARTIAL)
_NEVER: Final = date(1970, 1, 1)
_SAYS: Final = {
    Extent.SMALL_FILES: "Fetching its smaller files.",
    Extent.NAMES: "It is large: fetching names alone.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One preview's means."""

    context: Context
    repository: Repository
    folder: Path
    held: Held | None
    says: Callable[[str], None]
    """Told how far it is, in words for a person."""

    @property
    def limits(self) -> GitLimits:
        """Bounds of each git command."""
        settings = self.context.settings
        return GitLimits(
            wall_seconds=settings.preview_seconds,
            file_bytes=settings.preview_bytes,
            refs=GitLimits().refs,
        )


def preview_repository(
    context: Context,
    url: str,
    *,
    credential: str = "",
    with_forecast: bool = True,
    says: Callable[[str], None] = lambda _: None,
) -> Preview:
    """Return what a repository would bring along; a source that fails is part of the answer.

    Args:
        context: of the installation.
        url: as `shardgate repo add` takes it.
        credential: reference ``env:NAME`` or ``file:PATH``.
        with_forecast: scan a sample to say what reviewers would have to decide.
        says: told how far it is, in words for a person.

    Raises:
        RegistrationRefused: the URL or the reference is none that could be registered.
        MustWait: the host is paused, asked us to slow down, or has no place left.
    """
    repository = _candidate(context, url, credential)
    with work_folder(home_of(context).work_dir) as folder:
        with entering(context, repository.url, own_holder("preview")) as held:
            look = _Look(
                context=context, repository=repository, folder=folder, held=held, says=says
            )
            seen, content = _reach(look)
        if content is None:
            return seen
        return _judge(look, seen, content, with_forecast=with_forecast)


def _reach(look: _Look) -> tuple[Preview, Content | None]:
    """Do everything that talks to the host."""
    look.says("Asking for its branches and tags.")
    seen, refs = _ask_refs(look)
    if refs is None or not refs.head_id:
        return seen, None
    return _fetch(look, seen)


def _candidate(context: Context, url: str, credential: str) -> Repository:
    address = canonicalise(url, allow_local=context.settings.allow_local)
    return Repository(
        id=repository_id(address.identity),
        url=address.url,
        name=address.name,
        owner="",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="LicenseRef-Unknown",
        release_consent=False,
        consent_until=_NEVER,
        evidence="",
        credential=check_credential(credential, address.scheme),
    )


def _ask_refs(look: _Look) -> tuple[Preview, Refs | None]:
    record, repository = CommandRecord(), look.repository
    preview = Preview(
        url=repository.url,
        name=repository.name,
        repository_id=repository.id,
        is_registered=look.context.catalog.find_by_id(repository.id) is not None,
        problem=None,
        says="",
        do="",
        cause="",
    )
    settings = git_settings(look.context.settings, repository.url, limits=look.limits)
    try:
        transport = open_transport(repository, settings)
        git = Git(look.limits, held=look.held, record=record)
        refs = list_remote_refs(git, transport)
    except MustWait:
        raise
    except ShardgateError as error:
        note_outcome(look.context, repository.url, error.code, error.message)
        failed = with_problem(preview, problem_of(error.code), str(error))
        return replace(failed, commands=tuple(record.commands)), None
    seen = replace(preview, refs=count_refs(refs), commands=tuple(record.commands))
    if not refs.head_id:
        # refs without a HEAD that names one of them, or no refs at all
        seen = with_problem(seen, Problem.EMPTY, "")
    return seen, refs


def _fetch(look: _Look, seen: Preview) -> tuple[Preview, Content | None]:
    """Fetch small files; of what is too large for that the names; else leave it at the refs."""
    for extent in (Extent.SMALL_FILES, Extent.NAMES):
        look.says(_SAYS[extent])
        mirrors = look.folder / extent.value
        visit = _visit(look, extent, mirrors)
        seen = replace(seen, commands=(*seen.commands, *visit.commands))
        cost = _stored_bytes(mirrors, look.repository.id)
        seen = replace(seen, transferred=seen.transferred + cost)
        if visit.status in _GOOD:
            return _read(look, seen, mirrors)
        note_outcome(look.context, look.repository.url, visit.problem, visit.cause)
        seen = with_problem(seen, problem_of(visit.problem), visit.cause)
        if seen.problem not in _TOO_MUCH:
            break
    return seen, None


def _visit(look: _Look, extent: Extent, mirrors: Path) -> Visit:
    settings = git_settings(
        look.context.settings,
        look.repository.url,
        held=look.held,
        limits=look.limits,
        extent=extent,
    )
    return sync_mirror(look.repository, mirrors_dir=mirrors, settings=settings)


def _read(look: _Look, seen: Preview, mirrors: Path) -> tuple[Preview, Content | None]:
    try:
        content = Content.read(mirrors, look.repository.id)
    except Quarantined as error:
        return with_problem(seen, Problem.TOO_LARGE, str(error)), None
    except ShardgateError as error:
        return with_problem(seen, Problem.BROKEN_SOURCE, str(error)), None
    if content is None:
        return with_problem(seen, Problem.EMPTY, ""), None
    counts = content.count()
    return replace(seen, files=counts, owners=read_owners(content.owners_text())), content


def _judge(look: _Look, seen: Preview, content: Content, *, with_forecast: bool) -> Preview:
    counts = seen.files or content.count()
    seconds = estimate_seconds(counts, look.context.settings.concurrency)
    seen = replace(seen, minutes=seconds / 60)
    if not with_forecast or counts.files > MAX_FILES or not content.sizes:
        return seen
    look.says("Looking into a sample of its files.")
    sample = content.sample()
    source = content.source(sample, look.context.settings.max_blob_bytes)
    facts = look.folder / "facts"
    facts.mkdir()
    judged = judge_sample(look.context, source, len(sample) / counts.blobs, facts)
    return replace(
        seen,
        repository_license=judged.repository_license,
        licenses=judged.licenses,
        forecast=judged.forecast,
    )


def estimate_seconds(counts: FileCounts, processes: int) -> float:
    """Return how long it takes from sync to decisions, without the transfer of the history."""
    size = counts.size + counts.large * _LARGE_BYTES
    return _SECONDS_AT_LEAST + size / (PATH_BYTES_PER_SECOND * processes)


def count_refs(refs: Refs) -> RefCounts:
    """Return the refs of a source by kind."""
    branches = sum(ref.startswith(b"refs/heads/") for ref in refs.ids)
    tags = sum(ref.startswith(b"refs/tags/") for ref in refs.ids)
    return RefCounts(
        branches=branches,
        tags=tags,
        others=len(refs.ids) - branches - tags,
        default_branch=refs.branch,
        head_commit=refs.head_id,
    )


def with_problem(seen: Preview, problem: Problem, cause: str) -> Preview:
    """Return what was seen until a problem came up, with the problem in words."""
    words = WORDS[problem]
    return replace(seen, problem=problem, says=words.says, do=words.do, cause=cause)


def _stored_bytes(mirrors: Path, repository: str) -> int:
    current = MirrorFolder.of(mirrors, repository).current
    packs = (current / "objects" / "pack").glob("*.pack") if current else ()
    return sum(pack.stat().st_size for pack in packs)
