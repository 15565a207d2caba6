"""Checks the license that an owner states for first-party code."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from license_expression import ExpressionError, ExpressionParseError, get_spdx_licensing

from ingest.errors import RegistrationRefused

_OWN_LICENSE: Final = re.compile(r"(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
"""SPDX 2.3, annex D: licenses that are not on the list carry this prefix."""
_MAX_CHARS: Final = 500
_HINT: Final = "Use an SPDX expression such as Apache-2.0, or LicenseRef-Name for your own terms."


def check_license(text: str) -> str:
    """Return a license expression in SPDX spelling.

    Every symbol has to be on the SPDX list or be a ``LicenseRef-…``; ``NOASSERTION`` and ``NONE``
    state nothing and are refused.

    Raises:
        RegistrationRefused: the expression is malformed or names an unknown license.
    """
    if not text.strip() or len(text) > _MAX_CHARS or not text.isprintable():
        raise RegistrationRefused("The license is empty, too long or unreadable.", hint=_HINT)
    licensing = _spdx()
    try:
        parsed = licensing.parse(text, strict=True)
        unknown = [str(key) for key in licensing.unknown_license_keys(parsed)]
        rendered = str(parsed.render())
    except (ExpressionError, ExpressionParseError, AttributeError, RecursionError):
        # some malformed expressions end in AttributeError inside the library
        raise RegistrationRefused("The license is no valid SPDX expression.", hint=_HINT) from None
    refused = [key for key in unknown if not _OWN_LICENSE.fullmatch(key)]
    if refused:
        raise RegistrationRefused(f"Unknown license: {', '.join(refused)}.", hint=_HINT)
    if any(symbol.is_exception for symbol in _plain_symbols(parsed)):
        raise RegistrationRefused("An exception needs a license before WITH.", hint=_HINT)
    return rendered


@cache
def _spdx() -> Any:  # noqa: ANN401 - the library is untyped
    return get_spdx_licensing()


def _plain_symbols(parsed: Any) -> list[Any]:  # noqa: ANN401 - the library is untyped
    """Return the symbols that stand alone; ``A WITH B`` is one symbol of another kind."""
    return [symbol for symbol in parsed.symbols if hasattr(symbol, "is_exception")]
