"""What ScanCode and the bare template engine say of the same cases."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from licenseclassifier import identify_license

from benchmarks.accuracy.licensing_cases import Case, algebra, five, label

_PYTHON: Final = Path(".venv-peers/bin/python")
# One process for all files: loading the index takes 5 to 40 s.
_SCRIPT: Final = """
import json, sys
from scancode.api import get_licenses
out = {}
for path in json.load(open(sys.argv[1])):
    found = get_licenses(path)
    out[path] = [d["license_expression"] for d in found["license_detections"]]
json.dump(out, open(sys.argv[2], "w"))
"""


def classifier_verdicts(cases: Sequence[Case]) -> list[tuple[frozenset[str], str]]:
    """Return what `licenseclassifier` alone says, at its threshold for any match."""
    found = []
    for case in cases:
        names = {match.id for match in identify_license(case.data.decode("utf-8", "replace"), 0.0)}
        terms = algebra().all_of(names)
        found.append((terms.ids, five(terms.category)) if terms else (frozenset(), "none"))
    return found


def scancode_verdicts(cases: Sequence[Case]) -> list[tuple[frozenset[str], str]]:
    """Return what ScanCode says of each case, all its detections together."""
    with tempfile.TemporaryDirectory(prefix="shardgate-scancode-") as directory:
        root = Path(directory)
        paths = [_written(root, number, case) for number, case in enumerate(cases)]
        (root / "in.json").write_text(json.dumps(paths))
        command = [str(_PYTHON), "-c", _SCRIPT, str(root / "in.json"), str(root / "out.json")]
        subprocess.run(command, check=True, capture_output=True)
        answers = json.loads((root / "out.json").read_text())
    found = []
    for path in paths:
        terms = algebra().all_of(label(expression).expression for expression in answers[path])
        found.append((terms.ids, five(terms.category)) if terms else (frozenset(), "none"))
    return found


def _written(root: Path, number: int, case: Case) -> str:
    name = "LICENSE" if case.suffix in {"license", "copying", "licence"} else f"file.{case.suffix}"
    path = root / str(number) / name
    path.parent.mkdir()
    path.write_bytes(case.data)
    return str(path)
