from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.detect.syntax import count_errors
from ingest.domain.finding import Category
from release.build.redact import RedactionSpan, is_placeholder
from release.build.redactor import RedactionMode, Redactor, SyntaxBroken
from release.build.surrogates import Surrogates

NUMBER = re.compile(rb"\.?9?[0._xXbBoO]*")
PLAIN = Redactor()
INVENTING = Redactor(surrogates=Surrogates(key=b"k" * 32))


def _spans(data: bytes, *values: tuple[bytes, Category]) -> list[RedactionSpan]:
    return [
        RedactionSpan(start=data.index(v), end=data.index(v) + len(v), category=c)
        for v, c in values
    ]


@pytest.mark.parametrize(
    ("suffix", "data", "value", "category", "shipped"),
    [
        ("py", b"x = 'jo@x.io'\n", b"jo@x.io", "EMAIL_ADDRESS", b"x = '<EMAIL>'\n"),
        ("py", b"newBlueFalcon()\n", b"BlueFalcon", "CODENAME", b"newRedactedCodename()\n"),
        ("py", b"BLUE_FALCON_X = 1\n", b"BLUE_FALCON", "CODENAME", b"REDACTED_CODENAME_X = 1\n"),
        ("py", b"a.blueFalcon = 1\n", b"blueFalcon", "CODENAME", b"a.redactedCodename = 1\n"),
        ("py", b"call(2125550187)\n", b"2125550187", "PHONE_NUMBER", b"call(9000000000)\n"),
        ("c", b"a = 0xdeadBEEF12;\n", b"deadBEEF12", "GENERIC_SECRET", b"a = 0x0000000000;\n"),
        ("html", b"<p>Jo Roe</p>\n", b"Jo Roe", "PERSON", b"<p>RedactedName</p>\n"),
        ("go", b'package m\nimport "g.io/acme/x"\n', b"g.io/acme", "PACKAGE_SCOPE",
         b'package m\nimport "<PACKAGE_SCOPE>/x"\n'),
        ("md", b"by Jo Roe\n", b"Jo Roe", "PERSON", b"by <NAME>\n"),
        ("md", b"see newBlueFalcon\n", b"BlueFalcon", "CODENAME", b"see newRedactedCodename\n"),
        ("", b"k = abc\n", b"abc", "PASSWORD", b"k = <PASSWORD>\n"),
    ],
)  # fmt: skip
def test_what_stands_there_fits_the_place(
    suffix: str, data: bytes, value: bytes, category: str, shipped: bytes
) -> None:
    spans = _spans(data, (value, Category(category)))
    assert PLAIN.redact_file(data, spans, suffix)[0] == shipped


def test_every_occurrence_of_a_value_goes_and_words_around_it_stay() -> None:
    data = b"# Marta Quell\nx = 'ask Marta Quell!'\ny = 'Marta Quellen'\nz = Marta\n"
    shipped, redactions = PLAIN.redact_file(
        data, _spans(data, (b"Marta Quell", Category.PERSON)), "py"
    )
    assert shipped == b"# <NAME>\nx = 'ask <NAME>!'\ny = 'Marta Quellen'\nz = Marta\n"
    assert len(redactions) == 2


def test_a_key_goes_inside_longer_text_too_and_a_word_in_code_stays() -> None:
    key = b"zq81" * 6
    data = b"a = '%s'\nb = 'x%sx'\nhello_world = 'hello_world'\n" % (key, key)
    spans = _spans(data, (key, Category.GENERIC_SECRET), (b"'hello_world", Category.PASSWORD))
    shipped, _ = PLAIN.redact_file(data, spans, "py")
    assert shipped == b"a = '<KEY>'\nb = 'x<KEY>x'\nhello_world = '<PASSWORD>'\n"


