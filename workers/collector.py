"""The collector of cycles, kept away from what is loaded once and stays for ever.

Looking through rules at each collection costs time, and in a forked child copies their pages.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_THRESHOLD: Final = 50_000
"""New objects between two collections. Rows of tables come and go by the thousand, hardly any in a
cycle; Python's own 700 would look at them again and again."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Load something for good: nothing is collected meanwhile, and what is there then never is.

    From then on collections are rare in this process.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_THRESHOLD)
