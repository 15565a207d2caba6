"""Decoded views of a text: what engines would not see in its encoded form."""

from ingest.detect.views.decoder import Decoder
from ingest.detect.views.model import Limits, Shut, Undecoded, View, Views
from ingest.detect.views.opened import OpenedBlob, open_stored
from ingest.detect.views.scan import merge_findings, scan_opened, scan_views

__all__ = [
    "Decoder",
    "Limits",
    "OpenedBlob",
    "Shut",
    "Undecoded",
    "View",
    "Views",
    "merge_findings",
    "open_stored",
    "scan_opened",
    "scan_views",
]
