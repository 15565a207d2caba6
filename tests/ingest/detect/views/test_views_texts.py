from __future__ import annotations

import base64
import sys

import pytest

from ingest.detect.views import Decoder, Limits, Views, open_texts, shelf
from ingest.detect.views.shelf import Shelf
from ingest.domain.text import ScanText

PERCENT = b"url?secret%3Dabc%26x%3D1%2F%2F\n"
LONG = b"x = '" + base64.b64encode(b"secret = plain words\n" * 20_000) + b"'\n"
"""Half a megabyte that is opened at once, where as much of short runs would take seconds."""


def shown(views: Views) -> list[tuple[bytes, tuple[str, ...]]]:
    return [(view.data, view.chain) for view in views.views]


def text_of(data: bytes) -> ScanText:
    return ScanText(blob_id="0" * 40, suffix="txt", data=data)


def test_all_texts_come_in_their_order_with_their_views(decoder: Decoder) -> None:
    texts = [
        text_of(PERCENT * n + LONG * m)
        for n, m in ((1, 0), (40, 1), (9, 4), (2, 0), (0, 0), (9, 1))
    ]
    parts = list(open_texts(decoder, texts))
    assert len(parts) > 1
    assert [t for part in parts for t in part.texts] == texts
    opened = [shown(views) for part in parts for views in part.views]
    assert opened == [shown(decoder.views_of(text.data)) for text in texts]


def test_the_inner_texts_are_the_views_one_after_the_other(decoder: Decoder) -> None:
    (part,) = open_texts(decoder, [text_of(PERCENT), text_of(b"x = 1\n"), text_of(PERCENT)])
    assert [t.data for t in part.inner_texts] == [v.data for w in part.views for v in w.views]
    assert [t.suffix for t in part.inner_texts] == ["txt", "txt"]


def test_views_are_opened_once_for_all_while_they_are_kept(decoder: Decoder) -> None:
    data, other = PERCENT * 3, Decoder()
    with shelf.keep():
        first = decoder.views_of(data)
        assert other.views_of(data) is first
    assert other.views_of(data) is not first
    assert shown(other.views_of(data)) == shown(first)


def test_kept_views_are_those_of_the_same_limits(decoder: Decoder) -> None:
    data = PERCENT * 3
    with shelf.keep():
        decoder.views_of(data)
        assert Decoder(limits=Limits(depth=0)).views_of(data).views == ()


def test_equal_texts_are_opened_each_for_itself(decoder: Decoder) -> None:
    with shelf.keep():
        first, second = (decoder.views_of(bytes([*PERCENT])) for _ in range(2))
    assert first is not second
    assert shown(first) == shown(second)


def test_what_is_kept_has_a_bound(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 2**20
    # The package shows the shelf of the process under the module's name.
    monkeypatch.setattr(sys.modules[Shelf.__module__], "MOST_BYTES", most)
    texts = [b"%d\n" % n + LONG for n in range(4)]
    with shelf.keep():
        first = [decoder.views_of(data) for data in texts]
        again = [decoder.views_of(data) for data in texts]
    kept = [a for a, b in zip(first, again, strict=True) if a is b]
    assert 0 < sum(views.size for views in kept) <= most < sum(v.size for v in first)
