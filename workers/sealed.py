"""Blobs that are no text: what can be read of them is looked at, and they stay unread.

A binary's printable runs and the members of an archive are views (`ingest.detect.views`). What is
found in them is reported beside a scan that still counts as failed: the rest was not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from ingest.detect.detector import BlobDetector
from ingest.detect.views import OpenedBlob, open_stored, scan_opened
from ingest.domain.finding import Family, Finding
from ingest.domain.text import NotText, ScanText

FINDING_FAMILIES: Final = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)
_STRINGS: Final = "strings"
_OPENED: Final = "opened"


class SealedBlob(NotText):
    """Stored bytes that are no text; an exception only because that is what says so elsewhere."""

    def __init__(self, reason: str, stored: bytes) -> None:
        """Keep the bytes for as long as the blob is scanned."""
        super().__init__(reason)
        self._stored = stored

    @cached_property
    def _opened(self) -> OpenedBlob:
        return open_stored(self._stored)

    def look(self, detector: BlobDetector, text: ScanText) -> tuple[list[Finding], str]:
        """Return what one detector finds, with spans of the stored bytes, and the reason to tell.

        The reason is that of the blob and, for an archive, ``opened`` and what stayed shut. Runs
        of an opaque binary are shown to the secrets family alone: what looks like a name in them
        seldom is one. `text` names the blob.
        """
        if detector.family not in FINDING_FAMILIES:
            return [], self.reason
        opened = self._opened
        members = tuple(view for view in opened.views if view.chain[-1:] != (_STRINGS,))
        views = opened.views if detector.family is Family.SECRETS else members
        found = scan_opened(detector, replace(opened, views=views), self._stored, text)
        return found, self._told(opened, members)

    def _told(self, opened: OpenedBlob, members: Sequence[object]) -> str:
        shut = sorted({str(item.reason) for item in opened.undecoded} - {self.reason})
        return ", ".join([self.reason, *([_OPENED] if members else []), *shut])
