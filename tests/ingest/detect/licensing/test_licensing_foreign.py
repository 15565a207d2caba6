"""Notices in other languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("# Alle Rechte vorbehalten. Weitergabe ohne Genehmigung untersagt.", "proprietary"),
        ("# Veröffentlicht unter der MIT-Lizenz", "permissive"),
        ("# Lizenziert unter der Widget-Lizenz", "unknown"),
        ("# Tous droits réservés", "proprietary"),
        ("# Sous licence GPL version 3", "copyleft"),
        ("# Distribué sous licence Widget", "unknown"),
        ("# Todos los derechos reservados", "proprietary"),
        ("# Prohibida su reproducción sin licencia", "proprietary"),
        ("# 版权所有", "proprietary"),
        ("# 未经许可,不得复制", "proprietary"),
        ("# 本项目仅供学习使用,禁止商用", "proprietary"),
        ("# 本软件遵循 MIT 许可证", "permissive"),
        ("# このソフトウェアはMITライセンスの下で公開", "permissive"),
        ("# 無断転載を禁じます", "proprietary"),
        ("# Unter der Haube arbeitet eine Datenbank", "none"),
        ("# Prüft die Lizenz des Nutzers", "none"),
    ],
)
def test_notices_in_other_languages(scan: Scan, text: str, category: str) -> None:
    assert scan(f"{text}\nx = 1\n".encode())["license_category"] == category


def test_a_translated_label_is_no_notice(scan: Scan) -> None:
    assert scan('{"license": "许可证"}'.encode(), "json")["license_category"] == "none"
    assert scan(b'msgid "License:"\nmsgstr "Licencia:"\n', "po")["license_category"] == "none"
