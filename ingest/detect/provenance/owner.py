"""Who owns a tree that nobody registered: a guess from its root license and its headers.

Only for a look at a folder without a company profile. A release never guesses: there the profile
says who the company is, and without one every named holder is somebody else.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect.provenance.facts import LicenseFacts, UnitKey, read_licensing
from ingest.detect.provenance.paths import directory_facts, is_vendored_name
from ingest.detect.provenance.scopes import (
    Scope,
    ScopeFile,
    build_scope,
    is_license_name,
    is_manifest_name,
)
from ingest.detect.provenance.terms import ids_of, is_private_reference
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey

COMPANY_LICENSE: Final = "LicenseRef-Company"
_OPEN: Final = frozenset({"permissive", "weak_copyleft", "copyleft"})
_MAX_ROOT_LICENSES: Final = 3
_MAX_ROOT_HOLDERS: Final = 5
_MIN_FILES: Final = 3
"""Files beside its license from which a folder is a project and no license by itself."""
_MIN_HEADERS: Final = 5
_MIN_SHARE: Final = 0.02
"""Share of the files outside of vendored directories that name the dominant holder."""
_MIN_DIRECTORIES: Final = 3
_MIN_REACH: Final = 0.5
"""Share of those files below the directory that all of the holder's files have in common: a
library that was copied in stands in one corner of a tree."""
_LEAD: Final = 2
"""How many times more headers than the next the dominant holder has."""
_LEGAL = re.compile(
    r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|company|co|gmbh|ag|sa|sas|sarl|srl|bv"
    r"|nv|oy|ab|as|aps|kg|kk|plc|pty|spa|the|and|its|affiliates|subsidiaries)\b"
)
_GENERIC: Final = frozenset(
    {
        *("authors", "author", "contributors", "developers", "maintainers", "team", "project"),
        *("holders", "copyright"),
    }
)

_Key = tuple[str, ...]
_Files = list[tuple[bytes, UnitKey]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedOwner:
    """What to take for granted about a folder that nobody registered."""

    licensing: pa.Table
    """Licensing facts, with holders told apart by the guess where there was one to make."""
    repository_license: str
    """Public license at the root of the tree, else `COMPANY_LICENSE`."""
    is_inferred: bool
    """Whether the company's names were guessed."""


def assume_owner(
    snapshot: pa.Table,
    licensing: pa.Table,
    company: CompanyProfile,
    *,
    key: HmacKey | None = None,
) -> AssumedOwner:
    """Return the owner of an unregistered tree, for a look at it.

    `key` is the key of the licensing facts: by it a short name that may be a person's, and so
    stands in the facts as a digest, is seen to be an organisation's without its legal form.

    With names in the profile nothing is guessed. Without, the holders in the root license are
    the owner; without those, the holder who dominates the headers of files that are neither
    vendored nor under a public license.
    """
    if company.names:
        return AssumedOwner(
            licensing=licensing, repository_license=COMPANY_LICENSE, is_inferred=False
        )
    files = list(_scanned(snapshot))
    facts = read_licensing(licensing)
    root = _root_scope(files, facts)
    keys = _Keys(licensing, key)
    holders = _holders(licensing, keys)
    is_project = _is_project(files)
    owners = _root_holders(files, holders) if is_project else frozenset()
    if is_project and not owners:
        owners = _dominant(files, facts, holders, root)
    is_open = root is not None and root.category in _OPEN
    return AssumedOwner(
        licensing=_told_apart(licensing, owners, keys) if owners else licensing,
        repository_license=root.expression if root is not None and is_open else COMPANY_LICENSE,
        is_inferred=bool(owners),
    )


def _scanned(snapshot: pa.Table) -> Iterator[tuple[bytes, UnitKey]]:
    text = snapshot.filter(pc.is_null(snapshot["skip_reason"]))
    columns = (text[name].to_pylist() for name in ("path", "blob_id", "suffix"))
    for path, blob_id, suffix in zip(*columns, strict=True):
        yield path, (blob_id, suffix)


def _is_project(files: _Files) -> bool:
    own = (p for p, _ in files if not is_license_name(p.rpartition(b"/")[2]))
    return sum(1 for _ in zip(range(_MIN_FILES), own, strict=False)) == _MIN_FILES


def _root_scope(files: _Files, facts: dict[UnitKey, LicenseFacts]) -> Scope | None:
    members = [
        ScopeFile(path=path, facts=facts.get(key), is_skipped=False)
        for path, key in sorted(files)
        if b"/" not in path and (is_license_name(path) or is_manifest_name(path))
    ]
    return build_scope(b"", members) if members else None


class _Keys:
    """Labels of holders to keys, the same for spellings of one holder."""

    def __init__(self, licensing: pa.Table, key: HmacKey | None) -> None:
        """Read all labels; without the key of the facts, digests equal only one another."""
        labels = pc.unique(pc.list_flatten(licensing["holders"])).to_pylist()
        self._keys: dict[str, _Key] = {label: holder_key(label) for label in labels}
        if key is None:
            return
        digests = {f"person:{_digest(key, k)}": k for k in self._keys.values() if _is_name(k)}
        self._keys |= {label: k for label, k in digests.items() if label in self._keys}

    def __getitem__(self, label: str) -> _Key:
        return self._keys[label]


