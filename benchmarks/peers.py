"""Other engines as their users run them, on the same texts."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from ingest.domain.text import ScanText

_PEERS_BIN = Path(".venv-peers") / "bin"


def take_sample(texts: Sequence[ScanText], size: int) -> list[ScanText]:
    """Return evenly spread texts of about this many bytes in all."""
    total = sum(len(text.data) for text in texts) or 1
    step = max(1, round(total / size))
    return list(texts[::step])


@contextmanager
def as_files(texts: Sequence[ScanText]) -> Iterator[tuple[Path, list[Path]]]:
    """Write texts into a folder for a while; give the folder and the files."""
    with tempfile.TemporaryDirectory(prefix="shardgate-peers-") as folder:
        paths = []
        for number, text in enumerate(texts):
            path = Path(folder) / f"{number}.{text.suffix or 'txt'}"
            path.write_bytes(text.data)
            paths.append(path)
        yield Path(folder), paths


def run_detect_secrets(paths: Sequence[Path]) -> None:
    """Scan files with all default plugins and filters, verification off."""
    secrets = SecretsCollection()
    with default_settings():
        for path in paths:
            secrets.scan_file(str(path))


def presidio_runner(texts: Sequence[ScanText]) -> Callable[[], None]:
    """Return a scan with Presidio's default recognizers and no language model."""
    import tldextract  # noqa: PLC0415 - heavy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415 - heavy
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # noqa: PLC0415 - heavy

    # Presidio's e-mail recognizer would fetch a list from the network on first use.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
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


def kingfisher_runner(texts: Sequence[ScanText]) -> Callable[[], None]:
    """Return a scan with Kingfisher's engine in process, its own rules, nothing around it."""
    import kingfisher_sdk  # noqa: PLC0415 - loads rules

    scanner = kingfisher_sdk.Scanner()

    def scan() -> None:
        for text in texts:
            scanner.scan(text.data)

    return scan


def find_program(name: str) -> Path | None:
    """Return a peer's program: of this environment, else of the peers' own."""
    for folder in (Path(sysconfig.get_path("scripts")), _PEERS_BIN):
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def run_kingfisher(program: Path, folder: Path) -> None:
    """Scan a folder with the Kingfisher program: one thread, nothing validated or looked up."""
    subprocess.run(
        [
            str(program),
            "scan",
            str(folder),
            "--no-validate",
            "--no-update-check",
            "--git-history=none",
            "--jobs=1",
            "--format=json",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,  # findings have an exit code of their own
    )


def run_scancode(program: Path, folder: Path) -> None:
    """Detect licenses of a folder with ScanCode, one process."""
    with tempfile.TemporaryDirectory(prefix="shardgate-scancode-") as out:
        command = [str(program), "--license", "--quiet", "--processes=1", "--timeout=120"]
        subprocess.run(
            [*command, "--json", f"{out}/found.json", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,  # a file that cannot be scanned has an exit code of its own
        )
