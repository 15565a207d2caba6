"""What a process that commands are forked from has imported: everything, but made nothing.

The first import takes away what only developers have, as it does for processes that are started.
"""

from __future__ import annotations

import ingest.detect.confidential.detector
import ingest.detect.licensing.scanner
import ingest.detect.pii.scanner
import ingest.detect.secrets.detector  # noqa: F401
import tests.support.installed.sitecustomize  # noqa: F401 - has to be the first
from cli.main import build_app

build_app()
