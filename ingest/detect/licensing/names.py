"""License names in plain words, and the SPDX ids they mean.

One table serves short notices (``Released under the MIT license``) and manifests
(``<name>Apache License 2.0</name>``). Where the words leave version or kind open, the id is the
one that ScanCode uses for such words, and the score is lower.

Patterns are over *folded* text (see `fold`): lower case, one byte a character, comment marks and
most punctuation turned into spaces. In a pattern a space stands for 1 to 60 of those and ``~``
for 0 to 60, so that names may be broken over comment lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ingest.detect.licensing.evidence import PROPRIETARY

PUBLIC_DOMAIN: Final = "LicenseRef-scancode-public-domain"
_GNU: Final = "GNU"

_KEPT = b"abcdefghijklmnopqrstuvwxyz0123456789-./+()@:_"
_FOLD = bytes(
    b if b in _KEPT or b >= 0x80 else ord(chr(b).lower()) if chr(b).isalpha() else 0x20  # noqa: PLR2004
    for b in range(256)
)
# A space inside a character class is one character; elsewhere it is a run.
_SPACES = re.compile(r"\[[^\]]*\]| \?|[ ~]")
_SPACED: Final = {" ": r"\s{1,60}", " ?": r"\s{0,60}", "~": r"\s{0,60}"}
_SURE, _LIKELY, _GUESS = 1.0, 0.9, 0.7


def fold(data: bytes) -> str:
    """Return lower-case text of the same length: character n stands for byte n."""
    return data.translate(_FOLD).decode("latin-1")


def phrase(pattern: str) -> str:
    """Return the regular expression of a pattern in this module's notation."""
    return _SPACES.sub(lambda m: _SPACED.get(m[0]) or m[0].replace(" ", r"\s"), pattern)


def _version(number: str) -> str:
    return rf"~\(?~(?:version|ver\.?|v\.?)?~-?{number}(?![\w.]?\d)"


def _clauses(number: str, word: str) -> str:
    return rf"\b(?:{number}|{word})[ -]clause bsd|bsd[ -](?:{number}|{word})[ -]clause"


def _cc(*parts: str) -> str:
    words = {
        "by": "(?:attribution|by)",
        "noncommercial": "(?:non-? ?commercial|nc)",
        "noderivatives": r"(?:no[ -]?deriv\w{0,8}|nd)",
        "sa": "(?:share[ -]?alike|sa)",
    }
    return r"(?:creative commons|\bcc|/licenses)[ /-]" + "[ /-]".join(words[p] for p in parts)


