"""Notices in other languages: restrictions, names of licenses, dedications, and plain remarks."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.languages import read_foreign, stems

Scan = Callable[..., Mapping[str, Any]]
HELD = ("unknown", "proprietary")


@pytest.mark.parametrize(
    "text",
    [
        "# Jede Weitergabe an Dritte ist untersagt.",
        "// Nur für Mitarbeiter der Firma Lindt. Kopieren verboten.",
        "# Ce fichier est la propriété exclusive de la société Verne.",
        "# Toute copie sans accord écrit est interdite.",
        "# Reservado todos los derechos. No se permite su distribución.",
        "# Solo para uso académico.",
        "# Proibida a venda. Uso apenas para fins educacionais.",
        "# Uso interno da Petrolux. Não distribuir.",
        "# È vietato copiare o diffondere questo file.",
        "# Solo per uso interno. Proprietà riservata.",
        "# Gebruik alleen toegestaan binnen het bedrijf.",
        "# Vermenigvuldiging en verspreiding zijn niet toegestaan.",
        "# Wszystkie prawa zastrzeżone. Rozpowszechnianie zabronione.",
        "# Tylko do użytku niekomercyjnego.",
        "# Ticari amaçla kullanılamaz.",
        "# Bu dosyanın kopyalanması ve dağıtılması yasaktır.",
        "# Коммерческое использование запрещено.",
        "# Собственность ООО «Вектор». Конфиденциально.",
        "# 商用利用禁止",
        "# 本ファイルの複製・再配布を禁止します。",
        "# 仅限内部使用，禁止外传",
        "# 未经授权，严禁复制",
        "# 본 파일의 무단 배포를 금합니다.",
        "# 비상업적 용도로만 사용할 수 있습니다.",
    ],
)
def test_what_is_kept_in_another_language_is_kept(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] in HELD


@pytest.mark.parametrize(
    "text",
    [
        "# Lizenziert unter der Apache-Lizenz 2.0",
        "# Distribué sous licence MIT",
        "# Distribuido bajo la licencia MIT",
        "# Distribuído sob a licença BSD-3-Clause",
        "# Rilasciato con licenza MIT",
        "# Licentie: MIT",
        "# Na licencji MIT",
        "# Lisans: MIT",
        "# Распространяется под лицензией MIT",
        "# ライセンス：MIT",
        "# MITライセンスで公開しています",
        "# 基于 Apache 2.0 协议开源",
        "# MIT 라이선스로 배포됩니다",
        "# Ce fichier est dans le domaine public.",
    ],
)
def test_a_free_license_in_another_language_is_one(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] == "permissive"


@pytest.mark.parametrize(
    "text",
    [
        "# Unter der GPLv3 veröffentlicht, siehe Lizenz.",
        (
            "# Questo programma è software libero; è lecito redistribuirlo secondo "
            "i termini della Licenza Pubblica Generica GNU, versione 2 o successive."
        ),
        "# Dit programma is vrije software, onder de GNU General Public License versie 2.",
        (
            "# Niniejszy program jest wolnym oprogramowaniem; rozprowadzaj go na "
            "warunkach Powszechnej Licencji Publicznej GNU, wersja 2"
        ),
        "# 라이선스: GPL-3.0",
        "# 许可证：GPL-2.0",
    ],
)
def test_the_gpl_in_another_language_is_copyleft(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] == "copyleft"


@pytest.mark.parametrize(
    "text",
    [
        "# Die Weitergabe des Parameters ist nicht nötig, intern wird kopiert.",
        "# Verboten: negative Werte. Die Nutzung des Puffers ist erlaubt.",
        "# Interdit de passer une valeur nulle. La copie est profonde.",
        "# Prohibido usar valores nulos. El uso interno de la lista es privado.",
        "# È vietato passare None. La copia è superficiale.",
        "# Запрещено передавать None.",
        "# 禁止访问空指针，不得修改此值",
        "# 禁止拷贝构造",
        "# コピー禁止クラス",
        "# 무단 접근 시 예외를 던진다",
        "# Kopyalama işlemi yavaştır.",
        "# Kopiowanie listy jest wolne.",
    ],
)
def test_remarks_on_code_in_another_language_keep_nothing(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] == "none"


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("# Lizenz: GPLv2 oder neuer", "GPL-2.0-or-later"),
        ("# Licence : Apache 2.0", "Apache-2.0"),
        ("# Licencia: CC BY-SA 3.0", "CC-BY-SA-3.0"),
        ("# Лицензия: BSD-3-Clause", "BSD-3-Clause"),
        (
            "# selon la Licence Publique Générale GNU, version 3 ou ultérieure",
            "GPL-3.0-or-later",
        ),
        ("# Licença Pública Geral Menor GNU, versão 3", "LGPL-3.0-only"),
        ("# GNU 通用公共许可证第二版", "GPL-2.0-only"),
    ],
)
def test_the_name_is_read_with_its_version(scan: Scan, text: str, expression: str) -> None:
    assert scan(text.encode())["license_expression"] == expression


@pytest.mark.parametrize(
    "text", ["# Nicht unter der MIT-Lizenz.", "# Non è sotto licenza MIT.", "# 不采用 MIT 许可证"]
)
def test_a_denied_name_is_unknown(scan: Scan, text: str) -> None:
    assert scan(text.encode())["license_category"] in HELD


@given(st.text(max_size=200))
def test_spans_lie_in_the_region(algebra: LicenseAlgebra, text: str) -> None:
    piece = f"# İzinsiz kopyalanamaz. Лицензия: MIT. {text}".encode()
    found = read_foreign(piece, algebra)
    assert found.restrictions
    for sign in (*found.named, *found.reserved, *found.restrictions):
        assert 0 <= sign.start <= sign.end <= len(piece)


def test_the_prefilter_knows_each_stem_in_upper_and_lower_case() -> None:
    known = set(stems())
    assert {"vorbehalten", "запрещ", "ЗАПРЕЩ", "無断"} <= known


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
def test_a_file_is_what_another_language_says_of_it(scan: Scan, text: str, category: str) -> None:
    assert scan(f"{text}\nx = 1\n".encode())["license_category"] == category


def test_a_translated_label_is_no_notice(scan: Scan) -> None:
    assert scan('{"license": "许可证"}'.encode(), "json")["license_category"] == "none"
    assert scan(b'msgid "License:"\nmsgstr "Licencia:"\n', "po")["license_category"] == "none"
