"""\"Or any later version\" in the words of many people and languages."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.names import find_names, fold

LATER = (
    "under the GPL version 2 or later",
    "under the GPL version 2 or any newer version",
    "under the GPL 2 and later",
    "License: GPL (>= 2)",
    "License: GPL (>= 2.0) | file LICENSE",
    "GNU General Public License, entweder Version 2 der Lizenz oder jeder späteren Version",
    "GNU General Public License version 2 ou toute version ultérieure",
    "GNU General Public License versión 2 o cualquier versión posterior",
    "GNU General Public License versão 2 ou qualquer versão posterior",
    "GNU General Public License versione 2 o qualsiasi versione successiva",
    "GNU General Public License versie 2 of een latere versie",
    "GNU General Public License version 2 eller senare version",
    "GNU General Public License wersja 2 lub dowolna późniejsza wersja",
    "GNU General Public License 版本 2 或更高版本",
    "GNU General Public License version 2 またはそれ以降",
)
ONLY = (
    "under the GPL version 2",
    "License: GPL (== 2)",
    "GNU General Public License, Version 2 der Lizenz",
    "GNU General Public License versión 2 solamente",
)


@pytest.mark.parametrize("text", LATER)
def test_later_versions_are_read(text: str) -> None:
    assert {name.spdx for name in find_names(fold(text.encode()))} == {"GPL-2.0-or-later"}


@pytest.mark.parametrize("text", ONLY)
def test_one_version_stays_one(text: str) -> None:
    assert {name.spdx for name in find_names(fold(text.encode()))} == {"GPL-2.0-only"}
