from __future__ import annotations

import base64
import gzip
import io
import json
import quopri
import string
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.detect.views import Decoder, Limits, Shut, View
from ingest.domain.text import NotText, normalise

VALUES = st.text(string.ascii_letters + string.digits + "_", min_size=15, max_size=60).map(
    lambda text: f"{text[:7]}4{text[7:]}"
)
PROPERTY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def showing(decoder: Decoder, data: bytes, value: str) -> Iterator[tuple[View, bytes]]:
    """Yield the views that hold a value, with the bytes of the text that it was decoded from."""
    for view in decoder.views_of(data).views:
        at = view.data.find(value.encode())
        if at >= 0 and view.adds(at, at + len(value)):
            start, end = view.outer_span(at, at + len(value))
            yield view, data[start:end]


def base64_of(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


RUNS: dict[str, tuple[str, Callable[[str], str]]] = {
    "base64": ("base64", base64_of),
    "unpadded": ("base64", lambda v: base64_of(v).rstrip("=")),
    "url-safe": ("base64", lambda v: base64.urlsafe_b64encode(v.encode()).decode()),
    "UTF-16": ("base64", lambda v: base64.b64encode(v.encode("utf-16-le")).decode()),
    "wrapped": (
        "base64",
        lambda v: base64.encodebytes((v + " and more" * 20).encode()).decode()[:-1],
    ),
    "beyond ASCII at the start": ("base64", lambda v: base64_of(f"# Smörgås för barn\ntoken: {v}")),
    "with a mark": ("base64", lambda v: base64.b64encode(("\ufeff" + v).encode()).decode()),
    "latin-1": (
        "base64",
        lambda v: base64.b64encode(f"# größe\nkey={v}".encode("latin-1")).decode(),
    ),
    "hex": ("hex", lambda v: v.encode().hex()),
    "upper hex": ("hex", lambda v: v.encode().hex().upper()),
    "hex apart": ("hex", lambda v: v.encode().hex(":")),
    "hex of UTF-16": ("hex", lambda v: v.encode("utf-16-le").hex()),
    "hex of UTF-32": ("hex", lambda v: v.encode("utf-32-be").hex()),
    "hex of UTF-16 apart": ("hex", lambda v: v.encode("utf-16-le").hex(" ")),
    "hex with its mark": ("hex", lambda v: "0x" + v.encode().hex()),
    "array of UTF-16": ("bytes", lambda v: ", ".join(f"0x{b:02x}" for b in v.encode("utf-16-le"))),
    "array": ("bytes", lambda v: ", ".join(f"0x{b:02x}" for b in v.encode())),
    "numbers": ("bytes", lambda v: ",".join(str(b) for b in v.encode())),
    "percent": ("percent", lambda v: "".join(f"%{b:02X}" for b in v.encode())),
    "unicode": ("escape", lambda v: "".join(f"\\u{b:04x}" for b in v.encode())),
    "braces": ("escape", lambda v: "".join(f"\\u{{{b:x}}}" for b in v.encode())),
    "hexadecimal escapes": ("escape", lambda v: "".join(f"\\x{b:02x}" for b in v.encode())),
    "octal": ("escape", lambda v: "".join(f"\\{b:03o}" for b in v.encode())),
    "decimal entities": ("html", lambda v: "".join(f"&#{b};" for b in v.encode())),
    "hexadecimal entities": ("html", lambda v: "".join(f"&#x{b:X};" for b in v.encode())),
    "plus": ("concat", lambda v: f'{v[:5]}" + "{v[5:9]}" + "{v[9:]}'),
    "plus over lines": ("concat", lambda v: f'{v[:5]}"\n    + "{v[5:9]}" +\n  "{v[9:]}'),
    "side by side": ("concat", lambda v: f'{v[:5]}" "{v[5:]}'),
    "one a line": ("concat", lambda v: f'{v[:5]}"\n    "{v[5:]}'),
    "dot": ("concat", lambda v: f'{v[:5]}" . "{v[5:]}'),
    "two dots": ("concat", lambda v: f'{v[:5]}" .. "{v[5:]}'),
    "ampersand": ("concat", lambda v: f'{v[:5]}" & _\n  "{v[5:]}'),
    "backslash": ("concat", lambda v: f"{v[:5]}\\\n{v[5:]}"),
    "characters": ("concat", '" + "'.join),
}


@pytest.mark.parametrize("name", RUNS)
@given(value=VALUES)
@example(value="BM00000400000000")
@PROPERTY
def test_a_value_is_seen_and_its_span_is_exactly_its_encoded_form(
    name: str, decoder: Decoder, value: str
) -> None:
    chain, encode = RUNS[name]
    encoded = encode(value)
    data = f'first line\nkey = "{encoded}"\nlast line\n'.encode()
    found = {view.chain: outer for view, outer in showing(decoder, data, value)}
    assert found[(chain,)] == encoded.encode()


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ('["abc1", "def2",\n "ghi3"].join("")', b'"abc1def2ghi3"'),
        ("['key_abc123', 'def456'].join('')", b"'key_abc123def456'"),
        ('concat!("app://u:", "hod4!", "@db/x")', b'"app://u:hod4!@db/x"'),
        ('"user=a;password=" +\n "Fjord!"', b'"user=a;password=Fjord!"'),
        ('x = "Rot\\\nkehlchen9"', b'"Rotkehlchen9"'),
        ('pw = "".join(["Rot", "kehl", "chen9"])', b'"Rotkehlchen9"'),
        ("secret = concat('Rot', 'kehlchen9')", b"'Rotkehlchen9'"),
        ('var token = "Rotkehl";\ntoken += "chen-4711";', b'"Rotkehlchen-4711"'),
        ("$pass = 'Rotkehl';\n$pass .= 'chen-4711';", b"'Rotkehlchen-4711'"),
        ('password = ("Rot"\n      "kehl7")', b'"Rotkehl7"'),
    ],
)
def test_pieces_of_one_value_are_joined(decoder: Decoder, text: str, joined: bytes) -> None:
    views = decoder.views_of(text.encode()).views
    assert any(joined in view.data for view in views if view.chain == ("concat",))


