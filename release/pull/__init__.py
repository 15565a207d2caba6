"""Pull: take a release over, and refuse it unless every byte is what was signed."""

from release.pull.carry import apply_recalls
from release.pull.hub import (
    HubSource,
    PulledFromHub,
    Wanted,
    keep_current,
    open_hub,
    pull_from_hub,
)
from release.pull.load import open_rows
from release.pull.receipts import (
    check_copies,
    open_receipt,
    open_statement,
    sign_receipt,
    sign_statement,
)
from release.pull.server import Address, Patience
from release.pull.source import FolderSource, Source
from release.pull.transfer import incoming_folder, pull_release, take_over
from release.pull.verify import check_tier, read_manifest, verify_release

__all__ = [
    "Address",
    "FolderSource",
    "HubSource",
    "Patience",
    "PulledFromHub",
    "Source",
    "Wanted",
    "apply_recalls",
    "check_copies",
    "check_tier",
    "incoming_folder",
    "keep_current",
    "open_hub",
    "open_receipt",
    "open_rows",
    "open_statement",
    "pull_from_hub",
    "pull_release",
    "read_manifest",
    "sign_receipt",
    "sign_statement",
    "take_over",
    "verify_release",
]
