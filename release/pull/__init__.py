"""Pull: take a release over, and refuse it unless every byte is what was signed."""

from release.pull.carry import apply_recalls
from release.pull.load import open_rows
from release.pull.receipts import (
    check_copies,
    open_receipt,
    open_statement,
    sign_receipt,
    sign_statement,
)
from release.pull.transfer import incoming_folder, pull_release
from release.pull.verify import check_tier, read_manifest, verify_release

__all__ = [
    "apply_recalls",
    "check_copies",
    "check_tier",
    "incoming_folder",
    "open_receipt",
    "open_rows",
    "open_statement",
    "pull_release",
    "read_manifest",
    "sign_receipt",
    "sign_statement",
    "verify_release",
]
