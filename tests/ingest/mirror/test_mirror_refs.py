from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.mirror.refs import Refs, parse_advertisement

ONE, TWO = "1" * 40, "2" * 40


def test_an_advertisement_is_read_without_peeled_and_strange_lines() -> None:
    output = (
        f"ref: refs/heads/main\tHEAD\n{ONE}\tHEAD\n{ONE}\trefs/heads/main\n"
        f"{TWO}\trefs/tags/v1\n{ONE}\trefs/tags/v1^{{}}\n{ONE}\trefs/shardgate/HEAD\n"
        f"{ONE}\trefs/heads/a b\n{ONE}\t--upload-pack=x\nnonsense\n"
    )
    refs = parse_advertisement(output.encode())
    assert refs.ids == {b"refs/heads/main": ONE, b"refs/tags/v1": TWO}
    assert (refs.head_id, refs.branch, refs.is_detached) == (ONE, "main", False)


def test_a_head_without_a_ref_is_detached() -> None:
    refs = parse_advertisement(f"{ONE}\tHEAD\n{TWO}\trefs/heads/main\n".encode())
    assert (refs.head_id, refs.branch, refs.is_detached) == (ONE, "", True)


def test_a_branch_name_that_is_not_utf8_is_shown_escaped() -> None:
    name = b"refs/heads/b\xff"
    assert Refs(ids={name: ONE}, head_ref=name, head_id=ONE).branch == "b\\xff"


@given(st.dictionaries(st.binary(min_size=1), st.sampled_from([ONE, TWO]), max_size=5))
def test_the_digest_does_not_depend_on_order_but_on_every_ref(ids: dict[bytes, str]) -> None:
    def digest(some: dict[bytes, str], head: str = ONE) -> str:
        return Refs(ids=some, head_ref=b"", head_id=head).digest

    assert digest(ids) == digest(dict(reversed(ids.items())))
    assert digest(ids) != digest(ids, TWO)
    assert digest(ids) != digest(ids | {b"refs/heads/other": ONE})
