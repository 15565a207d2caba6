"""The table of license names that people use in plain words.

Patterns are in the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

from typing import Final

from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN
from ingest.detect.licensing.rare_names import LICENSE as ANY_LICENSE
from ingest.detect.licensing.rare_names import RARE_ROWS

LICENSE: Final = ANY_LICENSE
PUBLIC_DOMAIN: Final = "LicenseRef-scancode-public-domain"
_SURE, _LIKELY, _GUESS = 1.0, 0.9, 0.7


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
    joint = "(?:[/-]| )"
    number = r"(?:\d(?:\.\d)? )?"
    named = joint.join(words[p] for p in parts)
    return rf"(?:creative commons|\bcc|/licenses){joint}{number}{named}"


_UNLICENSE: Final = (
    r"\bthe unlicense\b|\bunlicense\.org|\bfree and unencumbered\b|\bunlicense~\(~public domain"
)
_PROPRIETARY_WORDS: Final = (
    r"\bproprietary (?:and|&|or|/)~confidential|\bconfidential~(?:and|&|/|-)?~proprietary"
    r"|other/proprietary"
    rf"|\b(?:proprietary|commercial) (?:\w{{1,12}} )?{LICENSE}(?:d|s|es)?\b"
    rf"|\bcommercially licen[cs]ed\b"
    r"|\bproprietary (?:software|code|source|information|material|rights|to|property|work)\b"
    r"|\b(?:is|are) proprietary\b|\b(?:private|company)~(?:and|,)?~proprietary\b"
    r"|\bunpublished proprietary|\bunpublished (?:work|source|copyrighted|rights)"
    r"|\btrade secrets?\b"
    r"|\b(?:company|strictly|highly|is|are|contains?) (?:private and )?confidential\b"
    r"|\bconfidential (?:information"
    r"|material|property|and)\b|\bcompany[ -]private\b|\bis (?:a )?commercial (?:software"
    r"|product)\b"
    r"|\bunauthori[sz]ed (?:copying|use|reproduction|distribution|disclosure|duplication|access)"
    r"|\b(?:is|are|remains?) the (?:sole |exclusive |confidential |intellectual )?property of\b"
    r"(?! (?:the |their |its )?(?:respective|authors?|individual|contributors?))"
    rf"|\bvalid (?:commercial )?{LICENSE}\b|\bfurnished under (?:a )?{LICENSE}\b"
    rf"|\bnon-?disclosure agreement\b|\bnon-?~?transferable\b[\w ,-]{{0,40}}?\b{LICENSE}\b"
    rf"|\bend[ -]user {LICENSE}\b|\beula\b|\bcustom {LICENSE}\b"
    r"|\blicensed materials?~-{0,2}~property of\b|\bgovernment users restricted rights\b"
    r"|\brestricted rights legend\b"
    r"|\bpermission (?:to [\w,/ ]{3,120}? )?is (?:hereby |expressly )?not granted\b"
    rf"|\b{LICENSE} is not granted\b|\bno {LICENSE} is granted\b"
    rf"|\bsource[ -]available {LICENSE}\b|\bnon-?free {LICENSE}\b"
    r"|\bnot (?:an )?open[ -]source (?:software|code|program)\b"
    r"|\bno part of th(?:e|is) [\w ,]{2,90}? may be (?:copied|reproduced|redistributed"
    r"|distributed|used)\b"
    r"|\bnot licensed for\b|\bas modified\)"
    r"|\byou have no permission\b|\bno permission to\b"
    r"|\bnot (?:legally )?redistributable\b"
)
# (SPDX id, score, name that stands for itself, name that needs "licensed under" before it)
ROWS: Final = (
    ("Apache-1.1", "apache", _SURE, rf"apache(?: software)? {LICENSE}" + _version(r"1\.1"), ""),
    (
        "Apache-2.0",
        "apache",
        _SURE,
        rf"apache(?: software)? {LICENSE}"
        + _version(r"2(?:\.0)?")
        + rf"|\bapache~[- ]?v?2(?:\.0)? {LICENSE}d?"
        r"|apache\.org/licenses/license-2\.0|amazon\.com/apache2\.0",
        r"apache" + _version(r"2(?:\.0)?") + r"|asl~2\.0|al2\.0",
    ),
    (
        "Apache-2.0",
        "apache",
        _GUESS,
        rf"apache(?: software)? {LICENSE}",
        r"apache(?! (?:software )?foundation\b)",
    ),
    ("0BSD", "bsd", _SURE, _clauses("0", "zero"), "0bsd"),
    ("BSD-2-Clause", "bsd", _LIKELY, _clauses("2", "two") + "|(?:simplified|freebsd) bsd", ""),
    ("BSD-4-Clause", "bsd", _LIKELY, _clauses("4", "four") + "|original bsd", ""),
    ("BSD-3-Clause", "bsd", _LIKELY, _clauses("3", "three") + "|(?:new|revised|modified) bsd", ""),
    (
        "BSD-3-Clause",
        "bsd berkeley",
        _GUESS,
        (
            rf"\bbsd(?:[ -](?:style|type|like))?[ -](?:open[ -]source )?{LICENSE}|\bbsd[ -]style\b"
            r"|\bbsd (?:terms|conditions) apply\b"
            rf"|berkeley software distribution"
        ),
        r"\bbsd",
    ),
    ("MIT-0", "mit", _SURE, rf"\bmit-0 {LICENSE}|\bmit no attribution", "mit-0"),
    (
        "MIT",
        "mit expat x11 lua",
        _LIKELY,
        (
            rf"\b(?:mit|expat)(?:/x(?:11)?|/expat|[ -]style)?[ -](?:open[ -]source )?{LICENSE}d?"
            rf"|\bmit[ -](?:style|terms)\b|\bx11 {LICENSE}|\blua {LICENSE}"
        ),
        r"mit(?:/x11|/expat)?",
    ),
    ("ISC", "isc", _LIKELY, rf"\bisc(?:[ -]style)?[ -]{LICENSE}", "iscl?"),
    (
        "MPL-2.0",
        "mozilla",
        _SURE,
        rf"mozilla public {LICENSE}" + _version(r"2(?:\.0)?") + r"|mozilla\.org/mpl/2\.0",
        "mpl" + _version(r"2(?:\.0)?"),
    ),
    ("MPL-1.1", "mozilla", _GUESS, rf"mozilla public {LICENSE}", "mpl"),
    (
        "EPL-2.0",
        "eclipse",
        _SURE,
        rf"eclipse public {LICENSE}(?: - )?" + _version(r"2(?:\.0)?"),
        "epl~-?v?2",
    ),
    ("EPL-1.0", "eclipse", _GUESS, rf"eclipse public {LICENSE}", "epl"),
    ("EUPL-1.2", "european", _GUESS, rf"european union public {LICENSE}", "eupl"),
    ("CDDL-1.0", "common", _GUESS, rf"common development and distribution {LICENSE}", "cddl"),
    ("CPL-1.0", "common", _GUESS, rf"common public {LICENSE}", "cpl"),
    ("SSPL-1.0", "server", _LIKELY, rf"server side public {LICENSE}", "sspl"),
    ("BUSL-1.1", "business", _LIKELY, rf"business source {LICENSE}", r"busl|bsl~1\.1"),
    ("Elastic-2.0", "elastic", _GUESS, rf"\belastic {LICENSE}", "elastic"),
    ("BSL-1.0", "boost", _LIKELY, rf"boost software {LICENSE}", r"boost|bsl(?:-1\.0)?"),
    ("Zlib", "zlib", _LIKELY, rf"\bzlib(?:/libpng)? {LICENSE}", "zlib"),
    ("Unlicense", "unlicense unencumbered", _LIKELY, _UNLICENSE, "unlicense"),
    ("WTFPL", "what wtfpl", _LIKELY, r"do what the f\w{1,4} you want|\bwtfpl\b", "wtfpl"),
    (
        "CC0-1.0",
        "cc0 creative publicdomain",
        _LIKELY,
        (
            r"\bcc0[ -]1\.0|creative commons~(?:-|0)?~(?:zero|cc0)"
            r"|creative commons~(?:-|/)?~public domain|publicdomain/zero"
        ),
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
    (
        "OFL-1.1",
        "font ofl",
        _LIKELY,
        rf"open font {LICENSE}|\bsil ofl|\bsil {LICENSE}d?\b|\bofl[ -]v?1\.1",
        "(?:sil )?ofl",
    ),
    (
        "PSF-2.0",
        "python psf",
        _LIKELY,
        rf"python software foundation {LICENSE}|\bpsf {LICENSE}",
        "psfl?",
    ),
    ("Python-2.0", "python", _GUESS, rf"\bpython {LICENSE}", "python"),
    ("Artistic-2.0", "artistic perl", _LIKELY, rf"artistic {LICENSE}" + _version(r"2(?:\.0)?"), ""),
    (
        "Artistic-1.0-Perl",
        "artistic perl",
        _GUESS,
        rf"artistic {LICENSE}",
        "artistic",
    ),
    (
        "Artistic-1.0-Perl OR GPL-1.0-or-later",
        "perl",
        _LIKELY,
        rf"\bsame (?:{LICENSE} |copyright )?(?:terms |conditions )?as (?:that of )?perl\b",
        "",
    ),
    (
        "GFDL-1.1-or-later",
        "documentation gfdl",
        _GUESS,
        rf"\bfree documentation {LICENSE}|\bgfdl\b",
        "",
    ),
    ("OPUBL-1.0", "publication", _LIKELY, rf"\bopen publication {LICENSE}", ""),
    ("OLDAP-2.8", "ldap", _GUESS, rf"\bopen~ldap public {LICENSE}", ""),
    ("BSD-2-Clause-Views", "freebsd", _LIKELY, rf"\bfreebsd {LICENSE}", ""),
    ("Linux-OpenIB", "openib", _LIKELY, r"\bopenib(?:\.org)? bsd\b", ""),
    ("JSON", "json", _LIKELY, rf"(?<![.\w])json {LICENSE}\b", ""),
    ("LicenseRef-scancode-w3c-documentation", "w3c", _SURE, rf"\bw3c document {LICENSE}", ""),
    (
        "LicenseRef-scancode-facebook-patent-rights-2",
        "patent",
        _LIKELY,
        r"\badditional~\[?~(?:patent grant|grant of patent)|\bpatent grant~\]",
        "",
    ),
    (
        "LicenseRef-scancode-alliance-open-media-patent-1.0",
        "alliance",
        _LIKELY,
        rf"\balliance for open media patent {LICENSE}",
        "",
    ),
    ("PostgreSQL", "postgresql", _LIKELY, rf"postgresql {LICENSE}", "postgresql"),
    (
        "Ruby",
        "ruby",
        _LIKELY,
        rf"\bruby {LICENSE}|ruby s {LICENSE}|\bsame (?:{LICENSE} )?(?:terms )?as (?:the )?ruby",
        "ruby",
    ),
    ("PHP-3.01", "php", _GUESS, rf"\bphp {LICENSE}", "php"),
    ("OpenSSL", "openssl", _LIKELY, rf"\bopenssl (?:open source )?{LICENSE}", "openssl"),
    (
        "NCSA",
        "illinois illnois llvm",
        _LIKELY,
        rf"versity of ill?i?nois(?:/ncsa)? open source|\bllvm(?: s)? (?:bsd )?{LICENSE}",
        "ncsa|llvm",
    ),
    ("BSD-3-Clause", "eclipse", _LIKELY, rf"eclipse distribution {LICENSE}", "edl"),
    ("ODbL-1.0", "database", _LIKELY, rf"open database {LICENSE}", "odbl"),
    ("MS-PL", "microsoft", _LIKELY, rf"microsoft public {LICENSE}", "ms-pl"),
    ("MS-RL", "microsoft", _LIKELY, rf"microsoft reciprocal {LICENSE}", "ms-rl"),
    ("UPL-1.0", "universal", _LIKELY, rf"universal permissive {LICENSE}", "upl"),
    ("MulanPSL-2.0", "mulan", _GUESS, r"\bmulan (?:psl|permissive software)", ""),
    (
        "IJG",
        "jpeg",
        _LIKELY,
        rf"independent jpeg group(?: s)? (?:free jpeg|{LICENSE})|\bijg {LICENSE}",
        "ijg",
    ),
    ("Libpng", "libpng", _LIKELY, rf"\blibpng {LICENSE}", "libpng"),
    ("Beerware", "beer", _LIKELY, rf"\bbeer-?~?ware(?: {LICENSE})?", "beerware"),
    (
        "W3C",
        "w3c",
        _GUESS,
        rf"\bw3c[^a-z]{{0,6}} ?(?:r )?software (?:short )?(?:{LICENSE}|copyright|notice)",
        "w3c",
    ),
    ("OSL-3.0", "open", _GUESS, rf"\bopen software {LICENSE}", "osl"),
    ("AFL-3.0", "academic", _GUESS, rf"\bacademic free {LICENSE}", "afl"),
    (
        "Vim",
        "vim",
        _LIKELY,
        rf"\bvim {LICENSE}|\bvim is charityware|\bsame {LICENSE} as vim",
        "vim",
    ),
    ("CC-PDM-1.0", "public", _LIKELY, r"public domain mark", ""),
    ("CECILL-2.1", "cecill", _GUESS, rf"\bcecill {LICENSE}|{LICENSE} cecill", "cecill"),
    ("CECILL-B", "cecill", _SURE, r"\bcecill-b\b", ""),
    ("CECILL-C", "cecill", _SURE, r"\bcecill-c\b", ""),
    (
        "LPPL-1.3c",
        "latex",
        _GUESS,
        rf"latex project public {LICENSE}|latex-project\.org/lppl",
        "lppl",
    ),
    ("QPL-1.0", "qpl", _LIKELY, rf"\bq public {LICENSE}", "qpl"),
    (
        "LGPL-2.0-or-later WITH WxWindows-exception-3.1",
        "wxw",
        _LIKELY,
        rf"\bwxwindows (?:library )?{LICENSE}|\bwxwidgets {LICENSE}",
        "",
    ),
    (
        "LicenseRef-scancode-confluent-community-1.0",
        "confluent",
        _LIKELY,
        rf"confluent community {LICENSE}",
        "",
    ),
    (
        "LicenseRef-scancode-redis-source-available-1.0",
        "redis",
        _LIKELY,
        rf"redis(?: labs)? source available {LICENSE}",
        "rsal",
    ),
    (
        "LicenseRef-scancode-llama-2-license-2023",
        "llama",
        _LIKELY,
        rf"\bllama ?[\d.]{{0,3}} (?:community )?{LICENSE}",
        "",
    ),
    (
        "LicenseRef-scancode-gemma-tou-2024-04-01",
        "gemma",
        _LIKELY,
        r"\bgemma (?:terms|prohibited|licen)",
        "",
    ),
    (
        "LicenseRef-scancode-bigscience-open-rail-m",
        "rail",
        _LIKELY,
        (
            rf"\b(?:open)?rail(?:-?~?\+*-?~?[msd])?(?:-m)? {LICENSE}|\bresponsible ai {LICENSE}"
            rf"|\bopenrail"
        ),
        "openrail",
    ),
    ("LicenseRef-scancode-commons-clause", "commons", _SURE, r"\bcommons clause", ""),
    (
        "PolyForm-Noncommercial-1.0.0",
        "polyform",
        _GUESS,
        r"\bpolyform [\w-]{4,16}",
        "",
    ),
    ("ZPL-2.1", "zope", _GUESS, rf"zope public {LICENSE}", "zpl"),
    (
        PUBLIC_DOMAIN,
        "public",
        _LIKELY,
        (
            r"\b(?:in|into|to) (?:the )?public[ -]domain\b|\b(?:is|are|as) public[ -]domain\b"
            r"|\bnone~\(?~public domain\b|public domain\.|[:-] public[ -]domain\b"
            r"|\bpublic[ -]domain[ \t]{0,20}(?:\n|$)"
        ),
        "public domain",
    ),
    (
        PROPRIETARY,
        (
            "proprietary commercial secret confidential unauthori unpublished property "
            "valid furnished transferable disclosure agreement eula custom end-user private "
            "granted permission restricted source-available source licensed"
            " modified product"
        ),
        _LIKELY,
        _PROPRIETARY_WORDS,
        "proprietary|unlicensed|commercial",
    ),
    *RARE_ROWS,
    (UNKNOWN, "community", _LIKELY, rf"\b(?!educational)[a-z]{{3,20}} community {LICENSE}", ""),
)
"""(SPDX id, words that gate it, score, name that stands for itself, name that needs a verb)"""
