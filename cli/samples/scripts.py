"""The samples as they are written down: their rights, commits and files, read from YAML.

One YAML file per repository stands beside this module. A file of a repository is given as text,
as a copy of another one's file, or by a generator; a later entry for a path replaces it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from cli.samples.canaries import canaries, fillers
from cli.samples.generated import GENERATORS
from ingest.domain.repository import RightsBasis

REPOSITORIES = ("harbor-billing", "harbor-gateway", "harbor-internal-tools")
"""Names of the samples in the order in which they are written."""

MAIN_BRANCH = "main"
_PLANT = re.compile(r"@\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a repository is registered with."""

    name: str
    owner: str
    rights_basis: RightsBasis
    license: str
    release_consent: bool
    evidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """One entry of a tree as a commit brings it."""

    path: str
    mode: str
    """Git mode as text: ``100644``, ``100755``, ``120000`` or ``160000``."""
    content: bytes
    """Bytes of the blob; of a submodule the commit id in ASCII."""
    plants: tuple[str, ...]
    """Names of the canaries in it, each once, in the order of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCommit:
    """A commit of a sample, or its tag with no files."""

    name: str
    branch: str
    parent: str
    """Name of the commit that a branch leaves from; empty: the one before it on the branch."""
    identity: str
    """``Name <address>``, of author and committer alike."""
    seconds: int
    """Since 1970-01-01 00:00 UTC."""
    message: str
    files: tuple[SampleFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything that one sample repository is made from."""

    rights: Rights
    commits: tuple[SampleCommit, ...]
    tag: SampleCommit
    """An annotated tag: `name` is the tag's, `parent` the commit that it names."""

    def head_files(self) -> Mapping[str, SampleFile]:
        """Return the entries of the main branch's newest tree by path."""
        main = (commit for commit in self.commits if commit.branch == MAIN_BRANCH)
        return {file.path: file for commit in main for file in commit.files}


@cache
def load_scripts() -> tuple[Script, ...]:
    """Read all samples. The YAML belongs to the package, so a fault in it is a programming error.

    Raises:
        KeyError: a text names a value that is not planted, or a key is missing.
    """
    documents = {name: _read_document(name) for name in REPOSITORIES}
    return tuple(_script(document, documents) for document in documents.values())


def plant_names(text: str) -> tuple[str, ...]:
    """Return the names of the canaries in a text, each once, in their order."""
    names = dict.fromkeys(_PLANT.findall(text))
    return tuple(name for name in names if name in canaries())


def fill(text: str) -> str:
    """Put the planted values where a text names them."""
    return _PLANT.sub(lambda match: _value(match.group(1)), text)


def _value(name: str) -> str:
    planted = canaries().get(name)
    return planted.text if planted else fillers()[name]


def _read_document(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def _script(document: dict[str, Any], documents: Mapping[str, Any]) -> Script:
    fields = dict(document["repository"])
    fields["rights_basis"] = RightsBasis(fields["rights_basis"])
    tag = document["tag"]
    return Script(
        rights=Rights(**fields),
        commits=tuple(
            _commit(
                entry,
                name=entry["id"],
                branch=entry["branch"],
                parent=entry.get("from", ""),
                entries=tuple(_files(document, documents, entry["id"])),
            )
            for entry in document["commits"]
        ),
        tag=_commit(tag, name=tag["name"], branch="", parent=tag["commit"], entries=()),
    )


def _commit(
    entry: dict[str, Any], *, name: str, branch: str, parent: str, entries: tuple[SampleFile, ...]
) -> SampleCommit:
    return SampleCommit(
        name=name,
        branch=branch,
        parent=parent,
        identity=fill(entry["identity"]),
        seconds=int(entry["date"].timestamp()),
        message=entry["message"] + "\n",
        files=entries,
    )


def _files(
    document: dict[str, Any], documents: Mapping[str, Any], commit: str
) -> Iterator[SampleFile]:
    for entry in document["files"]:
        if entry["commit"] != commit:
            continue
        text = _text(entry, documents)
        yield SampleFile(
            path=entry["path"],
            mode=entry.get("mode", "100644"),
            content=_content(entry, text),
            plants=plant_names(text),
        )


def _text(entry: dict[str, Any], documents: Mapping[str, Any]) -> str:
    if "copy_of" not in entry:
        return str(entry.get("text", ""))
    repository, _, path = entry["copy_of"].partition("/")
    texts = {other["path"]: other.get("text", "") for other in documents[repository]["files"]}
    text = str(texts[path])
    for change in entry.get("replace", ()):
        text = text.replace(change["from"], change["to"])
    return text


def _content(entry: dict[str, Any], text: str) -> bytes:
    if "generate" in entry:
        return GENERATORS[entry["generate"]]()
    encoding = entry.get("encoding", "utf-8")
    # the byte order is written out, so that the bytes are the same on every machine
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else b""
    return mark + fill(text).encode(encoding)
