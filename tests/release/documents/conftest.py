"""Two releases, the second with the first as its parent, made once for the folder."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from ingest.domain.finding import Category
from policies.decision import Tier
from release.build import BuiltRelease
from release.documents import ReleaseDraft
from release.domain.manifest import Release
from tests.strategies.release import Corpus, File, build_corpus, marker

HOSTILE = "x\"'</text><script>alert(1)</script>|`a`\u202e\n# [l](http://h)"
"""What a name must not do: close an element, begin a column, a link, a heading, or turn around."""


def first_corpus() -> Corpus:
    return Corpus(
        aliases={"secret-project": "open-name"},
        files=(
            File(repo="one", path=b"kept.py", data=b"kept = 1\n"),
            File(repo="one", path=b"changed.py", data=b"before = 1\n"),
            File(repo="one", path=b"removed.py", data=b"removed = 1\n"),
            File(repo="leaving", path=b"a.go", data=b"package a\n", license="Apache-2.0"),
            File(repo="secret-project", path=b"b.py", data=b"b = 1\n"),
        ),
    )


def second_corpus() -> Corpus:
    files = first_corpus().files
    mail = marker(Category.EMAIL_ADDRESS)
    return Corpus(
        aliases={"secret-project": "open-name"},
        files=(
            files[0],
            replace(files[1], data=b"after = 22\n"),
            files[4],
            File(
                repo="one",
                path=b"vendor/LICENSE",
                data=b"# " + mail + b"\n# " + mail + b"\n",
                license="BSD-3-Clause OR LicenseRef-Own",
                ownership="third_party",
                holders=("Example Foundation", "Ada Person", HOSTILE + " Inc"),
                reasons=("LIC_PERMISSIVE", "OWN_ATTESTED"),
            ),
            File(repo=HOSTILE, path=b"n.py", data=b"n = 1\n", license=None),
            File(
                repo="never-named",
                path=b"inner/plan.py",
                data=b"inner = 1\n",
                outcome="internal-only",
                reasons=("ACME_DEAL_RULE", "LICENSE_COPYLEFT"),
            ),
            File(repo="one", path=b"x.bin", data=b"\0", outcome="skipped", reasons=()),
        ),
    )


@dataclass(frozen=True)
class Pair:
    """A release and the one before it."""

    first: BuiltRelease
    second: BuiltRelease

    @property
    def draft(self) -> ReleaseDraft:
        parent = Release(directory=self.first.directory, manifest=self.first.manifest)
        manifest = replace(self.second.manifest, documents=())
        return ReleaseDraft(manifest=manifest, exclusions=self.second.exclusions, parent=parent)

    def read(self, name: str) -> str:
        return (self.second.directory / name).read_text("utf-8")


@pytest.fixture(scope="session", params=Tier, ids=lambda tier: str(tier.value))
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Both releases of a tier; the internal one holds what the releasable one may not name."""
    root = tmp_path_factory.mktemp("documents") / "shards"
    tier: Tier = request.param
    corpora = [first_corpus(), second_corpus()]
    if tier is Tier.INTERNAL_ONLY:
        corpora = [_inside(corpus) for corpus in corpora]
    first = build_corpus(corpora[0], root, tier)
    parent = first.manifest.release_id
    return Pair(first, build_corpus(corpora[1], root, tier, parent_release_id=parent))


def _inside(corpus: Corpus) -> Corpus:
    swapped = {"releasable": "internal-only", "internal-only": "releasable"}
    files = (replace(f, outcome=swapped.get(f.outcome, f.outcome)) for f in corpus.files)
    return replace(corpus, files=tuple(files))
