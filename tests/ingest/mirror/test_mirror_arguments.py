from __future__ import annotations

import pytest

from ingest.mirror.arguments import build_arguments

URL = "https://git.example.com/a"


def test_operands_stand_after_the_end_of_options() -> None:
    assert build_arguments("ls-remote", ("--symref",), (URL,)) == [
        "ls-remote", "--symref", "--end-of-options", URL,
    ]  # fmt: skip
    assert build_arguments("clone", ("--mirror",), (URL, "/m/x"))[2:] == ["--", URL, "/m/x"]


@pytest.mark.parametrize(
    ("subcommand", "options", "operands"),
    [
        ("grep", (), ()),
        ("config", (), ()),
        ("-c", (), ()),
        ("ls-remote", ("--upload-pack=touch x",), (URL,)),
        ("ls-remote", ("--exec=touch x",), (URL,)),
        ("ls-remote", ("--symre",), (URL,)),
        ("clone", ("--config=core.fsmonitor=x",), (URL, "/m/x")),
        ("clone", ("--template=/evil",), (URL, "/m/x")),
        ("fetch", ("--recurse-submodules",), (URL,)),
        ("cat-file", ("--batch", "--textconv"), ()),
        ("ls-remote", (), ("--upload-pack=touch x",)),
        ("ls-remote", (), ("ext::sh -c x",)),
        ("ls-remote", (), ("http://git.example.com/a",)),
        ("ls-remote", (), ("/local/path",)),
        ("ls-remote", (), (URL + "\n",)),
        ("fetch", (), (URL, "+refs/heads/*:refs/heads/*")),
        ("symbolic-ref", (), ("HEAD", "ref")),
        ("symbolic-ref", (), ("HEAD", "refs/heads/a b")),
        ("for-each-ref", ("--format=%(refname)%(if)x",), ()),
        ("cat-file", (), ("HEAD",)),
    ],
)
def test_what_is_not_on_the_list_does_not_run(
    subcommand: str, options: tuple[str, ...], operands: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="allowed"):
        build_arguments(subcommand, options, operands)