@pytest.mark.parametrize(
    ("suffix", "data", "value", "category", "shipped"),
    [
        ("html", b"<!-- by Jo Roe -->\n<p>Jo Roe</p>\n", b"Jo Roe", "PERSON",
         b"<!-- by <NAME> -->\n<p>RedactedName</p>\n"),
        ("xml", b'<!-- Jo Roe -->\n<a b="Jo Roe">Jo Roe</a>\n', b"Jo Roe", "PERSON",
         b'<!-- <NAME> -->\n<a b="RedactedName">RedactedName</a>\n'),
        ("jsx", b"// Jo Roe\nconst a = <p>Jo Roe</p>;\n", b"Jo Roe", "PERSON",
         b"// <NAME>\nconst a = <p>RedactedName</p>;\n"),
        ("sh", b"export DB_PASSWORD=sommerregen\necho sommerregen\n", b"sommerregen", "PASSWORD",
         b"export DB_PASSWORD=redacted_password\necho redacted_password\n"),
        ("py", b"# 2125550187\ncall(2125550187)\n", b"2125550187", "PHONE_NUMBER",
         b"# <PHONE>\ncall(9000000000)\n"),
        ("py", "# Jo Roe\nx = '\\nJo Roe'\n# \u201cJo Roe\u201d\n".encode(), b"Jo Roe", "PERSON",
         "# <NAME>\nx = '\\n<NAME>'\n# \u201c<NAME>\u201d\n".encode()),
    ],
)  # fmt: skip
def test_a_value_goes_from_markup_code_and_numbers_too(
    suffix: str, data: bytes, value: bytes, category: str, shipped: bytes
) -> None:
    spans = _spans(data, (value, Category(category)))
    assert PLAIN.redact_file(data, spans, suffix)[0] == shipped


def test_a_password_like_a_word_takes_no_keyword_and_no_part_of_a_name() -> None:
    data = b"password = 'continue'\nfor x in y:\n    continue\ncontinued = uncontinue\n"
    shipped, _ = PLAIN.redact_file(data, _spans(data, (b"continue", Category.PASSWORD)), "py")
    assert shipped == data.replace(b"'continue'", b"'<PASSWORD>'")
    data = b"x = 'password1'\npassword1 = my_password1\n"
    shipped, _ = PLAIN.redact_file(
        data, _spans(data, (b"password1", Category.GENERIC_SECRET)), "py"
    )
    assert shipped == b"x = '<KEY>'\nredacted_key = my_password1\n"


def test_a_value_that_cannot_be_cut_where_it_stands_again_holds_the_file() -> None:
    data = b"# sommerregen\ncat <<sommerregen\nx\nsommerregen\n"
    with pytest.raises(SyntaxBroken):
        PLAIN.redact_file(data, _spans(data, (b"sommerregen", Category.PASSWORD)), "sh")


def test_a_value_that_stands_too_often_holds_the_file() -> None:
    data = b"jo@x.io\n" * 10_002
    with pytest.raises(SyntaxBroken):
        PLAIN.redact_file(data, _spans(data, (b"jo@x.io", Category.EMAIL_ADDRESS)), "txt")


def test_each_of_two_values_that_overlap_is_looked_for() -> None:
    data = b"# Jo Roe <jo@x.io>\n# ask jo@x.io\n"
    spans = [
        RedactionSpan(start=2, end=18, category=Category.PERSON),
        RedactionSpan(start=10, end=17, category=Category.EMAIL_ADDRESS),
    ]
    assert PLAIN.redact_file(data, spans, "py")[0] == b"# <NAME>\n# ask <EMAIL>\n"


def test_values_that_a_notice_keeps_are_not_looked_for_again() -> None:
    data = b"# (c) Marta Quell\n# ask Marta Quell\n"
    span = RedactionSpan(start=24, end=35, category=Category.PERSON)
    kept = frozenset({Category.PERSON})
    assert (
        PLAIN.redact_file(data, [span], "py", keep=kept)[0] == b"# (c) Marta Quell\n# ask <NAME>\n"
    )


def test_a_value_that_is_no_token_s_content_is_refused() -> None:
    data = b"if a:\n    while b:\n        pass\n"
    with pytest.raises(SyntaxBroken):
        PLAIN.redact_file(data, _spans(data, (b"while b:\n        pass", Category.PASSWORD)), "py")


