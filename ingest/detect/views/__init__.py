"""Decoded views of a text: what engines would not see in its encoded form."""

from ingest.detect.views.decoder import Decoder
from ingest.detect.views.model import Limits, Shut, Undecoded, View, Views
from ingest.detect.views.opened import OpenedBlob, open_stored
from ingest.detect.views.scan import merge_findings, merge_views, scan_opened, scan_views
from ingest.detect.views.shelf import shelf
from ingest.detect.views.texts import OpenedTexts, open_texts

__all__ = [
    "Decoder",
    "Limits",
    "OpenedBlob",
    "OpenedTexts",
    "Shut",
    "Undecoded",
    "View",
    "Views",
    "merge_findings",
    "merge_views",
    "open_stored",
    "open_texts",
    "scan_opened",
    "scan_views",
    "shelf",
]