_L: Final = "licen[cs]e"
_PROPRIETARY_WORDS: Final = (
    r"\bproprietary and confidential|\bconfidential and proprietary|other/proprietary"
    rf"|\b(?:proprietary|commercial) {_L}d?\b"
    r"|\bproprietary (?:software|code|source|information)"
    r"|\bunpublished proprietary|\btrade secrets?\b|\bcompany confidential"
    r"|\bunauthori[sz]ed (?:copying|use|reproduction|distribution|disclosure)"
)
# (SPDX id, score, name that stands for itself, name that needs "licensed under" before it)
_ROWS: Final = (
    ("Apache-1.1", "apache", _SURE, rf"apache(?: software)? {_L}" + _version(r"1\.1"), ""),
    (
        "Apache-2.0",
        "apache",
        _SURE,
        rf"apache(?: software)? {_L}" + _version(r"2(?:\.0)?") + r"|apache-2\.0 license",
        r"apache" + _version(r"2(?:\.0)?") + r"|asl~2\.0|al2\.0",
    ),
    ("Apache-2.0", "apache", _GUESS, rf"apache(?: software)? {_L}", r"apache"),
    ("0BSD", "bsd", _SURE, _clauses("0", "zero"), "0bsd"),
    ("BSD-2-Clause", "bsd", _LIKELY, _clauses("2", "two") + "|(?:simplified|freebsd) bsd", ""),
    ("BSD-4-Clause", "bsd", _LIKELY, _clauses("4", "four") + "|original bsd", ""),
    ("BSD-3-Clause", "bsd", _LIKELY, _clauses("3", "three") + "|(?:new|revised|modified) bsd", ""),
    (
        "BSD-3-Clause",
        "bsd",
        _GUESS,
        rf"\bbsd(?:[ -](?:style|type|like))?[ -]{_L}|\bbsd-style",
        r"\bbsd",
    ),
    ("MIT-0", "mit", _SURE, rf"\bmit-0 {_L}|\bmit no attribution", "mit-0"),
    (
        "MIT",
        "mit expat x11",
        _LIKELY,
        rf"\b(?:mit|expat)(?:/x11|/expat|[ -]style)?[ -]{_L}|\bmit-style|\bx11 {_L}",
        r"mit(?:/x11|/expat)?",
    ),
    ("ISC", "isc", _LIKELY, rf"\bisc(?:[ -]style)?[ -]{_L}", "iscl?"),
    (
        "MPL-2.0",
        "mozilla",
        _SURE,
        rf"mozilla public {_L}" + _version(r"2(?:\.0)?") + r"|mozilla\.org/mpl/2\.0",
        "mpl" + _version(r"2(?:\.0)?"),
    ),
    ("MPL-1.1", "mozilla", _GUESS, rf"mozilla public {_L}", "mpl"),
    (
        "EPL-2.0",
        "eclipse",
        _SURE,
        rf"eclipse public {_L}(?: - )?" + _version(r"2(?:\.0)?"),
        "epl~-?v?2",
    ),
    ("EPL-1.0", "eclipse", _GUESS, rf"eclipse public {_L}", "epl"),
    ("EUPL-1.2", "european", _GUESS, rf"european union public {_L}", "eupl"),
    ("CDDL-1.0", "common", _GUESS, rf"common development and distribution {_L}", "cddl"),
    ("CPL-1.0", "common", _GUESS, rf"common public {_L}", "cpl"),
    ("SSPL-1.0", "server", _LIKELY, rf"server side public {_L}", "sspl"),
    ("BUSL-1.1", "business", _LIKELY, rf"business source {_L}", r"busl|bsl~1\.1"),
    ("Elastic-2.0", "elastic", _GUESS, rf"\belastic {_L}", "elastic"),
    ("BSL-1.0", "boost", _LIKELY, rf"boost software {_L}", r"boost|bsl(?:-1\.0)?"),
    ("Zlib", "zlib", _LIKELY, rf"\bzlib(?:/libpng)? {_L}", "zlib"),
    ("Unlicense", "unlicense", _LIKELY, r"\bthe unlicense\b|\bunlicense\.org", "unlicense"),
    ("WTFPL", "what", _LIKELY, r"do what the f\w{1,4} you want", "wtfpl"),
    (
        "CC0-1.0",
        "cc0 creative publicdomain",
        _LIKELY,
        r"\bcc0[ -]1\.0|creative commons zero|publicdomain/zero",
        "cc0",
    ),
    (
        "CC-BY-NC-ND-4.0",
        "cc creative /licenses",
        _GUESS,
        _cc("by", "noncommercial", "noderivatives"),
        "",
    ),
    ("CC-BY-NC-SA-4.0", "cc creative /licenses", _GUESS, _cc("by", "noncommercial", "sa"), ""),
    ("CC-BY-NC-4.0", "cc creative /licenses", _GUESS, _cc("by", "noncommercial"), ""),
    ("CC-BY-ND-4.0", "cc creative /licenses", _GUESS, _cc("by", "noderivatives"), ""),
    ("CC-BY-SA-4.0", "cc creative /licenses", _GUESS, _cc("by", "sa"), ""),
    ("CC-BY-4.0", "cc creative /licenses", _GUESS, _cc("by") + r"\b", ""),
    ("OFL-1.1", "font", _LIKELY, rf"open font {_L}", "ofl"),
    ("PSF-2.0", "python psf", _LIKELY, rf"python software foundation {_L}|\bpsf {_L}", "psfl?"),
    ("Python-2.0", "python", _GUESS, rf"\bpython {_L}", "python"),
    ("Artistic-2.0", "artistic perl", _LIKELY, rf"artistic {_L}" + _version(r"2(?:\.0)?"), ""),
    (
        "Artistic-1.0-Perl",
        "artistic perl",
        _GUESS,
        rf"artistic {_L}|same terms as perl",
        "artistic",
    ),
    ("PostgreSQL", "postgresql", _LIKELY, rf"postgresql {_L}", "postgresql"),
    ("Ruby", "ruby", _LIKELY, rf"\bruby {_L}|ruby s {_L}", "ruby"),
    ("PHP-3.01", "php", _GUESS, rf"\bphp {_L}", "php"),
    ("OpenSSL", "openssl", _LIKELY, rf"\bopenssl {_L}", "openssl"),
    ("NCSA", "illinois", _LIKELY, "university of illinois(?:/ncsa)? open source", "ncsa"),
    ("ZPL-2.1", "zope", _GUESS, rf"zope public {_L}", "zpl"),
    (
        PUBLIC_DOMAIN,
        "public",
        _LIKELY,
        r"\b(?:in|into|to) the public domain\b|\b(?:is|are) public domain\b|public domain\.",
        "public domain",
    ),
    (
        PROPRIETARY,
        "proprietary commercial secret confidential unauthori",
        _LIKELY,
        _PROPRIETARY_WORDS,
        "proprietary|unlicensed|commercial",
    ),
)
_GNU_FULL: Final = (
    r"(?:\bgnu )?(?:(?P<{0}variant>affero|lesser|library) )?(?:gnu )?(?:\bgeneral )public "
    rf"{_L}|\bgnu (?P<{{0}}short>[al]?)gpl|\b(?P<{{0}}lesser>lesser|affero) public {_L}"
)
_GNU_SHORT: Final = r"(?P<{0}prefix>[al]?)gpl"
_GNU_TAIL = re.compile(
    phrase(
        r"~\(?~(?:(?:version|ver\.?|v\.?)~|-~v?~|)(?P<number>[123](?:\.[01])?)(?![\w.]?\d)"
        r"(?P<plus>\+|-or-later|-only)?"
    )
)
_GNU_VERSION = re.compile(
    phrase(r"\bversions? (?P<number>[123](?:\.[01])?)(?![\w.]?\d)|\bgpl-?~?v?(?P<short>[123])\b")
)
_LATER = re.compile(
    phrase(
        r"any later|or later|later versions?\b|or (?:newer|higher|greater|above)"
        r"|or \(at your option\)"
    )
)
_GNU_REACH: Final = 260
_FIRST_VERSIONS: Final = {"": "1.0", "A": "3.0", "L": "2.0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A license name in folded text."""

    start: int
    end: int
    spdx: str
    score: float


def _alternation() -> str:
    """Return full and short names as one; group ``r<row>`` or ``s<row>`` tells the row."""
    parts = [phrase(_GNU_FULL.format("f"))]
    parts += [f"(?P<r{i}>{phrase(row[3])})" for i, row in enumerate(_ROWS)]
    parts += [phrase(_GNU_SHORT.format("s"))]
    parts += [f"(?P<s{i}>{phrase(row[4])})" for i, row in enumerate(_ROWS) if row[4]]
    return f"(?P<name>{'|'.join(parts)})(?:(?![\\w@])(?!\\.\\w)|(?=v?\\d))"


_FULL_GNU = re.compile(phrase(_GNU_FULL.format("f")))
_FULL = tuple(re.compile(phrase(row[3])) for row in _ROWS)
_NAME = re.compile(_alternation())
_BARE = re.compile(rf"(?<![\w.@/-]){_alternation()}")
_VERB = re.compile(
    phrase(
        rf"(?:\b(?:{_L}d|released|distributed|available|covered|published|provided|redistributed) "
        rf"(?:\w{{1,20}} )?(?:under|by|with|as|using)|\bunder|\bdual {_L}d|@?\b{_L}~[:.]?)"
        r" (?:either )?(?:of )?(?:the )?(?:terms of )?(?:the )?(?:a |an )?"
    )
)
_NEXT = re.compile(phrase("(?:~/~| (?:(?:or|and|and/or) )?)(?:the )?"))
_GATES: Final = tuple(row[1].split() for row in _ROWS)
"""Most rows are not tried at all: a region rarely holds any of their words."""


def find_names(folded: str) -> list[Named]:
    """Return license names that stand for a license: anywhere if full, short ones after a verb.

    Sorted by span; of names that overlap, the more exact one.
    """
    found: dict[tuple[int, int], Named] = {}
    taken: list[tuple[int, int]] = []
    if "public" in folded or "gnu" in folded:
        _keep((_read(m, folded) for m in _FULL_GNU.finditer(folded)), found, taken)
    for index, pattern in enumerate(_FULL):
        if any(gate in folded for gate in _GATES[index]):
            names = (_of_row(index, m.start(), m.end()) for m in pattern.finditer(folded))
            _keep(names, found, taken)
    for verb in _VERB.finditer(folded):
        _keep(_list_of_names(folded, verb.end()), found, taken)
    return [found[span] for span in sorted(found)]


def _keep(
    names: Iterable[Named],
    found: dict[tuple[int, int], Named],
    taken: list[tuple[int, int]],
) -> None:
    for name in names:
        if not any(name.start < end and start < name.end for start, end in taken):
            taken.append((name.start, name.end))
            found[name.start, name.end] = name


def _list_of_names(folded: str, position: int) -> Iterator[Named]:
    """Yield the names of a list: in "under the MIT, BSD or GPL" the verb holds for all."""
    while match := _NAME.match(folded, position):
        named = _read(match, folded)
        yield named
        following = _NEXT.match(folded, max(match.end(), named.end))
        if not following or following.end() >= len(folded):
            return
        position = following.end()


def read_name(text: str) -> Named | None:
    """Return the first license that a manifest's free text names."""
    folded = fold(text.encode("ascii", "replace"))
    match = _BARE.search(folded)
    return _read(match, folded) if match else None


def _read(match: re.Match[str], folded: str) -> Named:
    groups = {k: v for k, v in match.groupdict().items() if v is not None}
    row = next((g for g in groups if g[0] in "rs" and g[1:].isdigit()), None)
    start, end = match.span("name") if "name" in groups else match.span()
    return _of_row(int(row[1:]), start, end) if row else _gnu(groups, folded, start, end)


def _of_row(row: int, start: int, end: int) -> Named:
    return Named(start=start, end=end, spdx=_ROWS[row][0], score=_ROWS[row][2])


def _gnu(groups: dict[str, str], folded: str, start: int, end: int) -> Named:
    """Return the GNU license with version and "or later" from the words around its name."""
    variant = groups.get("fvariant") or groups.get("flesser") or ""
    prefix = groups.get("fshort") or groups.get("sprefix") or ""
    kind = {"affero": "A", "lesser": "L", "library": "L"}.get(variant, prefix.upper())
    tail = _GNU_TAIL.match(folded, end)
    near = folded[max(0, start - 60) : end + _GNU_REACH]
    number = None
    if tail:
        number, end = tail["number"], tail.end()
    elif found := _GNU_VERSION.search(near):
        number = found["number"] or found["short"]
    later = number is None or bool(_LATER.search(folded[start : end + _GNU_REACH]))
    if tail and tail["plus"]:
        later = tail["plus"] != "-only"
    number = number or _FIRST_VERSIONS[kind]
    number = number if "." in number else f"{number}.0"
    if kind == "L" and number == "1.0":
        number = "2.0"
    suffix = "or-later" if later else "only"
    return Named(start=start, end=end, spdx=f"{kind}GPL-{number}-{suffix}", score=_LIKELY)
