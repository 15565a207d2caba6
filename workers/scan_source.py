"""What can be scanned without registering: a folder, a file, or a repository by its URL."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pyarrow as pa

from ingest.domain.log import LoggedCommit
from ingest.domain.repository import Repository, RightsBasis, Visit, VisitStatus
from ingest.domain.text import NotText
from ingest.errors import InputError, SourceNotFound, SourceUnreachable
from policies.report.scan_model import Unscanned
from workers.scan_folder import GIT_DIRECTORY, Folder, list_folder
from workers.settings import Settings

if TYPE_CHECKING:
    from ingest.mirror.git import Extent, Held

_GOOD: Final = (VisitStatus.FULL, VisitStatus.PARTIAL)
_ONE_DAY: Final = date(1970, 1, 1)


class ScanSource(Protocol):
    """Files that were listed, and their bytes."""

    @property
    def name(self) -> str:
        """What to call it in a heading."""
        ...

    def snapshot(self) -> pa.Table:
        """Return a table of schema `SNAPSHOT`: every entry, with the reason of what is skipped."""
        ...

    def left_out(self) -> list[Unscanned]:
        """Return every entry that is not in the snapshot, with the reason."""
        ...

    def commits(self) -> Iterable[LoggedCommit]:
        """Return the commits that tell whose the files are; nothing where there are none."""
        ...

    def open_blobs(
        self, blob_ids: Sequence[str]
    ) -> AbstractContextManager[Iterator[tuple[str, bytes | NotText]]]:
        """Open a stream of (blob id, bytes) in the order asked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSource:
    """A folder or one file, read as it stands; the files of a work tree, committed or not."""

    name: str
    folder: Folder

    def snapshot(self) -> pa.Table:
        """Return every entry but git's own folders."""
        return self.folder.snapshot()

    def left_out(self) -> list[Unscanned]:
        """Return git's own folders, whose objects belong to a scan of the history."""
        return [
            Unscanned(path=entry.path, reason=entry.reason)
            for entry in self.folder.entries
            if entry.reason == GIT_DIRECTORY
        ]

    def commits(self) -> Iterable[LoggedCommit]:
        """Return nothing: git is not run in a folder that somebody else may have set up."""
        return ()

    def open_blobs(
        self, blob_ids: Sequence[str]
    ) -> AbstractContextManager[Iterator[tuple[str, bytes | NotText]]]:
        """Read files again."""
        return self.folder.open_blobs(blob_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorSource:
    """The HEAD tree of a mirror."""

    name: str
    repository_id: str
    mirrors_dir: Path
    max_bytes: int

    def snapshot(self) -> pa.Table:
        """Return every entry of the tree."""
        from ingest.mirror.head import read_head  # noqa: PLC0415 - heavy
        from ingest.mirror.reader import MirrorReader  # noqa: PLC0415 - heavy
        from ingest.snapshot.take import SnapshotLimits, take_snapshot  # noqa: PLC0415 - heavy

        head = read_head(self.mirrors_dir, self.repository_id)
        with MirrorReader(self.mirrors_dir) as reader:
            limits = SnapshotLimits(max_blob_bytes=self.max_bytes)
            return take_snapshot(self.repository_id, reader, head, limits=limits)

    def left_out(self) -> list[Unscanned]:
        """Return nothing: a tree's entries all have ids, and the snapshot says why one is left."""
        return []

    def commits(self) -> Iterable[LoggedCommit]:
        """Return the last commits that HEAD reaches; the newest alone in a mirror of its tree."""
        from ingest.mirror.head import read_head  # noqa: PLC0415 - heavy
        from ingest.mirror.log import read_log  # noqa: PLC0415 - same

        head = read_head(self.mirrors_dir, self.repository_id)
        if head is None:
            return ()
        return read_log(self.mirrors_dir, self.repository_id, head.commit_id)

    @contextmanager
    def open_blobs(
        self, blob_ids: Sequence[str]
    ) -> Iterator[Iterator[tuple[str, bytes | NotText]]]:
        """Read blobs from the mirror."""
        from ingest.mirror.reader import MirrorReader  # noqa: PLC0415 - heavy

        with MirrorReader(self.mirrors_dir) as reader:
            yield reader.read_blobs(self.repository_id, blob_ids)


def open_source(
    target: str, settings: Settings, folder: Path, *, credential: str, with_log: bool = True
) -> ScanSource:
    """Return what a path or URL names; a repository is mirrored below `folder` first.

    A folder that is a bare repository is mirrored like a URL, any other is read as it stands.
    Only `with_log` are there `commits` of a repository: to fetch them takes many times as long as
    to fetch the tree.

    Raises:
        InputError: nothing is there, or the URL is not one that could be registered.
        ShardgateError: the repository could not be mirrored.
    """
    path = Path(target)
    if is_existing(path) and not is_bare_repository(path):
        listed = list_folder(path, max_bytes=settings.max_blob_bytes)
        return FolderSource(name=path.resolve().name or "/", folder=listed)
    from ingest.mirror.git import Extent  # noqa: PLC0415 - heavy

    extent = Extent.HEAD if with_log else Extent.HEAD_TREE
    return mirror_source(target, settings, folder, credential=credential, extent=extent)


def mirror_source(
    target: str, settings: Settings, folder: Path, *, credential: str, extent: Extent
) -> MirrorSource:
    """Mirror the repository that a path or URL names below a folder; errors as `open_source`."""
    from ingest.mirror.fetch import sync_mirror  # noqa: PLC0415 - heavy
    from workers.fetching import git_settings  # noqa: PLC0415 - heavy

    repository = repository_at(target, credential)
    with _entering(settings, repository.url) as held:
        visit = sync_mirror(
            repository,
            mirrors_dir=folder,
            settings=git_settings(settings, repository.url, held=held, extent=extent),
        )
    _refuse_failed(visit)
    return MirrorSource(
        name=repository.name,
        repository_id=repository.id,
        mirrors_dir=folder,
        max_bytes=settings.max_blob_bytes,
    )


def _entering(settings: Settings, url: str) -> AbstractContextManager[Held | None]:
    """Ask whether the host may be talked to, where there is an installation that knows."""
    from workers.context import Context  # noqa: PLC0415 - heavy

    context = Context(settings=settings)
    if url.startswith("file:") or not context.has_catalog:
        return nullcontext()
    from workers.hosts import entering, own_holder  # noqa: PLC0415 - brings the catalog along

    return entering(context, url, own_holder("scan"))


def _refuse_failed(visit: Visit) -> None:
    if visit.status is VisitStatus.NOT_FOUND:
        raise SourceNotFound(visit.cause)
    if visit.status not in _GOOD:
        raise SourceUnreachable(visit.cause)


def repository_at(target: str, credential: str) -> Repository:
    """Return what a path or URL names as if it were registered, for a look that keeps nothing."""
    from ingest.register.urls import canonicalise, repository_id  # noqa: PLC0415 - beside its use

    path = Path(target)
    is_path = is_existing(path)
    if not is_path and "://" not in target and ":" not in target:
        raise InputError(
            "There is no such folder or file.", hint="Give a path, or an https or ssh URL."
        )
    url = canonicalise(str(path.resolve()) if is_path else target, allow_local=True)
    return Repository(
        id=repository_id(url.identity),
        url=url.url,
        name=url.name,
        owner="",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="LicenseRef-Proprietary",
        release_consent=False,
        consent_until=_ONE_DAY,
        evidence="",
        credential=credential,
    )


def is_existing(path: Path) -> bool:
    """Tell whether a path names anything; one that is too long or malformed does not."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def is_bare_repository(path: Path) -> bool:
    """Tell whether a folder is a git repository without a work tree."""
    marks = [path / "HEAD", path / "objects", path / "refs"]
    return all(os.path.lexists(mark) for mark in marks) and path.name != ".git"


def git_folder_of(path: Path) -> Path | None:
    """Return the repository of a work tree or bare folder; None where there is none."""
    if is_bare_repository(path) or path.name == ".git":
        return path
    return path if os.path.lexists(path / ".git") else None
