"""Labelled license texts and notices, read at run time from installed packages.

The labels are those of ScanCode's LicenseDB (CC-BY-4.0), whose texts and rules the peers'
environment holds; nothing of them is copied here. A hash of the name splits the cases: figures
are given on the held-out half, and rules are looked at on the other.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import license_expression

from ingest.detect.licensing.algebra import LicenseAlgebra, Terms

LICENSEDB: Final = Path(".venv-peers/lib/python3.11/site-packages/licensedcode/data")
SEED: Final = 77
_FRONT = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_COMMON = """
0BSD AFL-2.1 AFL-3.0 AGPL-3.0-only Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-2.0 APSL-2.0
BSD-1-Clause BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSD-4-Clause-UC BSL-1.0
BUSL-1.1 CC-BY-3.0 CC-BY-4.0 CC-BY-NC-4.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0
CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.0 CECILL-2.1 CECILL-B CECILL-C
CPAL-1.0 CPL-1.0 curl ECL-2.0 Elastic-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 FTL GFDL-1.2-only
GFDL-1.3-only GPL-1.0-only GPL-2.0-only GPL-3.0-only HPND ICU ISC IPL-1.0 JSON LGPL-2.0-only
LGPL-2.1-only LGPL-3.0-only Libpng LPL-1.02 LPPL-1.3c MirOS MIT MIT-0 MPL-1.0 MPL-1.1 MPL-2.0
MPL-2.0-no-copyleft-exception MS-PL MS-RL MulanPSL-2.0 NCSA NTP ODbL-1.0 OFL-1.1 OLDAP-2.8
OpenSSL OSL-2.1 OSL-3.0 PHP-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 QPL-1.0 RPL-1.5 Ruby
SISSL Sleepycat SSPL-1.0 TCL Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C WTFPL X11 Xnet Zlib
ZPL-2.1 bzip2-1.0.6 BlueOak-1.0.0 PolyForm-Noncommercial-1.0.0 PolyForm-Small-Business-1.0.0
Hippocratic-2.1 Parity-7.0.0 OGL-UK-3.0 Unicode-3.0 EFL-2.0 Beerware
"""
COMMON: Final = frozenset(_COMMON.split())
"""Ids that make up nearly all license files; the long tail is a table of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file and what it is under."""

    name: str
    data: bytes
    suffix: str
    ids: frozenset[str]
    """SPDX ids or LicenseRefs of the label; empty where none holds."""
    category: str
    """permissive | copyleft | proprietary | unknown | none."""
    kind: str = ""
    """What was done to it, or which sort it is."""

    @property
    def is_restricted(self) -> bool:
        """Whether it may on no account be called permissive."""
        return self.category in {"copyleft", "proprietary"}


def five(category: str) -> str:
    """Return the category as a verdict shows it: weak copyleft is copyleft."""
    return "copyleft" if category == "weak_copyleft" else category


def is_held_out(name: str) -> bool:
    """Tell which half of the cases a name belongs to."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


@cache
def algebra() -> LicenseAlgebra:
    """Return the one reader of labels."""
    return LicenseAlgebra()


@cache
def _spdx_of() -> dict[str, str]:
    index = license_expression.get_license_index()
    return {e["license_key"]: e["spdx_license_key"] for e in index if e["spdx_license_key"]}


def label(expression: str) -> Terms:
    """Return the terms of a LicenseDB expression, whose ids are keys of its own."""
    spdx = re.sub(
        r"[^\s()]+",
        lambda m: m[0] if m[0].upper() in {"AND", "OR", "WITH"} else _spdx_of().get(m[0], m[0]),
        expression,
    )
    return algebra().read(spdx.replace(" and ", " AND ").replace(" or ", " OR "))


def text_cases(*, held_out: bool, common: bool) -> list[Case]:
    """Return SPDX license texts, each as published and in some ways people keep them."""
    cases = []
    for path in sorted((LICENSEDB / "licenses").glob("*.LICENSE")):
        head, body = parsed(path)
        spdx = _value(head, "spdx_license_key")
        if not spdx or spdx.startswith("LicenseRef") or "is_exception: yes" in head:
            continue
        terms = algebra().read(spdx)
        wanted = is_held_out(path.name) == held_out and (terms.expression in COMMON) == common
        # An "or later" id has the text of the "only" one; a URL alone is no text.
        if not wanted or terms.expression.endswith("-or-later") or len(body) < 150:
            continue
        chosen = random.Random(path.name)
        names = [*VARIANTS] if common else ["plain", *chosen.sample([*VARIANTS], 2)]
        cases += [_text_case(path.stem, body, terms, name) for name in dict.fromkeys(names)]
    return cases


def _text_case(name: str, body: str, terms: Terms, variant: str) -> Case:
    suffix, change = VARIANTS[variant]
    return Case(
        name=f"{name}:{variant}",
        data=change(body).encode(),
        suffix=suffix,
        ids=terms.ids,
        category=five(terms.category),
        kind=variant,
    )


