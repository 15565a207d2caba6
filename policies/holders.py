"""Holders of copyright that are plainly no natural person; the others are not named outside."""

from __future__ import annotations

import re
from typing import Final

_ORGANISATION: Final = re.compile(
    r"\b(inc|incorporated|llc|llp|ltd|limited|corp|corporation|company|gmbh|ag|kg|se|s\.?a|sas|"
    r"b\.?v|n\.?v|oy|ab|plc|pty|foundation|project|authors|contributors|developers|team|"
    r"community|university|institute|consortium|association|e\.v)(?!\w)",
    re.IGNORECASE,
)


def is_organisation(holder: str) -> bool:
    """Tell whether a holder is an organisation by its name, and not reached by an address."""
    return "@" not in holder and _ORGANISATION.search(holder) is not None