@pytest.mark.parametrize("text", ['["abc1", "def2"].join(", ")', 'f("abc123", "def456")'])
def test_members_of_a_list_are_not(decoder: Decoder, text: str) -> None:
    assert decoder.views_of(text.encode()).views == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a=1&x=db_password%3D+%22Rotkehlchen9%22", b'db_password= "Rotkehlchen9"'),
        ("<p>db&lowbar;password&colon; Rotkehlchen9</p>", b"db_password: Rotkehlchen9"),
        ("token gl&lowbar;Rotkehlchen4711x", b"gl_Rotkehlchen4711x"),
        ('{"a": "x\\n    um90a2VobGNoZW4tcm90a2VobGNoZW4"}', b"x\n    um90a2"),
    ],
)
def test_signs_of_a_form_or_a_page_are_read(decoder: Decoder, text: str, shown: bytes) -> None:
    assert any(shown in view.data for view in decoder.views_of(text.encode()).views)


def test_lines_within_a_string_of_a_program_are_no_program(decoder: Decoder) -> None:
    lines = 's = "\\x70\\x77\\x3d\\x61\\x62\\x0a"'
    assert [view.suffix for view in decoder.views_of(lines.encode()).views] == [""]


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", data)
    return buffer.getvalue()


def tarred(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("a")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("chain", "pack"),
    [
        (("base64", "gzip"), gzip.compress),
        (("base64", "zip:0"), zipped),
        (("base64", "gzip", "tar:0"), lambda d: gzip.compress(tarred(d))),
        (("base64", "zlib"), zlib.compress),
    ],
)
def test_containers_inside_a_run_are_opened(
    decoder: Decoder, chain: tuple[str, ...], pack: Callable[[bytes], bytes]
) -> None:
    run = base64.b64encode(pack(b"token: inner-value-1234567890\n" * 3))
    found = {
        view.chain: outer
        for view, outer in showing(decoder, b"blob: " + run + b"\n", "inner-value-1234567890")
    }
    assert found == {chain: run}


