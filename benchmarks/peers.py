"""Other engines as their users run them, on the same texts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

from ingest.domain.text import ScanText


def take_sample(texts: Sequence[ScanText], size: int) -> list[ScanText]:
    """Return evenly spread texts of about this many bytes in all."""
    total = sum(len(text.data) for text in texts) or 1
    step = max(1, round(total / size))
    return list(texts[::step])


def run_detect_secrets(texts: Sequence[ScanText]) -> None:
    """Scan files with all default plugins and filters, verification off."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, text in enumerate(texts):
            path = Path(folder) / f"{number}.{text.suffix or 'txt'}"
            path.write_bytes(text.data)
            paths.append(path)
        secrets = SecretsCollection()
        with default_settings():
            for path in paths:
                secrets.scan_file(str(path))


def presidio_runner(texts: Sequence[ScanText]) -> Callable[[], None]:
    """Return a scan with Presidio's default recognizers and no language model."""
    # Presidio's e-mail recognizer would fetch a list from the network on first use.
    os.environ["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] = ""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415 - heavy
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # noqa: PLC0415 - heavy

    configuration = {
        "nlp_engine_name": "no_op",
        "models": [{"lang_code": "en", "model_name": "no_op"}],
    }
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers()
    registry.remove_recognizer("SpacyRecognizer")
    engine = AnalyzerEngine(
        registry=registry,
        nlp_engine=NlpEngineProvider(nlp_configuration=configuration).create_engine(),
    )

    def scan() -> None:
        for text in texts:
            engine.analyze(text.data.decode(), language="en")

    return scan
