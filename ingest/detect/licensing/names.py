"""License names in plain words, and the SPDX ids they mean.

One table serves short notices (``Released under the MIT license``) and manifests
(``<name>Apache License 2.0</name>``). Where the words leave the version open, the id is the one
that ScanCode and SPDX use for it and the score is lower.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.licensing.evidence import PROPRIETARY

PUBLIC_DOMAIN: Final = "LicenseRef-scancode-public-domain"

_V = r"(?:,?\s{0,3}\(?(?:v|ver|version|licen[cs]e version)?\.?\s{0,3}"
_LICENSE = r"(?:\s(?:software\s|public\s|open\s?source\s)?licen[cs]e)"
_GNU = (
    r"(?P<gnu>(?:gnu\s){0,1}(?:(?P<variant>affero|lesser|library)\s(?:gnu\s)?)?(?:gnu\s)?"
    r"(?:general\spublic\s|(?<=lesser\s)public\s)licen[cs]e"
    r"|(?<![\w.-])(?:gnu\s)?(?P<short>a|l)?gpl)"
    r"(?P<gnu_version>[\s,(-]{0,3}(?:v|ver|version)?\.?[\s-]{0,2}[123](?:\.[01])?(?![\w.]{0,1}\d))?"
    r"(?P<later>\+|\s?or\s(?:any\s)?later|-or-later|\s?\(or\s(?:any\s)?later)?"
)
_PATTERNS: Final = (
    ("LicenseRef-shardgate-proprietary", r"unlicensed(?=\W|$)|other/proprietary|proprietary licen[cs]e|commercial licen[cs]e"),
    ("", _GNU),
    ("Apache-1.1", rf"apache{_LICENSE}?{_V}1\.1)"),
    ("Apache-1.0", rf"apache{_LICENSE}?{_V}1\.0)"),
    ("Apache-2.0", rf"apache{_LICENSE}?{_V}2(?:\.0)?\b)|apache{_LICENSE}|\bapl2\b|\basl\s?2(?:\.0)?\b"),
    ("BSD-3-Clause-Clear", r"clear bsd"),
    ("0BSD", r"\b0bsd\b|zero[\s-]clause bsd|bsd (?:zero|0)[\s-]clause"),
    ("BSD-2-Clause", r"(?:\b2|two)[\s-]{1,2}clause bsd|bsd[\s-]{1,2}(?:2|two)[\s-]clause|(?:simplified|freebsd) bsd|simplified bsd"),
    ("BSD-4-Clause", r"(?:\b4|four)[\s-]{1,2}clause bsd|bsd[\s-]{1,2}(?:4|four)[\s-]clause|original bsd"),
    ("BSD-3-Clause", r"(?:\b3|three)[\s-]{1,2}clause bsd|bsd[\s-]{1,2}(?:3|three)[\s-]clause|(?:new|revised|modified) bsd"
                     r"|bsd[\s-](?:style|type|like)|\bbsd[\s-]{1,2}licen[cs]ed?|\bbsd\b"),
    ("MIT-0", r"\bmit[\s-]0\b|mit no attribution"),
    ("X11", r"\bx11 licen[cs]e"),
    ("MIT", r"\bmit(?:/x11|[\s-]x11|/expat|/isc)?[\s-](?:style\s)?licen[cs]ed?\b|\bexpat licen[cs]e|\bmit-style|\bmit(?:/x11)?(?![\w/.@-])"),
    ("ISC", r"\bisc(?:[\s-]style)? licen[cs]e|\biscl?\b(?![.@])"),
    ("MPL-2.0", rf"(?:mozilla public{_LICENSE.replace('(?:software', '(?:xx')}?|mozilla public|\bmpl){_V[:-0] if False else _V}[\s-]?2(?:\.0)?\b)"),
    ("MPL-1.1", rf"(?:mozilla public licen[cs]e|\bmpl){_V}[\s-]?1\.1\b)|mozilla public licen[cs]e|\bmpl\b"),
    ("EPL-2.0", rf"(?:eclipse public licen[cs]e|\bepl){_V}[\s-]?2(?:\.0)?\b)"),
    ("EPL-1.0", rf"eclipse public licen[cs]e|\bepl{_V}[\s-]?1(?:\.0)?\b)"),
    ("EUPL-1.2", r"european union public licen[cs]e|\beupl\b"),
    ("CDDL-1.0", r"common development and distribution licen[cs]e|\bcddl\b"),
    ("CPL-1.0", r"common public licen[cs]e"),
    ("SSPL-1.0", r"server side public licen[cs]e|\bsspl\b"),
    ("BUSL-1.1", r"business source licen[cs]e|\bbusl?-1\.1\b"),
    ("Elastic-2.0", r"elastic licen[cs]e"),
    ("BSL-1.0", r"boost software licen[cs]e|\bbsl-1\.0\b"),
    ("Zlib", r"\bzlib(?:/libpng)? licen[cs]e"),
    ("Unlicense", r"\bthe unlicense\b|\bunlicense\b"),
    ("WTFPL", r"\bwtfpl\b|do what the f\w{1,4} you want"),
    ("CC0-1.0", r"\bcc0\b|creative commons zero"),
    ("CC-BY-NC-ND-4.0", r"(?:creative commons|\bcc)[\s-](?:attribution|by)[\s-](?:non-?commercial|nc)[\s-](?:no[\s-]?deriv\w*|nd)"),
    ("CC-BY-NC-SA-4.0", r"(?:creative commons|\bcc)[\s-](?:attribution|by)[\s-](?:non-?commercial|nc)[\s-](?:share[\s-]?alike|sa)"),
    ("CC-BY-NC-4.0", r"(?:creative commons|\bcc)[\s-](?:attribution|by)[\s-](?:non-?commercial|nc)"),
    ("CC-BY-ND-4.0", r"(?:creative commons|\bcc)[\s-](?:attribution|by)[\s-](?:no[\s-]?deriv\w*|nd)"),
    ("CC-BY-SA-4.0", r"(?:creative commons|\bcc)[\s-](?:attribution|by)[\s-](?:share[\s-]?alike|sa)"),
    ("CC-BY-4.0", r"(?:creative commons|\bcc)[\s-](?:attribution\b|by\b)"),
    ("OFL-1.1", r"open font licen[cs]e|\bofl\b"),
    ("PSF-2.0", r"python software foundation licen[cs]e|\bpsfl?\b|\bpsf licen[cs]e"),
    ("Python-2.0", r"python licen[cs]e"),
    ("Artistic-2.0", r"artistic licen[cs]e(?:\s?v?(?:ersion)?\s?2)"),
    ("Artistic-1.0-Perl", r"artistic licen[cs]e|same terms as perl"),
    ("PostgreSQL", r"postgresql licen[cs]e"),
    ("Ruby", r"\bruby licen[cs]e|ruby's licen[cs]e"),
    ("PHP-3.01", r"\bphp licen[cs]e"),
    ("OpenSSL", r"\bopenssl licen[cs]e"),
    ("NCSA", r"university of illinois(?:/ncsa)? open source|\bncsa\b"),
    ("ZPL-2.1", r"zope public licen[cs]e|\bzpl\b"),
    (PUBLIC_DOMAIN, r"public[\s-]domain"),
    (PROPRIETARY, r"\bproprietary\b|\bcommercial\b|all rights reserved"),
)
