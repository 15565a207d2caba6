"""Which language a text is written in, under linguist's names.

Order as in linguist: a name that says it (``Makefile``), a shebang, an extension, and the
content where several languages share the extension.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pygments.lexers import get_all_lexers

from ingest.detect.content.names import (
    INTERPRETERS,
    NAMES,
    RENAMED,
    SHARED_NAMES,
    SUFFIXES,
)

_PROBE_BYTES: Final = 32 * 1024
_SHEBANG = re.compile(
    rb"#![ \t]*(?:[^\s]*/)?(?:env[ \t]+(?:-\S+[ \t]+|\w+=\S+[ \t]+){0,4})?([^\s/]+)"
)
_PLAIN_PATTERN = re.compile(r"\*\.([a-z0-9_+-]{1,16})")


class LanguageTable:
    """Languages by name hint and content."""

    def __init__(self) -> None:
        """Build the extension table: our own rows first, then Pygments' where it is sure."""
        self._by_suffix = {**_pygments_suffixes(), **SUFFIXES}

    def identify(self, suffix: str, data: bytes) -> tuple[str | None, str | None]:
        """Return (linguist name, path | content | shebang), or (None, None)."""
        if suffix in NAMES:
            return NAMES[suffix], "path"
        if data.startswith(b"#!") and (language := _by_shebang(data)):
            return language, "shebang"
        if suffix in _DISAMBIGUATIONS:
            return _DISAMBIGUATIONS[suffix](data[:_PROBE_BYTES]), "content"
        if language := self._by_suffix.get(suffix):
            return language, "path"
        if data[:64].lstrip()[:5].lower() == b"<?xml":
            return "XML", "content"
        return None, None


def _pygments_suffixes() -> dict[str, str]:
    """Return extensions that exactly one linguist language claims in Pygments' table."""
    claims: dict[str, set[str]] = {}
    for name, _aliases, patterns, _types in get_all_lexers(plugins=False):
        language = RENAMED.get(name) or (name if name in SHARED_NAMES else None)
        for pattern in patterns if language else ():
            if plain := _PLAIN_PATTERN.fullmatch(pattern.lower()):
                claims.setdefault(plain[1], set()).add(language or "")
    return {suffix: min(names) for suffix, names in claims.items() if len(names) == 1}


def _by_shebang(data: bytes) -> str | None:
    match = _SHEBANG.match(data, 0, 256)
    if not match:
        return None
    program = match[1].decode("ascii", "replace").lower()
    return INTERPRETERS.get(program) or INTERPRETERS.get(program.rstrip("0123456789.-"))


Chooser = Callable[[bytes], str]


def _choose(default: str, *signs: tuple[str, bytes]) -> Chooser:
    """Return a chooser: the first language whose sign is in the text, else the default."""
    compiled = [(language, re.compile(sign, re.MULTILINE)) for language, sign in signs]

    def choose(data: bytes) -> str:
        return next((language for language, sign in compiled if sign.search(data)), default)

    return choose


_OBJECTIVE_C = (
    rb"^[ \t]*(?:@(?:interface|class|protocol|property|end|selector|implementation|import)\b"
    rb"|#import\s+[<\"])"
)
_CPP = (
    rb"^[ \t]*(?:template[ \t]*<|class[ \t]+\w+[^;\n]*$|namespace\b|using[ \t]+namespace\b"
    rb"|using[ \t]+\w+[ \t]*=|(?:public|private|protected)[ \t]*:"
    rb"|#[ \t]*include[ \t]*<(?:c?string|vector|map|memory|iostream|utility|algorithm"
    rb"|functional|type_traits|cstd\w+|optional)>)"
    rb"|\bstd::|\bconstexpr\b|\bnullptr\b"
)
_OBJECTIVE_C_WORDS = (
    b"@interface",
    b"@class",
    b"@protocol",
    b"@property",
    b"@end",
    b"@selector",
    b"@implementation",
    b"@import",
    b"#import",
)
_CPP_WORDS = (
    b"template",
    b"class",
    b"namespace",
    b"using",
    b"public",
    b"private",
    b"protected",
    b"<cstd",
    b"string>",
    b"vector>",
    b"map>",
    b"memory>",
    b"iostream>",
    b"utility>",
    b"algorithm>",
    b"functional>",
    b"type_traits>",
    b"optional>",
    b"std::",
    b"constexpr",
    b"nullptr",
)
"""Every text with the sign of a language has one of its words, and words are found faster."""


