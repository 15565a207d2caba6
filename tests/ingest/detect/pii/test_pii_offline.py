"""No socket at import, at loading or at use; asked of the interpreter itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
calls = []
sys.addaudithook(lambda event, args: calls.append(event) if event.startswith("socket.") else None)
from pathlib import Path
from ingest.detect import pii
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
config = DetectorConfig(
    key=HmacKey(key_id="t", material=b"k" * 32),
    company=CompanyProfile(),
    cache_dir=Path(sys.argv[1]),
)
text = b"Author: Emily Johnson <e" + b"@kestrelworks.io>, phone +49 30 901820, at 93.184.216.77\\n"
found = pii.build(config).scan(ScanText(blob_id="0" * 40, suffix="md", data=text))["findings"]
# urllib3 binds once to the loopback address at import to learn whether there is IPv6
print(len(found), [call for call in calls if call not in {"socket.__new__", "socket.bind"}])
"""


def test_nothing_resolves_or_connects(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "4 []"
