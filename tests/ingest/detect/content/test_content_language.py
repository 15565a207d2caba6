"""Languages by name, shebang, extension and content."""

from __future__ import annotations

import pytest

from ingest.detect.content.language import LanguageTable


@pytest.fixture(scope="module")
def table() -> LanguageTable:
    return LanguageTable()


@pytest.mark.parametrize(
    ("suffix", "data", "expected"),
    [
        ("py", b"x = 1\n", ("Python", "path")),
        ("dockerfile", b"FROM scratch\n", ("Dockerfile", "path")),
        ("bzl", b"load(':a.bzl')\n", ("Starlark", "path")),
        ("rs", b"fn main() {}\n", ("Rust", "content")),
        ("cs", b"namespace A { class B {} }\n", ("C#", "content")),
        ("h", b"int f(void);\n", ("C", "content")),
        ("h", b"namespace a {\nclass B;\n}\n", ("C++", "content")),
        ("h", b"@interface Foo : NSObject\n@end\n", ("Objective-C", "content")),
        ("m", b"function y = f(x)\ny = x;\nend\n", ("MATLAB", "content")),
        (
            "m",
            b"#import <Foundation/Foundation.h>\n@implementation A\n",
            ("Objective-C", "content"),
        ),
        ("pl", b"use strict;\nmy $x = 1;\n", ("Perl", "content")),
        ("pl", b"parent(a, b).\nchild(X, Y) :- parent(Y, X).\n", ("Prolog", "content")),
        ("ts", b"const a: number = 1;\n", ("TypeScript", "content")),
        ("ts", b"<?xml version='1.0'?>\n<TS language='de'></TS>\n", ("XML", "content")),
        ("sql", b"DECLARE @a int\nGO\n", ("TSQL", "content")),
        ("", b"#!/usr/bin/env -S python3.12 -u\nprint()\n", ("Python", "shebang")),
        ("", b"#!/bin/bash\n", ("Shell", "shebang")),
        ("", b"plain words\n", (None, None)),
        ("nosuchsuffix", b"x", (None, None)),
    ],
)
def test_names_the_language_and_how_it_is_known(
    table: LanguageTable, suffix: str, data: bytes, expected: tuple[str | None, str | None]
) -> None:
    assert table.identify(suffix, data) == expected


def test_an_unknown_interpreter_leaves_the_extension_to_decide(table: LanguageTable) -> None:
    assert table.identify("py", b"#!/opt/frobnicate\n") == ("Python", "path")
