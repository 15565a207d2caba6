"""Licenses in manifests."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.manifests import find_declared, is_manifest

OWN = "LicenseRef-shardgate-proprietary"
POM = (
    "<licenses><license><name>Eclipse Public License 2.0</name></license>"
    "<license><name>The MIT License</name></license></licenses>"
)
METADATA = "Name: x\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: ISC License (ISCL)\n"
UNKNOWN = "LicenseRef-shardgate-unknown"


@pytest.mark.parametrize(
    ("suffix", "text", "expected"),
    [
        ("package.json", '{"license": "(MIT OR Apache-2.0)"}', ["Apache-2.0 OR MIT"]),
        ("package.json", '{"license": {"type": "ISC"}}', ["ISC"]),
        ("package.json", '{"licenses": [{"type": "MIT"}, {"type": "GPL-2.0"}]}',
         ["MIT", "GPL-2.0-only"]),
        ("package.json", '{"license": "UNLICENSED"}', [OWN]),
        ("package.json", '{"name": "x"}', []),
        ("package.json", '{"license": "SEE LICENSE IN LICENSE.md"}', []),
        ("package.json", '{"license": ', [UNKNOWN]),
        ("package.json", "[]", []),
        ("composer.json", '{"license": ["MIT", "GPL-3.0-only"]}', ["GPL-3.0-only OR MIT"]),
        ("pyproject.toml", '[project]\nlicense = "MIT"\n', ["MIT"]),
        ("pyproject.toml", '[project]\nlicense = {text = "BSD"}\n', ["BSD-3-Clause"]),
        ("pyproject.toml", '[project]\nlicense = {file = "LICENSE"}\n', []),
        ("pyproject.toml", '[tool.poetry]\nlicense = "GPL-3.0-or-later"\n', ["GPL-3.0-or-later"]),
        ("pyproject.toml", '[project]\nclassifiers = ["License :: OSI Approved :: MIT License"]\n',
         ["MIT"]),
        ("setup.cfg", "[metadata]\nlicense = Apache License 2.0\n", ["Apache-2.0"]),
        ("setup.py", 'setup(license="MIT")', ["MIT"]),
        ("cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"\n', ["Apache-2.0 OR MIT"]),
        ("pom.xml", POM, ["EPL-2.0", "MIT"]),
        ("pkg-info", "Name: x\nLicense-Expression: MIT\nLicense: GPL\n\nbody", ["MIT"]),
        ("metadata", METADATA, ["ISC"]),
        ("gemspec", 's.licenses = ["MIT", "Ruby"]\n', ["MIT", "Ruby"]),
        ("nuspec", '<license type="expression">MIT OR Apache-2.0</license>', ["Apache-2.0 OR MIT"]),
        ("nuspec", '<license type="file">LICENSE.txt</license>', []),
        ("csproj", "<PackageLicenseExpression>GPL-3.0-only</PackageLicenseExpression>",
         ["GPL-3.0-only"]),
        ("cabal", "name: x\nlicense:             BSD-3-Clause\n", ["BSD-3-Clause"]),
        ("opam", 'opam-version: "2.0"\nlicense: "ISC"\n', ["ISC"]),
        ("podspec", 's.license = { :type => "MIT", :file => "LICENSE" }\n', ["MIT"]),
        ("podspec", 's.license = "LICENSE.txt"\n', []),
        ("setup.py", "setup(license_expression='GPL-3.0-only')", ["GPL-3.0-only"]),
        ("exs", 'defp package, do: [licenses: ["MIT", "GPL-2.0-only"]]\n', ["MIT", "GPL-2.0-only"]),
        ("build", "project('x', 'c',\n  license : 'LGPL-2.1-or-later')\n", ["LGPL-2.1-or-later"]),
        ("build", "project('x', license : ['MIT', 'ISC'])\n", ["MIT", "ISC"]),
        ("build", "executable('x', license_files)\n", []),
        ("rockspec", 'description = {\n   license = "MIT/X11"\n}\n', ["MIT AND X11"]),
        ("nimble", 'license       = "Apache-2.0"\n', ["Apache-2.0"]),
        ("sdl", 'name "x"\nlicense "proprietary"\n', [OWN]),
        ("toml", 'license = "MIT"', []),
    ],
)  # fmt: skip
def test_what_a_manifest_declares(
    algebra: LicenseAlgebra, suffix: str, text: str, expected: list[str]
) -> None:
    found = find_declared(text.encode(), suffix, algebra)

    assert [sign.spdx for sign in found] == expected
    assert all(0 <= sign.start < sign.end <= len(text) for sign in found)


def test_manifests_are_known_by_name() -> None:
    assert is_manifest("package.json")
    assert not is_manifest("json")