def rule_cases(kind: str, *, held_out: bool, count: int) -> list[Case]:
    """Return a sample of LicenseDB's rules of one kind: ``text`` or ``notice``.

    Rules that are flagged as weak (relevance below 100) or retired are left out.
    """
    names = sorted(p.name for p in (LICENSEDB / "rules").glob("*.RULE"))
    chosen = [name for name in names if is_held_out(name) == held_out]
    random.Random(SEED).shuffle(chosen)
    cases: list[Case] = []
    for name in chosen:
        case = _rule_case(LICENSEDB / "rules" / name, kind)
        if case is not None:
            cases.append(case)
        if len(cases) == count:
            break
    return cases


def _rule_case(path: Path, kind: str) -> Case | None:
    head, body = parsed(path)
    if f"is_license_{kind}: yes" not in head or "is_deprecated" in head or len(body) < 25:
        return None
    if "relevance:" in head and "relevance: 100" not in head:
        return None
    terms = label(_value(head, "license_expression"))
    # Rules mark the words that must match with braces.
    body = body.replace("{{", "").replace("}}", "")
    style = random.Random(path.name).choice([*STYLES])
    suffix, change = ("license", _same) if kind == "text" else STYLES[style]
    return Case(
        name=path.name,
        data=change(body).encode(),
        suffix=suffix,
        ids=terms.ids,
        category=five(terms.category),
        kind=kind if kind == "text" else style,
    )


@cache
def parsed(path: Path) -> tuple[str, str]:
    """Return front matter and body of a file of LicenseDB."""
    match = _FRONT.match(path.read_text(encoding="utf-8"))
    return (match[1], match[2].strip("\n")) if match else ("", "")


def _value(head: str, field: str) -> str:
    match = re.search(rf"(?m)^{field}: *(.+)$", head)
    return match[1].strip().strip("'\"") if match else ""


def _same(text: str) -> str:
    return text + "\n"


def _commented(prefix: str, opener: str = "", closer: str = "") -> Callable[[str], str]:
    def change(text: str) -> str:
        body = "".join(f"{prefix}{line}".rstrip() + "\n" for line in text.splitlines())
        return f"{opener}{body}{closer}\nint x = 1;\n"

    return change


def _reflowed(width: int) -> Callable[[str], str]:
    def change(text: str) -> str:
        return "\n\n".join(_filled(p.split(), width) for p in re.split(r"\n\s*\n", text)) + "\n"

    return change


def _filled(words: list[str], width: int) -> str:
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _paragraphs(text: str) -> Iterator[str]:
    yield from (p for p in re.split(r"\n\s*\n", text) if p.strip())


def _markdown(text: str) -> str:
    title, *rest = _paragraphs(text)
    return "\n\n".join([f"# {title.strip()}", *(re.sub(r"(?m)^\s+", "", p) for p in rest)]) + "\n"


def _html(text: str) -> str:
    body = "\n".join(f"<p>{p.strip()}</p>" for p in _paragraphs(text))
    return f"<html><head><title>License</title></head><body>\n{body}\n</body></html>\n"


def _headed(text: str) -> str:
    head = "Copyright (c) 2011-2024 Widget Works GmbH and contributors\nAll rights reserved."
    return f"{head}\n\n{text}\n"


def _untitled(text: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join(rest if len(first) < 60 and rest else [first, *rest]).lstrip("\n") + "\n"


def _curly(text: str) -> str:
    text = re.sub(r'"([^"\n]{0,200})"', "\u201c\\1\u201d", text)
    return text.replace("'", "\u2019").replace("(c)", "\u00a9") + "\n"


def _british(text: str) -> str:
    return (
        re.sub(r"\blicense(?=\b(?!d))", "licence", re.sub(r"\bLicense\b", "Licence", text)) + "\n"
    )


def _indented(text: str) -> str:
    return "".join(f"      {line}\n" for line in text.splitlines())


def _without_appendix(text: str) -> str:
    cut = re.search(r"(?m)^\s*(?:APPENDIX|How to Apply These Terms|EXHIBIT A|Exhibit A)", text)
    return (text[: cut.start()] if cut and cut.start() > len(text) // 2 else text) + "\n"


VARIANTS: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "plain": ("license", _same),
    "txt": ("txt", _same),
    "headed": ("license", _headed),
    "untitled": ("license", _untitled),
    "narrow": ("license.txt", _reflowed(50)),
    "one line a paragraph": ("copying", _reflowed(100_000)),
    "indented": ("license", _indented),
    "hash comment": ("py", _commented("# ")),
    "star comment": ("c", _commented(" * ", "/*\n", " */\n")),
    "slash comment": ("go", _commented("// ")),
    "markdown": ("license.md", _markdown),
    "html": ("html", _html),
    "curly": ("license", _curly),
    "british": ("licence", _british),
    "no appendix": ("license", _without_appendix),
    "crlf": ("license", lambda text: text.replace("\n", "\r\n") + "\r\n"),
}
STYLES: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "plain": ("txt", _same),
    "star": ("c", _commented(" * ", "/*\n", " */\n")),
    "hash": ("py", _commented("# ")),
    "slash": ("js", _commented("// ")),
    "dash": ("sql", _commented("-- ")),
    "semicolon": ("el", _commented(";; ")),
    "markup": ("html", _commented("  ", "<!--\n", "-->\n")),
    "quotes": ("py", _commented("", '"""', '"""\n')),
    "readme": ("md", lambda text: f"# Widget\n\nTurns knobs.\n\n## License\n\n{text}\n"),
}
