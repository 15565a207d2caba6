"""More rows of the table of license names: of one project or publisher, and kinds of terms.

Patterns are in the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

from typing import Final

from ingest.detect.licensing.evidence import PROPRIETARY

LICENSE: Final = "(?:licen[cs]e|lisen[cs]e)"
"""The word as people spell it."""
_LIKELY, _GUESS = 0.9, 0.7
_NETSCAPE: Final = rf"\bmozilla\.org/npl\b|\bnetscape public {LICENSE}"

_KINDS: Final = (
    "research enterprise shared evaluation trial subscription sustainable functional fair "
    "freeware shareware charge customer developer sdk beta program responsible community premium"
)

RARE_ROWS: Final = (
    ("FTL", "freetype", _LIKELY, rf"\bfreetype (?:project )?{LICENSE}", "ftl"),
    (
        "LicenseRef-scancode-llgpl",
        "llgpl lisp",
        _LIKELY,
        rf"\bllgpl\b|\blisp lesser (?:gnu )?(?:general )?public {LICENSE}",
        "",
    ),
    ("Bitstream-Vera", "bitstream", _LIKELY, rf"\bbitstream vera {LICENSE}", ""),
    ("ICU", "icu", _LIKELY, rf"\bicu {LICENSE}", "icu"),
    ("BSD-3-Clause", "numpy", _GUESS, rf"\bnumpy {LICENSE}", ""),
    ("BSD-3-Clause", "golang", _GUESS, r"\bgolang\.org/license", ""),
    ("LicenseRef-scancode-bola11", "buena", _LIKELY, rf"\bbuena onda {LICENSE}", ""),
    ("LicenseRef-scancode-ietf-trust", "ietf", _LIKELY, r"\bietf trust s? ?legal provisions", ""),
    ("Unicode-TOU", "unicode", _LIKELY, r"\bunicode terms of use\b", ""),
    ("LicenseRef-scancode-w3c-test-suite", "w3c", _LIKELY, rf"\bw3c test[ -]suite {LICENSE}", ""),
    (
        "LicenseRef-scancode-us-govt-public-domain",
        "government title domestic",
        _LIKELY,
        (
            r"\bworks? (?:of|by) the (?:u\.?s\.?|united states) (?:federal )?government\b"
            r"[^\x00]{0,160}?\b(?:not subject to|no) [^\x00]{0,30}?copyright"
            r"|\bnot subject to (?:\w{2,12} ){0,3}copyright (?:protection )?"
            r"[^\x00]{0,60}?\b(?:title 17|17 u\.?s\.?c?)"
            r"|\bno copyright (?:is )?claimed [^\x00]{0,60}?\btitle 17\b"
            r"|\bpublic domain (?:according to|under|pursuant to) title 17\b"
        ),
        "",
    ),
    (
        "GPL-1.0-or-later",
        "gnu",
        _GUESS,
        rf"\b(?:under|terms of|by) (?:the|a) gnu {LICENSE}s?\b",
        "",
    ),
    # The exception exists on top of this license alone.
    (
        "GPL-2.0-only",
        "foss",
        _GUESS,
        r"\b(?:mysql|oracle|universal) fl?oss (?:licen[cs]e )?exception\b",
        "",
    ),
    ("BSD-2-Clause", "bsdl", _GUESS, r"\b(?:2-clause )?bsdl\b(?= \(see)", ""),
    (
        "CC-BY-SA-4.0",
        "attribution",
        _GUESS,
        r"\battribution[ -]~share[ -]?alike (?:\d\.\d )?(?:unported|international|generic|license)",
        "",
    ),
    ("CC-BY-NC-ND-4.0", "by-nc-nd", _GUESS, rf"\bby-nc-nd (?:\d\.\d )?{LICENSE}", ""),
    ("CC-BY-NC-SA-4.0", "by-nc-sa", _GUESS, rf"\bby-nc-sa (?:\d\.\d )?{LICENSE}", ""),
    ("CC-BY-NC-4.0", "by-nc ", _GUESS, rf"\bby-nc (?:\d\.\d )?{LICENSE}", ""),
    (
        "NPL-1.1",
        "npl netscape",
        _GUESS,
        rf"\bmozilla\.org/npl\b|\bnetscape public {LICENSE}",
        "npl",
    ),
    (
        "LicenseRef-scancode-mulanpubl-2.0",
        "mulan",
        _LIKELY,
        r"\bmulan (?:publ|public license)",
        "",
    ),
    (
        "CPOL-1.02",
        "project cpol codeproject",
        _LIKELY,
        rf"\bcode project open {LICENSE}|\bcpol (?:licen[cs]e|v?1\.0)|\bcpol\.htm",
        "",
    ),
    (
        "LicenseRef-.amazon.com.-AmznSL-1.0",
        "amazon",
        _LIKELY,
        rf"\bamazon software {LICENSE}|\baws\.amazon\.com/asl\b",
        "",
    ),
    (
        PROPRIETARY,
        _KINDS,
        _LIKELY,
        (
            rf"\b(?:research|enterprise(?: edition)?|shared[ -]source|community source|evaluation"
            rf"|trial"
            rf"|subscription|sustainable use|functional source|fair source|freeware|shareware"
            rf"|customer|developer|sdk|beta|program materials|premium|no charge"
            rf"|(?:responsible ai|shared)(?: \w{{2,10}}){{0,2}}) {LICENSE}(?: agreement)?\b"
        ),
        "",
    ),
)
"""Rows as in `ingest.detect.licensing.name_table.ROWS`."""
