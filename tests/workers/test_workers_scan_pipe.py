from __future__ import annotations

import hashlib
import io

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from workers import scan_pipe

_KINDS = st.sampled_from([scan_pipe.TABLE, scan_pipe.DIGESTS, scan_pipe.ERROR])


@given(st.lists(st.tuples(_KINDS, st.binary())), st.integers(1, 9))
def test_messages_come_out_whole_however_they_are_cut(
    sent: list[tuple[bytes, bytes]], step: int
) -> None:
    out = io.BytesIO()
    for kind, body in sent:
        scan_pipe.send(out, kind, body)
    stream, pending, taken = out.getvalue(), bytearray(), []
    for at in range(0, len(stream), step):
        pending += stream[at : at + step]
        taken += scan_pipe.messages(pending)
    assert taken == sent
    assert not pending


def test_a_table_is_a_message() -> None:
    table = pa.table({"a": [1, 2]})
    out = io.BytesIO()
    scan_pipe.send_table(out, table)
    ((kind, body),) = scan_pipe.messages(bytearray(out.getvalue()))
    assert kind == scan_pipe.TABLE
    assert pa.ipc.open_stream(body).read_all() == table


@given(st.lists(st.binary()))
def test_digests_are_those_of_the_texts_in_their_order(texts: list[bytes]) -> None:
    digests = scan_pipe.split_digests(scan_pipe.join_digests(texts))
    assert digests == [hashlib.sha256(text).digest() for text in texts]
