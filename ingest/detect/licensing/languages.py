"""Notices in other languages: what keeps rights, what gives them, and which license they name.

The words are in `foreign_words`. A name that such a notice gives is read by the same table as in
English; a denied one is unknown.
"""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import PROPRIETARY, RESTRICTION, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.foreign_more import Meaning
from ingest.detect.licensing.foreign_words import FREE_SOFTWARE, LICENSE_WORDS, ROWS
from ingest.detect.licensing.name_table import PUBLIC_DOMAIN
from ingest.detect.licensing.names import read_name

_GAP: Final = r"(?:\s|[*#/;%!>|-](?=[\s*#/;%!>|-])){1,40}"
_NOTATION: Final = {" ": _GAP, "~": rf"(?:{_GAP})?", "…": r"[^.。\x00]{0,120}?"}
_MARKED = re.compile(r"\[[^\]]*\]|[ ~…]")


def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the expression of a pattern in the notation of `foreign_words`."""
    return re.compile(_MARKED.sub(lambda m: _NOTATION.get(m[0], m[0]), pattern))


def _grouped() -> dict[str, list[tuple[Meaning, re.Pattern[str]]]]:
    rows = defaultdict[str, list[tuple[Meaning, re.Pattern[str]]]](list)
    for stem, meaning, pattern in ROWS:
        rows[_lower(stem)].append((meaning, _compiled(pattern)))
    return dict(rows)


def _lower(text: str) -> str:
    # The dotted capital I would become two characters.
    return text.replace("İ", "i").lower()


_ROWS: Final = _grouped()
_ASCII_ROWS: Final = {stem: rows for stem, rows in _ROWS.items() if stem.isascii()}
_SIGNS: Final = {
    Meaning.RESERVED: (PROPRIETARY, 0.5),
    Meaning.RESTRICTED: (RESTRICTION, 1.0),
    Meaning.FREE: (PUBLIC_DOMAIN, 0.9),
    Meaning.LICENSED: (UNKNOWN, 0.5),
}
_WORD: Final = "(?:" + "|".join(LICENSE_WORDS) + r")\w{0,6}"
_NAME: Final = (
    r"(?P<name>(?:gnu )?(?:mit|apache|bsd|isc|zlib|mpl|[al]?gpl|eupl|epl|cddl|wtfpl|unlicense|boost"
    r"|cecill|cc0|cc|0bsd|artistic|ms-pl|sspl|busl|mulan|gfdl|ofl)"
    r"(?!(?!v\.?\d)[a-z])(?:[ -]?(?:by|sa|nc|nd|b|c)(?![a-z]))*(?:[ -]?(?:v|ver\.?"
    r"|version)?[ -]?\d(?:\.\d+)*\+?)?"
    r"(?:[ -](?:clause|license|only|or-later))*)"
)
_OTHER_WORD: Final = "(?:" + "|".join(w for w in LICENSE_WORDS if w != "licence") + r")\w{0,6}"
"""English has the French word too, and its own rules."""
_NAMED: Final = (
    _compiled(rf"{_WORD}~(?:[:：]|-|–)~(?:die |der |la |a |il |de )?{_NAME}"),
    _compiled(rf"{_NAME}(?: |-)?~[\"»”」]?~{_OTHER_WORD}"),
    _compiled(rf"{_WORD} (?:de |du |der |di |do |da |pública |«|\")?{_NAME}"),
    _compiled(
        rf"{_NAME}~(?:に従って|の下で|に基づ|の条件|で公開|で配布|ライセンス|协议"
        r"|協議|에 따라|하에)"
    ),
)
_GNU: Final = _compiled(
    r"(?:licen[cs]e|licencia|licença|licenza)(?: \w+)? (?:publique|pública|publica|pubblica)"
    r"(?: g[eéê]n[eé]rale?)?(?: \w+)? gnu|gnu(?: \w+)? (?:licen[cs]e|licencia|licença"
    r"|licenza) publi\w+"
    r"|licen[cs]e publique g[eé]n[eé]rale(?: \w+)? gnu|licencia pública general"
    r"|licença pública geral|licenza pubblica gen"
    r"|(?:стандартн|универсальн|открыт|генеральн)\w+ (?:общественн"
    r"|публичн)\w+ лицензи\w+(?: ограниченного применения)? gnu"
    r"|gnu~(?:\w{0,4})?通用公共(?:许可|授权|許可|授權)|gnu~宽通用公共许可"
    r"|gnu~一般公衆|gnu~일반 공중"
    r"|powszechn\w+ licencj\w+ publiczn\w+ gnu|gnu genel kamu lisans"
)
_GNU_WORDS: Final = (
    "publique",
    "pública",
    "publica",
    "pubblica",
    "лицензи",
    "通用公共",
    "一般公衆",
    "일반 공중",
    "powszechn",
    "kamu lisans",
)
_LESSER = re.compile(
    r"lesser|amoindri|limitée|reducida|menor|attenuata|меньш|ограниченного|宽|较宽松|劣等"
)
_AFFERO = re.compile(r"affero")
_VERSION = re.compile(
    r"(?:versi[oóõ]n?e?|versão|versie|wersj\w|верси\w|версию|версії|ver\.?|v\.?|バージョン|版本|第|버전"
    r"|sürüm\w?)"
    r"\s{0,9}[*#/]{0,2}\s{0,9}(?P<number>[123一二三](?:\.[01])?)"
    r"|(?P<short>[123])\s?(?:版|판|\. sürüm)"
)
_CHINESE: Final = {"一": "1", "二": "2", "三": "3"}
_LATER = re.compile(
    r"später|neuer|ultérieure|supérieure|posterior|successiv|latere|późniejsz|nowsz|позд|новее|以降"
    r"|更新|以后|之后|任何.{0,6}版本|이후|이상|sonraki|or later|any later"
)
_DENIED = re.compile(
    r"\b(?:nicht|kein\w{0,2}|pas|aucun\w?|não|ningun\w|niet|geen|нельзя|не|değil)\b"
    r"|(?<!\w)(?:nie|non|no)(?!\w)"
    r"|不(?:是|采用|使用|适用)|ではありません|ではない|아닙니다|아님"
)
_SENTENCE_END = re.compile(r"[.。!?]\s|\n\s*\n")
_REACH: Final = 240
_FIRST: Final = {"": "1.0", "A": "3.0", "L": "2.0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignNotices:
    """What the notices in other languages of one region say, spans in bytes."""

    named: tuple[Evidence, ...] = ()
    reserved: tuple[Evidence, ...] = ()
    restrictions: tuple[Evidence, ...] = ()
    unread: tuple[Evidence, ...] = ()
    """A license holds, and nothing here says which."""


NO_FOREIGN: Final = ForeignNotices()


def stems() -> list[str]:
    """Return what the prefilter looks for, in the spellings of upper and lower case."""
    words = {*(row[0] for row in ROWS), *LICENSE_WORDS, *FREE_SOFTWARE, "公共许可", "公共授权"}
    # The automaton folds the case of ASCII alone.
    forms = {form for w in words for form in (w, w.upper(), w.capitalize())}
    return sorted(form for form in forms if not form.isascii() or form == form.lower())


def read_foreign(piece: bytes, algebra: LicenseAlgebra) -> ForeignNotices:
    """Return the notices of a region in languages other than English."""
    text = _lower(piece.decode("utf-8", "surrogateescape"))
    found: dict[Meaning, list[Evidence]] = {meaning: [] for meaning in Meaning}
    stems_to_try = _ASCII_ROWS if piece.isascii() else _ROWS
    for stem, rows in stems_to_try.items():
        if stem not in text:
            continue
        for meaning, pattern in rows:
            match = pattern.search(text)
            if match and not (meaning is Meaning.FREE and _is_denied(text, match)):
                found[meaning].append(_sign(piece, text, match, *_SIGNS[meaning]))
    named = list(_named(piece, text, algebra))
    if not named and not any(found.values()):
        return NO_FOREIGN
    return ForeignNotices(
        named=(*named, *found[Meaning.FREE]),
        reserved=tuple(found[Meaning.RESERVED][:1]),
        restrictions=tuple(sorted(set(found[Meaning.RESTRICTED]))),
        unread=() if named else tuple(found[Meaning.LICENSED][:1]),
    )


def _named(piece: bytes, text: str, algebra: LicenseAlgebra) -> Iterator[Evidence]:
    if any(word in text for word in _GNU_WORDS) and (match := _GNU.search(text)):
        yield _sign(piece, text, match, _gnu(text, match), 0.9)
        return
    if not any(word in text for word in (*LICENSE_WORDS, *FREE_SOFTWARE)):
        return
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            name = read_name(match["name"].replace("ver.", "v"))
            spdx = name.spdx if name else match["name"]
            terms = algebra.read(spdx)
            if not name and not all(algebra.is_known(i) for i in terms.ids):
                continue
            if name and "GPL" in spdx:
                spdx = _gnu(text, match) if _VERSION.search(match["name"]) is None else spdx
                if spdx.endswith("-only") and _LATER.search(_after(text, match)):
                    spdx = spdx.replace("-only", "-or-later")
            if spdx.startswith("CC-BY") and (number := re.search(r"\d\.\d$", match["name"])):
                spdx = f"{spdx.rpartition('-')[0]}-{number[0]}"
            if _is_denied(text, match):
                spdx = UNKNOWN
            yield _sign(piece, text, match, algebra.read(spdx).expression, 0.9)
            return


def _gnu(text: str, match: re.Match[str]) -> str:
    """Return the GNU license with the version and the "or later" of the words behind its name."""
    near, after = text[max(0, match.start() - _REACH // 2) : match.end()], _after(text, match)
    name = match.groupdict().get("name") or match[0]
    kind = "A" if _AFFERO.search(name) or name.startswith("agpl") else ""
    wide = text[match.start() : match.end() + 12]
    kind = kind or ("L" if _LESSER.search(wide) or name.startswith("lgpl") else "")
    found = (
        _VERSION.search(after)
        or _VERSION.search(near)
        or re.search(r"gpl[ v-]*(?P<number>[123])(?P<short>x)?", name)
    )
    number = found["number"] or found["short"] if found else None
    if number is None:
        return f"{kind}GPL-{_FIRST[kind]}-or-later"
    number = _CHINESE.get(number, number)
    number = number if "." in number else f"{number}.0"
    later = "or-later" if _LATER.search(after) else "only"
    return f"{kind}GPL-{number}-{later}"


def _after(text: str, match: re.Match[str]) -> str:
    return text[match.start() : match.end() + _REACH]


def _is_denied(text: str, match: re.Match[str]) -> bool:
    """Tell whether the sentence before a name or around it denies it."""
    before = text[max(0, match.start() - 60) : match.start()]
    ends = [m.end() for m in _SENTENCE_END.finditer(before)]
    after = text[match.end() : match.end() + 30].partition(".")[0].partition("\n")[0]
    return bool(
        _DENIED.search(before[ends[-1] if ends else 0 :])
        or re.match(r"[ ,]*(?:nicht|ではな|ではあり|아닙)", after)
    )


def _sign(piece: bytes, text: str, match: re.Match[str], spdx: str, score: float) -> Evidence:
    start = len(text[: match.start()].encode("utf-8", "surrogateescape"))
    end = start + len(match[0].encode("utf-8", "surrogateescape"))
    kind = Kind.RESTRICTION if spdx == RESTRICTION else Kind.NOTICE
    # A few letters are longer in lower case.
    high = len(piece)
    return Evidence(start=min(start, high), end=min(end, high), kind=kind, spdx=spdx, score=score)
