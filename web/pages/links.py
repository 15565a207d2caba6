"""Links that change one thing about the query string of a page and keep the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from store.asking import Op

_PAGING: Final = ("cursor", "after", "format")
_SHAPING: Final = ("sort", "limit")
"""What changes how a list is shown and leaves nothing out of it."""
_TEXT: Final = "q"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on."""

    name: str
    """What it is about, for instance ``rule is not``."""
    value: str
    url: str
    """Of the page without it."""


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

    def chips(self, *shown: str) -> Sequence[Chip]:
        """Return the filters that are on, but for those of keys that a page shows otherwise."""
        hidden = {*shown, *_SHAPING}
        return [
            Chip(
                name=_name(key),
                value=value,
                url=self._url([p for p in self._kept() if p != (key, value)]),
            )
            for key, value in dict.fromkeys(self._kept())
            if key not in hidden
        ]

    def export(self, noun: str, form: str, **more: str) -> str:
        """Return the link to everything that the filters leave, as a file."""
        return self._url([*self._kept(), *more.items()], f"/exports/{noun}.{form}")

    @property
    def text(self) -> str:
        """Words that are looked for."""
        return next((value for key, value in self._pairs if key == _TEXT), "")

    @property
    def is_paged(self) -> bool:
        """Tell whether this is another page than the first."""
        return any(key == "cursor" and value for key, value in self._pairs)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form has to carry along so that it only adds to the filters."""
        return self._kept()

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything is left out."""
        return any(key not in _SHAPING for key, _ in self._kept())

    def _kept(self) -> list[tuple[str, str]]:
        return [pair for pair in self._pairs if pair[0] not in _PAGING and pair[1]]

    def _url(self, pairs: Iterable[tuple[str, str]], path: str = "") -> str:
        query = urlencode(list(pairs))
        return f"{path or self._path}?{query}" if query else path or self._path


def _name(key: str) -> str:
    if key == _TEXT:
        return "search"
    for ending, words in ((Op.NONE, " is not"), (Op.AFTER, " from"), (Op.BEFORE, " before")):
        if key.endswith(ending):
            return key.removesuffix(ending).replace("_", " ") + words
    return key.replace("_", " ")
