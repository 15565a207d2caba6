from __future__ import annotations

import subprocess
import sys

# In a process of its own: what is frozen stays so.
CODE = """
import gc
from workers.collector import uncollected
with uncollected():
    assert not gc.isenabled()
    kept = [[] for _ in range(9)]
assert gc.isenabled()
assert not any(known is kept for known in gc.get_objects())
try:
    with uncollected():
        raise KeyError
except KeyError:
    print(gc.isenabled())
"""


def test_what_was_loaded_is_never_looked_at_again() -> None:
    shown = subprocess.run([sys.executable, "-c", CODE], check=True, stdout=subprocess.PIPE).stdout
    assert shown == b"True\n"
