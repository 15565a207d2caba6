"""Notices in other languages than English, enough to know that something is said.

What keeps rights or forbids an act is proprietary; a license by a name that everybody writes in
English (``MIT-Lizenz``, ``licence GPL``) is that license; other words of license are unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.names import phrase, read_name
from ingest.detect.licensing.openings import Expression

# Folded text holds one character a byte, so letters beyond ASCII are two or three of them.
_RESERVED: Final = (
    r"alle rechte vorbehalten"
    r"|tous (?:les )?droits r.{1,3}serv.{1,2}s"
    r"|todos (?:los|os) (?:derechos|direitos) reservados"
    r"|tutti i diritti (?:sono )?riservati"
    r"|alle rechten voorbehouden"
    "|版权所有"
    "|版權所有"
    "|保留(?:所有|一切)(?:权利|權利)"
    "|права защищены"
    "|無断転載を禁"
)
_FORBIDDEN: Final = (
    # German
    r"\bvertraulich\b|\b(?:weitergabe|vervielf.{1,2}ltigung|verwendung|nutzung|kopieren"
    r"|verbreitung)\b"
    r"[^.\x00]{0,80}?\b(?:untersagt|verboten|nicht (?:gestattet|erlaubt)"
    r"|ohne [^.\x00]{0,30}?(?:genehmigung"
    r"|zustimmung|erlaubnis))\b"
    r"|\bnur f.{1,2}r (?:den )?(?:internen|privaten|pers.{1,2}nlichen"
    r"|nicht-?~?kommerziell\w{0,2})\b"
    # French
    r"|\bconfidentiel(?:le)?\b|\b(?:copie|reproduction|utilisation|distribution|diffusion|usage)\b"
    r"[^.\x00]{0,80}?\b(?:interdite?s?|sans (?:l )?autorisation|prohib.{1,3}e?s?)\b"
    r"|\busage (?:interne|non-? ?commercial|strictement personnel)\b"
    # Spanish, Portuguese, Italian
    r"|\bconfidencial\b|\b(?:prohibid[ao]|proibid[ao]|vietat[ao])\b[^.\x00]{0,60}?\b(?:copia"
    r"|c.{1,2}pia"
    r"|reproduc|reprodu|riproduz|distribu|uso|uso comercial|utiliza)"
    r"|\b(?:sin|sem|senza) (?:la |el |a |o |l )?(?:previa |pr.{1,2}via )?(?:autoriza|autorizzazione"
    r"|permiso|permiss|consentimiento|consenso)"
    # Chinese, Japanese
    "|未(?:经|經).{0,45}?(?:许可|授权|同意|允许|授權|許可)"
    "|不得(?:用于商业|用於商業|复制|複製|传播|转载|商用|擅自)|禁止(?:商用|商业|转载|复制|传播|用于|任何)"
    "|仅供(?:学习|内部|个人|研究|参考)|商业秘密|内部资料|機密情報|社外秘|無断(?:複製|使用|転用|転載)"
    "|商用利用(?:は)?(?:禁止|不可)"
    # Russian
    "|(?:использование|копирование|распространение).{0,90}?запрещ|конфиденциальн"
)
_LICENSED: Final = (
    r"\bunter (?:der|einer|den bedingungen der) [^.\x00]{0,30}?-?lizenz\b"
    r"|\blizenziert (?:unter|nach)\b|\blizenz~:"
    r"|\bunterliegt (?:der|den|dem) "
    r"|\bsous (?:la |une )?licence\b|\bselon les termes\b|\baux termes de\b"
    r"|\bdistribu.{1,3}e?s? sous\b"
    r"|\bbajo (?:la |una |los t.{1,2}rminos de (?:la )?)?licencia\b|\blicenciado bajo\b"
    r"|\blicencia~:"
    r"|\bsob (?:a |uma )?licen.{1,2}a\b|\bsotto (?:la )?licenza\b|\bcon licenza\b|\blicenza~:"
    "|(?:遵循|基于|采用|使用|根据|依照|遵守).{0,60}?(?:许可证|许可协议|授权协议|开源协议|許可證|协议)"
    "|(?:许可证|许可协议|开源协议)~:"
    "|(?:ライセンス(?:の下|に基づ|条件|で公開|のもと)|使用許諾|利用規約)"
    "|(?:под лицензией|условиях лицензии|лицензионн)"
)
_WORD_OF_LICENSE = re.compile(
    r"li[cz]en|\xe8\xae\xb8|\xe5\x8d\x8f|\xe3\x83\xa9\xe3\x82\xa4|\xd0\xbb\xd0\xb8"
)
_REACH: Final = 48


def _compiled(pattern: str) -> Expression:
    return Expression(phrase(pattern).encode().decode("latin-1"))


_KEEPS_RIGHTS = _compiled(_RESERVED)
_FORBIDS = _compiled(_FORBIDDEN)
_LICENSES = _compiled(_LICENSED)


def find_foreign_reserved(folded: str) -> Iterator[Evidence]:
    """Yield the first words that keep all rights, in folded text."""
    if match := _KEEPS_RIGHTS.search(folded):
        yield _sign(match, PROPRIETARY)


def find_foreign(folded: str, *, is_named: bool) -> Iterator[Evidence]:
    """Yield what other languages forbid, and the license where nothing else names one."""
    if match := _FORBIDS.search(folded):
        yield _sign(match, PROPRIETARY)
    if is_named:
        return
    for match in _LICENSES.finditer(folded):
        around = folded[max(0, match.start() - _REACH) : match.end() + _REACH]
        if not _WORD_OF_LICENSE.search(around):
            continue
        named = read_name(folded[match.start() : match.end() + _REACH]) or read_name(
            folded[max(0, match.start() - _REACH // 2) : match.start()]
        )
        if named is None and match[0].endswith(":"):
            # A label alone, as translated programs have them.
            continue
        yield _sign(match, named.spdx if named else UNKNOWN)
        return


def _sign(match: re.Match[str], spdx: str) -> Evidence:
    return Evidence(start=match.start(), end=match.end(), kind=Kind.NOTICE, spdx=spdx, score=0.5)
