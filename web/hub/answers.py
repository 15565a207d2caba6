"""What the hub says, in the words that ``huggingface_hub`` understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from starlette.responses import JSONResponse

from policies.decision import Tier
from workers.published import LATEST, PublishedFile, PublishedRelease

NAMESPACE: Final = "shardgate"
_POINTER_BYTES: Final = 134
"""Size of a Git LFS pointer; clients read the field and do nothing with it."""


class HubRefusal(Exception):
    """A request that the hub refuses; the client shows `message` to its user.

    `code` decides which error the client raises: ``RepoNotFound``, ``RevisionNotFound``,
    ``EntryNotFound``, ``GatedRepo``, or none.
    """

    def __init__(self, status: int, message: str, code: str = "") -> None:
        """Take the status of HTTP, a line for a person and the hub's code."""
        super().__init__(message)
        self.status, self.message, self.code = status, message, code

    def answer(self) -> JSONResponse:
        """Return the response."""
        headers = {"X-Error-Message": self.message, "Cache-Control": "no-store"}
        if self.code:
            headers["X-Error-Code"] = self.code
        return JSONResponse({"error": self.message}, self.status, headers=headers)


def dataset_name(tier: Tier) -> str:
    """Return how a tier is called as a dataset."""
    return f"{NAMESPACE}/{tier.value}"


def tier_of(namespace: str, name: str) -> Tier:
    """Return the tier of a dataset's name.

    Raises:
        HubRefusal: there is no such dataset.
    """
    if namespace == NAMESPACE and name in set(Tier):
        return Tier(name)
    raise HubRefusal(404, "There is no such dataset.", "RepoNotFound")


def describe_dataset(release: PublishedRelease) -> dict[str, Any]:
    """Return the answer to what a dataset at a revision is."""
    name = dataset_name(release.tier)
    return {
        "_id": release.commit[:24],
        "id": name,
        "author": NAMESPACE,
        "sha": release.commit,
        "lastModified": _moment(release),
        "createdAt": _moment(release),
        "private": True,
        "gated": "manual",
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": [f"tier:{release.tier.value}", f"release:{release.id}"],
        "siblings": [{"rfilename": file.path} for file in release.files],
    }


def list_tree(
    release: PublishedRelease, folder: str, *, recursive: bool, expand: bool
) -> list[dict[str, Any]]:
    """Return files and folders below a folder, by path.

    Raises:
        HubRefusal: there is no such folder.
    """
    prefix = f"{folder}/" if folder else ""
    below = [file for file in release.files if file.path.startswith(prefix)]
    if not below:
        raise HubRefusal(404, "There is no such folder.", "EntryNotFound")
    inside = [(file, file.path.removeprefix(prefix)) for file in below]
    folders = {f"{prefix}{rest.split('/')[0]}" for _, rest in inside if "/" in rest}
    files = [file for file, rest in inside if recursive or "/" not in rest]
    found = [describe_folder(path, release) for path in folders]
    found += [describe_file(file, release, expand=expand) for file in files]
    return sorted(found, key=lambda entry: str(entry["path"]))


def describe_paths(
    release: PublishedRelease, paths: Iterable[str], *, expand: bool
) -> Iterator[dict[str, Any]]:
    """Yield what the paths are; those that are nothing are left out, as the Hub does."""
    for path in paths:
        if path in release.by_path:
            yield describe_file(release.by_path[path], release, expand=expand)
        elif path.rstrip("/") in release.folders:
            yield describe_folder(path, release)


def describe_file(
    file: PublishedFile, release: PublishedRelease, *, expand: bool
) -> dict[str, Any]:
    """Return a file as an entry of a tree."""
    entry = {
        "type": "file",
        "path": file.path,
        "size": file.bytes,
        "oid": file.sha256[:40],
        "lfs": {"oid": file.sha256, "size": file.bytes, "pointerSize": _POINTER_BYTES},
    }
    return entry | _expansion(release) if expand else entry


def describe_folder(path: str, release: PublishedRelease) -> dict[str, Any]:
    """Return a folder as an entry of a tree."""
    return {"type": "directory", "path": path, "size": 0, "oid": release.commit}


def describe_refs(releases: Iterable[PublishedRelease]) -> dict[str, Any]:
    """Return the revisions of a dataset: its releases as tags, the newest as the branch."""
    tags = [{"name": r.id, "ref": f"refs/tags/{r.id}", "targetCommit": r.commit} for r in releases]
    newest = [tag["targetCommit"] for tag in tags[:1]]
    branches = [
        {"name": LATEST, "ref": f"refs/heads/{LATEST}", "targetCommit": commit} for commit in newest
    ]
    return {"branches": branches, "tags": tags, "converts": []}


def _expansion(release: PublishedRelease) -> dict[str, Any]:
    commit = {"id": release.commit, "title": release.id, "date": _moment(release)}
    return {"lastCommit": commit}


def _moment(release: PublishedRelease) -> str:
    return release.manifest.created_at.replace("Z", ".000Z")
