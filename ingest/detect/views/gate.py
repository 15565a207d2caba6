"""One pass that tells which runs of a text are worth decoding.

A pattern here is not "looks encoded" but "looks like the encoding *of text*". In Base64 of ASCII
the first character of each group of four is one of 25, the second and third each one of 32: names,
paths, hashes and keys of random bytes fail after a group or two, and ordinary code passes at the
speed of Hyperscan.
"""

from __future__ import annotations

import re
from enum import IntEnum
from pathlib import Path
from typing import Final

from ingest.detect.funnel import CASELESS, ONCE, Funnel, Pattern


class Kind(IntEnum):
    """What a hit may be; the order is that in which codecs are tried."""

    BASE64 = 0
    BASE64_WIDE = 1
    BASE64_MAGIC = 2
    HEX = 3
    HEX_APART = 4
    BYTES = 5
    ESCAPE = 6
    PERCENT = 7
    HTML = 8
    JOIN = 9
    CONTINUED = 10
    QUOTED_PRINTABLE = 11
    NOTEBOOK = 12
    LIST = 13
    APPENDED = 14


GROUPS_BYTES: Final = 16
"""Length of what `Kind.BASE64` matches."""
WIDE_BYTES: Final = 24
"""The same for `Kind.BASE64_WIDE`."""
MAGIC_BYTES: Final = 24
"""The same for `Kind.BASE64_MAGIC`, at most."""
CONTINUED_BYTES: Final = 1
"""How much of `Kind.CONTINUED` stands after the line end."""

_NO_BASE64: Final = rb"(?:^|[^A-Za-z0-9+])"
"""Before a run stands anything else, or a slash or dash that belongs to a path."""
_GROUP: Final = rb"[CI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
"""Four characters of Base64 that stand for three bytes of ASCII text: each byte's first bit is 0,
and the first byte is printable, a tab or a line end."""
BASE64_MAGIC: Final = rb"(?:H4sI|UEsDB|77u/|QlpoO|/Td6WF|eJ[w-z]|eN[opqr]|eAF)"
_LAST_GROUP: Final = rb"(?:[A-Za-f][AQgw]==|[A-Za-f][A-HQ-Xg-nw-z0-3][AEIMQUYcgkosw048]=)"
_WIDE_GROUPS: Final = rb"[A-Za-f][AQgw][ABC][A-Za-z0-9+/_-]A[A-H][AEIMQUYcgkosw048]A"
"""The same for UTF-16, as PowerShell takes commands: every second byte is NUL."""
_TOKEN: Final = rb"[A-Za-z0-9_+/=.-]"
_PIECE: Final = rb"[A-Za-z0-9_+/=.:@%!#$*?&-]"
"""What a value in pieces is made of, at the seams."""
_QUOTE: Final = rb"[\"'`]"
_SEAM: Final = _QUOTE + rb"[\s_\\+.&~|<>^]+[rbfuRBFU]?" + _QUOTE
_NO_MARKUP: Final = rb"(?:2[0-57-9a-f]|3[0-9abdf]|[4-7][0-9a-f])"
"""ASCII but for ``&``, ``<`` and ``>``, which encoders of JSON escape in all they write."""
_HEX_TEXT: Final = rb"(?:[2-7][0-9a-f]|0[9ad])"
_HEX_WIDE: Final = rb"(?:(?:%s00){6}|(?:00%s){6}|(?:%s000000){4}|(?:000000%s){4})" % (
    (_HEX_TEXT,) * 4
)
"""The same of UTF-16 and UTF-32, in both orders."""
_HEX_MAGIC: Final = rb"(?:1f8b08|504b0304|425a68|fd377a585a)[0-9a-f]{16}"
_HEX_ENDS: Final = re.compile(
    rb"|".join(
        rb"(?<=%s)" % before
        for before in (
            rb"\A" + _HEX_TEXT + rb"{8}",
            rb"[^0-9A-Za-z]" + _HEX_TEXT + rb"{8}",
            rb"0x" + _HEX_TEXT + rb"{8}",
            _HEX_TEXT + rb"{16}",
            rb"(?:1f8b08|425a68)[0-9a-f]{16}",
            rb"fd377a585a[0-9a-f]{16}",
            rb"504b0304[0-9a-f]{16}",
            rb"(?:%s00){6}" % _HEX_TEXT,
            rb"(?:00%s){6}" % _HEX_TEXT,
            rb"(?:%s000000){4}" % _HEX_TEXT,
            rb"(?:000000%s){4}" % _HEX_TEXT,
        )
    ),
    re.IGNORECASE,
)
"""Where digits that stand for text end: a run of them begins there, or it is a long one. Asked of
the few hits, since the funnel pays for a beginning of this kind at every byte of every text."""
_WORD: Final = rb"(?:pass|pwd|secret|token|key|auth|cred)[A-Za-z0-9_-]{0,20}"