def test_decodings_lie_one_in_the_other(decoder: Decoder) -> None:
    inner = base64_of("secret-value-0123456789")
    twice = base64_of(f"value: {inner}")
    chains = {view.chain for view, _ in showing(decoder, twice.encode(), "secret-value-0123456789")}
    assert chains == {("base64", "base64")}


def test_lines_of_a_value_in_json_are_joined_and_decoded(decoder: Decoder) -> None:
    wrapped = base64.encodebytes(b"the value is hidden-in-here-42 " * 6).decode()
    data = json.dumps({"data": wrapped}).encode()
    chains = {view.chain for view, _ in showing(decoder, data, "hidden-in-here-42")}
    assert ("escape", "base64") in chains


def test_a_line_keeps_what_stands_around_its_decoded_run(decoder: Decoder) -> None:
    (view,) = decoder.views_of(f"a: 1\npassword: {base64_of('correct horse')}\nb: 2".encode()).views
    assert view.data == b"password: correct horse"


def test_a_cell_of_a_notebook_is_one_text(decoder: Decoder) -> None:
    source = ['key = """first\n', 'second"""\n', "print(key)"]
    book = {"cells": [{"cell_type": "code", "source": source, "outputs": []}], "nbformat": 4}
    views = decoder.views_of(json.dumps(book, indent=1).encode()).views
    assert "".join(source).encode() in [view.data for view in views if view.chain == ("notebook",)]


def test_a_mail_is_read_as_it_was_written(decoder: Decoder) -> None:
    body = quopri.encodestring(b"token=abc-" + b"0123456789" * 12 + b"\n")
    data = b"Content-Transfer-Encoding: quoted-printable\n\n" + body
    assert [v.chain for v, _ in showing(decoder, data, "token=abc-" + "0123456789" * 12)] == [
        ("quoted-printable",)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "def get_user_by_name(self, first_name, last_name): return self.repository.find()",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxv",
        'print("first\\n" + name + "\\tsecond")',
        "https://example.org/a/very/long/path/to/some/ResourceName?page=2&sort=asc",
        "&lt;p class=&quot;title&quot;&gt;Hello&lt;/p&gt;",
        'raise ValueError("a message that "\n    "goes on here")',
        "123e4567-e89b-12d3-a456-426614174000",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg",
        "[32, 64, 128, 256, 512, 1024]",
        'import (\n\t"github.com/owner/project/v3/pkg/a"\n\t"github.com/owner/project/v3/pkg/b"\n)',
        'get_config "perf" "useScalar" "--bool" "--type=int32"',
        'throw new Error("unexpected-token:" + "in-the-middle-of-the-file")',
        "C:\\new\\table\\users\\x86",
    ],
)
def test_ordinary_text_has_no_views(decoder: Decoder, text: str) -> None:
    assert decoder.views_of(text.encode()).views == ()


def test_a_run_beyond_the_depth_is_said_to_be_unread() -> None:
    text = "the innermost value of them all"
    for _ in range(3):
        text = base64_of(text)
    decoded = Decoder(limits=Limits(depth=2)).views_of(f"x: {text}".encode())
    assert [view.chain for view in decoded.views] == [("base64",), ("base64", "base64")]
    (shut,) = decoded.undecoded
    assert (shut.reason, shut.start, shut.end) == (Shut.LIMIT, 3, 3 + len(text))


@pytest.mark.parametrize(
    "inner",
    [
        base64.b64encode(gzip.compress(b"the innermost value")).decode(),
        "key = '" + "".join(f"\\x{byte:02x}" for byte in b"hidden-1234567890") + "'",
        "key = '%68%69%64%64%65%6e%2d%31%32%33%34%35'",
        "key = 'hidden-12' + '34567890' + 'abcdef'",
    ],
    ids=["gzip", "escape", "percent", "concat"],
)
def test_whatever_would_be_decoded_beyond_the_depth_is_said_to_be_unread(inner: str) -> None:
    text = f"value: {inner}"
    for _ in range(2):
        text = base64_of(text)
    decoded = Decoder(limits=Limits(depth=2)).views_of(f"x: {text}".encode())
    assert {shut.reason for shut in decoded.undecoded} == {Shut.LIMIT}


