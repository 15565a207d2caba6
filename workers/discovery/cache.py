"""Answers of APIs that carry an ETag: asked for again, they cost the host and its limits nothing.

The folder is private and safe to delete. Names of files are digests: of the address, and of the
credential's name, as another credential may see another list.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.domain.private import private_folder, write_private


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as it came."""

    etag: str
    headers: Mapping[str, str]
    """Those that tell of the next page, by lower-case name."""
    body: Any
    """Decoded JSON."""


class AnswerCache:
    """Keeps answers in a folder."""

    def __init__(self, folder: Path, who: str) -> None:
        """Take the folder, and what tells apart who asks."""
        self._folder = folder
        self._who = who

    def find(self, url: str) -> KeptAnswer | None:
        """Return what is kept of an address; None where it is nothing that can be read."""
        try:
            kept = json.loads(self._place(url).read_bytes())
            return KeptAnswer(etag=kept["etag"], headers=kept["headers"], body=kept["body"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, url: str, answer: KeptAnswer) -> None:
        """Keep an answer; where the folder cannot be written, it is only slower."""
        data = {"etag": answer.etag, "headers": dict(answer.headers), "body": answer.body}
        with suppress(OSError):
            private_folder(self._folder)
            write_private(self._place(url), [json.dumps(data).encode()])

    def _place(self, url: str) -> Path:
        name = hashlib.sha256(f"{self._who}\0{url}".encode()).hexdigest()
        return self._folder / f"{name}.json"