_BYTES_MAGIC: Final = (
    rb"(?:0x1f,\s{0,4}0x8b,\s{0,4}0x0?8,|0x50,\s{0,4}0x4b,\s{0,4}0x0?3,\s{0,4}0x0?4,"
    rb"|0xfd,\s{0,4}0x37,\s{0,4}0x7a,|31,\s{0,4}139,\s{0,4}8,)"
)
"""How arrays of gzip, zip and xz begin."""
_NAMED_SIGN: Final = rb"&(?:equals|plus|sol|lowbar|period|hyphen|dash|colon);"

_EXPRESSIONS: Final[tuple[tuple[Kind, bytes, int], ...]] = (
    # Anywhere in a run: text may begin beyond ASCII, and where runs begin costs the funnel more.
    (Kind.BASE64, rb"(?:" + _GROUP + rb"){4}", 0),
    (Kind.BASE64, rb"(?:" + _GROUP + rb"){3}" + _LAST_GROUP, 0),
    (Kind.BASE64_WIDE, rb"(?:" + _WIDE_GROUPS + rb"){3}", 0),
    # gzip, zip, UTF-8 with a mark, bzip2, xz, zlib
    (Kind.BASE64_MAGIC, _NO_BASE64 + BASE64_MAGIC + rb"[\w+/-]{16}", 0),
    (Kind.HEX, _HEX_TEXT + rb"{8}", CASELESS),
    (Kind.HEX, _HEX_MAGIC, CASELESS),
    (Kind.HEX, _HEX_WIDE, CASELESS),
    (Kind.HEX_APART, rb"(?:" + _HEX_TEXT + rb"[: ]){10}", CASELESS),
    (Kind.HEX_APART, rb"(?:" + _HEX_TEXT + rb"[: ](?:00[: ]){1,3}){5}", CASELESS),
    (Kind.HEX_APART, rb"(?:1f[: ]8b[: ]08|50[: ]4b[: ]03[: ]04)(?:[: ][0-9a-f]{2}){8}", CASELESS),
    (Kind.BYTES, rb"(?:0x(?:[2-7][0-9a-f]|0?[9ad]),\s{0,8}){8}", CASELESS),
    (Kind.BYTES, rb"(?:0x[2-7][0-9a-f],\s{0,8}(?:0x00,\s{0,8}){1,3}){5}", CASELESS),
    (
        Kind.BYTES,
        _BYTES_MAGIC,
        CASELESS,
    ),
    (Kind.BYTES, rb"(?:(?:9|1[03]|3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6]),\s{0,8}){12}", 0),
    (Kind.ESCAPE, rb"(?:\\{1,8}u[0-9a-f]{4}){3}", CASELESS),
    (Kind.ESCAPE, rb"(?:\\u\{[0-9a-f]{2,6}\}){3}", CASELESS),
    (Kind.ESCAPE, rb"(?:\\{1,8}x[0-9a-f]{2}){3}", CASELESS),
    (Kind.ESCAPE, rb"(?:\\[01]?[0-7]{2}){4}", 0),
    (Kind.ESCAPE, rb"\\(?:u00|x)" + _NO_MARKUP + _TOKEN + rb"{12}", CASELESS),
    (Kind.ESCAPE, rb"\\(?:u00|x)3[ce][A-Z0-9_+=-]{20}", CASELESS),
    (Kind.ESCAPE, _TOKEN + rb"{8}\\(?:u00|x)" + _NO_MARKUP, CASELESS),
    (Kind.ESCAPE, rb"\\(?:u0040|x40)[a-z0-9]", CASELESS),
    (Kind.ESCAPE, rb"\\[nrtbfv]" + _TOKEN + rb"{16}", 0),
    # lines of Base64 or of numbers in a string
    (Kind.ESCAPE, rb"\\n[ \t]{1,16}(?:" + _TOKEN + rb"{24}|0x[0-9a-f]{2},)", CASELESS),
    (Kind.ESCAPE, rb"\\[nrt][\w.+-]{1,40}@[\w-]", 0),
    (Kind.ESCAPE, rb"[A-Za-z0-9+]{8}\\/[A-Za-z0-9+]{2}", 0),
    (Kind.ESCAPE, _WORD + rb"\\{0,7}[\"']?\s{0,2}[:=]{1,2}>?\s{0,2}\\{1,7}[\"']", CASELESS),
    # a letter beyond ASCII in the value of such a name
    (
        Kind.ESCAPE,
        _WORD
        + rb"\\{0,3}[\"']?\s{0,2}[:=]{1,2}>?\s{0,2}\\{0,3}[\"']?[^\s\\\"']{0,24}"
        + rb"\\{1,4}(?:u[0-9a-f]{4}|x[0-9a-f]{2})",
        CASELESS,
    ),
    (Kind.ESCAPE, rb"\\\"\s{0,2}[:=]\s{0,2}\\{1,3}\"[A-Za-z0-9_+/=.-]{16}", 0),
    (Kind.ESCAPE, rb":\\/\\/[\w.-]{0,40}:[^\s@\"]{1,80}@", 0),
    (Kind.PERCENT, rb"(?:%[2-7][0-9a-f]){4}", CASELESS),
    (Kind.PERCENT, rb"%[2-7][0-9a-f][A-Za-z0-9_+/=%.-]{16}", CASELESS),
    (Kind.PERCENT, rb"[A-Za-z0-9_+/=.-]{12}%(?:2b|2f|3d|2e|2d|5f|7e)", CASELESS),
    (Kind.PERCENT, rb"%40[a-z0-9]", CASELESS),
    (Kind.PERCENT, _WORD + rb"(?:%22)?(?:%3a|%3d)", CASELESS),
    (Kind.HTML, rb"(?:&#(?:x[0-9a-f]{2,4}|[0-9]{2,5});){3}", CASELESS),
    (Kind.HTML, rb"&#(?:x[0-9a-f]{1,4}|[0-9]{2,5});[ \t]{0,16}" + _TOKEN + rb"{12}", CASELESS),
    (Kind.HTML, _TOKEN + rb"{8}&#(?:x[0-9a-f]{2,4}|[0-9]{2,5});" + _TOKEN, CASELESS),
    (Kind.HTML, rb"&(?:#64|#x40|commat);[a-z0-9]", CASELESS),
    (Kind.HTML, _TOKEN + rb"{12}" + _NAMED_SIGN, 0),
    (Kind.HTML, _NAMED_SIGN + _TOKEN + rb"{12}", 0),
    (
        Kind.HTML,
        _WORD + rb"(?:&lowbar;[a-z0-9]{1,16}){0,3}\s?&(?:equals|colon|#61|#58|#x3[ad]);",
        CASELESS,
    ),
    (
        Kind.HTML,
        _WORD + rb"\\{0,3}(?:&quot;)?[^\n&]{0,3}[:=][^\n&]{0,3}&(?:quot|apos|#39|#34);",
        CASELESS,
    ),
    (Kind.JOIN, _PIECE + _SEAM + _PIECE, 0),
    (Kind.JOIN, _WORD + rb" ?[:=] {0,2}" + _SEAM + rb"[^\"'`\s]", CASELESS),
    (Kind.JOIN, _WORD + rb" ?[:=]" + _SEAM + rb" ", CASELESS),
    (Kind.LIST, rb"(?:concat!\(|\]\.join\()", 0),
    (
        Kind.LIST,
        rb"(?:concat\(|(?:\"\"|'')\.join\([\[(]|implode\((?:\"\"|''),\s?\[)['\"]",
        CASELESS,
    ),
    (
        Kind.APPENDED,
        _PIECE + _QUOTE + rb"[ \t]?;?[ \t]*\r?\n[ \t]{0,32}[\w$.]{1,48} ?[+.]= ?" + _QUOTE,
        0,
    ),
    (Kind.CONTINUED, _PIECE + rb"{2}[\\^]\r?\n[ \t]{0,80}" + _PIECE, 0),
    (Kind.QUOTED_PRINTABLE, rb"quoted-printable", CASELESS | ONCE),
    (Kind.NOTEBOOK, rb"\"cell_type\"\s*:", ONCE),
)


class Gate:
    """The compiled gate. Safe after a fork, not for two threads at once."""

    def __init__(self, cache_dir: Path | None = None) -> None:
        """Compile, or load from `cache_dir`."""
        self._funnel = Funnel(
            [
                Pattern(id=kind, expression=expression, flags=flags)
                for kind, expression, flags in _EXPRESSIONS
            ],
            cache_dir=cache_dir,
        )

    def hits(self, data: bytes) -> dict[int, list[int]]:
        """Return where candidates end, by `Kind`, sorted."""
        hits = self._funnel.hits(data)
        if Kind.HEX in hits:
            ends = [end for end in hits.pop(Kind.HEX) if _HEX_ENDS.match(data, end)]
            hits |= {Kind.HEX: ends} if ends else {}
        return hits
