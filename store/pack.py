"""Packs: files for somebody elsewhere, in one zip with a signed index of all of them.

The same members give the same bytes: sorted, without times of the clock. The index (DSSE,
Ed25519) names every member with size and SHA-256. Nothing of a pack is read before the signature
of its index is checked, and of each member no more than the index says.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from ingest.errors import ReleaseRefused
from release.domain.manifest import canonical_json
from release.signing import sign, verify

INDEX_FILE: Final = "index.dsse.json"
SUMS_FILE: Final = "SHA256SUMS"
INDEX_TYPE: Final = "application/vnd.shardgate.pack-index+json"
PACK_VERSION: Final = 1
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that the format knows."""
_MODE: Final = 0o100644 << 16
_UNIX: Final = 3
_LEVEL: Final = 6
_MAX_INDEX_BYTES: Final = 16 * 2**20


def write_pack(members: Mapping[str, bytes], private_key: Path) -> bytes:
    """Return the zip of some members, with their sums and the signed index beside them.

    Raises:
        ValueError: a member has the name of the index or of the sums.
        ConfigurationError: the key cannot be read.
    """
    if {INDEX_FILE, SUMS_FILE} & set(members):
        raise ValueError("the index and the sums are made here")
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(members.items())}
    sums = "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()
    whole = {**members, SUMS_FILE: sums}
    listed = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in whole.items()
    }
    index = canonical_json({"pack_version": PACK_VERSION, "members": listed})
    whole[INDEX_FILE] = sign(index, private_key, INDEX_TYPE)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(whole):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr, info.create_system = _MODE, _UNIX
            archive.writestr(info, whole[name], zipfile.ZIP_DEFLATED, _LEVEL)
    return buffer.getvalue()


def read_pack(path: Path, public_key: Path) -> dict[str, bytes]:
    """Return the members of a pack, each as the signed index says.

    Raises:
        ReleaseRefused: it is no pack, its index is not signed by the trusted key, or a member was
            changed, added, doubled or taken away.
        ConfigurationError: the public key cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive, public_key)
    # RuntimeError: a member is encrypted, or packed in a way that is not known here.
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError, KeyError):
        raise ReleaseRefused("The file is no readable pack.") from None


def _read(archive: zipfile.ZipFile, public_key: Path) -> dict[str, bytes]:
    names = archive.namelist()
    envelope = _read_member(archive, INDEX_FILE, _MAX_INDEX_BYTES)
    listed = _parse_index(verify(envelope, public_key, INDEX_TYPE))
    if sorted(names) != sorted([*listed, INDEX_FILE]):
        raise ReleaseRefused("The pack has other members than its index.")
    members = {}
    for name, (digest, size) in listed.items():
        data = _read_member(archive, name, size)
        if len(data) != size or hashlib.sha256(data).hexdigest() != digest:
            raise ReleaseRefused(f"The member {name} was changed.")
        members[name] = data
    return members


def _read_member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as member:
            return member.read(most + 1)
    except (zipfile.BadZipFile, zlib.error):
        raise ReleaseRefused(f"The member {name} was changed.") from None


def _parse_index(payload: bytes) -> dict[str, tuple[str, int]]:
    try:
        said: Any = json.loads(payload)
        if said["pack_version"] != PACK_VERSION:
            raise ReleaseRefused("The pack is of another version.")
        return {name: (m["sha256"], int(m["bytes"])) for name, m in said["members"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ReleaseRefused("The index of the pack is malformed.") from None
