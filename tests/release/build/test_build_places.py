from __future__ import annotations

import pytest

from ingest.detect.syntax import parse_text
from release.build.places import Form, cut_span

TEXT, WORD, NUMBER = Form.TEXT, Form.WORD, Form.NUMBER


def _cut(data: bytes, value: bytes, suffix: str) -> list[tuple[bytes, Form]]:
    tree = parse_text(data, suffix)
    assert tree is not None
    start = data.index(value)
    pieces = cut_span(tree.root_node, data, start, start + len(value))
    return [(data[p.start : p.end], p.form) for p in pieces]


@pytest.mark.parametrize(
    ("suffix", "data", "value", "pieces"),
    [
        ("py", b"x = 'a@b.io'\n", b"a@b.io", [(b"a@b.io", TEXT)]),
        ("py", b"x = 'a@b.io'\n", b"'a@b.io'", [(b"a@b.io", TEXT)]),
        ("py", b"x = 'a\\nb'\n", b"a\\nb", [(b"a\\nb", TEXT)]),
        ("py", b"x = 'a\\nb'\n", b"nb", [(b"\\nb", TEXT)]),
        (
            "py",
            b"x = f'a{b.c}d'\n",
            b"a{b.c}d",
            [(b"a", TEXT), (b"b", WORD), (b"c", WORD), (b"d", TEXT)],
        ),
        ("py", b"x = ('ab'\n     'cd')\n", b"ab'\n     'cd", [(b"ab", TEXT), (b"cd", TEXT)]),
        ("py", b"x = 5551234567\n", b"5551234567", [(b"5551234567", NUMBER)]),
        ("py", b"newBlueFalcon = 1\n", b"BlueFalcon", [(b"BlueFalcon", WORD)]),
        ("py", b"# by Jo Roe\n", b"# by Jo Roe", [(b"by Jo Roe", TEXT)]),
        ("py", b"if a:\n    pass\n", b"if a", [(b"a", WORD)]),
        ("java", b"import com.acme.Pay;", b"com.acme", [(b"com", WORD), (b"acme", WORD)]),
        ("java", b"class A { /* Jo\n Roe */ }", b"Jo\n Roe */", [(b"Jo\n Roe", TEXT)]),
        ("js", b"const a = `x${key}y`;", b"x${key}y", [(b"x", TEXT), (b"key", WORD), (b"y", TEXT)]),
        ("jsx", b"a = <p>Jo Roe</p>;", b"Jo Roe", [(b"Jo Roe", WORD)]),
        ("html", b"<p>Jo Roe</p>", b"Jo Roe", [(b"Jo Roe", WORD)]),
        ("html", b"<!-- Jo Roe -->", b"Jo Roe", [(b"Jo Roe", TEXT)]),
        ("go", b"package m\nvar x = `a@b.io`\n", b"a@b.io", [(b"a@b.io", TEXT)]),
        ("yaml", b"a: |\n  key1\n  key2\n", b"key1\n  key2", [(b"key1\n  key2", TEXT)]),
        ("yaml", b"a: jo@x.io\n", b"jo@x.io", [(b"jo@x.io", TEXT)]),
        ("json", b'{"a": 4539578763621486}', b"4539578763621486", [(b"4539578763621486", NUMBER)]),
        ("sh", b"curl -u jo:pw x\n", b"jo:pw", [(b"jo:pw", WORD)]),
        ("c", b"#include <acme/x.h>\n", b"acme", [(b"acme", WORD)]),
    ],
)
def test_a_span_is_cut_into_pieces_of_tokens(
    suffix: str, data: bytes, value: bytes, pieces: list[tuple[bytes, Form]]
) -> None:
    assert _cut(data, value, suffix) == pieces
