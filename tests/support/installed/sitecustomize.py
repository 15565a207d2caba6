"""First in the path of processes that tests start: what only developers have is not there for them.

A process of Shardgate has what `requirements/run.txt` names. Two packages of the test environment
would be taken up by libraries that find them, which hides what lacks and costs each start more than
a second of processor time.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

ABSENT = ("boto3", "pandas")


class _Absent(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in ABSENT:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


sys.meta_path.insert(0, _Absent())