def _choose_header(data: bytes) -> str:
    """Tell what a ``.h`` file is; most are C, which only the absence of all signs can say."""
    if any(word in data for word in _OBJECTIVE_C_WORDS) and _IN_OBJECTIVE_C.search(data):
        return "Objective-C"
    if any(word in data for word in _CPP_WORDS) and _IN_CPP.search(data):
        return "C++"
    return "C"


_IN_OBJECTIVE_C = re.compile(_OBJECTIVE_C, re.MULTILINE)
_IN_CPP = re.compile(_CPP, re.MULTILINE)
_PROLOG = rb"^[^#\n%]{0,200}:-"
_PERL = (
    rb"\buse[ \t]+(?:strict\b|warnings\b|v?5\b|\w+::)|^[ \t]*(?:my|our|sub|package)[ \t]+[$@%\w]"
)
_RAKU = rb"^[ \t]*(?:use[ \t]+v6\b|(?:my[ \t]+)?class[ \t]+\w|unit[ \t]+(?:class|module))"

_DISAMBIGUATIONS: Final[dict[str, Chooser]] = {
    "as": _choose("ActionScript", ("AngelScript", rb"^[ \t]*#include|\b\w+@[ \t&]")),
    "b": _choose("Brainfuck", ("Limbo", rb"^[ \t]*implement[ \t]+\w+;")),
    "bas": _choose(
        "BASIC",
        ("VBA", rb"^Attribute VB_Name|^[ \t]*Option (?:Explicit|Private Module)"),
        ("FreeBASIC", rb"(?i)^[ \t]*#(?:include|lang)\b"),
    ),
    "cls": _choose(
        "OpenEdge ABL",
        ("TeX", rb"^[ \t]*\\(?:NeedsTeXFormat|ProvidesClass|LoadClass)"),
        ("VBA", rb"^(?:VERSION \d\.\d CLASS|Attribute VB_)"),
        ("Apex", rb"(?i)\b(?:public|private|global)\b[^\n]{0,60}\bclass\b[^\n]{0,120}\{"),
    ),
    "cl": _choose("OpenCL", ("Common Lisp", rb"\((?:defun|defmacro|in-package)\b")),
    "cp": _choose("C++", ("Component Pascal", rb"^MODULE\b")),
    "cs": _choose("C#", ("Smalltalk", rb"^![\w\s]+ methodsFor: ")),
    "d": _choose(
        "D", ("Makefile", rb"^[\w./\\$() -]{1,200}\.o[ \t]*:"), ("DTrace", rb"^#pragma D option")
    ),
    "ecl": _choose("ECL", ("ECLiPSe", _PROLOG)),
    "ex": _choose("Elixir", ("Euphoria", rb"^namespace\b|^[ \t]*end (?:procedure|function)\b")),
    "fs": _choose(
        "F#",
        ("Forth", rb"^: [^\n]+\n"),
        ("GLSL", rb"^[ \t]*(?:#version\b|precision\b|uniform\b|varying\b|void main\b)"),
    ),
    "gd": _choose("GDScript", ("GAP", rb"^(?:Declare|BindGlobal|KeyDependent)|\bInfo\(")),
    "h": _choose_header,
    "hh": _choose("C++", ("Hack", rb"^<\?hh")),
    "inc": _choose(
        "C++",
        ("PHP", rb"^<\?(?:php)?"),
        ("BitBake", rb"^(?:inherit|require|DESCRIPTION|SRC_URI|LICENSE)\b[ \t?=+]"),
        ("Pascal", rb"(?i)^[ \t]*(?:procedure|function|unit)\b[^\n{]{1,120};"),
        ("SQL", rb"(?i)^[ \t]*(?:create|insert|select)[ \t]+(?:table|into|\*)"),
    ),
    "j": _choose("Objective-J", ("Jasmin", rb"^\.(?:class|super|method)\b")),
    "l": _choose(
        "Lex", ("Common Lisp", rb"\(def(?:un|macro)\s"), ("Roff", rb"^\.[A-Za-z]{2}[ \t]")
    ),
    "lean": _choose("Lean 4", ("Lean", rb"^import [a-z]")),
    "m": _choose(
        "MATLAB",
        ("Objective-C", _OBJECTIVE_C),
        ("Mercury", rb"^:- (?:module|import_module)\b"),
        ("Wolfram Language", rb"\(\*|^[ \t]*\w+\[[^\n]*_\][ \t]*:?="),
        ("Limbo", rb"^\w+[ \t]*:[ \t]*module[ \t]*\{"),
    ),
    "ml": _choose(
        "OCaml", ("Standard ML", rb"^[ \t]*(?:structure|functor|signature)\b|\bfn \w+ =>")
    ),
    "mm": _choose("Objective-C++", ("XML", rb"^\s*<\?xml|^<map\b")),
    "mod": _choose(
        "Modula-2",
        ("XML", rb"^\s*<(?:\?xml|!ENTITY)"),
        ("AMPL", rb"^[ \t]*(?:minimize|maximize|subject to)\b"),
    ),
    "p": _choose("OpenEdge ABL", ("Gnuplot", rb"^[ \t]*(?:s?plot|set[ \t]+(?:terminal|xlabel))\b")),
    "php": _choose("PHP", ("Hack", rb"^<\?hh")),
    "pl": _choose("Perl", ("Raku", _RAKU), ("Perl", _PERL), ("Prolog", _PROLOG)),
    "pm": _choose("Perl", ("X PixMap", rb"^/\* XPM \*/"), ("Raku", _RAKU)),
    "pp": _choose("Pascal", ("Puppet", rb"^[ \t]*(?:class|define|node|include)[ \t]+[\w:'\"]|=>")),
    "pro": _choose(
        "Prolog",
        ("QMake", rb"^[ \t]*(?:QT|TARGET|TEMPLATE|SOURCES|HEADERS|CONFIG)[ \t]*[+-]?="),
        ("Proguard", rb"^-(?:keep|dont|optimi|renamesource)"),
        ("IDL", rb"(?i)^[ \t]*(?:pro|function)[ \t]+\w+"),
    ),
    "q": _choose(
        "q", ("HiveQL", rb"(?i)\b(?:select\b[^\n]{0,200}\bfrom|create (?:external )?table)\b")
    ),
    "r": _choose("R", ("Rebol", rb"(?i)^\s*rebol\s*\["), ("R", rb"<-|\bfunction\(")),
    "re": _choose("Reason", ("C++", rb"^[ \t]*#[ \t]*include|/\*!re2c")),
    "rs": _choose("Rust", ("RenderScript", rb"^#pragma (?:version|rs)\b")),
    "s": _choose("Unix Assembly", ("Assembly", rb"(?i)^[ \t]*(?:section|global)[ \t]+\.?\w")),
    "sc": _choose("Scala", ("SuperCollider", rb"^[ \t]*\+?[ \t]*\w+[ \t]*\{[ \t]*$|\bSynthDef\b")),
    "sql": _choose(
        "SQL",
        ("PLpgSQL", rb"(?i)\blanguage[ \t]+'?plpgsql|\$\$[ \t]*begin\b"),
        ("PLSQL", rb"(?i)\b(?:pragma[ \t]+\w+;|create or replace package|varchar2)\b"),
        ("TSQL", rb"(?im)^[ \t]*GO[ \t]*\r?$|\bdeclare[ \t]+@\w|\bnvarchar\b"),
    ),
    "t": _choose(
        "Perl", ("Raku", _RAKU), ("Turing", rb"^[ \t]*%[ \t]+|^[ \t]*var[ \t]+\w+[ \t]*:=")
    ),
    "ts": _choose("TypeScript", ("XML", rb"\A\s*<\?xml|<TS\b")),
    "tsx": _choose("TSX", ("XML", rb"\A\s*<\?xml")),
    "v": _choose(
        "Verilog",
        ("Rocq Prover", rb"^(?:Require|Theorem|Lemma|Proof|Definition|Inductive|From)\b"),
        ("V", rb"^(?:pub )?(?:fn|module|import) \w+(?!;)[^;\n]*$"),
    ),
    "y": _choose("Yacc"),
}
