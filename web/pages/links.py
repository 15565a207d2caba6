"""Links that change one thing about the query string of a page and keep the rest."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from fastapi import Request

_PAGING = ("cursor", "after", "format")


class Links:
    """The links of one page's lists."""

    def __init__(self, request: Request) -> None:
        """Take the request whose query string the links start from."""
        self._path = request.url.path
        self._pairs = request.query_params.multi_items()

    def has(self, key: str, value: str) -> bool:
        """Tell whether a filter is on."""
        return (key, value) in self._pairs

    def toggled(self, key: str, value: str) -> str:
        """Return the link that puts a filter on, or off where it is on; at the first page."""
        pairs = [pair for pair in self._kept() if pair != (key, value)]
        return self._url(pairs if self.has(key, value) else [*pairs, (key, value)])

    def put(self, key: str, value: str) -> str:
        """Return the link with one value of a key, and none other of it."""
        return self._url([*(p for p in self._kept() if p[0] != key), (key, value)])

    def without(self, *keys: str) -> str:
        """Return the link with none of these keys; without a key: with no filter at all."""
        return self._url([p for p in self._kept() if keys and p[0] not in keys])

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form has to carry along so that it only adds to the filters."""
        return self._kept()

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self._kept())

    def _kept(self) -> list[tuple[str, str]]:
        return [pair for pair in self._pairs if pair[0] not in _PAGING and pair[1]]

    def _url(self, pairs: Iterable[tuple[str, str]]) -> str:
        query = urlencode(list(pairs))
        return f"{self._path}?{query}" if query else self._path