def test_a_run_beyond_the_size_is_said_to_be_unread() -> None:
    data = b"x: " + base64.b64encode(b"some text " * 500)
    decoded = Decoder(limits=Limits(view_bytes=1000)).views_of(data)
    assert decoded.views == ()
    assert [shut.reason for shut in decoded.undecoded] == [Shut.LIMIT]


def test_a_bomb_in_a_run_stays_within_its_ratio(decoder: Decoder) -> None:
    data = b"x: " + base64.b64encode(gzip.compress(b"a" * 20_000_000))
    decoded = decoder.views_of(data)
    assert sum(len(view.data) for view in decoded.views) <= Limits().view_bytes
    assert [shut.reason for shut in decoded.undecoded] == [Shut.LIMIT]


def test_a_run_that_only_begins_like_a_stream_is_no_archive(decoder: Decoder) -> None:
    decoded = decoder.views_of(b"x: eJwaFkQ9vZm3LrT0uXyB5nC7sDg1HpKe8WjMaNqRt2oUiVf6\n")
    assert (decoded.views, decoded.undecoded) == ((), ())


def test_more_escapes_than_allowed_are_said_to_be_unread() -> None:
    data = b"x = " + b"\\u0061" * 50
    decoded = Decoder(limits=Limits(rewrites=20)).views_of(data)
    assert decoded.views[0].data.startswith(b"x = " + b"a" * 20 + b"\\u0061")
    assert {shut.reason for shut in decoded.undecoded} == {Shut.LIMIT}


@pytest.mark.parametrize("prefix", ["# ", "// ", "> ", "   "])
def test_a_run_may_be_wrapped_in_a_comment(decoder: Decoder, prefix: str) -> None:
    lines = base64.encodebytes(b"it begins here " * 5 + b"hidden-in-here-42 and more").split()
    data = b"\n".join(prefix.encode() + line for line in lines)
    assert [view.chain for view, _ in showing(decoder, data, "hidden-in-here-42")] == [("base64",)]


FRAGMENTS = st.sampled_from(
    [
        base64.b64encode(b"plain text in here, and some more of it\n" * 3),
        base64.b64encode(gzip.compress(b"packed text" * 9)),
        base64.b64encode(zipped(b"packed"))[:70],
        b"\\u0041\\u0042\\u0043\\u0044\\ud83d\\ude00\\ud800\\",
        b"%41%42%43%c3%a4%ff%4",
        b"&#65;&#66;&#67;&#x1F600;&quot;&#1114112;&",
        b'"abcdef" + "ghijkl" . "mno"\n  "pqr"\\\nstuvwx',
        b"0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,0x",
        b"4142434445464748494a4b4c4d4e4f50515",
        b'"cell_type": "code", "source": ["a\\n", "b\\',
        b"quoted-printable =41=\n=C3",
        b"\xc3\xa4\xe2\x82\xac\n\r\n = + \t",
        b"password=",
    ]
)


@given(st.lists(st.one_of(FRAGMENTS, st.binary(max_size=12)), max_size=12))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_bytes_views_are_text_and_lead_back_into_it(
    decoder: Decoder, pieces: list[bytes]
) -> None:
    try:
        data, _ = normalise(b"".join(pieces))
    except NotText:
        return
    decoded = decoder.views_of(data)
    assert len(decoded.views) <= Limits().views
    for view in decoded.views:
        view.data.decode()
        assert 0 < len(view.chain) <= Limits().depth + 2
        for at in range(0, len(view.data), 7):
            start, end = view.outer_span(at, min(at + 5, len(view.data)))
            assert 0 <= start <= end <= len(data)
    again = decoder.views_of(data)
    assert [(v.chain, v.data) for v in again.views] == [(v.chain, v.data) for v in decoded.views]
    assert again.undecoded == decoded.undecoded


@given(VALUES, st.sampled_from(sorted(RUNS)))
@PROPERTY
def test_spans_lie_at_the_borders_of_characters(decoder: Decoder, value: str, name: str) -> None:
    data = f"ключ = '{RUNS[name][1](value)}' größe →".encode()
    for _, outer in showing(decoder, data, value):
        outer.decode()