def _digest(key: HmacKey, words: _Key) -> str:
    """Return the digest under which the licensing family stores a name, see `holders` there."""
    return key.digest("holder", " ".join(words).encode())[:12]


def _holders(licensing: pa.Table, keys: _Keys) -> dict[UnitKey, frozenset[_Key]]:
    """Return the holders of each unit that names any."""
    named = licensing.filter(pc.greater(pc.list_value_length(licensing["holders"]), 0))
    columns = (named[name].to_pylist() for name in ("blob_id", "suffix", "holders"))
    return {
        (blob_id, suffix): frozenset(keys[label] for label in labels)
        for blob_id, suffix, labels in zip(*columns, strict=True)
    }


def holder_key(label: str) -> _Key:
    """Return the words by which two spellings of one holder are the same."""
    if label.startswith("person:"):
        return (label,)
    plain = _LEGAL.sub(" ", re.sub(r"[^\w\s]|_", " ", label.casefold()))
    return tuple(plain.split()) or (label.casefold(),)


def is_owner(key: _Key, owners: Iterable[_Key]) -> bool:
    """Tell whether a holder is an owner, or a part of one: ``Acme Platform Team`` is Acme."""
    return any(key[: len(owner)] == owner for owner in owners)


def _is_name(key: _Key) -> bool:
    return not _GENERIC.issuperset(key)


def _root_holders(files: _Files, holders: dict[UnitKey, frozenset[_Key]]) -> frozenset[_Key]:
    texts = [key for path, key in files if b"/" not in path and is_license_name(path)]
    if len(texts) > _MAX_ROOT_LICENSES:
        return frozenset()
    found = {h for key in texts for h in holders.get(key, ()) if _is_name(h)}
    return frozenset(found) if len(found) <= _MAX_ROOT_HOLDERS else frozenset()


def _dominant(
    files: _Files,
    facts: dict[UnitKey, LicenseFacts],
    holders: dict[UnitKey, frozenset[_Key]],
    root: Scope | None,
) -> frozenset[_Key]:
    """Return the holder of most headers, if that cannot be somebody whose files were copied in.

    Copied files stand in vendored directories or carry their public license, or are few.
    """
    own: Counter[_Key] = Counter()
    others: Counter[_Key] = Counter()
    places: dict[_Key, set[bytes]] = {}
    directories: Counter[bytes] = Counter()
    for path, unit in files:
        directory, _, name = path.rpartition(b"/")
        is_vendor = _is_vendored(directory) or is_vendored_name(name)
        if not is_vendor:
            directories[directory] += 1
        for holder in holders.get(unit, ()):
            is_own = not is_vendor and _may_be_own(facts.get(unit), root)
            (own if is_own else others)[holder] += 1
            places.setdefault(holder, set()).add(directory)
    ranked = [(count, key) for key, count in own.most_common() if _is_name(key)]
    if not ranked:
        return frozenset()
    count, key = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0
    is_clear = count >= max(_MIN_HEADERS, _MIN_SHARE * directories.total())
    is_clear = is_clear and count >= max(_LEAD * second, 4 * others[key])
    return frozenset({key}) if is_clear and _is_spread(places[key], directories) else frozenset()


def _is_spread(places: set[bytes], directories: Counter[bytes]) -> bool:
    """Tell whether directories are all over a tree and not one corner of it."""
    split = [directory.split(b"/") for directory in places]
    parts = zip(*split, strict=False)
    common = b"/".join(level[0] for level in itertools.takewhile(lambda x: len(set(x)) == 1, parts))
    prefix = common + b"/" if common else b""
    below = sum(n for d, n in directories.items() if (d + b"/").startswith(prefix))
    return len(places) >= _MIN_DIRECTORIES and below >= _MIN_REACH * directories.total()


@lru_cache(maxsize=65_536)
def _is_vendored(directory: bytes) -> bool:
    return directory_facts(directory, frozenset()).vendor_root is not None


def _may_be_own(facts: LicenseFacts | None, root: Scope | None) -> bool:
    """Tell whether a header can be the owner's: no public license but the one at the root."""
    if facts is None:
        return False
    is_root = root is not None and facts.expression == root.expression
    is_reference = all(map(is_private_reference, ids_of(facts.expression)))
    return is_root or is_reference or facts.category in {"none", "proprietary"}


def _told_apart(licensing: pa.Table, owners: frozenset[_Key], keys: _Keys) -> pa.Table:
    """Return licensing facts in which the owners are the company."""
    labels: list[list[str] | None] = licensing["holders"].to_pylist()
    columns: dict[str, list[Any]] = {
        name: licensing[name].to_pylist() for name in ("has_foreign_holder", "has_company_holder")
    }
    for index, held in enumerate(labels):
        if held:
            own = [is_owner(keys[label], owners) for label in held]
            columns["has_foreign_holder"][index] = not all(own)
            columns["has_company_holder"][index] = any(own)
    for name, values in columns.items():
        position = licensing.schema.get_field_index(name)
        licensing = licensing.set_column(position, licensing.schema.field(name), [values])
    return licensing
