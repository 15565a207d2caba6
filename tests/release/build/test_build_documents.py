from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.domain.finding import Category
from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.build.documents import scan_documents
from release.build.inputs import EXIT_CATEGORIES
from release.build.texts import Inspector
from release.documents.notice import license_texts
from tests.strategies.release import Corpus, File, MarkerScanner, build_corpus, marker, mixed_corpus


def _corpus(**changes: str) -> Corpus:
    return Corpus(files=(replace(File(repo="r", path=b"a.py", data=b"a = 1\n"), **changes),))


def test_a_card_into_which_a_value_got_is_refused(tmp_path: Path) -> None:
    built = build_corpus(mixed_corpus(), tmp_path / "shards")
    inspector = Inspector(
        scanner=MarkerScanner(), refused=frozenset(EXIT_CATEGORIES[Tier.RELEASABLE])
    )
    documents = built.manifest.documents
    scan_documents(built.directory, built.manifest, documents, inspector)
    for document in documents:
        path = built.directory / document.path
        path.chmod(0o600)
        before = path.read_bytes()
        path.write_bytes(before + b"\n" + marker(Category.CODENAME))
        with pytest.raises(ReleaseRefused, match=f"marker.codename in {document.path}") as refused:
            scan_documents(built.directory, built.manifest, documents, inspector)
        assert refused.value.code == "EXIT_SCAN"
        assert marker(Category.CODENAME).decode() not in str(refused.value)
        path.write_bytes(before)


def test_the_name_of_a_repository_that_gives_something_away_holds_the_release(
    tmp_path: Path,
) -> None:
    name = marker(Category.CUSTOMER).decode()
    with pytest.raises(ReleaseRefused):
        build_corpus(_corpus(repo=name), tmp_path / "shards")
    assert not list((tmp_path / "shards").glob("rel_*"))


def test_digests_and_ids_are_not_scanned(tmp_path: Path) -> None:
    class SeesDigests(MarkerScanner):
        """Takes what looks like hexadecimal for a key, as entropy tests do."""

        def __init__(self, *seen: bytes) -> None:
            super().__init__(*seen)
            self.texts: list[bytes] = []

        def scan(self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset()) -> list:  # type: ignore[type-arg]
            self.texts.append(text)
            return super().scan(text, suffix, wanted)

    built = build_corpus(mixed_corpus(), tmp_path / "shards")
    scanner = SeesDigests()
    inspector = Inspector(scanner=scanner, refused=frozenset())
    scan_documents(built.directory, built.manifest, built.manifest.documents, inspector)
    seen = b"\n".join(scanner.texts)
    manifest = built.manifest
    for digest in (manifest.input_digest, manifest.policy_digest, manifest.release_id):
        assert digest.encode() not in seen
    for document in manifest.documents:
        assert document.sha256.encode() not in seen
    assert b"public-beta" in seen


def test_a_word_of_a_license_text_gives_nothing_away(tmp_path: Path) -> None:
    class KnowsWord(MarkerScanner):
        """Has a customer whose name is a word of the MIT license and of no row."""

        def scan(
            self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset(Category)
        ) -> list:  # type: ignore[type-arg]
            return [*super().scan(text, suffix, wanted), *self.scan_known([text])[0]]

    word = b"MERCHANTABILITY"
    assert word.decode() in license_texts()["MIT"]
    built = build_corpus(mixed_corpus(), tmp_path / "shards")
    inspector = Inspector(scanner=KnowsWord(word), refused=frozenset({Category.PASSWORD}))
    scan_documents(built.directory, built.manifest, built.manifest.documents, inspector)
    inspector = Inspector(scanner=KnowsWord(b"public-beta"), refused=inspector.refused)
    with pytest.raises(ReleaseRefused):
        scan_documents(built.directory, built.manifest, built.manifest.documents, inspector)
