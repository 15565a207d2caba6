"""The lists of names, made once for an installation and read back by every later process.

To make them, 86 modules of Faker are imported and 150,000 entries looked at, which takes most of
a second; to read them back takes a twentieth of that.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import lru_cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from ingest.detect.pii.gazetteer import Gazetteer
from ingest.detect.pii.rules import read_names
from ingest.domain.private import private_folder, read_private, write_private


@lru_cache(maxsize=1)
def load_gazetteer(words: frozenset[str], cache_dir: Path) -> Gazetteer:
    """Return what `Gazetteer.load` returns of these words, from the private cache where it can."""
    path = cache_dir / f"names-{_digest(words)}.json"
    try:
        return _restored(read_private(path))
    except (OSError, ValueError, KeyError):
        # Absent, torn or another's: the lists are at hand.
        gazetteer = Gazetteer.load(words)
        private_folder(cache_dir)
        write_private(path, [_packed(gazetteer)])
        return gazetteer


def _packed(gazetteer: Gazetteer) -> bytes:
    lists = {each.name: sorted(getattr(gazetteer, each.name)) for each in fields(gazetteer)}
    return json.dumps(lists, ensure_ascii=False).encode()


def _restored(packed: bytes) -> Gazetteer:
    """Read the lists back.

    Raises:
        ValueError: they are torn.
        KeyError: one is missing.
    """
    lists = json.loads(packed)
    return Gazetteer(**{each.name: frozenset(lists[each.name]) for each in fields(Gazetteer)})


def _digest(words: frozenset[str]) -> str:
    """Return the identity of everything that the lists follow from, this program's part too."""
    digest = hashlib.sha256(f"{version('Faker')}\0{version('names')}\0".encode())
    digest.update(read_names())
    digest.update(resources.files(__package__).joinpath("gazetteer.py").read_bytes())
    digest.update("\0".join(sorted(words)).encode())
    return digest.hexdigest()[:32]