def test_a_tree_too_deep_to_walk_is_refused() -> None:
    data = b"x = " + b"(" * 3_000 + b"'abcdef'" + b")" * 3_000 + b"\n"
    span = RedactionSpan(start=4, end=len(data) - 1, category=Category.PRIVATE_KEY)
    with pytest.raises(SyntaxBroken):
        PLAIN.redact_file(data, [span], "py")


def test_the_mode_is_named() -> None:
    assert PLAIN.mode is RedactionMode.PLACEHOLDER
    assert INVENTING.mode is RedactionMode.SURROGATE


def test_a_text_without_findings_is_not_touched() -> None:
    assert PLAIN.redact_file(b"x = ((", [], "py") == (b"x = ((", [])


SOURCES = {
    "py": b"# Jo Roe\nx = f'a{b.c}d\\n e'\n"
          b"def blue(a, *, k=1234567):\n    '''doc\n    str'''\n    return b'\\x41' 'z'\n",
    "js": b"// c\nconst a = `x${b}y\\n`; const r = /ab+c/g;\n"
          b"f({k: 'v', n: 12.5});\n<p a='b'>t {c}</p>;\n",
    "go": b'package m\n\nimport "a.b/c"\n\n// d\nfunc F() string { return "a\\tb" + `raw\nx` }\n',
    "yaml": b"a: b c\nd: \"e\\nf\"\ng: |\n  h\n  i\n# j\nk: [1, 'x']\n",
    "html": b'<p title="x">hi <b>there</b></p><!-- c -->\n',
    "json": b'{"a": "b\\nc", "d": [5, "e"]}\n',
    "md": b"# Title\n\nSome *prose* by Jo Roe\n",
}  # fmt: skip


@st.composite
def _files(draw: st.DrawFn) -> tuple[str, bytes, list[RedactionSpan]]:
    suffix = draw(st.sampled_from(sorted(SOURCES)))
    data = SOURCES[suffix]
    spans = []
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data) - 2))
        end = draw(st.integers(start + 1, min(len(data), start + 12)))
        category = draw(st.sampled_from(Category))
        spans.append(RedactionSpan(start=start, end=end, category=category))
    return suffix, data, spans


@settings(max_examples=150)
@given(_files(), st.sampled_from([PLAIN, INVENTING]))
def test_whatever_is_redacted_keeps_lines_and_syntax_and_names_its_places(
    file: tuple[str, bytes, list[RedactionSpan]], redactor: Redactor
) -> None:
    suffix, data, spans = file
    try:
        shipped, redactions = redactor.redact_file(data, spans, suffix)
    except SyntaxBroken:
        return
    assert shipped.count(b"\n") == data.count(b"\n")
    assert (count_errors(shipped, suffix) or 0) <= (count_errors(data, suffix) or 0)
    for redaction in redactions:
        value = shipped[redaction.start : redaction.end]
        assert value.startswith(redaction.placeholder.encode())
        assert "\n" not in redaction.placeholder
        assert is_placeholder(value) or NUMBER.fullmatch(value)
    left = [s for s in spans if data[s.start : s.end].strip() in shipped and s.end - s.start > 6]
    assert not [
        s
        for s in left
        if data.count(data[s.start : s.end]) == 1 and data[s.start : s.end].isalnum()
    ]


@given(_files(), st.sampled_from([PLAIN, INVENTING]))
def test_redacting_twice_is_redacting_once(
    file: tuple[str, bytes, list[RedactionSpan]], redactor: Redactor
) -> None:
    suffix, data, spans = file
    try:
        first = redactor.redact_file(data, spans, suffix)
    except SyntaxBroken:
        return
    assert redactor.redact_file(data, spans, suffix) == first
    shipped, redactions = first
    values = [shipped[r.start : r.end] for r in redactions]
    assert all(is_placeholder(value) or NUMBER.fullmatch(value) for value in values)
